//! The deployed stack, which some commands need.

use kiro_deploy::{Stack, StackState};

use crate::cloud::session::Session;
use crate::command_error::CommandError;

/// The data stack, or the advice to deploy first.
pub(crate) fn needed(session: &Session) -> Result<&Stack, CommandError> {
    let there = session.stack.as_ref();
    there
        .filter(|stack| stack.state() != StackState::Empty)
        .ok_or_else(|| {
            let error = anyhow::anyhow!(
                "nothing is deployed as `{}` in Region `{}` of account {}",
                session.names.prefix,
                session.names.region,
                session.names.account
            );
            CommandError::usage(error).hint("`kiro-analytics deploy` makes it; another deployment is named with --prefix, --region and --profile")
        })
}
