//! Writes the directory and the roster of a fleet.

use std::path::Path;

use crate::csv_text::push_cell;
use crate::fleet_people::{FleetPeople, FleetRosterRow};
use crate::options::{FleetError, FleetOptions};
use crate::write::{private_folders, write_private};

/// The directory: an object with `users` and `groups`.
pub const DIRECTORY_FILE: &str = "directory.json";
/// The roster: a CSV file.
pub const ROSTER_FILE: &str = "roster.csv";

const HEADER: &str = "email,user_name,display_name,team,cost_center,manager,status,location\n";

/// Writes `directory.json` and `roster.csv` of the fleet that [`write_fleet`](crate::write_fleet) writes for the same options
/// into a folder, and returns their contents. Creates the folder; files of the same name are overwritten.
///
/// # Errors
///
/// If there are too few or too many users or days, or a file cannot be written.
pub fn write_people(options: &FleetOptions, folder: &Path) -> Result<FleetPeople, FleetError> {
    options.check()?;
    let people = FleetPeople::of(options);
    let failed = |path: &Path, source| FleetError::Write {
        path: path.to_path_buf(),
        source,
    };
    private_folders()
        .create(folder)
        .map_err(|source| failed(folder, source))?;
    let directory = folder.join(DIRECTORY_FILE);
    serde_json::to_vec_pretty(&people.directory)
        .map_err(std::io::Error::from)
        .and_then(|json| write_private(&directory, &json))
        .map_err(|source| failed(&directory, source))?;
    let roster = folder.join(ROSTER_FILE);
    write_private(&roster, &csv(&people.roster)).map_err(|source| failed(&roster, source))?;
    Ok(people)
}

fn csv(rows: &[FleetRosterRow]) -> Vec<u8> {
    let mut text = HEADER.as_bytes().to_vec();
    for row in rows {
        let cells = [
            row.email.as_str(),
            &row.username,
            &row.display_name,
            &row.team,
            &row.cost_center,
            &row.manager,
            row.status,
            row.location,
        ];
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            push_cell(&mut text, cell);
        }
        text.push(b'\n');
    }
    text
}
