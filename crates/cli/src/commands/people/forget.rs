//! `kiro-analytics people forget`: removes a person for good.

use std::io::Write;

use kiro_ingest::printable;

use crate::args::{Output, PeopleForgetArgs};
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::output;
use crate::people_data::{PeopleData, command_error};
use crate::prompt::{Answer, ask};

pub(crate) async fn run(
    args: PeopleForgetArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let mut data = PeopleData::open(config).await?;
    let found = data.find_one(&args.id)?;
    let id = found.clone().unwrap_or_else(|| id_of_unknown(&args.id));
    if !args.yes && !agrees(&data, found.as_deref())? {
        note("nothing was changed");
        return Ok(());
    }
    let outcome = data.store.forget(&id, &data.seen).map_err(command_error)?;
    if args.output == Output::Json {
        return output::print_json(&outcome);
    }
    let mut out = output::stdout();
    if outcome.was_known {
        writeln!(out, "forgotten: shown as `{}` from now on", outcome.mask)?;
    } else {
        writeln!(
            out,
            "nothing was known; a person with this id or address would be shown as `{}`",
            outcome.mask
        )?;
    }
    Ok(out.flush()?)
}

/// The id of a person whom no source knows. An address is the id of a person of a roster without a user id.
fn id_of_unknown(text: &str) -> String {
    if text.contains('@') && !text.starts_with("roster:") {
        format!("roster:{text}")
    } else {
        text.to_owned()
    }
}

fn agrees(data: &PeopleData, id: Option<&str>) -> Result<bool, CommandError> {
    let person = id.and_then(|id| data.store.person(id));
    let label = person.map(|row| printable(row.label()).into_owned());
    let who = match (label, id) {
        (Some(label), Some(id)) if label != id => format!("`{label}` ({id})"),
        (_, Some(id)) => format!("`{id}`"),
        (_, None) => "a person that no source knows".to_owned(),
    };
    let question = format!(
        "Name, address, team and all else are removed from the map and its sources. This cannot be undone.\nForget {who}?"
    );
    match ask(&question) {
        Answer::Yes => Ok(true),
        Answer::No => Ok(false),
        Answer::NoTerminal => {
            let error = anyhow::anyhow!("not a terminal: nothing was changed");
            Err(CommandError::usage(error).hint("pass `--yes` to forget the person"))
        }
    }
}
