//! The `kiro-analytics` binary: reads the command line, runs one command, ends with an exit code.

mod args;
mod commands;
mod config;
mod demo_folder;
mod engine;
mod exit;
mod failure;
mod figures;
mod headlines;
mod output;
mod panic;
mod progress;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;

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
            // `--help | head` closes the pipe early; there is nobody left to tell.
            message.print().unwrap_or_default();
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

fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(anyhow::Error::new(error).context("could not start")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            // A finished command has finished, even if the signal came with its last byte.
            biased;
            result = dispatch(cli) => result,
            () = interrupted() => Err(Failure::interrupted()),
        }
    });
    // Dropping the command has given up what it was writing; blocking work gets a moment to notice.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn dispatch(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
        Command::Normalize(args) => commands::normalize::run(args).await,
        Command::Query(args) => {
            commands::query::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Views(args) => {
            commands::views::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Export(args) => {
            commands::export::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Demo(args) => {
            commands::demo::run(args, &Config::load(cli.config.as_deref())?).await
        }
    }
}

/// Ctrl-C, or a polite request to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                pressed = tokio::signal::ctrl_c() => if pressed.is_ok() { return },
                _ = terminate.recv() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // No signals on this system: wait for the command alone.
        std::future::pending::<()>().await;
    }
}
