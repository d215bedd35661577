//! Validates the dashboard's definition in Quick Sight before any asset in use is changed.
//!
//! Creates a separate analysis from the definition, under strict validation, and always deletes it. The analysis is not
//! shared, so only administrators see it.

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use serde_json::{Value, json};

use crate::asset_kind::AssetKind;
use crate::assets::Assets;
use crate::aws::AwsErrorKind;
use crate::progress::Progress;
use crate::step::{Deployment, ErrorCategory, StepError};
use crate::steps::{
    AssetAddress, AssetError, Description, analysis_body, error_text, required_data_sets,
};
use crate::tags;

/// Maximum time that the validation may take.
const VALIDATION_TIMEOUT: Duration = Duration::from_mins(10);
/// Maximum time until the analysis is deleted.
const DELETION_TIMEOUT: Duration = Duration::from_mins(2);

/// The result of the validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validation {
    Accepted,
    /// Quick Sight's errors, each with the visual of the dashboard that it refers to.
    Refused(Vec<String>),
    /// The user interrupted it. The analysis has been deleted.
    Interrupted,
}

/// Validates the definition that `deploy` would send. `interrupted` ends the wait; the analysis is still deleted.
///
/// # Errors
///
/// If the datasets do not exist yet, if a call fails, or if the analysis could not be deleted.
pub async fn validate_definition(
    deployment: &Deployment,
    progress: &dyn Progress,
    interrupted: impl Future<Output = ()>,
) -> Result<Validation, StepError> {
    let id = format!("{}-validation", deployment.names.prefix);
    let analysis = AssetAddress {
        aws: &deployment.aws,
        kind: AssetKind::Analysis,
        id: &id,
    };
    let body = request_body(deployment)?;
    require_data_sets(deployment).await?;
    remove_left_over(deployment, &analysis).await?;
    progress.doing("validating the dashboard's definition");
    // The request itself is not interrupted: it would be unknown whether the analysis was created.
    let created = analysis.create(&body).await;
    let validation = match created {
        Ok(()) => {
            tokio::select! {
                biased;
                validation = outcome(&analysis, &body) => validation,
                () = interrupted => Ok(Validation::Interrupted),
            }
        }
        Err(error) if error.kind == AwsErrorKind::Invalid => {
            Ok(Validation::Refused(vec![located_message(
                &error.message,
                &body["Definition"],
            )]))
        }
        Err(error) => Err(error.into()),
    };
    remove(&analysis).await?;
    validation
}

fn request_body(deployment: &Deployment) -> Result<Value, StepError> {
    let mut body = analysis_body(deployment)?;
    if let Some(members) = body.as_object_mut() {
        // The theme is created after the datasets and may not exist yet.
        members.remove("ThemeArn");
    }
    let name = body["Name"].as_str().unwrap_or_default();
    body["Name"] = Value::from(format!("{name} (validation)"));
    body["Tags"] = Value::from(tags::listed(&tags::of(deployment)));
    body["ValidationStrategy"] = json!({"Mode": "STRICT"});
    Ok(body)
}

/// Fails if a dataset is missing: a definition is validated against the columns of its datasets.
async fn require_data_sets(deployment: &Deployment) -> Result<(), StepError> {
    if !deployment.settings().quicksight {
        return Err(StepError::failed(
            ErrorCategory::Usage,
            "there is no dashboard to validate: `quicksight` is false",
            "set `quicksight = true`, or leave --definition out",
        ));
    }
    let (aws, names) = (&deployment.aws, &deployment.names);
    let found = Assets::find_kinds(aws, names, &[AssetKind::DataSet]).await?;
    let existing: BTreeSet<&str> = found
        .of(AssetKind::DataSet)
        .map(|asset| asset.id.as_str())
        .collect();
    let needed = required_data_sets(deployment)?;
    let missing = needed
        .iter()
        .filter(|needed| !existing.contains(needed.id.as_str()));
    match missing.count() {
        0 => Ok(()),
        missing => Err(StepError::failed(
            ErrorCategory::Usage,
            format!(
                "{missing} of the {} datasets that the dashboard reads do not exist yet, and Quick Sight validates a definition against them",
                needed.len()
            ),
            "run `kiro-analytics deploy`: it creates them in step 11, before the dashboard; then run this again",
        )),
    }
}

/// Deletes the analysis that a killed run has left.
async fn remove_left_over(
    deployment: &Deployment,
    analysis: &AssetAddress<'_>,
) -> Result<(), StepError> {
    if analysis.describe(None).await?.is_none() {
        return Ok(());
    }
    let arn = deployment
        .names
        .quicksight_arn(&format!("analysis/{}", analysis.id));
    let found = tags::of_asset(&deployment.aws, &arn, analysis.title()).await?;
    if found.get(tags::DEPLOYMENT) == Some(&deployment.names.prefix) {
        return remove(analysis).await;
    }
    Err(StepError::failed(
        ErrorCategory::Usage,
        format!(
            "{} exists and was not created by this deployment",
            analysis.title()
        ),
        "delete or rename it, then run this again",
    ))
}

/// Waits until the analysis is created or has failed.
async fn outcome(analysis: &AssetAddress<'_>, body: &Value) -> Result<Validation, StepError> {
    let mut polling = analysis.aws.polling(VALIDATION_TIMEOUT);
    loop {
        let found = analysis.describe(None).await?;
        if let Some(found) = found.filter(|found| !found.is_in_progress()) {
            return Ok(verdict(&found, &body["Definition"]));
        }
        if !polling.again().await {
            return Err(StepError::failed(
                ErrorCategory::Aws,
                "Quick Sight did not validate the definition within ten minutes",
                "run the command again",
            ));
        }
    }
}

fn verdict(found: &Description, definition: &Value) -> Validation {
    // A created analysis can contain errors of single visuals.
    let errors: Vec<String> = found
        .errors
        .iter()
        .map(|error| error_text(error, definition))
        .collect();
    match (errors.is_empty(), found.has_failed()) {
        (true, false) => Validation::Accepted,
        (true, true) => Validation::Refused(vec![format!(
            "{}: the service gives no reason",
            found.status_name()
        )]),
        (false, _) => Validation::Refused(errors),
    }
}

/// The message of a rejected request, with the visuals whose ids it names.
fn located_message(message: &str, definition: &Value) -> String {
    let words = message.split(|letter: char| {
        !(letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | '.' | '[' | ']'))
    });
    let visuals = definition["Sheets"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|sheet| {
            let visuals = sheet["Visuals"].as_array().into_iter().flatten();
            visuals
                .filter_map(|visual| visual.as_object()?.values().next()?["VisualId"].as_str())
                .map(|visual| {
                    let sheet = sheet["SheetId"].as_str().unwrap_or_default();
                    (visual, format!("sheet/{sheet}/visual/{visual}"))
                })
        });
    let visuals: Vec<(&str, String)> = visuals.collect();
    let paths = words.filter_map(|word| {
        let named = visuals.iter().find(|(id, _)| *id == word);
        named
            .map(|(_, path)| path.clone())
            .or_else(|| counted_from_zero(word))
    });
    let error = AssetError {
        message: message.to_owned(),
        paths: paths.collect(),
        ..AssetError::default()
    };
    error_text(&error, definition)
}

/// `definition.sheets.1.member.visuals.2.member.kPIVisual` as `/sheets/0/visuals/1/kPIVisual`: this path of the service counts
/// from one.
fn counted_from_zero(word: &str) -> Option<String> {
    let rest = word.strip_prefix("definition.")?;
    let parts = rest.split('.').filter(|part| *part != "member");
    let parts = parts.map(|part| match part.parse::<usize>() {
        Ok(number) => number.saturating_sub(1).to_string(),
        Err(_) => part.to_owned(),
    });
    Some(format!("/{}", parts.collect::<Vec<_>>().join("/")))
}

/// Deletes the analysis permanently, and waits until it no longer exists.
async fn remove(analysis: &AssetAddress<'_>) -> Result<(), StepError> {
    let mut polling = analysis.aws.polling(DELETION_TIMEOUT);
    loop {
        let failure = match analysis.delete().await {
            Ok(()) if analysis.describe(None).await?.is_none() => return Ok(()),
            Ok(()) => None,
            // It is still being created: wait.
            Err(error) if error.is_conflict() => Some(error),
            Err(error) => return Err(not_removed(analysis, Some(&error.to_string()))),
        };
        if !polling.again().await {
            let failure = failure.map(|error| error.to_string());
            return Err(not_removed(analysis, failure.as_deref()));
        }
    }
}

fn not_removed(analysis: &AssetAddress<'_>, why: Option<&str>) -> StepError {
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    StepError::failed(
        ErrorCategory::Aws,
        format!("{} could not be deleted{why}", analysis.title()),
        format!(
            "run this again, or `aws quicksight delete-analysis --force-delete-without-recovery --aws-account-id {} --analysis-id {}`; `kiro-analytics teardown` deletes it, too",
            analysis.aws.account(),
            analysis.id
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::located_message;

    #[test]
    fn a_refused_request_names_its_visual() {
        let definition = json!({"Sheets": [{"SheetId": "people", "Name": "People", "Visuals": [
            {"KPIVisual": {"VisualId": "p-kpi"}},
            {"TableVisual": {"VisualId": "p-all"}},
        ]}]});
        let place = "(visual `p-all` on sheet `people` (People))";
        for message in [
            "Visual 'p-all' is invalid",
            "Value '[]' at 'definition.sheets.1.member.visuals.2.member.tableVisual.actions' failed",
        ] {
            let text = located_message(message, &definition);
            assert!(text.contains(place), "{text}");
        }
        assert_eq!(located_message("no", &definition), "no");
    }
}
