//! Grants in Lake Formation, where it is in force: database, tables and views, to everybody who needs them, and verified.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::aws::{AwsError, Fields, services};
use crate::progress::Progress;
use crate::step::{
    Applied, Blame, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan,
};

/// What Lake Formation calls everybody whom IAM allows.
const EVERYBODY: &str = "IAM_ALLOWED_PRINCIPALS";
/// A batch takes so many entries.
const AT_ONCE: usize = 20;

/// Makes the grants.
pub(crate) struct LakeFormation;

/// Permissions by table; that of the database is under the empty name.
type Grants = BTreeMap<String, BTreeSet<String>>;

fn database(deployment: &Deployment) -> String {
    deployment.settings().database(&deployment.names)
}

/// Whether grants are needed at all.
async fn is_in_force(deployment: &Deployment) -> Result<bool, StepError> {
    match deployment.settings().lake_formation.as_str() {
        "on" => return Ok(true),
        "off" => return Ok(false),
        _ => {}
    }
    let aws = &deployment.aws;
    let settings = aws
        .lake_formation("GetDataLakeSettings", json!({}))
        .on("the settings of Lake Formation")
        .send()
        .await?;
    let is_open = |list: &str| {
        let mut defaults = settings.items(list).iter();
        defaults.any(|one| one.text("Principal/DataLakePrincipalIdentifier") == EVERYBODY)
    };
    let tables_are_open = is_open("DataLakeSettings/CreateTableDefaultPermissions");
    let name = database(deployment);
    let body = json!({"Resource": {"Database": {"Name": name}}});
    let listed = aws
        .lake_formation("ListPermissions", body)
        .on(format!("database `{name}`"))
        .pages("PrincipalResourcePermissions", "NextToken")
        .await;
    let database_is_open = match listed {
        // Somebody always has grants on a database that is there.
        Ok(listed) if listed.is_empty() => {
            is_open("DataLakeSettings/CreateDatabaseDefaultPermissions")
        }
        Ok(listed) => listed
            .iter()
            .any(|one| one.text("Principal/DataLakePrincipalIdentifier") == EVERYBODY),
        Err(error) if error.is_not_found() => {
            is_open("DataLakeSettings/CreateDatabaseDefaultPermissions")
        }
        Err(error) => return Err(error.into()),
    };
    Ok(!(tables_are_open && database_is_open))
}

/// The ARN of a role, with its path.
async fn role_arn(deployment: &Deployment, name: &str) -> Result<Option<String>, AwsError> {
    let call = deployment
        .aws
        .call(&services::IAM, "GetRole")
        .on(format!("role `{name}`"))
        .body(json!({"RoleName": name}));
    let found = call.find().await?;
    Ok(found.map(|found| found.text("Role/Arn").to_owned()))
}

/// Who needs to read: Quick Sight's role and its owners, those who are named, and whoever deploys.
async fn principals(deployment: &Deployment) -> Result<Vec<String>, StepError> {
    let settings = deployment.settings();
    let mut principals: Vec<String> = settings.query_principals.clone();
    if settings.quicksight {
        principals.extend(role_arn(deployment, &settings.quicksight_role).await?);
        principals.extend(settings.owners.iter().cloned());
    }
    let caller = &deployment.aws.caller().arn;
    // `arn:aws:sts::123456789012:assumed-role/Admin/alice` is a session of a role; Lake Formation knows the role.
    let session = caller.split(":assumed-role/").nth(1);
    match session.and_then(|rest| rest.split('/').next()) {
        Some(role) => principals.extend(role_arn(deployment, role).await?),
        None => principals.push(caller.clone()),
    }
    principals.sort();
    principals.dedup();
    Ok(principals)
}

/// What a principal shall have.
fn wanted(deployment: &Deployment) -> Grants {
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let relations = deployment.catalogue.relations().iter();
    relations
        .map(|relation| (relation.name.clone(), set(&["DESCRIBE", "SELECT"])))
        .chain([(String::new(), set(&["DESCRIBE"]))])
        .collect()
}

/// What a principal has in our database.
async fn held(deployment: &Deployment, principal: &str) -> Result<Grants, AwsError> {
    let body = json!({"Principal": {"DataLakePrincipalIdentifier": principal}});
    let call = deployment
        .aws
        .lake_formation("ListPermissions", body)
        .on(format!("`{principal}`"));
    let listed = call
        .pages("PrincipalResourcePermissions", "NextToken")
        .await?;
    let name = database(deployment);
    let mut held = Grants::new();
    for one in &listed {
        let resource = one.field("Resource");
        let table = ["Table", "TableWithColumns"]
            .into_iter()
            .map(|kind| resource.field(kind))
            .find(|found| !found.is_null());
        let place = match table {
            Some(table) if table.text("DatabaseName") == name => table.text("Name"),
            None if resource.text("Database/Name") == name => "",
            _ => continue,
        };
        let mut permissions: BTreeSet<String> = one
            .items("Permissions")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if permissions.contains("ALL") {
            permissions.extend(["DESCRIBE", "SELECT"].map(str::to_owned));
        }
        held.entry(place.to_owned())
            .or_default()
            .extend(permissions);
    }
    Ok(held)
}

/// What is missing, by principal.
async fn missing(deployment: &Deployment) -> Result<Vec<(String, Grants)>, StepError> {
    let mut all = Vec::new();
    for principal in principals(deployment).await? {
        let held = held(deployment, &principal).await?;
        let mut missing = wanted(deployment);
        missing.retain(|place, permissions| {
            held.get(place)
                .is_none_or(|held| !permissions.is_subset(held))
        });
        if !missing.is_empty() {
            all.push((principal, missing));
        }
    }
    Ok(all)
}

#[async_trait]
impl Step for LakeFormation {
    fn name(&self) -> &'static str {
        "lake_formation"
    }

    fn title(&self) -> &'static str {
        "Lake Formation"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if deployment.settings().lake_formation == "off" {
            return Ok(Planned::skipped("`lake_formation` is off"));
        }
        if !is_in_force(deployment).await? {
            return Ok(Planned::skipped("it is not in force here"));
        }
        let missing = missing(deployment).await?.into_iter();
        let changes = missing.map(|(principal, grants)| {
            let tables = grants.keys().filter(|name| !name.is_empty()).count();
            let mut change = Change::new(ChangeKind::Create, format!("grants to `{principal}`"));
            if grants.contains_key("") {
                change = change.detail(format!("DESCRIBE on database `{}`", database(deployment)));
            }
            if tables > 0 {
                change = change.detail(format!(
                    "SELECT and DESCRIBE on {tables} of its tables and views"
                ));
            }
            change
        });
        Ok(Planned::changes(changes.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let name = database(deployment);
        for (principal, grants) in missing(deployment).await? {
            progress.doing(&principal);
            let entries: Vec<Value> = grants
                .iter()
                .enumerate()
                .map(|(index, (table, permissions))| {
                    let resource = if table.is_empty() {
                        json!({"Database": {"Name": name}})
                    } else {
                        json!({"Table": {"DatabaseName": name, "Name": table}})
                    };
                    json!({
                        "Id": index.to_string(),
                        "Principal": {"DataLakePrincipalIdentifier": principal},
                        "Resource": resource,
                        "Permissions": permissions,
                    })
                })
                .collect();
            for batch in entries.chunks(AT_ONCE) {
                let answer = deployment
                    .aws
                    .lake_formation("BatchGrantPermissions", json!({"Entries": batch}))
                    .on(format!("`{principal}`"))
                    .send()
                    .await?;
                if let Some(failure) = answer.items("Failures").first() {
                    return Err(refused(&principal, failure));
                }
            }
        }
        progress.doing("verifying");
        match missing(deployment).await?.first() {
            Some((principal, _)) => Err(StepError::failed(
                Blame::Aws,
                format!("Lake Formation took the grants to `{principal}` and does not list them"),
                "run the command again; if it stays so, look at the data permissions in Lake Formation's console",
            )),
            None => Ok(Applied::default()),
        }
    }
}

fn refused(principal: &str, failure: &Value) -> StepError {
    let error = failure.field("Error");
    StepError::failed(
        Blame::Aws,
        format!(
            "Lake Formation refused a grant to `{principal}`: {} ({})",
            error.text("ErrorMessage"),
            error.text("ErrorCode")
        ),
        "you must be an administrator of the data lake (Lake Formation's console, Administrative roles and tasks), or have the grants made by one",
    )
}
