//! `kiro-analytics init`: writes the configuration file from the environment, the account and answers.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use kiro_config::{Layers, Origin, Remembered, Resolved, is_empty};
use kiro_deploy::Names;
use kiro_deploy::aws::{Aws, AwsError};
use kiro_deploy::discover::{self, FoundExports};
use kiro_deploy::export_prefix::find_prefix;
use kiro_deploy::sample_stack::{StackMaker, sample_settings};
use kiro_ingest::write_private_file;
use serde_json::Value;

use crate::cloud::args::InitArgs;
use crate::cloud::prompt::ask_for;
use crate::cloud::session::{command_error, problems, sign_in};
use crate::cloud::settings_file;
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::output;
use crate::prompt::is_interactive;

/// Maximum number of buckets and users in a question.
const MOST_NAMED: usize = 8;
/// Proposed where the prefix belongs to another tool.
const OTHER_PREFIXES: [&str; 3] = ["kiro-usage", "kiro-usage-2", "kiro-usage-3"];
/// These name the deployment, or must not be written down.
const NOT_COPIED: [&str; 4] = ["prefix", "region", "profile", "hash_salt"];

/// Values by the key of their setting.
pub(crate) type Answers = BTreeMap<&'static str, Value>;

pub(crate) async fn run(args: InitArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let is_printed = args.out == Path::new("-");
    if !is_printed && args.out.exists() && !args.force {
        let error = anyhow::anyhow!("`{}` exists already", args.out.display());
        return Err(CommandError::usage(error)
            .hint("edit it, name another file with --out, or replace it with --force"));
    }
    let layers = &context.layers(&args.cloud)?;
    let address = layers.address().map_err(problems)?;
    let aws = sign_in(&address)
        .await
        .map_err(|error| command_error(error.into()))?;
    note(format!(
        "account {}, {}, as {}",
        aws.account(),
        aws.region(),
        aws.caller().arn
    ));
    let (prefix, remembered, mut answers) = choose_prefix(&aws, layers, &address.prefix).await?;
    let mut resolved = layers.resolve(remembered.as_ref()).map_err(problems)?;
    match find_prefix(&aws, &mut resolved).await {
        Ok(Some(url)) => note(format!("the exports in `KIRO_LOGS_BUCKET` are below {url}")),
        Ok(None) => {}
        Err(error) => note(format!("`KIRO_LOGS_BUCKET`: {error}")),
    }
    answers.extend(said(&resolved));
    for remark in &resolved.remarks {
        note(format!("note: {remark}"));
    }
    ask_rest(&args, &aws, &mut answers).await?;
    answers.insert("prefix", Value::from(prefix));
    answers.insert("region", Value::from(aws.region()));
    if let Some(profile) = address.profile {
        answers.insert("profile", Value::from(profile));
    }
    let text = settings_file::text(&answers);
    if is_printed {
        let mut out = output::stdout();
        write!(out, "{text}")?;
        return Ok(out.flush()?);
    }
    // It names staff: owners, readers and the address for alarms.
    write_private_file(&args.out, text).map_err(|error| {
        let error =
            anyhow::Error::new(error).context(format!("could not write `{}`", args.out.display()));
        CommandError::usage(error).hint("name another file with --out")
    })?;
    note(format!(
        "wrote `{}`; next: `kiro-analytics deploy --dry-run`",
        args.out.display()
    ));
    Ok(())
}

/// The prefix, the settings of its stack, and those of a deployment of the AWS sample.
async fn choose_prefix(
    aws: &Aws,
    layers: &Layers<'_>,
    named: &str,
) -> Result<(String, Option<Remembered>, Answers), CommandError> {
    let mut answers = Answers::new();
    let mut proposed = named.to_owned();
    let maker = maker(aws, named).await;
    if let StackMaker::Sample(stack) = &maker {
        note(format!(
            "stack `{}` belongs to a deployment of the AWS sample: its settings are proposed, it is not changed. Whether its views hash addresses is in no stack: set `hash_emails` if they do",
            stack.name
        ));
        match sample_settings(aws, named, stack).await {
            Ok(found) => answers = found,
            Err(error) => note(format!("stacks of the AWS sample: {error}")),
        }
    }
    if is_taken(&maker) {
        proposed = free_prefix(aws).await;
        note(format!(
            "`{named}-data` belongs to another tool: choose another prefix, such as `{proposed}`"
        ));
    }
    let prefix = ask_for("Prefix of all names", &proposed);
    if let Some(problem) = Names::new(&prefix, aws).problems().first() {
        return Err(CommandError::usage(anyhow::anyhow!("{problem}")));
    }
    let maker = if prefix == named {
        maker
    } else {
        warn_of_other_prefix(layers, &prefix);
        self::maker(aws, &prefix).await
    };
    if is_taken(&maker) {
        let error =
            anyhow::anyhow!("stack `{prefix}-data` exists, and kiro-analytics has not made it");
        return Err(CommandError::usage(error)
            .hint("run `kiro-analytics init` again and take another prefix"));
    }
    let remembered = match maker {
        StackMaker::Ours(stack) => {
            note(format!(
                "stack `{}` is deployed: its settings are proposed",
                stack.name
            ));
            Some(Remembered::of(&stack.parameters))
        }
        StackMaker::NoStack | StackMaker::Sample(_) | StackMaker::Unknown => None,
    };
    Ok((prefix, remembered, answers))
}

/// If stacks cannot be read, prints a note and continues without.
async fn maker(aws: &Aws, prefix: &str) -> StackMaker {
    StackMaker::find(aws, prefix).await.unwrap_or_else(|error| {
        note(format!("stack `{prefix}-data`: {error}"));
        StackMaker::NoStack
    })
}

fn is_taken(maker: &StackMaker) -> bool {
    matches!(maker, StackMaker::Sample(_) | StackMaker::Unknown)
}

async fn free_prefix(aws: &Aws) -> String {
    for prefix in OTHER_PREFIXES {
        if !is_taken(&maker(aws, prefix).await) {
            return prefix.to_owned();
        }
    }
    String::new()
}

/// A variable wins over the file that is being written.
fn warn_of_other_prefix(layers: &Layers<'_>, prefix: &str) {
    for name in ["KIRO_ANALYTICS_PREFIX", "STACK_PREFIX"] {
        let value = (layers.variable)(name).filter(|value| !value.is_empty());
        if value.is_some_and(|value| value != prefix) {
            note(format!(
                "note: the variable `{name}` wins over the file: unset it before you deploy, or set it to `{prefix}`"
            ));
        }
    }
}

/// The settings of flags, environment, file and stack.
fn said(resolved: &Resolved) -> Answers {
    let values = resolved.values.iter();
    let said = values.filter(|(setting, value, origin)| {
        let is_said = !matches!(origin, Origin::Default | Origin::Unset);
        is_said && !NOT_COPIED.contains(&setting.key) && !is_empty(value)
    });
    said.map(|(setting, value, origin)| {
        note(format!("`{}` is taken from {origin}", setting.key));
        (setting.key, value.clone())
    })
    .collect()
}

/// The settings that are missing.
async fn ask_rest(args: &InitArgs, aws: &Aws, answers: &mut Answers) -> Result<(), CommandError> {
    if args.bucket.is_some() || !answers.contains_key("exports") {
        exports(args, aws, answers).await?;
    }
    if !answers.contains_key("owners") && !answers.contains_key("quicksight") {
        match owner(aws).await {
            Some(owner) => answers.insert("owners", Value::from(vec![owner])),
            None => answers.insert("quicksight", Value::from(false)),
        };
    }
    if !answers.contains_key("identity_store") {
        match discover::identity_stores(aws).await {
            Ok(stores) => {
                let store = chosen_store(stores);
                answers.extend(store.map(|store| ("identity_store", Value::from(store))));
            }
            Err(error) => note(format!("IAM Identity Center: {error}")),
        }
    }
    if is_interactive() && !answers.contains_key("alarm_email") {
        let address = ask_for("Address for alarms (empty for none)", "");
        if !address.is_empty() {
            answers.insert("alarm_email", Value::from(address));
        }
    }
    Ok(())
}

/// The only Identity Store; of several, the one that the user names. Without an answer none is written: another one would give
/// the names of other people.
fn chosen_store(mut stores: Vec<String>) -> Option<String> {
    if stores.len() <= 1 {
        return stores.pop();
    }
    note(format!(
        "there are several Identity Stores: `{}`; `identity_store` names the one whose users have Kiro",
        stores.join("`, `")
    ));
    let chosen = ask_for("Identity Store with the users of Kiro (empty for none)", "");
    stores.into_iter().find(|store| *store == chosen)
}

/// Bucket and prefix.
async fn exports(args: &InitArgs, aws: &Aws, answers: &mut Answers) -> Result<(), CommandError> {
    let bucket = if let Some(bucket) = &args.bucket {
        bucket.clone()
    } else {
        asked_bucket(aws).await
    };
    if bucket.is_empty() {
        note("no bucket was named: fill in `exports`");
        answers.insert("exports", Value::Array(Vec::new()));
        return Ok(());
    }
    let bucket = bucket.trim_start_matches("s3://").trim_end_matches('/');
    let (bucket, given) = bucket.split_once('/').unwrap_or((bucket, ""));
    let url = if given.is_empty() {
        let found = discover::exports_in(aws, bucket).await;
        let found = found.map_err(|error| no_bucket(bucket, error))?;
        if let Some(FoundExports { url, accounts, .. }) = found {
            note(format!("exports of {} below {url}", accounts.join(" and ")));
            let is_own = accounts.len() == 1 && accounts[0] == aws.account();
            if !is_own {
                answers.insert("accounts", Value::from(accounts));
            }
            url
        } else {
            note(format!(
                "no exports were found in `{bucket}`: check `exports` once Kiro has written its first report"
            ));
            format!("s3://{bucket}")
        }
    } else {
        format!("s3://{bucket}/{given}")
    };
    answers.insert("exports", Value::from(vec![url]));
    Ok(())
}

/// `deploy` never makes the bucket that Kiro writes to.
fn no_bucket(bucket: &str, error: AwsError) -> CommandError {
    let is_missing = error.is_not_found();
    let failure = command_error(error.into());
    if is_missing {
        return failure.hint(format!(
            "`{bucket}` must be the bucket that Kiro writes its reports to (Kiro console, Settings): check its name and the account"
        ));
    }
    failure
}

/// Chooses the bucket among those found.
async fn asked_bucket(aws: &Aws) -> String {
    let names = match discover::bucket_names(aws).await {
        Ok(names) => names,
        Err(error) => {
            note(format!("buckets: {error}"));
            Vec::new()
        }
    };
    if is_interactive() {
        for name in names.iter().take(MOST_NAMED) {
            note(format!("  {name}"));
        }
    }
    let likely = names.iter().find(|name| name.contains("kiro"));
    let likely = likely.map_or("", String::as_str);
    ask_for("Bucket that Kiro writes its reports to", likely)
}

/// Who shall own the dashboard; `None` without Quick Sight.
async fn owner(aws: &Aws) -> Option<String> {
    match discover::quicksight_users(aws).await {
        Ok((_, users)) => {
            if is_interactive() {
                for user in users.iter().take(MOST_NAMED) {
                    note(format!(
                        "  {} {} {}",
                        user.name,
                        user.role.to_lowercase(),
                        user.arn
                    ));
                }
            }
            let likely = users.first().map_or("", |user| user.arn.as_str());
            let said = ask_for(
                "Owner of the dashboard in Amazon Quick Sight (QuickSight), by name or ARN",
                likely,
            );
            let named = users.iter().find(|user| user.name == said);
            let owner = named.map_or(said, |user| user.arn.clone());
            (!owner.is_empty()).then_some(owner)
        }
        Err(error) => {
            note(format!(
                "Amazon Quick Sight (QuickSight): {error}\nwithout it, tables and views are deployed and no dashboard"
            ));
            None
        }
    }
}
