//! Rules that restrict the rows of datasets: turned on and off, and stopped half-way.

use kiro_config::RowRules;
use kiro_deploy::driver;
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{ChangeKind, Deployment};
use serde_json::{Value, json};

use crate::deployment::{apply, plan};
use crate::quicksight::QuickSight;

const RULES: &str = "data-sets/kiro-analytics-row-rules";
const RULES_ARN: &str =
    "arn:aws:quicksight:eu-central-1:123456789012:dataset/kiro-analytics-row-rules";
const TOTALS: &str = "data-sets/kiro-analytics-user-totals";
const MEMBER: &str = "RowLevelPermissionDataSet";

fn turn(deployment: &mut Deployment, row_rules: RowRules) {
    let settings = &mut deployment.resolved.settings;
    settings.row_rules = row_rules;
    // Names stay: the columns of teams are the same with and without rules.
    settings.identity_mapping = true;
}

/// Applies the steps of datasets, and returns their changes: kind, what, details.
async fn deploy(deployment: &Deployment) -> Vec<(ChangeKind, String, String)> {
    let mut all = Vec::new();
    for step in ["datasets", "obsolete_datasets"] {
        let plan = plan(deployment, step).await.unwrap();
        let report = driver::apply(deployment, &plan, &NoProgress).await;
        report.unwrap_or_else(|error| panic!("{error}: {}", error.cause));
        let changes = plan.steps.into_iter().flat_map(|step| step.changes);
        all.extend(changes.map(|change| (change.kind, change.what, change.details.join("\n"))));
    }
    all
}

/// The datasets of the dashboard and the ARN of their rules; null without rules.
fn restricted(account: &QuickSight) -> Vec<(String, Value)> {
    let state = account.state();
    let assets = state.assets.iter();
    assets
        .filter(|(path, _)| path.starts_with("data-sets/") && *path != RULES)
        .map(|(path, asset)| (path.clone(), asset.body[MEMBER]["Arn"].clone()))
        .collect()
}

/// The changes of assets: without imports and tags.
fn changes_of_assets(account: &QuickSight, from: usize) -> Vec<String> {
    let changes = account.changes().into_iter().skip(from);
    changes
        .filter(|change| change.contains("data-sets") && !change.contains("permissions"))
        .collect()
}

#[tokio::test]
async fn rules_are_there_and_imported_before_anything_is_restricted() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Off);
    deploy(&deployment).await;
    assert!(!account.state().assets.contains_key(RULES));
    assert!(restricted(&account).iter().all(|(_, arn)| arn.is_null()));

    let before = account.changes().len();
    turn(&mut deployment, RowRules::Email);
    let changes = deploy(&deployment).await;
    let (kind, what, details) = &changes[0];
    assert_eq!(
        (*kind, what.as_str()),
        (ChangeKind::Create, "dataset `kiro-analytics-row-rules`")
    );
    assert!(details.contains("owners still see all rows"), "{details}");
    assert!(details.contains("`viewer_admins` is empty"), "{details}");
    for (kind, what, details) in &changes[1..] {
        assert_eq!(*kind, ChangeKind::Update, "{what}");
        assert!(
            details.contains("rows restricted by `kiro-analytics-row-rules`"),
            "{what}: {details}"
        );
    }
    for (path, arn) in restricted(&account) {
        assert_eq!(arn, RULES_ARN, "{path}");
    }
    let sent = changes_of_assets(&account, before);
    assert_eq!(sent[0], "POST data-sets");
    assert!(sent[1..].iter().all(|change| change.starts_with("PUT ")));
    {
        let state = account.state();
        let rules = &state.assets[RULES];
        assert_eq!(rules.body["UseAs"], "RLS_RULES");
        assert_eq!(rules.ingestions, [("initial".to_owned(), "COMPLETED")]);
        assert!(rules.body[MEMBER].is_null(), "rules do not restrict rules");
    }
    assert_eq!(deploy(&deployment).await, []);
}

#[tokio::test]
async fn without_imported_rules_nothing_is_restricted_and_the_next_run_goes_on() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Off);
    deploy(&deployment).await;
    turn(&mut deployment, RowRules::Email);
    account.state().failed_imports = 1;
    let error = apply(&deployment, "datasets").await;
    assert!(
        error.cause.to_string().contains("kiro-analytics-row-rules"),
        "{}",
        error.cause
    );
    assert!(restricted(&account).iter().all(|(_, arn)| arn.is_null()));
    let changes = deploy(&deployment).await;
    assert!(changes.iter().all(|(kind, ..)| *kind == ChangeKind::Update));
    assert!(
        restricted(&account)
            .iter()
            .all(|(_, arn)| *arn == RULES_ARN)
    );
}

#[tokio::test]
async fn rules_are_deleted_after_everything_is_free_of_them() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Username);
    deploy(&deployment).await;
    turn(&mut deployment, RowRules::Off);
    // Stopped half-way: the rules stay as long as anything needs them.
    let refusal = ("PUT data-sets", "ConflictException", "no");
    account.state().refusals.extend([refusal; 9]);
    apply(&deployment, "datasets").await;
    account.state().refusals.clear();
    let error = apply(&deployment, "obsolete_datasets").await;
    assert!(
        error.cause.to_string().contains("still restricts"),
        "{}",
        error.cause
    );
    assert!(account.state().assets.contains_key(RULES));

    let before = account.changes().len();
    let changes = deploy(&deployment).await;
    let (kind, what, details) = changes.last().unwrap();
    assert_eq!(
        (*kind, what.as_str()),
        (ChangeKind::Delete, "dataset `kiro-analytics-row-rules`")
    );
    assert!(details.contains("sees everybody"), "{details}");
    let sent = changes_of_assets(&account, before);
    assert_eq!(sent.last().unwrap(), &format!("DELETE {RULES}"));
    assert!(!account.state().assets.contains_key(RULES));
    assert!(restricted(&account).iter().all(|(_, arn)| arn.is_null()));
    assert_eq!(deploy(&deployment).await, []);
}

#[tokio::test]
async fn a_dataset_that_no_sheet_reads_is_deleted_and_others_of_the_prefix_stay() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Email);
    deploy(&deployment).await;
    let seats = "data-sets/kiro-analytics-seats";
    assert!(account.state().assets.contains_key(seats));
    deployment.resolved.settings.row_rules = RowRules::Off;
    deployment.resolved.settings.identity_mapping = false;
    let mut foreign = account.state().assets[TOTALS].clone();
    foreign.tags.clear();
    let copy = "data-sets/kiro-analytics-copy".to_owned();
    account.state().assets.insert(copy.clone(), foreign);
    let changes = deploy(&deployment).await;
    let deleted = changes
        .iter()
        .filter(|(kind, ..)| *kind == ChangeKind::Delete);
    let deleted: Vec<&str> = deleted.map(|(_, what, _)| what.as_str()).collect();
    assert_eq!(
        deleted,
        [
            "dataset `kiro-analytics-seats`",
            "dataset `kiro-analytics-row-rules`"
        ]
    );
    let state = account.state();
    assert!(!state.assets.contains_key(seats) && !state.assets.contains_key(RULES));
    assert!(state.assets.contains_key(&copy));
}

#[tokio::test]
async fn rules_that_were_removed_or_switched_off_by_hand_are_restored() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Email);
    deploy(&deployment).await;
    for by_hand in [
        json!(null),
        json!({"Arn": RULES_ARN, "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1", "Status": "DISABLED"}),
    ] {
        {
            let mut state = account.state();
            let asset = state.assets.get_mut(TOTALS).unwrap();
            asset.body[MEMBER] = by_hand;
            asset.updated += 1.0;
        }
        let changes = deploy(&deployment).await;
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].0, ChangeKind::Overwrite);
        assert!(changes[0].2.contains("rows restricted by"), "{changes:?}");
        let rules = account.state().assets[TOTALS].body[MEMBER].clone();
        assert_eq!(
            (&rules["Arn"], &rules["Status"]),
            (&json!(RULES_ARN), &json!("ENABLED"))
        );
    }
}

#[tokio::test]
async fn rules_of_others_stay_while_this_deployment_has_none() {
    let account = QuickSight::start().await;
    let mut deployment = account.deployment().await;
    turn(&mut deployment, RowRules::Off);
    deploy(&deployment).await;
    let theirs = json!({"Arn": "arn:aws:quicksight:eu-central-1:123456789012:dataset/theirs", "PermissionPolicy": "GRANT_ACCESS"});
    {
        let mut state = account.state();
        let asset = state.assets.get_mut(TOTALS).unwrap();
        asset.body[MEMBER] = theirs.clone();
        asset.updated += 1.0;
    }
    assert_eq!(deploy(&deployment).await, []);
    turn(&mut deployment, RowRules::Email);
    let changes = deploy(&deployment).await;
    let totals = changes
        .iter()
        .find(|(_, what, _)| what.contains("user-totals"));
    assert!(totals.unwrap().2.contains("instead of"), "{changes:?}");
    assert_eq!(
        account.state().assets[TOTALS].body[MEMBER]["Arn"],
        RULES_ARN
    );
}
