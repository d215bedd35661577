//! Assets of Quick Sight in the states that a real account gets into.

use kiro_deploy::assets::Assets;
use kiro_deploy::driver::{self, DeploymentPlan, DeploymentReport};
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment};
use kiro_deploy::validation::{Validation, validate_definition};
use serde_json::{Value, json};

use crate::deployment::{apply, plan};
use crate::quicksight::QuickSight;

const ANALYSIS: &str = "analyses/kiro-analytics-kiro";
const DASHBOARD: &str = "dashboards/kiro-analytics-kiro";
const DATA_SOURCE: &str = "data-sources/kiro-analytics-athena";
const DENIED: &str = "You don't have sufficient permissions to connect to Athena";

async fn deploy(deployment: &Deployment, step: &str) -> DeploymentReport {
    let plan = plan(deployment, step).await.unwrap();
    carry_out(deployment, &plan).await
}

async fn carry_out(deployment: &Deployment, plan: &DeploymentPlan) -> DeploymentReport {
    let report = driver::apply(deployment, plan, &NoProgress).await;
    report.unwrap_or_else(|error| panic!("{error}: {}", error.cause))
}

/// Kind, name and details of the changes that a step plans.
async fn planned(deployment: &Deployment, step: &str) -> Vec<(ChangeKind, String, String)> {
    let plan = plan(deployment, step).await.unwrap();
    let changes = plan.steps.into_iter().flat_map(|step| step.changes);
    changes
        .map(|change| (change.kind, change.what, change.details.join("\n")))
        .collect()
}

#[tokio::test]
async fn a_deployment_without_changes_changes_nothing() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    for step in ["data_source", "datasets", "theme", "dashboard"] {
        deploy(&deployment, step).await;
        assert_eq!(planned(&deployment, step).await, [], "{step}");
    }
}

#[tokio::test]
async fn an_analysis_in_the_recycle_bin_is_restored_and_updated() {
    let account = QuickSight::start().await;
    account.add(ANALYSIS, "DELETED");
    let deployment = account.deployment().await;
    let planned = planned(&deployment, "dashboard").await;
    let (kind, _, details) = &planned[0];
    assert_eq!(*kind, ChangeKind::Update);
    assert!(details.contains("recycle bin"), "{details}");
    let report = deploy(&deployment, "dashboard").await;
    let notes = report.steps[0].applied.notes.join("\n");
    assert!(notes.contains("is restored"), "{notes}");
    let changes = account.changes();
    let place = |wanted: &str| changes.iter().position(|change| change == wanted).unwrap();
    assert!(place(&format!("POST restore/{ANALYSIS}")) < place(&format!("PUT {ANALYSIS}")));
    assert!(account.state().assets.contains_key(DASHBOARD));
}

#[tokio::test]
async fn a_failed_creation_is_deleted_and_created_again() {
    let cases = [
        (ANALYSIS, "dashboard"),
        (DASHBOARD, "dashboard"),
        (DATA_SOURCE, "data_source"),
        ("themes/kiro-analytics-light", "theme"),
    ];
    for (path, step) in cases {
        let account = QuickSight::start().await;
        account.add(path, "CREATION_FAILED");
        let deployment = account.deployment().await;
        let planned = planned(&deployment, step).await;
        let replaced = planned
            .iter()
            .find(|change| change.0 == ChangeKind::Replace);
        assert!(replaced.is_some(), "{path}: {planned:?}");
        deploy(&deployment, step).await;
        let state = account.state();
        assert_eq!(state.assets[path].status, "CREATION_SUCCESSFUL", "{path}");
    }
}

#[tokio::test]
async fn an_unmanaged_asset_is_changed_only_if_it_is_named() {
    let account = QuickSight::start().await;
    account.add(ANALYSIS, "CREATION_SUCCESSFUL");
    account.add(DASHBOARD, "CREATION_SUCCESSFUL");
    for path in [ANALYSIS, DASHBOARD] {
        let mut state = account.state();
        let asset = state.assets.get_mut(path).unwrap();
        // Neither tags nor owners.
        asset.tags.clear();
        asset.permissions.clear();
    }
    let mut deployment = account.deployment().await;
    let error = plan(&deployment, "dashboard").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("analysis `kiro-analytics-kiro` exists and was not created by"),
        "{error}"
    );
    assert!(error.hint().contains("--take-over kiro-analytics-kiro"));
    assert_eq!(account.changes(), [""; 0]);

    deployment.take_over = vec!["kiro-analytics-kiro".to_owned()];
    let planned = planned(&deployment, "dashboard").await;
    assert!(
        planned
            .iter()
            .all(|change| change.0 == ChangeKind::Overwrite),
        "{planned:?}"
    );
    deploy(&deployment, "dashboard").await;
    let tags = &account.state().assets[DASHBOARD].tags;
    assert_eq!(tags["kiro-analytics:deployment"], "kiro-analytics");
}

/// Lists that come back in another order, and members that a release of the service adds.
#[tokio::test]
async fn a_definition_that_the_service_describes_differently_is_no_change() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    deploy(&deployment, "dashboard").await;
    let changed_by_nobody = |asset: &mut crate::quicksight::FakeAsset| {
        let definition = &mut asset.body["Definition"];
        definition["FilterGroups"].as_array_mut().unwrap().reverse();
        definition["CalculatedFields"]
            .as_array_mut()
            .unwrap()
            .reverse();
        definition["Sheets"][0]["Visuals"]
            .as_array_mut()
            .unwrap()
            .reverse();
        definition["QueryExecutionOptions"] = json!({"QueryExecutionMode": "AUTO"});
        // Not even the version or the time of the last change has to be the same.
        asset.updated += 100.0;
        asset.version += 100;
    };
    for path in [ANALYSIS, DASHBOARD] {
        changed_by_nobody(account.state().assets.get_mut(path).unwrap());
    }
    assert_eq!(planned(&deployment, "dashboard").await, []);

    // A visual that was removed outside the deployment is an edit.
    {
        let mut state = account.state();
        let asset = state.assets.get_mut(ANALYSIS).unwrap();
        let visuals = &mut asset.body["Definition"]["Sheets"][0]["Visuals"];
        visuals.as_array_mut().unwrap().pop();
    }
    let planned = planned(&deployment, "dashboard").await;
    assert_eq!(planned[0].0, ChangeKind::Overwrite);
    assert!(planned[0].2.contains("was removed"), "{planned:?}");
}

#[tokio::test]
async fn settings_of_a_data_set_that_others_made_are_kept() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    deploy(&deployment, "datasets").await;
    let path = "data-sets/kiro-analytics-user-totals";
    let theirs = [
        (
            "FieldFolders",
            json!({"Money": {"description": "d", "columns": ["credits_used"]}}),
        ),
        (
            "DataSetUsageConfiguration",
            json!({"DisableUseAsDirectQuerySource": true}),
        ),
        (
            "PerformanceConfiguration",
            json!({"UniqueKeys": [{"ColumnNames": ["user_id"]}]}),
        ),
        (
            "DatasetParameters",
            json!([{"StringDatasetParameter": {"Id": "p", "Name": "p", "ValueType": "SINGLE_VALUED"}}]),
        ),
        (
            "ColumnGroups",
            json!([{"GeoSpatialColumnGroup": {"Name": "g", "Columns": ["c"]}}]),
        ),
        (
            "ColumnLevelPermissionRules",
            json!([{"ColumnNames": ["email"]}]),
        ),
    ];
    {
        let mut state = account.state();
        let asset = state.assets.get_mut(path).unwrap();
        for (member, value) in &theirs {
            asset.body[*member] = value.clone();
        }
        asset
            .tags
            .insert("kiro-analytics:sent".to_owned(), "older".to_owned());
    }
    deploy(&deployment, "datasets").await;
    let state = account.state();
    let updated = &state.assets[path];
    assert_eq!(updated.version, 2);
    for (member, value) in &theirs {
        assert_eq!(&updated.body[*member], value, "{member}");
    }
}

#[tokio::test]
async fn more_readers_than_one_call_takes_and_a_namespace_get_access_and_lose_it() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    let reader = |number: usize| {
        format!("arn:aws:quicksight:eu-central-1:123456789012:user/default/reader-{number}")
    };
    let namespace = "arn:aws:quicksight:eu-central-1:123456789012:namespace/default".to_owned();
    let readers: Vec<String> = (0..150).map(reader).chain([namespace]).collect();
    deployment.resolved.settings.readers = readers;
    deploy(&deployment, "dashboard").await;
    assert_eq!(account.state().assets[DASHBOARD].permissions.len(), 152);
    let is_within_limit = |asked: &crate::server::Asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        ["Permissions", "GrantPermissions", "RevokePermissions"]
            .iter()
            .all(|member| body[*member].as_array().is_none_or(|list| list.len() <= 64))
    };
    assert!(account.server.asked().iter().all(is_within_limit));
    assert_eq!(planned(&deployment, "dashboard").await, []);

    deployment.resolved.settings.readers.clear();
    deploy(&deployment, "dashboard").await;
    assert_eq!(account.state().assets[DASHBOARD].permissions.len(), 1);
    assert!(account.server.asked().iter().all(is_within_limit));
    assert_eq!(planned(&deployment, "dashboard").await, []);
}

#[tokio::test]
async fn a_strictly_refused_definition_is_sent_leniently_once_and_noted() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    let refusal = (
        "POST analyses",
        "InvalidParameterValueException",
        "Only PrimaryValueFontSize",
    );
    account.state().refusals.push_back(refusal);
    let report = deploy(&deployment, "dashboard").await;
    let notes = report.steps[0].applied.notes.join("\n");
    assert!(
        notes.contains("lenient") && notes.contains("Only PrimaryValueFontSize"),
        "{notes}"
    );
    let strategy = &account.state().assets[ANALYSIS].body["ValidationStrategy"];
    assert_eq!(strategy["Mode"], "LENIENT");
}

#[tokio::test]
async fn a_definition_that_is_refused_twice_is_an_error_in_the_words_of_the_strict_validation() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    for message in ["the strict words", "the lenient words"] {
        let refusal = ("POST analyses", "InvalidParameterValueException", message);
        account.state().refusals.push_back(refusal);
    }
    let error = apply(&deployment, "dashboard").await;
    assert!(
        error.cause.to_string().contains("the strict words"),
        "{}",
        error.cause
    );
}

#[tokio::test]
async fn a_permission_that_was_just_written_is_waited_for() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    let denied = json!([{"Type": "ACCESS_DENIED", "Message": DENIED}]);
    for _ in 0..2 {
        account
            .state()
            .failures
            .push_back(("data-sources", denied.clone()));
    }
    let mut agreed = plan(&deployment, "data_source").await.unwrap();
    // The detail of a plan whose earlier step writes the permission.
    agreed.steps[0].changes[0].details.push(
        "retried for two minutes if the permission of the earlier step is not in effect yet"
            .to_owned(),
    );
    carry_out(&deployment, &agreed).await;
    assert_eq!(
        account.state().assets[DATA_SOURCE].status,
        "CREATION_SUCCESSFUL"
    );
}

#[tokio::test]
async fn an_unwritten_permission_is_not_waited_for() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    let denied = json!([{"Type": "ACCESS_DENIED", "Message": DENIED}]);
    account.state().failures.push_back(("data-sources", denied));
    let error = apply(&deployment, "data_source").await;
    assert!(error.cause.to_string().contains(DENIED), "{}", error.cause);
    // And the next run makes it again.
    deploy(&deployment, "data_source").await;
    assert_eq!(
        account.state().assets[DATA_SOURCE].status,
        "CREATION_SUCCESSFUL"
    );
}

#[tokio::test]
async fn a_lack_of_spice_capacity_is_reported_with_the_command_that_buys_it() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    let refusal = (
        "POST data-sets",
        "LimitExceededException",
        "Insufficient SPICE capacity",
    );
    // The SDK takes the code for throttling and tries again.
    account.state().refusals.extend([refusal; 9]);
    let error = apply(&deployment, "datasets").await;
    assert!(
        error
            .cause
            .to_string()
            .contains("Insufficient SPICE capacity")
    );
    let hint = error.cause.hint();
    assert!(
        hint.contains("update-spice-capacity-configuration --aws-account-id 123456789012")
            && hint.contains("--region eu-central-1"),
        "{hint}"
    );
    assert!(!hint.contains("Service Quotas"), "{hint}");
}

#[tokio::test]
async fn assets_of_another_deployment_are_no_strangers() {
    let account = QuickSight::start().await;
    account.add("dashboards/kiro-analytics-kiro", "CREATION_SUCCESSFUL");
    account.add(
        "dashboards/kiro-analytics-other-kiro",
        "CREATION_SUCCESSFUL",
    );
    account.add("dashboards/kiro-analytics-by-hand", "CREATION_SUCCESSFUL");
    account.add("analyses/kiro-analytics-kiro", "DELETED");
    {
        let mut state = account.state();
        let tags = |state: &mut crate::quicksight::State, path: &str, value: Option<&str>| {
            let asset = state.assets.get_mut(path).unwrap();
            asset.tags.clear();
            if let Some(value) = value {
                let key = "kiro-analytics:deployment".to_owned();
                asset.tags.insert(key, value.to_owned());
            }
        };
        let other = Some("kiro-analytics-other");
        tags(&mut state, "dashboards/kiro-analytics-other-kiro", other);
        tags(&mut state, "dashboards/kiro-analytics-by-hand", None);
    }
    let deployment = account.deployment().await;
    let found = Assets::find(&deployment.aws, &deployment.names)
        .await
        .unwrap();
    let ours: Vec<(&str, bool)> = found
        .ours
        .iter()
        .map(|asset| (asset.id.as_str(), asset.is_recycled))
        .collect();
    let expected = [
        ("kiro-analytics-kiro", false),
        ("kiro-analytics-kiro", true),
    ];
    assert_eq!(ours, expected);
    let unmanaged: Vec<&str> = found
        .unmanaged
        .iter()
        .map(|asset| asset.id.as_str())
        .collect();
    assert_eq!(unmanaged, ["kiro-analytics-by-hand"]);
}

#[tokio::test]
async fn a_validation_names_the_visuals_and_leaves_nothing_behind() {
    let account = QuickSight::start().await;
    let deployment = account.deployment().await;
    let never = std::future::pending::<()>;
    let error = validate_definition(&deployment, &NoProgress, never()).await;
    let error = error.unwrap_err();
    assert!(error.to_string().contains("do not exist yet"), "{error}");
    assert_eq!(account.changes(), [""; 0]);

    deploy(&deployment, "datasets").await;
    let validation = validate_definition(&deployment, &NoProgress, never()).await;
    assert_eq!(validation.unwrap(), Validation::Accepted);

    let entity = json!({"Path": "/Sheets/0/Visuals/0"});
    let failure =
        json!([{"Type": "COLUMN_NOT_FOUND", "Message": "no column", "ViolatedEntities": [entity]}]);
    account.state().failures.push_back(("analyses", failure));
    let validation = validate_definition(&deployment, &NoProgress, never()).await;
    let Validation::Refused(errors) = validation.unwrap() else {
        panic!("it is accepted");
    };
    assert!(errors[0].contains("(visual `"), "{errors:?}");

    let refusal = (
        "POST analyses",
        "InvalidParameterValueException",
        "no such option",
    );
    account.state().refusals.push_back(refusal);
    let validation = validate_definition(&deployment, &NoProgress, never()).await;
    assert_eq!(
        validation.unwrap(),
        Validation::Refused(vec!["no such option".to_owned()])
    );

    let at_once = std::future::ready(());
    let validation = validate_definition(&deployment, &NoProgress, at_once).await;
    assert!(validation.is_ok());
    let state = account.state();
    let left = state
        .assets
        .keys()
        .filter(|key| key.starts_with("analyses/"));
    assert_eq!(left.count(), 0);
}
