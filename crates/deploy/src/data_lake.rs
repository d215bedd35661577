//! Lake Formation: whether it is in force for a database, its administrators, and listings of grants.

use aws_sdk_lakeformation::operation::list_permissions::builders::ListPermissionsFluentBuilder;
use aws_sdk_lakeformation::types::{
    DataLakePrincipal, DataLakeSettings, DatabaseResource, Permission, PrincipalPermissions,
    PrincipalResourcePermissions, Resource,
};

use crate::aws::{Aws, AwsError, Context, Optional};

/// Lake Formation's principal for all principals that IAM allows.
const IAM_ALLOWED_PRINCIPALS: &str = "IAM_ALLOWED_PRINCIPALS";

/// The settings of Lake Formation that apply to one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataLake {
    /// True if the tables of the database need grants; false if IAM alone decides.
    pub(crate) is_in_force: bool,
    /// ARNs of the administrators.
    pub(crate) administrators: Vec<String>,
}

impl DataLake {
    /// Reads the settings. The database need not exist.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub(crate) async fn read(aws: &Aws, database: &str) -> Result<Self, AwsError> {
        let response = aws.clients().lake_formation.get_data_lake_settings();
        let response = response.send().await;
        let action = "lakeformation:GetDataLakeSettings";
        let response = response.context(aws, action, "the settings of Lake Formation")?;
        let settings = response.data_lake_settings;
        let settings = settings.unwrap_or_else(|| DataLakeSettings::builder().build());
        let on_database = grants_on(aws, database).await?;
        let new_databases_are_open = is_open(settings.create_database_default_permissions());
        let database_is_open = is_database_open(&on_database, new_databases_are_open);
        let new_tables_are_open = is_open(settings.create_table_default_permissions());
        let administrators = settings.data_lake_admins.unwrap_or_default().into_iter();
        Ok(Self {
            is_in_force: !(new_tables_are_open && database_is_open),
            administrators: administrators
                .filter_map(|one| one.data_lake_principal_identifier)
                .collect(),
        })
    }
}

/// Sends all pages of a listing of grants. `resource` is its subject in messages.
///
/// # Errors
///
/// If the call fails.
pub(crate) async fn list_grants(
    aws: &Aws,
    call: ListPermissionsFluentBuilder,
    resource: String,
) -> Result<Vec<PrincipalResourcePermissions>, AwsError> {
    let pages = call.into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await;
    let pages = pages.context(aws, "lakeformation:ListPermissions", resource)?;
    Ok(pages
        .into_iter()
        .flat_map(|page| page.principal_resource_permissions.unwrap_or_default())
        .collect())
}

/// The grants on a database itself; none if it does not exist.
async fn grants_on(
    aws: &Aws,
    database: &str,
) -> Result<Vec<PrincipalResourcePermissions>, AwsError> {
    // The only required member is set.
    let resource = DatabaseResource::builder().name(database).build().ok();
    let resource = resource.map(|database| Resource::builder().database(database).build());
    let call = aws.clients().lake_formation.list_permissions();
    let call = call.set_resource(resource);
    let listed = list_grants(aws, call, format!("database `{database}`")).await;
    Ok(listed.optional()?.unwrap_or_default())
}

/// Returns true if IAM alone decides about a database. One without grants does not exist yet: existing ones always have some.
fn is_database_open(
    on_database: &[PrincipalResourcePermissions],
    new_databases_are_open: bool,
) -> bool {
    if on_database.is_empty() {
        return new_databases_are_open;
    }
    let mut principals = on_database.iter().map(|grant| grant.principal());
    principals.any(is_iam_allowed_principals)
}

/// Returns true if these defaults give all permissions to `IAM_ALLOWED_PRINCIPALS`.
fn is_open(defaults: &[PrincipalPermissions]) -> bool {
    let mut defaults = defaults.iter();
    defaults.any(|grant| {
        is_iam_allowed_principals(grant.principal())
            && grant.permissions().contains(&Permission::All)
    })
}

fn is_iam_allowed_principals(principal: Option<&DataLakePrincipal>) -> bool {
    let identifier = principal.and_then(DataLakePrincipal::data_lake_principal_identifier);
    identifier == Some(IAM_ALLOWED_PRINCIPALS)
}

#[cfg(test)]
mod tests {
    use aws_sdk_lakeformation::types::{
        DataLakePrincipal, Permission, PrincipalPermissions, PrincipalResourcePermissions,
    };

    use super::{IAM_ALLOWED_PRINCIPALS, is_database_open, is_open};

    fn principal(identifier: &str) -> DataLakePrincipal {
        let principal = DataLakePrincipal::builder();
        principal.data_lake_principal_identifier(identifier).build()
    }

    fn default(identifier: &str, permission: Permission) -> PrincipalPermissions {
        PrincipalPermissions::builder()
            .principal(principal(identifier))
            .permissions(permission)
            .build()
    }

    fn grant(identifier: &str) -> PrincipalResourcePermissions {
        let grant = PrincipalResourcePermissions::builder();
        grant.principal(principal(identifier)).build()
    }

    #[test]
    fn defaults_are_open_if_iam_alone_gets_all_permissions() {
        assert!(is_open(&[default(IAM_ALLOWED_PRINCIPALS, Permission::All)]));
        assert!(!is_open(&[default(
            IAM_ALLOWED_PRINCIPALS,
            Permission::Describe
        )]));
        assert!(!is_open(&[default("alice", Permission::All)]));
        assert!(!is_open(&[]));
    }

    #[test]
    fn the_grants_of_an_existing_database_outweigh_the_defaults() {
        let everyone = [grant("alice"), grant(IAM_ALLOWED_PRINCIPALS)];
        assert!(is_database_open(&everyone, false));
        assert!(!is_database_open(&everyone[..1], true));
        assert!(is_database_open(&[], true));
        assert!(!is_database_open(&[], false));
    }
}
