//! `kiro-analytics completions`: generates the shell script from the description of the command line.

use std::io::Write;

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::command_error::CommandError;
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "kiro-analytics",
        &mut script,
    );
    let mut out = output::stdout();
    out.write_all(&script)?;
    Ok(out.flush()?)
}
