//! `kiro-analytics man`: generates manual pages from the description of the command line.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::{Cli, ManArgs};
use crate::command_error::CommandError;
use crate::output;

pub(crate) fn run(args: &ManArgs) -> Result<(), CommandError> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        let mut out = output::stdout();
        out.write_all(&page)?;
        return Ok(out.flush()?);
    };
    let failed = |path: &Path, error: io::Error| {
        CommandError::usage(
            anyhow::Error::new(error).context(format!("could not write `{}`", path.display())),
        )
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut pages = vec![command.clone()];
    pages.extend(command.get_subcommands().cloned());
    for page in pages {
        let man = Man::new(page);
        let mut text = Vec::new();
        man.render(&mut text)?;
        let path = folder.join(man.get_filename());
        std::fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
