//! Grants in Lake Formation, if it is in force: on database, tables and views, to all principals that query them. Verifies
//! the grants, and revokes those of principals that have left the settings.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_lakeformation::error::BuildError;
use aws_sdk_lakeformation::types::{
    BatchPermissionsFailureEntry, BatchPermissionsRequestEntry, DataLakePrincipal,
    DatabaseResource, Permission, PrincipalResourcePermissions, Resource, TableResource,
};

use super::granted_principals::{GrantedPrincipals, principals_before};
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::data_lake::{DataLake, list_grants};
use crate::progress::Progress;
use crate::service_roles::service_roles;
use crate::stack::Stack;
use crate::step::{
    Applied, Change, ChangeKind, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan,
};
use crate::teardown::revoke_grants;

/// Maximum number of entries in one `BatchGrantPermissions`.
const GRANTS_PER_CALL: usize = 20;

/// Grants access in Lake Formation.
pub(crate) struct LakeFormation;

/// Permissions by table. The empty name is the database.
type Grants = BTreeMap<String, BTreeSet<Permission>>;

fn database(deployment: &Deployment) -> String {
    deployment.names.database(deployment.settings())
}

/// Returns true if grants are needed.
pub(super) async fn needs_grants(deployment: &Deployment) -> Result<bool, AwsError> {
    match deployment.settings().lake_formation {
        kiro_config::LakeFormation::On => Ok(true),
        kiro_config::LakeFormation::Off => Ok(false),
        kiro_config::LakeFormation::Auto => {
            let data_lake = DataLake::read(&deployment.aws, &database(deployment)).await?;
            Ok(data_lake.is_in_force)
        }
    }
}

/// The ARN of a role, with its path. `None` if the role does not exist.
async fn role_arn(aws: &Aws, name: &str) -> Result<Option<String>, AwsError> {
    let found = aws.clients().iam.get_role().role_name(name).send().await;
    let found = found
        .context(aws, "iam:GetRole", format!("role `{name}`"))
        .optional()?;
    Ok(found.and_then(|found| Some(found.role?.arn)))
}

/// The caller as a principal of Lake Formation: for a session, the ARN of its role, whose path only IAM knows. If the caller may
/// not read its own role, assumes that the role has no path.
async fn caller_principal(aws: &Aws) -> Result<Option<String>, AwsError> {
    let caller = aws.caller();
    // `arn:aws:sts::123456789012:assumed-role/Admin/alice`
    let session = caller.arn.split(":assumed-role/").nth(1);
    let Some(role) = session.and_then(|rest| rest.split('/').next()) else {
        return Ok(Some(caller.arn.clone()));
    };
    match role_arn(aws, role).await {
        Err(error) if error.is_denied() => Ok(Some(format!(
            "arn:{}:iam::{}:role/{role}",
            aws.partition(),
            caller.account
        ))),
        found => found,
    }
}

/// The principals of the settings that need read access: Quick Sight's roles, the owners, `query_principals` and, where alerts are
/// sent, the role of the function `follow-up`, if it exists.
async fn principals_of_settings(deployment: &Deployment) -> Result<BTreeSet<String>, AwsError> {
    let settings = deployment.settings();
    let mut principals: BTreeSet<String> = settings.query_principals.iter().cloned().collect();
    if settings.quicksight {
        let roles = service_roles(deployment).await?.into_iter();
        principals.extend(roles.map(|role| role.arn));
        principals.extend(settings.owners.iter().cloned());
    }
    if settings.sends_alerts() {
        principals.extend(follow_up_role(deployment).await?);
    }
    Ok(principals)
}

/// The role of the function `follow-up`. `None` before its stack is complete.
pub(super) async fn follow_up_role(deployment: &Deployment) -> Result<Option<String>, AwsError> {
    let stack = Stack::find(&deployment.aws, &deployment.names.follow_up_stack()).await?;
    let role = stack.map(|stack| stack.output("FunctionRoleArn").to_owned());
    Ok(role.filter(|role| !role.is_empty()))
}

/// All principals that need read access: those of the settings, and the caller.
async fn principals(deployment: &Deployment) -> Result<BTreeSet<String>, AwsError> {
    let mut principals = principals_of_settings(deployment).await?;
    principals.extend(caller_principal(&deployment.aws).await?);
    Ok(principals)
}

/// The permissions of each principal. Athena also checks the tables that a view reads.
fn desired(deployment: &Deployment) -> Grants {
    let relations = deployment.catalogue.relations().iter();
    relations
        .map(|relation| {
            let permissions = [Permission::Describe, Permission::Select];
            (relation.name.clone(), permissions.into())
        })
        .chain([(String::new(), [Permission::Describe].into())])
        .collect()
}

/// The permissions of a principal in the database.
async fn held(deployment: &Deployment, principal: &str) -> Result<Grants, AwsError> {
    let aws = &deployment.aws;
    let call = aws.clients().lake_formation.list_permissions();
    let call = call.principal(identifier(principal));
    let listed = list_grants(aws, call, format!("`{principal}`")).await?;
    let name = database(deployment);
    let mut held = Grants::new();
    for grant in listed {
        let place = grant
            .resource()
            .and_then(|resource| place_of(resource, &name));
        let Some(place) = place.map(str::to_owned) else {
            continue;
        };
        let permissions = held.entry(place).or_default();
        permissions.extend(grant.permissions.unwrap_or_default());
        if permissions.contains(&Permission::All) {
            permissions.extend([Permission::Describe, Permission::Select]);
        }
    }
    Ok(held)
}

/// The table of a grant; empty for the database itself; `None` for any other resource.
fn place_of<'a>(resource: &'a Resource, database: &str) -> Option<&'a str> {
    let table = resource
        .table()
        .map(|table| (table.database_name(), table.name()));
    let columns = resource.table_with_columns();
    let columns = columns.map(|table| (table.database_name(), Some(table.name())));
    if let Some((found, table)) = table.or(columns) {
        return (found == database).then(|| table.unwrap_or_default());
    }
    let found = resource.database()?;
    (found.name() == database).then_some("")
}

fn identifier(principal: &str) -> DataLakePrincipal {
    DataLakePrincipal::builder()
        .data_lake_principal_identifier(principal)
        .build()
}

fn database_resource(name: &str) -> Result<Resource, BuildError> {
    let database = DatabaseResource::builder().name(name).build()?;
    Ok(Resource::builder().database(database).build())
}

/// The grants as requests.
fn entries(
    principal: &str,
    database: &str,
    grants: &Grants,
) -> Result<Vec<BatchPermissionsRequestEntry>, BuildError> {
    let entries = grants
        .iter()
        .enumerate()
        .map(|(index, (table, permissions))| {
            let resource = if table.is_empty() {
                database_resource(database)?
            } else {
                let table = TableResource::builder()
                    .database_name(database)
                    .name(table)
                    .build()?;
                Resource::builder().table(table).build()
            };
            BatchPermissionsRequestEntry::builder()
                .id(index.to_string())
                .principal(identifier(principal))
                .resource(resource)
                .set_permissions(Some(permissions.iter().cloned().collect()))
                .build()
        });
    entries.collect()
}

/// The missing grants, by principal.
async fn missing(deployment: &Deployment) -> Result<Vec<(String, Grants)>, StepError> {
    let mut all = Vec::new();
    for principal in principals(deployment).await? {
        let held = held(deployment, &principal).await?;
        let mut missing = desired(deployment);
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

/// The grants of principals that deployments have named and that need no access any more, by principal. Only those that a
/// deployment makes: SELECT and DESCRIBE on the database and on tables and views of this deployment, without grant option.
async fn obsolete(
    deployment: &Deployment,
    granted: &GrantedPrincipals,
) -> Result<BTreeMap<String, Vec<PrincipalResourcePermissions>>, StepError> {
    let (aws, name) = (&deployment.aws, database(deployment));
    let places = desired(deployment);
    let named = principals(deployment).await?;
    let mut former = granted.principals();
    former.extend(principals_before(deployment));
    let mut obsolete = BTreeMap::new();
    for principal in former.difference(&named) {
        let call = aws.clients().lake_formation.list_permissions();
        let call = call.principal(identifier(principal));
        let listed = match list_grants(aws, call, format!("`{principal}`")).await {
            // Lake Formation refuses a role or user that no longer exists.
            Err(error) if error.is_not_found() || error.code == "InvalidInputException" => continue,
            listed => listed?,
        };
        let grants = listed.into_iter().filter(|grant| {
            let resource = grant.resource();
            let place = resource.and_then(|resource| place_of(resource, &name));
            let mut permissions = grant.permissions().iter();
            place.is_some_and(|place| places.contains_key(place))
                && grant.permissions_with_grant_option().is_empty()
                && permissions.all(|one| matches!(one, Permission::Describe | Permission::Select))
        });
        let grants: Vec<PrincipalResourcePermissions> = grants.collect();
        if !grants.is_empty() {
            obsolete.insert(principal.clone(), grants);
        }
    }
    Ok(obsolete)
}

/// The change that revokes grants. A principal that was removed from the settings by mistake can be named again.
fn revocation(principal: &str, grants: usize) -> Change {
    let change = Change::new(ChangeKind::Delete, format!("grants of `{principal}`"));
    let change = change
        .detail("it is no longer in `query_principals` or `owners`, and no role of Quick Sight or of alerts");
    change.detail(format!(
        "{grants} grants on the database, its tables and views are revoked"
    ))
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
        if deployment.settings().lake_formation == kiro_config::LakeFormation::Off {
            return Ok(Planned::skipped("`lake_formation` is off"));
        }
        if !needs_grants(deployment).await? {
            return Ok(Planned::skipped("Lake Formation is not in force"));
        }
        let missing = missing(deployment).await?.into_iter();
        let granted = missing.map(|(principal, grants)| {
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
        let mut changes: Vec<Change> = granted.collect();
        let granted = GrantedPrincipals::read(deployment).await?;
        let obsolete = obsolete(deployment, &granted).await?;
        changes.extend(
            obsolete
                .iter()
                .map(|(principal, grants)| revocation(principal, grants.len())),
        );
        let named = principals_of_settings(deployment).await?;
        if changes.is_empty() && !named.is_subset(&granted.principals()) {
            // Grants of an earlier version.
            let what = "list of principals with grants";
            changes.push(Change::new(ChangeKind::Create, what));
        }
        Ok(Planned::changes(changes))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        let (aws, name) = (&deployment.aws, database(deployment));
        let named = principals_of_settings(deployment).await?;
        let mut granted = GrantedPrincipals::read(deployment).await?;
        // Before the grants: an interrupted deployment has them in the list, too.
        let mut all = granted.principals();
        all.extend(principals_before(deployment));
        all.extend(named.iter().cloned());
        granted.write(deployment, all).await?;
        for (principal, grants) in missing(deployment).await? {
            progress.doing(&principal);
            let entries =
                entries(&principal, &name, &grants).map_err(|error| incomplete(&error))?;
            for batch in entries.chunks(GRANTS_PER_CALL) {
                let response = aws
                    .clients()
                    .lake_formation
                    .batch_grant_permissions()
                    .set_entries(Some(batch.to_vec()))
                    .send()
                    .await
                    .context(
                        aws,
                        "lakeformation:BatchGrantPermissions",
                        format!("`{principal}`"),
                    )?;
                if let Some(failure) = response.failures().first() {
                    return Err(refused(&principal, failure));
                }
            }
        }
        for (principal, grants) in obsolete(deployment, &granted).await? {
            progress.doing(&format!("revoking the grants of {principal}"));
            revoke_grants(aws, &grants).await?;
        }
        granted.write(deployment, named).await?;
        progress.doing("verifying");
        match missing(deployment).await?.first() {
            Some((principal, _)) => Err(StepError::failed(
                ErrorCategory::Aws,
                format!(
                    "Lake Formation accepted the grants to `{principal}` but does not list them"
                ),
                "run the command again; if the error remains, check the data permissions in Lake Formation's console",
            )),
            None => Ok(Applied::default()),
        }
    }
}

fn incomplete(error: &BuildError) -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        format!("a grant of Lake Formation is incomplete: {error}"),
        "this is a bug in kiro-analytics: report it",
    )
}

fn refused(principal: &str, failure: &BatchPermissionsFailureEntry) -> StepError {
    let error = failure.error();
    let message = error.and_then(|error| error.error_message());
    let code = error.and_then(|error| error.error_code());
    StepError::failed(
        ErrorCategory::Aws,
        format!(
            "Lake Formation refused a grant to `{principal}`: {} ({})",
            message.unwrap_or_default(),
            code.unwrap_or_default()
        ),
        "you must be an administrator of the data lake (Lake Formation's console, Administrative roles and tasks), or ask one to make the grants",
    )
}
