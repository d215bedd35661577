//! The directory that the function asks.

use aws_config::SdkConfig;
use futures::future::BoxFuture;
use kiro_directory::{DirectoryError, DirectoryOptions, NoProgress, UserSelection, read_directory};
use kiro_people::Directory;

/// A directory of users and groups.
pub trait DirectorySource: Send + Sync {
    /// The selected users, and the configured groups with their members.
    fn read<'a>(
        &'a self,
        users: UserSelection<'a>,
    ) -> BoxFuture<'a, Result<Directory, DirectoryError>>;
}

/// IAM Identity Center.
#[derive(Debug, Clone)]
pub struct IdentityCenter {
    config: SdkConfig,
    options: DirectoryOptions,
}

impl IdentityCenter {
    /// Sends no request.
    pub fn new(config: SdkConfig, options: DirectoryOptions) -> Self {
        Self { config, options }
    }
}

impl DirectorySource for IdentityCenter {
    fn read<'a>(
        &'a self,
        users: UserSelection<'a>,
    ) -> BoxFuture<'a, Result<Directory, DirectoryError>> {
        Box::pin(async move {
            let answer = read_directory(&self.config, &self.options, users, &NoProgress).await?;
            Ok(answer.directory)
        })
    }
}
