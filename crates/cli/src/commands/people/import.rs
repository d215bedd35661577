//! `kiro-analytics people import`: names, teams and cost centres of a CSV file.

use std::io::Write;

use kiro_people::{ImportOutcome, RosterMeta, Summary};
use serde::Serialize;

use crate::args::{Output, PeopleImportArgs};
use crate::command_error::CommandError;
use crate::commands::people::summary;
use crate::context::CommandContext;
use crate::format::{count, counted};
use crate::output;
use crate::people_data::{PeopleData, command_error};

#[derive(Serialize)]
struct ImportOutput {
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<ImportOutcome>,
    /// A roster was removed.
    removed: bool,
    summary: Summary,
}

pub(crate) async fn run(
    args: PeopleImportArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let roster = match &args.roster {
        Some(roster) => Some((roster.read().await?, roster.name())),
        None => None,
    };
    let mut data = PeopleData::open(config).await?;
    let (outcome, removed) = if let Some((bytes, file_name)) = roster {
        let meta = RosterMeta {
            file_name,
            imported_at: data.now,
        };
        let imported = data.store.import_roster(&bytes, &meta, &data.seen);
        (Some(imported.map_err(command_error)?), false)
    } else {
        let removed = data.store.remove_roster(&data.seen);
        (None, removed.map_err(command_error)?)
    };
    let output = ImportOutput {
        outcome,
        removed,
        summary: data.store.summary(&data.seen, data.now),
    };
    if args.output == Output::Json {
        return output::print_json(&output);
    }
    let mut out = output::stdout();
    match output.outcome {
        Some(outcome) => {
            write!(
                out,
                "imported {}: {} of users of the directory or the data",
                counted(outcome.rows as u64, "row"),
                count(outcome.matched_rows as u64)
            )?;
            if outcome.forgotten_rows > 0 {
                let forgotten = count(outcome.forgotten_rows as u64);
                write!(out, ", {forgotten} of forgotten people left out")?;
            }
            writeln!(out, "\n")?;
        }
        None if removed => writeln!(out, "the roster was removed\n")?,
        None => writeln!(out, "there was no roster\n")?,
    }
    summary::write_text(&mut out, &output.summary)?;
    Ok(out.flush()?)
}
