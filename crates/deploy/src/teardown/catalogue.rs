//! Tables, views and grants. Foreign tables block the teardown, because they would be deleted with the database.

use std::collections::BTreeSet;

use aws_sdk_glue::types::Table;
use aws_sdk_lakeformation::error::BuildError;
use aws_sdk_lakeformation::types::{
    BatchPermissionsFailureEntry, BatchPermissionsRequestEntry, DataLakePrincipal,
    DatabaseResource, PrincipalResourcePermissions, Resource, TableResource,
    TableWithColumnsResource,
};

use super::plan::{Action, TeardownPlan};
use super::planner::Teardown;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::data_lake::list_grants;
use crate::service_roles::ServiceRole;
use crate::step::{ErrorCategory, StepError};
use crate::steps::{DDL_HASH_PARAMETER, existing_tables, parameter};

/// Maximum number of tables in one `BatchDeleteTable`.
const TABLES_PER_CALL: usize = 100;
/// Maximum number of grants in one `BatchRevokePermissions`.
const GRANTS_PER_CALL: usize = 20;
/// Maximum number of foreign tables that are named.
const MAX_NAMED: usize = 5;

/// A grant of Lake Formation to revoke.
pub(crate) type Grant = PrincipalResourcePermissions;

pub(super) async fn plan(teardown: &Teardown<'_>, plan: &mut TeardownPlan) -> Result<(), AwsError> {
    // The database belongs to the stack; without the stack there is nothing to remove.
    let Some(database) = teardown
        .stack
        .map(|stack| stack.output("DatabaseName"))
        .filter(|database| !database.is_empty())
    else {
        return Ok(());
    };
    let aws = teardown.aws;
    let tables = existing_tables(aws, database).await?;
    let (ours, foreign): (Vec<&Table>, Vec<&Table>) = tables
        .values()
        .partition(|table| !parameter(table, DDL_HASH_PARAMETER).is_empty());
    if !foreign.is_empty() {
        let names: Vec<&str> = foreign
            .iter()
            .take(MAX_NAMED)
            .map(|table| table.name())
            .collect();
        plan.block(
            format!(
                "database `{database}` contains {} that kiro-analytics did not create: {}",
                if foreign.len() == 1 {
                    "a table".to_owned()
                } else {
                    format!("{} tables", foreign.len())
                },
                names.join(", ")
            ),
            "move them to another database or delete them: they would be deleted with the database",
        );
    }
    let grants = grants(teardown, database).await?;
    if !grants.is_empty() {
        plan.remove(
            format!(
                "{} grants of Lake Formation on database `{database}`",
                grants.len()
            ),
            grants
                .iter()
                .map(principal)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            Action::Grants(grants),
        );
    }
    if !ours.is_empty() {
        let is_view = |table: &&&Table| table.table_type() == Some("VIRTUAL_VIEW");
        let views = ours.iter().filter(is_view).count();
        plan.remove(
            format!(
                "{} views and {} tables in database `{database}`",
                views,
                ours.len() - views
            ),
            vec!["they contain no data: the parts are in the bucket".to_owned()],
            Action::Tables {
                database: database.to_owned(),
                names: ours.iter().map(|table| table.name().to_owned()).collect(),
            },
        );
    }
    Ok(())
}

fn principal(grant: &Grant) -> String {
    let principal = grant.principal();
    let identifier = principal.and_then(DataLakePrincipal::data_lake_principal_identifier);
    format!("of `{}`", identifier.unwrap_or_default())
}

/// The principals that a deployment grants permissions to.
async fn principals(teardown: &Teardown<'_>) -> Result<Vec<String>, AwsError> {
    let aws = teardown.aws;
    let mut principals = teardown.settings.query_principals.clone();
    if teardown.settings.quicksight {
        principals.extend(teardown.settings.owners.iter().cloned());
        let roles = ServiceRole::find_all(aws, teardown.settings).await?;
        principals.extend(roles.into_iter().map(|role| role.arn));
    }
    principals.retain(|principal| !principal.is_empty());
    Ok(principals)
}

/// Grants on the database and its tables to those principals.
async fn grants(teardown: &Teardown<'_>, database: &str) -> Result<Vec<Grant>, AwsError> {
    let aws = teardown.aws;
    let mut grants = Vec::new();
    for principal in principals(teardown).await? {
        let identifier = DataLakePrincipal::builder()
            .data_lake_principal_identifier(&principal)
            .build();
        let call = aws.clients().lake_formation.list_permissions();
        let subject = format!("the grants of `{principal}`");
        let found = match list_grants(aws, call.principal(identifier), subject).await {
            // A caller who cannot list grants cannot revoke them either. Grants on a table end with the table.
            Err(error) if error.is_denied() || error.is_not_found() => return Ok(Vec::new()),
            found => found?,
        };
        let found = found.into_iter();
        grants.extend(found.filter(|grant| grant.resource().is_some_and(|on| is_in(on, database))));
    }
    Ok(grants)
}

/// Returns true if a resource is the database or one of its tables.
fn is_in(resource: &Resource, database: &str) -> bool {
    let names = [
        resource.database().map(DatabaseResource::name),
        resource.table().map(TableResource::database_name),
        resource
            .table_with_columns()
            .map(TableWithColumnsResource::database_name),
    ];
    names.contains(&Some(database))
}

/// Removes tables and views from the catalogue.
///
/// # Errors
///
/// If Glue does not delete one of them.
pub(super) async fn delete_tables(
    aws: &Aws,
    database: &str,
    names: &[String],
) -> Result<(), StepError> {
    for some in names.chunks(TABLES_PER_CALL) {
        let call = aws.clients().glue.batch_delete_table();
        let call = call.database_name(database);
        let sent = call
            .set_tables_to_delete(Some(some.to_vec()))
            .send()
            .await
            .context(
                aws,
                "glue:BatchDeleteTable",
                format!("database `{database}`"),
            )
            .optional()?;
        let errors = sent.and_then(|response| response.errors);
        let errors = errors.unwrap_or_default();
        let refused = errors.iter().find_map(|error| {
            let detail = error.error_detail()?;
            (detail.error_code() != Some("EntityNotFoundException")).then_some((error, detail))
        });
        if let Some((error, detail)) = refused {
            return Err(StepError::failed(
                ErrorCategory::Aws,
                format!(
                    "table `{}` could not be deleted: {} ({})",
                    error.table_name().unwrap_or_default(),
                    detail.error_message().unwrap_or_default(),
                    detail.error_code().unwrap_or_default()
                ),
                "if Lake Formation is in force, you need DROP on the database's tables; then run this again",
            ));
        }
    }
    Ok(())
}

/// Revokes grants.
///
/// # Errors
///
/// If Lake Formation does not revoke one of them.
pub(crate) async fn revoke(aws: &Aws, grants: &[Grant]) -> Result<(), StepError> {
    for some in grants.chunks(GRANTS_PER_CALL) {
        let entries = some
            .iter()
            .enumerate()
            .map(|(index, grant)| request_entry(index, grant));
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| {
            StepError::failed(
                ErrorCategory::Aws,
                format!("Lake Formation has listed an incomplete grant: {error}"),
                "revoke it in Lake Formation's console, then run this again",
            )
        })?;
        let response = aws
            .clients()
            .lake_formation
            .batch_revoke_permissions()
            .set_entries(Some(entries))
            .send()
            .await
            .context(
                aws,
                "lakeformation:BatchRevokePermissions",
                "the grants of Lake Formation",
            )?;
        let mut failed = response.failures().iter();
        if let Some(failure) = failed.find(|failure| !is_gone(failure)) {
            return Err(refused(failure));
        }
    }
    Ok(())
}

fn request_entry(index: usize, grant: &Grant) -> Result<BatchPermissionsRequestEntry, BuildError> {
    BatchPermissionsRequestEntry::builder()
        .id(index.to_string())
        .set_principal(grant.principal.clone())
        .set_resource(grant.resource.clone())
        .set_permissions(grant.permissions.clone())
        .set_permissions_with_grant_option(grant.permissions_with_grant_option.clone())
        .build()
}

/// Returns true if the grant or its resource no longer exists.
fn is_gone(failure: &BatchPermissionsFailureEntry) -> bool {
    failure.error().is_some_and(|error| {
        let message = error.error_message().unwrap_or_default();
        error.error_code() == Some("EntityNotFoundException")
            || message.contains("No permissions revoked")
    })
}

fn refused(failure: &BatchPermissionsFailureEntry) -> StepError {
    let entry = failure.request_entry();
    let principal = entry
        .and_then(|entry| entry.principal())
        .and_then(DataLakePrincipal::data_lake_principal_identifier);
    let error = failure.error();
    StepError::failed(
        ErrorCategory::Aws,
        format!(
            "a grant of `{}` could not be revoked: {} ({})",
            principal.unwrap_or_default(),
            error
                .and_then(|error| error.error_message())
                .unwrap_or_default(),
            error
                .and_then(|error| error.error_code())
                .unwrap_or_default()
        ),
        "an administrator of the data lake can revoke it; then run this again",
    )
}
