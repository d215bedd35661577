//! The start of all commands of a deployment: sign-in, stack and settings.

use std::path::{Path, PathBuf};

use kiro_catalog::Catalogue;
use kiro_config::{Layers, Problems, Remembered, Resolved, StackAddress};
use kiro_deploy::aws::{Aws, AwsError, AwsTuning, SdkOptions};
use kiro_deploy::export_prefix::find_prefix;
use kiro_deploy::salt;
use kiro_deploy::step::{Deployment, ErrorCategory, StepError};
use kiro_deploy::{Names, Stack};

use crate::command_error::{CommandError, note};
use crate::commands::normalize::now;
use crate::config::{self, variable};
use crate::dashboard_file;
use crate::exit::Exit;

/// The account, the settings, and the deployed stack.
pub(crate) struct Session {
    pub(crate) aws: Aws,
    pub(crate) names: Names,
    pub(crate) resolved: Resolved,
    /// The deployed data stack.
    pub(crate) stack: Option<Stack>,
}

impl Session {
    /// Signs in and reads the settings: of flags, environment, file and stack.
    pub(crate) async fn open(layers: &Layers<'_>) -> Result<Self, CommandError> {
        // Checked before any request: these problems do not depend on the deployed stack.
        layers.resolve(None).map_err(problems)?;
        let address = layers.address().map_err(problems)?;
        let aws = sign_in(&address)
            .await
            .map_err(|error| command_error(error.into()))?;
        Self::of(aws, &address, layers).await
    }

    /// Reads the settings of an account that is signed in to.
    pub(crate) async fn of(
        aws: Aws,
        address: &StackAddress,
        layers: &Layers<'_>,
    ) -> Result<Self, CommandError> {
        let names = Names::new(&address.prefix, &aws);
        let stack = Stack::find(&aws, &names.data_stack())
            .await
            .map_err(|error| command_error(error.into()))?;
        let remembered = stack
            .as_ref()
            .map(|stack| Remembered::of(&stack.parameters));
        let resolved = layers.resolve(remembered.as_ref()).map_err(problems)?;
        for remark in &resolved.remarks {
            note(format!("note: {remark}"));
        }
        Ok(Self {
            aws,
            names,
            resolved,
            stack,
        })
    }

    /// Completes what `deploy` needs: the prefix below the AWS sample's bucket, and the salt of hashed addresses.
    pub(crate) async fn complete(&mut self) -> Result<(), CommandError> {
        let found = find_prefix(&self.aws, &mut self.resolved).await;
        if let Some(url) = found.map_err(|error| command_error(error.into()))? {
            note(format!(
                "note: the exports in `KIRO_LOGS_BUCKET` are below {url}"
            ));
        }
        let settings = &self.resolved.settings;
        let chosen = salt::choose(&self.aws, &self.names, settings).await;
        let chosen = chosen.map_err(command_error)?;
        for remark in &chosen.remarks {
            note(format!("note: {remark}"));
        }
        self.resolved.settings.hash_salt = chosen.salt;
        Ok(())
    }

    /// Everything that steps work on.
    pub(crate) fn deployment(self, functions: Option<&Path>) -> Result<Deployment, CommandError> {
        let missing = self.resolved.settings.missing();
        if !missing.is_empty() {
            return Err(problems(Problems(missing))
                .hint("`kiro-analytics init` looks around and writes kiro-analytics.toml"));
        }
        let settings = &self.resolved.settings;
        let catalogue =
            Catalogue::render(&self.names.render_options(settings)).map_err(CommandError::usage)?;
        let file = (settings.dashboard != "builtin").then(|| PathBuf::from(&settings.dashboard));
        let spec = dashboard_file::load(file.as_deref(), &catalogue, &settings.views)?;
        let named = functions.map(Path::to_owned);
        let named = named.or_else(|| settings.functions.clone().map(PathBuf::from));
        Ok(Deployment {
            take_over: Vec::new(),
            read_parameters: self.stack.map(|stack| stack.parameters),
            function_folders: named.map_or_else(function_folders, |folder| vec![folder]),
            today: now().format("%Y-%m-%d").to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            aws: self.aws,
            names: self.names,
            resolved: self.resolved,
            catalogue,
            spec,
        })
    }
}

/// Signs in with the profile and the Region of the settings.
pub(crate) async fn sign_in(address: &StackAddress) -> Result<Aws, AwsError> {
    let options = SdkOptions {
        profile: address.profile.clone(),
        region: address.region.clone(),
    };
    Aws::sign_in(&options, AwsTuning::default()).await
}

/// The Region that the environment names.
pub(crate) fn environment_region() -> Option<String> {
    let named = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    named.filter(|region| !region.is_empty())
}

/// Beside this program, as a release is unpacked; where the program was built from source, also where `scripts/build-lambda`
/// writes. Never the current folder: its content is not trusted.
pub(crate) fn function_folders() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok();
    program
        .as_deref()
        .and_then(Path::parent)
        .map_or_else(Vec::new, folders_of)
}

fn folders_of(beside: &Path) -> Vec<PathBuf> {
    let mut folders = vec![beside.to_owned(), beside.join("functions")];
    // Cargo marks its target folder so, which holds a folder per profile.
    let target = beside.parent();
    if let Some(target) = target.filter(|target| target.join("CACHEDIR.TAG").is_file()) {
        folders.push(target.join("functions"));
    }
    folders
}

/// Reports all problems of the settings of a deployment.
pub(crate) fn problems(found: Problems) -> CommandError {
    config::problems(found).hint("`kiro-analytics config show` lists every setting; kiro-analytics.example.toml explains them")
}

impl From<ErrorCategory> for Exit {
    fn from(category: ErrorCategory) -> Self {
        match category {
            ErrorCategory::Data => Self::Data,
            ErrorCategory::Usage => Self::Usage,
            ErrorCategory::Aws => Self::Aws,
        }
    }
}

/// Reports a failed step or call.
pub(crate) fn command_error(error: StepError) -> CommandError {
    let hint = error.hint();
    let failure = match error.category() {
        ErrorCategory::Data => CommandError::data(error),
        ErrorCategory::Usage => CommandError::usage(error),
        ErrorCategory::Aws => CommandError::aws(error),
    };
    failure.hint(hint)
}

#[cfg(test)]
mod tests {
    use super::folders_of;

    #[test]
    fn zips_are_looked_for_beside_the_program_and_in_the_target_folder_it_was_built_in() {
        let place = tempfile::tempdir().unwrap();
        let beside = place.path().join("release");
        let unpacked = [beside.clone(), beside.join("functions")];
        assert_eq!(folders_of(&beside), unpacked);
        std::fs::write(place.path().join("CACHEDIR.TAG"), "").unwrap();
        let built = folders_of(&beside);
        assert_eq!(built[..2], unpacked);
        assert_eq!(built[2], place.path().join("functions"));
    }
}
