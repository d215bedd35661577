//! `kiro-analytics init`: the configuration file, by looking around and asking.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use kiro_deploy::Names;
use kiro_deploy::aws::{Aws, AwsTuning};
use kiro_deploy::discover::{self, FoundExports};

use crate::args::InitArgs;
use crate::cloud::{failure, layers, problems};
use crate::config::Config;
use crate::failure::{Failure, note};
use crate::output;
use crate::question::{ask_for, is_somebody_there};

/// So many buckets and users are named in a question.
const MOST_NAMED: usize = 8;

/// What goes into the file.
#[derive(Default)]
struct Found {
    prefix: String,
    exports: String,
    accounts: Vec<String>,
    owner: String,
    identity_store: Option<String>,
    alarm_email: String,
}

pub(crate) async fn run(args: InitArgs, config: &Config) -> Result<(), Failure> {
    let is_printed = args.out == Path::new("-");
    if !is_printed && args.out.exists() && !args.force {
        let error = anyhow::anyhow!("`{}` exists already", args.out.display());
        return Err(Failure::usage(error)
            .hint("edit it, name another file with --out, or replace it with --force"));
    }
    let (prefix, address) = layers(&args.cloud, config).address().map_err(problems)?;
    let aws = Aws::sign_in(&address, AwsTuning::default())
        .await
        .map_err(|error| failure(error.into()))?;
    note(format!(
        "account {}, {}, as {}",
        aws.account(),
        aws.region(),
        aws.caller().arn
    ));
    let mut found = Found {
        prefix: ask_for("Prefix of all names", &prefix),
        ..Found::default()
    };
    if let Some(problem) = Names::new(&found.prefix, &aws).problems().first() {
        return Err(Failure::usage(anyhow::anyhow!("{problem}")));
    }
    exports(&args, &aws, &mut found).await?;
    owner(&aws, &mut found).await;
    match discover::identity_store(&aws).await {
        Ok(store) => found.identity_store = store,
        Err(error) => note(format!("IAM Identity Center: {error}")),
    }
    if is_somebody_there() {
        found.alarm_email = ask_for("Address for alarms (empty for none)", "");
    }
    let text = file(&found, address.profile.as_deref(), aws.region());
    if is_printed {
        let mut out = output::stdout();
        write!(out, "{text}")?;
        return Ok(out.flush()?);
    }
    fs::write(&args.out, text).map_err(|error| {
        let error =
            anyhow::Error::new(error).context(format!("could not write `{}`", args.out.display()));
        Failure::usage(error).hint("name another file with --out")
    })?;
    note(format!(
        "wrote `{}`; next: `kiro-analytics deploy --dry-run`",
        args.out.display()
    ));
    Ok(())
}

/// Bucket and prefix.
async fn exports(args: &InitArgs, aws: &Aws, found: &mut Found) -> Result<(), Failure> {
    let bucket = if let Some(bucket) = &args.bucket {
        bucket.clone()
    } else {
        asked_bucket(aws).await
    };
    if bucket.is_empty() {
        note("no bucket was named: fill in `exports`");
        return Ok(());
    }
    let bucket = bucket.trim_start_matches("s3://").trim_end_matches('/');
    let (bucket, given) = bucket.split_once('/').unwrap_or((bucket, ""));
    if !given.is_empty() {
        found.exports = format!("s3://{bucket}/{given}");
        return Ok(());
    }
    match discover::exports_in(aws, bucket).await {
        Ok(Some(FoundExports { url, accounts, .. })) => {
            note(format!("exports of {} below {url}", accounts.join(" and ")));
            found.exports = url;
            let is_own = accounts.len() == 1 && accounts[0] == aws.account();
            found.accounts = if is_own { Vec::new() } else { accounts };
            Ok(())
        }
        Ok(None) => {
            note(format!(
                "no exports were found in `{bucket}`: check `exports` once Kiro has written its first report"
            ));
            found.exports = format!("s3://{bucket}");
            Ok(())
        }
        Err(error) => Err(failure(error.into())),
    }
}

/// The bucket, out of those there are.
async fn asked_bucket(aws: &Aws) -> String {
    let names = match discover::bucket_names(aws).await {
        Ok(names) => names,
        Err(error) => {
            note(format!("buckets: {error}"));
            Vec::new()
        }
    };
    if is_somebody_there() {
        for name in names.iter().take(MOST_NAMED) {
            note(format!("  {name}"));
        }
    }
    let likely = names.iter().find(|name| name.contains("kiro"));
    let likely = likely.map_or("", String::as_str);
    ask_for("Bucket that Kiro writes its reports to", likely)
}

/// Who shall own the dashboard.
async fn owner(aws: &Aws, found: &mut Found) {
    match discover::quicksight_users(aws).await {
        Ok((_, users)) => {
            if is_somebody_there() {
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
            found.owner = named.map_or(said, |user| user.arn.clone());
        }
        Err(error) => note(format!(
            "Amazon Quick Sight (QuickSight): {error}\nwithout it, tables and views are deployed and no dashboard"
        )),
    }
}

fn file(found: &Found, profile: Option<&str>, region: &str) -> String {
    let mut text = String::from(
        "# Settings of kiro-analytics, written by `kiro-analytics init`. kiro-analytics.example.toml explains all of them;\n\
         # `kiro-analytics config show` says which value comes from where.\n\n[deployment]\n",
    );
    let mut line = |key: &str, value: &str, why: &str| {
        // A text can always be extended.
        writeln!(text, "# {why}\n{key} = {value}\n").unwrap_or_default();
    };
    let quoted = |value: &str| toml::Value::from(value).to_string();
    line(
        "prefix",
        &quoted(&found.prefix),
        "What all names begin with; another prefix is another deployment.",
    );
    line(
        "region",
        &quoted(region),
        "The Region to deploy to. The bucket with exports may be elsewhere.",
    );
    if let Some(profile) = profile {
        line("profile", &quoted(profile), "The profile to sign in with.");
    }
    let exports: Vec<&str> = Some(found.exports.as_str())
        .filter(|url| !url.is_empty())
        .into_iter()
        .collect();
    line(
        "exports",
        &toml::Value::from(exports).to_string(),
        "Where Kiro writes its reports.",
    );
    if !found.accounts.is_empty() {
        line(
            "accounts",
            &toml::Value::from(found.accounts.clone()).to_string(),
            "Accounts whose exports lie there.",
        );
    }
    if found.owner.is_empty() {
        line(
            "quicksight",
            "false",
            "No dashboard in Amazon Quick Sight. To have one, set true and name `owners`.",
        );
    } else {
        line(
            "owners",
            &toml::Value::from(vec![found.owner.clone()]).to_string(),
            "Users and groups of Amazon Quick Sight that may change the dashboard; `readers` may look at it.",
        );
    }
    if let Some(store) = &found.identity_store {
        line(
            "identity_store",
            &quoted(store),
            "The Identity Store with the names of people.",
        );
    }
    if !found.alarm_email.is_empty() {
        line(
            "alarm_email",
            &quoted(&found.alarm_email),
            "Who gets the alarms; the address must confirm once.",
        );
    }
    format!("{}\n", text.trim_end())
}
