//! Writes benchmark input. `write_fleet believable|every-day USERS DAYS LAST_DAY DIR` writes a clean fleet of raw exports;
//! `write_fleet big ROWS MODELS FILE` writes one big export. Prints what was written.

use std::io::Write;
use std::path::Path;

use kiro_datagen::{Attendance, FleetOptions, write_big_export, write_fleet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = std::io::stdout().lock();
    match arguments.as_slice() {
        ["big", rows, models, file] => {
            let written = write_big_export(rows.parse()?, models.parse()?, Path::new(file))?;
            writeln!(out, "{written:?}")?;
        }
        [attendance, users, days, last_day, folder] => {
            let options = FleetOptions {
                anomalies: false,
                attendance: match *attendance {
                    "believable" => Attendance::Realistic,
                    "every-day" => Attendance::EveryDay,
                    other => {
                        return Err(format!(
                            "expected `believable` or `every-day`, found `{other}`"
                        )
                        .into());
                    }
                },
                ..FleetOptions::new(users.parse()?, days.parse()?, 42, last_day.parse()?)
            };
            let written = write_fleet(&options, Path::new(folder), &|_| {})?;
            writeln!(out, "{written:?}")?;
        }
        _ => {
            return Err(
                "expected `believable|every-day USERS DAYS LAST_DAY DIR` or `big ROWS MODELS FILE`"
                    .into(),
            );
        }
    }
    Ok(())
}
