//! `kiro-analytics completions`: the shell script, made from the command line's own description.

use std::io::Write;

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
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
