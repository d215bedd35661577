//! Finds a directory, and checks that it can be read.

use aws_config::SdkConfig;

use crate::call_error::Call;
use crate::call_target::CallTarget;
use crate::error::DirectoryError;
use crate::options::DirectoryOptions;
use crate::session::Session;

/// Where a directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAddress {
    /// The id of the Identity Store, `d-…`.
    pub identity_store: String,
    pub region: String,
}

/// Finds the Identity Store of the options, else the only one that the caller can see.
///
/// # Errors
///
/// If an option is not valid, or if the Identity Store cannot be found.
pub async fn find_directory(
    config: &SdkConfig,
    options: &DirectoryOptions,
) -> Result<DirectoryAddress, DirectoryError> {
    options.validate()?;
    let session = Session::new(config, options)?;
    address(&session, options).await
}

/// Finds the Identity Store as [`find_directory`], and lists one user and, if groups are selected, one group of it.
///
/// # Errors
///
/// As [`find_directory`], or if users or groups cannot be listed.
pub async fn probe_directory(
    config: &SdkConfig,
    options: &DirectoryOptions,
) -> Result<DirectoryAddress, DirectoryError> {
    options.validate()?;
    let session = Session::new(config, options)?;
    let address = address(&session, options).await?;
    let call = |action| Call {
        action,
        target: CallTarget::IdentityStore(address.identity_store.clone()),
        region: session.region.clone(),
    };
    let users = session.identity_store.list_users();
    let users = users.identity_store_id(&address.identity_store);
    let listed = users.max_results(1).send().await;
    listed
        .map_err(|error| DirectoryError::of_store_call(call("identitystore:ListUsers"), error))?;
    if !options.groups.is_empty() {
        let groups = session.identity_store.list_groups();
        let groups = groups.identity_store_id(&address.identity_store);
        let listed = groups.max_results(1).send().await;
        listed.map_err(|error| {
            DirectoryError::of_store_call(call("identitystore:ListGroups"), error)
        })?;
    }
    Ok(address)
}

async fn address(
    session: &Session,
    options: &DirectoryOptions,
) -> Result<DirectoryAddress, DirectoryError> {
    let identity_store = match &options.identity_store {
        Some(id) => id.clone(),
        None => session.find_identity_store().await?,
    };
    Ok(DirectoryAddress {
        identity_store,
        region: session.region.clone(),
    })
}
