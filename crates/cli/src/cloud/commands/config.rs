//! `kiro-analytics config show`: every setting, its value and where it comes from.

use std::io::Write;

use kiro_config::{Origin, Problems, Resolved};
use serde::Serialize;
use serde_json::Value;

use crate::args::Output;
use crate::cloud::args::{ConfigArgs, ConfigCommand, ConfigShowArgs};
use crate::cloud::session::Session;
use crate::command_error::{CommandError, note};
use crate::config::problems;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::output;

#[derive(Serialize)]
struct Shown<'a> {
    key: String,
    value: Value,
    origin: &'a Origin,
    environment: Vec<String>,
    meaning: &'a str,
}

pub(crate) async fn run(
    args: ConfigArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let ConfigCommand::Show(args) = args.command;
    let layers = &context.layers(&args.cloud)?;
    // Checked before any request to AWS: these problems do not depend on the deployed stack.
    let resolved = layers.resolve(None).map_err(wrong_settings)?;
    let resolved = if args.local {
        for remark in &resolved.remarks {
            note(format!("note: {remark}"));
        }
        resolved
    } else {
        let session = Session::open(layers).await;
        if session
            .as_ref()
            .is_err_and(|failure| failure.exit == Exit::Aws)
        {
            note(
                "note: `kiro-analytics config show --local` leaves the deployed stack out and needs no credentials",
            );
        }
        let session = session?;
        if session.stack.is_none() {
            note(format!(
                "note: stack `{}` does not exist yet: nothing is remembered",
                session.names.data_stack()
            ));
        }
        session.resolved
    };
    show(&args, &resolved)
}

/// The hint of other commands is to run this one.
fn wrong_settings(found: Problems) -> CommandError {
    problems(found).hint(
        "correct each value where it is named, or take it out; kiro-analytics.example.toml explains every setting",
    )
}

fn show(args: &ConfigShowArgs, resolved: &Resolved) -> Result<(), CommandError> {
    let values = resolved.values.iter();
    let shown: Vec<Shown<'_>> = values
        .map(|(setting, value, origin)| Shown {
            key: setting.path(),
            value: if setting.is_secret() && !value.is_null() {
                Value::from("(not shown)")
            } else {
                value.clone()
            },
            origin,
            environment: setting.environment(),
            meaning: setting.meaning,
        })
        .collect();
    if args.output == Output::Json {
        return output::print_json(&shown);
    }
    let mut out = output::stdout();
    let width = |of: fn(&Shown<'_>) -> usize| shown.iter().map(of).max().unwrap_or(0);
    let (keys, values) = (
        width(|line| line.key.len()),
        width(|line| text(&line.value).len()).min(50),
    );
    for line in &shown {
        let (key, value) = (&line.key, text(&line.value));
        writeln!(out, "{key:keys$}  {value:values$}  {}", line.origin)?;
    }
    Ok(out.flush()?)
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.join(", ")
        }
        Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
