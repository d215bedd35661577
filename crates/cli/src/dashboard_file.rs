//! The dashboard to show: the built-in one, or a file of one's own, with all its mistakes at once.

use std::path::Path;

use kiro_catalog::{Catalogue, Settings};
use kiro_dashboard::{Spec, SpecErrors};

use crate::command_error::CommandError;
use crate::exit::Exit;

pub(crate) fn load(
    path: Option<&Path>,
    catalogue: &Catalogue,
    settings: &Settings,
) -> Result<Spec, CommandError> {
    let Some(path) = path else {
        return Spec::builtin(catalogue, settings).map_err(command_error);
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("could not read `{name}`"));
        CommandError::usage(error).hint("name an existing file with --dashboard (of a deployment: --set dashboard=FILE), or leave it out (--set dashboard=)")
    })?;
    Spec::load(&text, &name, catalogue, settings).map_err(command_error)
}

fn command_error(found: SpecErrors) -> CommandError {
    CommandError {
        exit: Exit::Usage,
        errors: found.errors.into_iter().map(anyhow::Error::new).collect(),
        hint: Some("docs/dashboard.md explains every key of a dashboard".to_owned()),
    }
}
