//! The `kiro-analytics` binary: reads the command line, runs one command, ends with an exit code.

mod args;
mod cloud;
mod commands;
mod config;
mod dashboard_file;
mod demo_folder;
mod deployed;
mod engine;
mod exit;
mod failure;
mod figures;
mod folders;
mod headlines;
mod interrupt;
mod live_page;
mod moment;
mod output;
mod panic;
mod place;
mod progress;
mod question;
mod settings_file;
mod status_lines;
mod step_progress;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::{Interrupt, Signals};

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
        let (interrupt, mut signals) = (Interrupt::default(), Signals::listen());
        let mut command = std::pin::pin!(dispatch(cli, &interrupt));
        tokio::select! {
            // A finished command has finished, even if the signal came with its last byte.
            biased;
            result = &mut command => return result,
            () = signals.next() => interrupt.announce(),
        }
        if interrupt.is_expected() {
            command.await
        } else {
            Err(Failure::interrupted())
        }
    });
    // Dropping the command has given up what it was writing; blocking work gets a moment to notice.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn dispatch(cli: Cli, interrupt: &Interrupt) -> Result<(), Failure> {
    match cli.command {
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::man::run(&args),
        Command::Serve(args) => {
            let config = Config::load(cli.config.as_deref())?;
            commands::serve::run(args, &config, interrupt).await
        }
        Command::Report(args) => {
            commands::report::run(args, &Config::load(cli.config.as_deref())?).await
        }
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
        Command::Init(args) => {
            commands::init::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Deploy(args) => {
            commands::deploy::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Preflight(args) => {
            let config = Config::load(cli.config.as_deref())?;
            commands::preflight::run(args, &config, interrupt).await
        }
        Command::Permissions(args) => {
            commands::permissions::run(&args, &Config::load(cli.config.as_deref())?)
        }
        Command::Refresh(args) => {
            commands::refresh::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Logs(args) => {
            commands::logs::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Open(args) => {
            commands::open::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Teardown(args) => {
            commands::teardown::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Status(args) => {
            let config = Config::load(cli.config.as_deref())?;
            Box::pin(commands::status::run(args, &config, interrupt)).await
        }
        Command::Synth(args) => {
            commands::synth::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Config(args) => {
            commands::config::run(args, &Config::load(cli.config.as_deref())?).await
        }
        Command::Demo(args) => {
            let config = Config::load(cli.config.as_deref())?;
            commands::demo::run(args, &config, interrupt).await
        }
    }
}
