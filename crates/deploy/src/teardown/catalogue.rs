//! Tables, views and grants. What others have put into the database would go with it, so it is an obstacle.

use serde_json::{Value, json};

use super::{Action, Teardown, TeardownPlan};
use crate::aws::{Aws, AwsError, Fields, services};
use crate::steps::MARK;

/// So many tables one call deletes, and so many grants one call revokes.
pub(super) const TABLES_PER_CALL: usize = 100;
pub(super) const GRANTS_PER_CALL: usize = 20;
/// So many foreign tables are named.
const MOST_NAMED: usize = 5;

pub(super) async fn look(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    // The database is the stack's; without the stack there is none of ours.
    let Some(database) = teardown
        .stack
        .map(|stack| stack.output("DatabaseName"))
        .filter(|database| !database.is_empty())
    else {
        return Ok(());
    };
    let aws = teardown.aws;
    let tables = tables(aws, database).await?;
    let (ours, foreign): (Vec<&Value>, Vec<&Value>) = tables
        .iter()
        .partition(|table| table.field("Parameters").get(MARK).is_some());
    if !foreign.is_empty() {
        let names: Vec<&str> = foreign
            .iter()
            .take(MOST_NAMED)
            .map(|table| table.text("Name"))
            .collect();
        plan.obstruct(
            format!(
                "database `{database}` holds {} that kiro-analytics has not made: {}",
                if foreign.len() == 1 {
                    "a table".to_owned()
                } else {
                    format!("{} tables", foreign.len())
                },
                names.join(", ")
            ),
            "move them to another database or delete them: they would go with the database",
        );
    }
    let grants = grants(teardown, database).await?;
    if !grants.is_empty() {
        plan.go(
            format!(
                "{} grants of Lake Formation on database `{database}`",
                grants.len()
            ),
            grants
                .iter()
                .map(principal)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect(),
            Action::Grants(grants),
        );
    }
    if !ours.is_empty() {
        let is_view = |table: &&&Value| table.text("TableType") == "VIRTUAL_VIEW";
        let views = ours.iter().filter(is_view).count();
        plan.go(
            format!(
                "{} views and {} tables in database `{database}`",
                views,
                ours.len() - views
            ),
            vec!["they hold no data: the parts lie in the bucket".to_owned()],
            Action::Tables {
                database: database.to_owned(),
                names: ours
                    .iter()
                    .map(|table| table.text("Name").to_owned())
                    .collect(),
            },
        );
    }
    Ok(())
}

async fn tables(aws: &Aws, database: &str) -> Result<Vec<Value>, AwsError> {
    let call = aws
        .call(&services::GLUE, "GetTables")
        .on(format!("database `{database}`"))
        .body(json!({"DatabaseName": database}));
    match call.pages("TableList", "NextToken").await {
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        found => found,
    }
}

fn principal(grant: &Value) -> String {
    format!(
        "of `{}`",
        grant.text("Principal/DataLakePrincipalIdentifier")
    )
}

/// Grants on the database and its tables to those whom a deployment grants something.
async fn grants(teardown: &Teardown<'_>, database: &str) -> Result<Vec<Value>, AwsError> {
    let aws = teardown.aws;
    let mut principals = teardown.settings.query_principals.clone();
    if teardown.settings.quicksight {
        principals.extend(teardown.settings.owners.iter().cloned());
        let role = &teardown.settings.quicksight_role;
        let call = aws
            .call(&services::IAM, "GetRole")
            .on(format!("role `{role}`"))
            .body(json!({"RoleName": role}));
        let found = call.find().await?;
        principals.extend(found.map(|found| found.text("Role/Arn").to_owned()));
    }
    let mut grants = Vec::new();
    for principal in principals.iter().filter(|principal| !principal.is_empty()) {
        let body = json!({"Principal": {"DataLakePrincipalIdentifier": principal}});
        let call = aws.lake_formation("ListPermissions", body);
        let call = call.on(format!("the grants of `{principal}`"));
        let found = match call
            .pages("PrincipalResourcePermissions", "NextToken")
            .await
        {
            // Who may not look may not revoke either. What is granted on a table ends with the table.
            Err(error) if error.is_denied() || error.is_not_found() => return Ok(Vec::new()),
            found => found?,
        };
        let is_ours = |grant: &&Value| {
            let resource = grant.field("Resource");
            let names = [
                "Database/Name",
                "Table/DatabaseName",
                "TableWithColumns/DatabaseName",
            ];
            names.iter().any(|name| resource.text(name) == database)
        };
        grants.extend(found.iter().filter(is_ours).map(|grant| {
            json!({
                "Principal": grant.field("Principal"),
                "Resource": grant.field("Resource"),
                "Permissions": grant.field("Permissions"),
                "PermissionsWithGrantOption": grant.field("PermissionsWithGrantOption"),
            })
        }));
    }
    Ok(grants)
}
