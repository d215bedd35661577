//! The commands that deploy to an AWS account.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use kiro_config::Flag;

use crate::args::Output;

/// The deployment and its settings. --set takes every setting of the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CloudArgs {
    /// What all names begin with; another prefix is another deployment [default: kiro-analytics]
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,

    /// Region to deploy to [default: `AWS_REGION`, or the profile's]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// Profile to sign in with [default: `AWS_PROFILE`]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// A setting as `[deployment]` of the file has it; several are possible, an empty value takes one back
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

impl CloudArgs {
    /// The settings among the flags.
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let named = [
            ("prefix", &self.prefix),
            ("region", &self.region),
            ("profile", &self.profile),
        ];
        let named = named.into_iter().filter_map(|(key, text)| {
            Some(Flag {
                name: format!("--{key}"),
                key: key.to_owned(),
                text: text.clone()?,
            })
        });
        let set = self.set.iter().map(|(key, text)| Flag::set(key, text));
        named.chain(set).collect()
    }
}

/// Deploy to an AWS account: show the plan, ask, apply it
///
/// Sixteen steps at most, from the function's code to the dashboard in Amazon Quick Sight (the AWS console also says Amazon
/// Quick Suite, the API `QuickSight`). Each is planned first: the plan is shown, and nothing is changed before you agree. Run
/// again after an interruption, it continues; run again without changes, it changes nothing. Settings that are not given
/// keep the value of the deployed stack.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics init                        asks, looks around, writes the settings
  kiro-analytics deploy --dry-run
  kiro-analytics deploy
  kiro-analytics deploy --set alarm_email=alice@example.com
  kiro-analytics deploy --only dashboard --yes
  kiro-analytics deploy --dry-run --output json | jq '.plan.steps[].changes[].what'
")]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Show the plan and end
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Apply the plan without asking
    #[arg(long)]
    pub(crate) yes: bool,

    /// Overwrite what was changed in the console
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// Take over a stack or an asset of this name that another tool created; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) take_over: Vec<String>,

    /// Begin with this step, by its number or name
    #[arg(long, value_name = "STEP", conflicts_with = "only")]
    pub(crate) from_step: Option<String>,

    /// Do this step alone
    #[arg(long, value_name = "STEP")]
    pub(crate) only: Option<String>,

    /// Folder with normalize-report-arm64.zip [default: beside this program, or in functions/ beside it]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) functions: Option<PathBuf>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

/// Write everything that `deploy` would send into a folder
///
/// The template with its parameters and tags, the tables, the SQL of the views, the policies and the documents of the
/// dashboard: for a review, or for another pipeline. The same settings give the same files. Without credentials, and with
/// --offline, no request is sent: the deployed stack is ignored then.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics synth --out synth
  kiro-analytics synth --out before && kiro-analytics synth --out after --set language=ko && diff -r before after
")]
pub(crate) struct SynthArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Folder to write to, created if missing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,

    /// Folder with normalize-report-arm64.zip [default: beside this program, or in functions/ beside it]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) functions: Option<PathBuf>,

    /// Do not sign in
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Write kiro-analytics.toml from your account and your answers
///
/// Finds the bucket and the prefix that Kiro writes to (folder by folder, without listing the bucket), the users of Amazon
/// Quick Sight, and the Identity Store. Changes nothing in the account. Without a terminal, it takes what it finds.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics init
  kiro-analytics init --bucket example-kiro-reports --region eu-central-1 --profile audit
  kiro-analytics init --out - < /dev/null               prints it, asks nothing
")]
pub(crate) struct InitArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Bucket that Kiro writes its reports to
    #[arg(long, value_name = "NAME")]
    pub(crate) bucket: Option<String>,

    /// File to write, - prints it
    #[arg(long, value_name = "FILE", default_value = "kiro-analytics.toml", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Show the settings of the deployment, and where each comes from
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    Show(ConfigShowArgs),
}

/// Show every setting with its value and where it comes from
///
/// A flag wins over an environment variable, that over the file, that over what the deployed stack remembers, that over the
/// default.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics config show
  kiro-analytics config show --local
  kiro-analytics config show --output json | jq '.[] | select(.origin.from != \"default\")'
")]
pub(crate) struct ConfigShowArgs {
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,

    /// Do not ask the deployed stack what it remembers
    #[arg(long)]
    pub(crate) local: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| "expected KEY=VALUE".to_owned())?;
    Ok((key.trim().to_owned(), value.to_owned()))
}
