//! The command that prints the policy of a deployer.

use clap::{Args, ValueEnum};

use super::CloudArgs;

/// Print the IAM policy that a deployer needs
///
/// For the names of this deployment, in parts that each fit into a managed policy. Reads the settings of the file, the environment and the
/// flags, not those that a deployed stack remembers: it needs no credentials and makes no call. `preflight` simulates the same list.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics permissions --account 123456789012 --exports s3://BUCKET/PREFIX
  kiro-analytics permissions --output json | jq '.documents[0]' > policy-1.json
  kiro-analytics permissions --boundary arn:aws:iam::123456789012:policy/developers
")]
pub(crate) struct PermissionsArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Account to deploy to [default: any]
    #[arg(long, value_name = "DIGITS", value_parser = account)]
    pub(crate) account: Option<String>,

    /// Partition of the Region [default: by the Region, else aws]
    #[arg(long, value_name = "NAME")]
    pub(crate) partition: Option<String>,

    /// Bucket and prefix that Kiro writes to, `s3://bucket/prefix`; may be given several times
    #[arg(long, value_name = "URL")]
    pub(crate) exports: Vec<String>,

    /// ARN of the role that deploys [default: any role of the account]
    #[arg(long, value_name = "ARN")]
    pub(crate) role: Option<String>,

    /// ARN of a policy that every role of the deployment must have as its permissions boundary
    #[arg(long, value_name = "ARN")]
    pub(crate) boundary: Option<String>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: PermissionsOutput,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsOutput {
    /// The documents, one after the other
    #[default]
    Text,
    /// The documents, and each statement with the source of its actions
    Json,
    /// A page that explains them
    Markdown,
}

fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_account {
        Ok(text.to_owned())
    } else {
        Err("expected twelve digits".to_owned())
    }
}
