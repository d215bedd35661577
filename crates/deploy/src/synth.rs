//! Everything that a deployment would send, as files: for reviews and for other pipelines.

use serde_json::{Value, json};

use crate::report_settings::scheduled_reports;
use crate::stack::Stack;
use crate::step::{Deployment, StepError};
use crate::steps::{
    self, DataLayer, DesiredStack, IdentityLayer, NO_BUCKET, TableDefinition,
    desired_follow_up_stack, desired_identity_stack, desired_reports_stack,
};

/// Placeholder for the zip's key if there is no zip. The template's pattern accepts it.
const NO_CODE_KEY: &str = "TO-BE-FILLED-IN.zip";
/// Placeholder for the salt if none is configured: a salt must not change from one run to the next.
pub const NO_SALT: &str = "SALT-TO-BE-FILLED-IN";

/// A file. Its path is relative to the output folder, with `/` as separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthFile {
    pub path: String,
    pub content: String,
    /// True if it contains the salt of hashed addresses: only its owner may read it.
    pub is_secret: bool,
}

impl SynthFile {
    fn text(path: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
            is_secret: false,
        }
    }

    fn json(path: impl Into<String>, content: &Value) -> Self {
        // A value can always be written.
        let text = serde_json::to_string_pretty(content).unwrap_or_default();
        Self::text(path, format!("{text}\n"))
    }
}

/// The state of an account that the files depend on.
#[derive(Debug, Clone, Default)]
pub struct ExistingState {
    stack: Option<Stack>,
    identity_stack: Option<Stack>,
    follow_up_stack: Option<Stack>,
    reports_stack: Option<Stack>,
    layer: Option<DataLayer>,
    /// The first day of the partitions.
    first_day: Option<String>,
}

impl ExistingState {
    /// Reads the state of the account.
    ///
    /// # Errors
    ///
    /// If AWS refuses.
    pub async fn find(deployment: &Deployment) -> Result<Self, StepError> {
        let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
        let layer = DataLayer::find(deployment).await?;
        let database = deployment.names.database(deployment.settings());
        let existing = steps::existing_tables(&deployment.aws, &database).await?;
        let first_day = steps::first_day(deployment, layer.as_ref(), &existing).await?;
        let names = &deployment.names;
        let identity_stack = Stack::find(&deployment.aws, &names.identity_stack()).await?;
        let follow_up_stack = Stack::find(&deployment.aws, &names.follow_up_stack()).await?;
        let reports_stack = Stack::find(&deployment.aws, &names.reports_stack()).await?;
        Ok(Self {
            stack,
            identity_stack,
            follow_up_stack,
            reports_stack,
            layer,
            first_day: Some(first_day),
        })
    }

    /// The identity stack, if it is deployed and identity mapping is on.
    fn deployed_identity(&self, deployment: &Deployment) -> Option<IdentityLayer> {
        let deployed = self.identity_stack.as_ref().and_then(IdentityLayer::of);
        deployed.filter(|_| deployment.settings().identity_mapping)
    }

    /// The identity stack, with placeholders; none if identity mapping is off.
    fn identity(&self, deployment: &Deployment) -> Option<IdentityLayer> {
        let stack = self.identity_stack.as_ref();
        let deployed = stack.and_then(IdentityLayer::of);
        let is_on = deployment.settings().identity_mapping;
        is_on.then(|| deployed.unwrap_or_else(IdentityLayer::placeholder))
    }
}

/// The files, in the order of the steps. The same deployment and state give the same files. Makes no call.
///
/// # Errors
///
/// If the settings do not fit into a stack, or the function's zip cannot be read.
pub fn files(
    deployment: &Deployment,
    existing: &ExistingState,
) -> Result<Vec<SynthFile>, StepError> {
    let settings = deployment.settings();
    let desired = DesiredStack::from_settings(deployment, existing.stack.as_ref())?;
    let mut files = stack_files(deployment, &deployment.names.data_stack(), desired);
    if settings.identity_mapping {
        let identity = existing.identity_stack.as_ref();
        let deployed = identity.and_then(|stack| stack.parameters.get("IdentityStoreId"));
        let store = settings.identity_store.clone().or(deployed.cloned());
        let store = store.unwrap_or_default();
        let data = existing.stack.as_ref();
        let desired = desired_identity_stack(deployment, identity, data, store)?;
        let folder = deployment.names.identity_stack();
        files.extend(stack_files(deployment, &folder, desired));
    }
    let layer = existing.layer.as_ref();
    let bucket = layer.map_or(NO_BUCKET, |layer| layer.results_bucket.as_str());
    files.extend(relations(deployment, existing, bucket));
    if deployment.settings().quicksight {
        let name = deployment.names.quicksight_policy(deployment.settings());
        let identity = existing.identity(deployment);
        let policy = steps::policy(deployment, bucket, identity.as_ref());
        files.push(SynthFile::json(format!("policies/{name}.json"), &policy));
    }
    for (path, body) in steps::requests(deployment)? {
        files.push(SynthFile::json(path, &body));
    }
    if settings.follows_runs() {
        let follow_up = existing.follow_up_stack.as_ref();
        let (data, names) = (
            existing.stack.as_ref(),
            existing.deployed_identity(deployment),
        );
        let desired = desired_follow_up_stack(deployment, follow_up, data, names.as_ref())?;
        let folder = deployment.names.follow_up_stack();
        files.extend(stack_files(deployment, &folder, desired));
    }
    if settings.writes_reports() {
        let reports = existing.reports_stack.as_ref();
        let (data, names) = (
            existing.stack.as_ref(),
            existing.deployed_identity(deployment),
        );
        let desired = desired_reports_stack(deployment, reports, data, names.as_ref())?;
        let folder = deployment.names.reports_stack();
        files.extend(stack_files(deployment, &folder, desired));
        files.push(report_settings_file(deployment, &folder)?);
    }
    Ok(files)
}

/// Template, parameters and tags of a stack.
fn stack_files(deployment: &Deployment, folder: &str, mut desired: DesiredStack) -> Vec<SynthFile> {
    let code_bucket = deployment.names.code_bucket(deployment.settings());
    for (name, placeholder) in [
        ("CodeBucket", code_bucket.as_str()),
        ("CodeKey", NO_CODE_KEY),
    ] {
        let value = desired.parameters.entry(name.to_owned()).or_default();
        if value.is_empty() {
            placeholder.clone_into(value);
        }
    }
    vec![
        SynthFile::text(format!("{folder}/template.yaml"), desired.template),
        SynthFile::json(
            format!("{folder}/parameters.json"),
            &desired.parameter_list(),
        ),
        SynthFile::json(format!("{folder}/tags.json"), &desired.tag_list()),
    ]
}

/// What the function `send-reports` reads. Without a configured salt it has a placeholder: a salt must not change from one run
/// to the next.
fn report_settings_file(deployment: &Deployment, folder: &str) -> Result<SynthFile, StepError> {
    let settings = deployment.settings();
    let told = scheduled_reports(settings, Some(NO_SALT))?;
    let is_secret = told.salt.as_deref().is_some_and(|salt| salt != NO_SALT);
    let content = String::from_utf8_lossy(&told.to_json()).into_owned();
    Ok(SynthFile {
        is_secret,
        ..SynthFile::text(format!("{folder}/settings.json"), content)
    })
}

/// Returns true if the key of the function's zip has to be filled in.
pub fn lacks_code(files: &[SynthFile]) -> bool {
    files.iter().any(|file| file.content.contains(NO_CODE_KEY))
}

/// Tables and views.
fn relations(deployment: &Deployment, existing: &ExistingState, bucket: &str) -> Vec<SynthFile> {
    let settings = deployment.settings();
    let database = deployment.names.database(settings);
    let this_year = format!("{}-01-01", deployment.today.get(..4).unwrap_or("2025"));
    let first_day = existing.first_day.as_deref().unwrap_or(&this_year);
    let salt = settings
        .hash_salt
        .as_deref()
        .filter(|salt| settings.hash_emails && !salt.is_empty() && *salt != NO_SALT);
    let map_location = existing.identity(deployment);
    let map_location = map_location.map(|layer| layer.map_location());
    let mut files = Vec::new();
    for (number, relation) in (1..).zip(deployment.catalogue.relations()) {
        let map = map_location.as_deref();
        if let Some(table) = TableDefinition::of(relation, bucket, map, first_day) {
            let content = json!({"DatabaseName": database, "TableInput": table.to_json()});
            files.push(SynthFile::json(
                format!("tables/{}.json", relation.name),
                &content,
            ));
        }
        if let Some(statement) = relation.create_statement() {
            let path = format!("views/{number:02}_{}.sql", relation.name);
            files.push(SynthFile {
                is_secret: salt.is_some() && kiro_catalog::salt_in(&statement).is_some(),
                ..SynthFile::text(path, format!("{statement};\n"))
            });
        }
    }
    files
}
