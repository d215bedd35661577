//! `kiro-analytics status`: shows what is deployed and its problems.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use kiro_deploy::status::{Status, StatusRequest};

use crate::args::Output;
use crate::cloud::args::StatusArgs;
use crate::cloud::deployed;
use crate::cloud::session::Session;
use crate::cloud::status_lines::lines;
use crate::command_error::CommandError;
use crate::commands::normalize::now;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::output;

/// Moves to the upper left corner and clears the screen.
const CLEAR: &str = "\x1b[H\x1b[2J";

pub(crate) async fn run(
    args: StatusArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let cancellation = context.cancellation;
    if args.watch {
        cancellation.expect();
    }
    loop {
        // Signed in anew each time: a stack may change, and a session may have been renewed.
        let session = Session::open(layers).await?;
        let stack = deployed::needed(&session)?;
        let question = StatusRequest {
            aws: &session.aws,
            names: &session.names,
            settings: &session.resolved.settings,
            stack,
            version: env!("CARGO_PKG_VERSION"),
            now: now(),
        };
        let status = Box::pin(Status::observe(&question)).await;
        show(&args, &status)?;
        if !args.watch {
            return verdict(&status);
        }
        tokio::select! {
            () = cancellation.cancelled() => return Ok(()),
            () = tokio::time::sleep(Duration::from_secs(args.every)) => {}
        }
    }
}

fn show(args: &StatusArgs, status: &Status) -> Result<(), CommandError> {
    let mut out = output::stdout();
    match (args.output, args.watch) {
        (Output::Json, false) => return output::print_json(status),
        (Output::Json, true) => {
            serde_json::to_writer(&mut out, status).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        (Output::Text, watches) => {
            if watches && io::stdout().is_terminal() {
                write!(out, "{CLEAR}")?;
            }
            write_text(&mut out, status)?;
            if watches {
                writeln!(out, "\nevery {} s, Ctrl-C ends", args.every)?;
            }
        }
    }
    Ok(out.flush()?)
}

fn write_text(out: &mut impl Write, status: &Status) -> io::Result<()> {
    for (label, text) in lines(status, now()) {
        let line = format!("{label:<13}{text}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The screen has said everything; this is the code.
fn verdict(status: &Status) -> Result<(), CommandError> {
    match status.category() {
        None => Ok(()),
        Some(category) => Err(CommandError {
            exit: Exit::from(category),
            errors: Vec::new(),
            hint: None,
        }),
    }
}
