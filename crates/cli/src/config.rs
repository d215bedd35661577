//! Reads the configuration of a command: the file that `--config` names, the environment, and flags.

use std::io;
use std::path::Path;

use kiro_config::{Config, ConfigFile, Flag, Layers, Problems, misspelled_variables};

use crate::args::{DataArgs, FolderArgs};
use crate::command_error::CommandError;
use crate::exit::Exit;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "kiro-analytics.toml";

/// The settings of this machine: flags over the environment over the named file, else over `kiro-analytics.toml` in the current
/// folder if it exists.
pub(crate) fn layers(
    named: Option<&Path>,
    flags: Vec<Flag>,
) -> Result<Layers<'static>, CommandError> {
    let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let misspelled = misspelled_variables(variables);
    if !misspelled.is_empty() {
        return Err(problems(Problems(misspelled)));
    }
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let file = match std::fs::read_to_string(path) {
        Ok(text) => ConfigFile::parse(&text, path).map_err(problems)?,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
            ConfigFile::default()
        }
        Err(error) => {
            let error =
                anyhow::Error::new(error).context(format!("could not read `{}`", path.display()));
            return Err(CommandError::usage(error)
                .hint("name an existing file with --config, or leave the flag out"));
        }
    };
    Ok(Layers {
        flags,
        variable: &variable,
        file,
    })
}

/// The settings of commands about local data, without those of their arguments.
pub(crate) fn local_settings(named: Option<&Path>) -> Result<Config, CommandError> {
    layers(named, Vec::new())?.resolve_local().map_err(problems)
}

/// The configuration of a command about a data folder.
pub(crate) fn local_folder(
    named: Option<&Path>,
    args: &FolderArgs,
) -> Result<Config, CommandError> {
    let mut config = local_settings(named)?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    Ok(config)
}

/// The configuration of a command about local data.
pub(crate) fn local(named: Option<&Path>, args: &DataArgs) -> Result<Config, CommandError> {
    let mut config = local_settings(named)?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    config.hash_emails = args.hash_emails.unwrap_or(config.hash_emails);
    // As in the environment: without white space around it, and an empty one is none.
    let salt = args.hash_salt.as_deref().map(str::trim);
    let salt = salt.filter(|salt| !salt.is_empty()).map(str::to_owned);
    config.hash_salt = salt.or(config.hash_salt);
    Ok(config)
}

/// Reports all problems of the settings.
pub(crate) fn problems(found: Problems) -> CommandError {
    let errors = found.0.into_iter();
    CommandError {
        exit: Exit::Usage,
        errors: errors.map(|problem| anyhow::anyhow!("{problem}")).collect(),
        hint: Some("kiro-analytics.example.toml has every setting with its default".to_owned()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the environment is read"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
