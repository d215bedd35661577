//! The `kiro-analytics` binary: reads the command line, runs one command, ends with an exit code.

mod alert_channel;
mod alert_listener;
mod alert_rows;
mod args;
mod audience;
#[cfg(feature = "aws")]
mod bucket;
#[cfg(not(feature = "aws"))]
#[path = "bucket_unsupported.rs"]
mod bucket;
mod cancellation;
#[cfg(feature = "aws")]
mod cloud;
mod command_error;
mod commands;
mod config;
mod context;
mod dashboard_file;
mod demo_folder;
mod demo_summary;
#[cfg(feature = "aws")]
mod directory;
#[cfg(not(feature = "aws"))]
#[path = "directory_unsupported.rs"]
mod directory;
mod directory_reading;
mod engine;
mod exit;
mod folders;
mod format;
mod live_page;
mod location;
mod output;
mod panic;
mod people_data;
mod progress;
mod prompt;
mod relative_time;
mod roster_source;
#[cfg(feature = "aws")]
mod webhook;
#[cfg(not(feature = "aws"))]
#[path = "webhook_unsupported.rs"]
mod webhook;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Cli, Command};
use crate::cancellation::{CancellationToken, watch_signals};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::exit::Exit;

fn main() -> ExitCode {
    panic::explain_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            let exit = if message.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            // `--help | head` closes the pipe early; that is no error.
            message.print().unwrap_or_default();
            if !cfg!(feature = "aws") && message.kind() == ErrorKind::InvalidSubcommand {
                command_error::note(
                    "hint: commands about AWS are not in this program; `cargo build --release` builds them, too",
                );
            }
            return exit.into();
        }
    };
    let exit = match run(cli) {
        Ok(()) => Exit::Done,
        Err(_) if output::reader_has_gone() => Exit::Done,
        Err(failure) => {
            failure.print();
            failure.exit
        }
    };
    if panic::has_happened() {
        Exit::Bug.into()
    } else {
        exit.into()
    }
}

fn run(cli: Cli) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            CommandError::usage(anyhow::Error::new(error).context("could not start"))
        })?;
    let cancellation = Arc::new(CancellationToken::default());
    watch_signals(Arc::clone(&cancellation));
    let result = runtime.block_on(async {
        let mut command = std::pin::pin!(dispatch(cli, &cancellation));
        tokio::select! {
            // A finished command has finished, even if the signal came with its last byte.
            biased;
            result = &mut command => return result,
            () = cancellation.cancelled() => {}
        }
        if cancellation.is_expected() {
            command.await
        } else {
            Err(CommandError::interrupted())
        }
    });
    // Dropping the command has given up what it was writing; blocking work gets a moment to notice.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn dispatch(cli: Cli, cancellation: &CancellationToken) -> Result<(), CommandError> {
    let context = &CommandContext {
        config_file: cli.config,
        cancellation,
    };
    match cli.command {
        Command::Serve(args) => commands::serve::run(args, context).await,
        Command::Report(args) => commands::report::run(args, context).await,
        Command::Normalize(args) => commands::normalize::run(args, context).await,
        Command::Query(args) => commands::query::run(args, context).await,
        Command::Views(args) => commands::views::run(args, context).await,
        Command::Export(args) => commands::export::run(args, context).await,
        Command::Alerts(args) => commands::alerts::run(args, context).await,
        Command::People(args) => commands::people::run(args, context).await,
        Command::Demo(args) => commands::demo::run(args, context).await,
        #[cfg(feature = "aws")]
        Command::Cloud(command) => Box::pin(cloud::dispatch(command, context)).await,
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
    }
}
