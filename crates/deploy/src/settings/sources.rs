//! The parameters about exports: what the function reads, and what its role may read.
//!
//! Names each report folder of each account if that fits into the limits of `CloudFormation`, Lambda and IAM. Otherwise the
//! function gets prefixes and accounts and derives the folders itself, and the role's policy has `????????????` in place of an
//! account: it then allows the report folders of every account below these prefixes, and nothing else.

use std::collections::BTreeSet;

use kiro_config::{Config, SourceFolder, StackParameters};
use kiro_report::report_folders;

use super::parameters::{MAX_PARAMETER_BYTES, NAME_RULES};

/// Maximum size of all environment variables of a function.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_ENVIRONMENT_BYTES: usize = 4096;
/// Maximum size of all inline policies of a role, without white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MAX_POLICY_BYTES: usize = 10_240;
/// `KIRO_DESTINATION` with the longest name of a bucket, and the names of the other variables.
const OTHER_ENVIRONMENT_BYTES: usize = 160;
/// The role's policy without its lists of folders, buckets and keys, with the longest names. `tests/cfn` measures it.
const OTHER_POLICY_BYTES: usize = 2200;
/// `"arn:aws-us-gov:s3:::` and `*",`: the text around a folder in a policy.
const AROUND_ARN_BYTES: usize = 25;
/// Placeholder for an account in a policy: as many characters as an account id has.
const ANY_ACCOUNT: &str = "????????????";

/// The parameters in one of the two forms, before their sizes are checked.
struct Sources {
    folders: Vec<SourceFolder>,
    /// `bucket/prefix`; empty if the function gets the folders.
    roots: Vec<String>,
    accounts: Vec<String>,
}

/// Adds the parameters about exports.
///
/// # Errors
///
/// If they fit in neither form.
pub(super) fn add(
    parameters: &mut StackParameters,
    settings: &Config,
    account: &str,
) -> Result<(), String> {
    let named = Sources {
        folders: settings.source_folders(account),
        roots: Vec::new(),
        accounts: Vec::new(),
    };
    let parameter = |name| parameters.get(name).map_or("", String::as_str);
    let (keys, rules) = (parameter("SourceKmsKeyArns"), parameter(NAME_RULES));
    let chosen = if named.problem(keys, rules).is_none() {
        named
    } else {
        Sources::by_prefix(settings, account)
    };
    if let Some(problem) = chosen.problem(keys, rules) {
        return Err(problem);
    }
    for (name, text) in chosen.texts() {
        parameters.insert(name.to_owned(), text);
    }
    Ok(())
}

impl Sources {
    fn by_prefix(settings: &Config, account: &str) -> Self {
        let places = settings
            .exports
            .iter()
            .filter_map(|url| url.strip_prefix("s3://"));
        let (mut folders, mut roots) = (BTreeSet::new(), BTreeSet::new());
        for place in places {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let prefix = prefix.trim_matches('/');
            roots.insert(if prefix.is_empty() {
                bucket.to_owned()
            } else {
                format!("{bucket}/{prefix}")
            });
            folders.extend(
                report_folders(prefix, &[ANY_ACCOUNT.to_owned()])
                    .into_iter()
                    .map(|folder| SourceFolder {
                        bucket: bucket.to_owned(),
                        folder,
                    }),
            );
        }
        let mut accounts = settings.accounts.clone();
        if accounts.is_empty() {
            accounts.push(account.to_owned());
        }
        Self {
            folders: folders.into_iter().collect(),
            roots: roots.into_iter().collect(),
            accounts,
        }
    }

    fn texts(&self) -> [(&'static str, String); 5] {
        let distinct = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join(",");
        let folders = || self.folders.iter();
        let prefixes = folders().map(|place| format!("{}/{}", place.bucket, place.folder));
        [
            (
                "SourceBuckets",
                distinct(folders().map(|place| place.bucket.clone()).collect()),
            ),
            ("SourcePrefixes", distinct(prefixes.collect())),
            (
                "SourceKeyPrefixes",
                distinct(folders().map(|place| place.folder.clone()).collect()),
            ),
            ("SourceRoots", self.roots.join(",")),
            ("SourceAccounts", self.accounts.join(",")),
        ]
    }

    /// The limit that is exceeded, as a message.
    fn problem(&self, keys: &str, rules: &str) -> Option<String> {
        let shorter = "fewer or shorter `exports`, fewer `accounts`, `exports_kms_keys` or `names` make it smaller";
        let texts = self.texts();
        if let Some((name, text)) = texts
            .iter()
            .find(|(_, text)| text.len() > MAX_PARAMETER_BYTES)
        {
            return Some(format!(
                "the stack's parameter `{name}` would have {} bytes, and CloudFormation allows {MAX_PARAMETER_BYTES}: {shorter}",
                text.len()
            ));
        }
        let bytes = environment_bytes(&texts, rules);
        if bytes > MAX_ENVIRONMENT_BYTES {
            return Some(format!(
                "the function's environment would have {bytes} bytes, and Lambda allows {MAX_ENVIRONMENT_BYTES}: {shorter}"
            ));
        }
        let bytes = policy_bytes(&texts, keys);
        (bytes > MAX_POLICY_BYTES).then(|| {
            format!(
                "the policy of the function's role would have {bytes} characters, and IAM allows {MAX_POLICY_BYTES}: {shorter}"
            )
        })
    }
}

type Texts = [(&'static str, String); 5];

fn listed<'a>(texts: &'a Texts, name: &str) -> impl Iterator<Item = &'a str> {
    let text = texts.iter().find(|(found, _)| *found == name);
    let text = text.map_or("", |(_, text)| text.as_str());
    text.split(',').filter(|item| !item.is_empty())
}

/// Names and values of the function's variables.
fn environment_bytes(texts: &Texts, rules: &str) -> usize {
    let has_roots = listed(texts, "SourceRoots").next().is_some();
    let places = if has_roots {
        "SourceRoots"
    } else {
        "SourcePrefixes"
    };
    let urls: usize = listed(texts, places)
        .map(|place| "s3://,".len() + place.len())
        .sum();
    let accounts: usize = listed(texts, "SourceAccounts")
        .map(|account| account.len() + 1)
        .sum();
    OTHER_ENVIRONMENT_BYTES + urls + accounts + rules.len()
}

/// The inline policy of the function's role.
fn policy_bytes(texts: &Texts, keys: &str) -> usize {
    let arns = |name: &str| -> usize {
        listed(texts, name)
            .map(|item| item.len() + AROUND_ARN_BYTES)
            .sum()
    };
    let key_prefixes: usize = listed(texts, "SourceKeyPrefixes")
        .map(|item| item.len() + 4)
        .sum();
    let keys: usize = keys.split(',').map(|key| key.len() + 3).sum();
    OTHER_POLICY_BYTES + arns("SourcePrefixes") + arns("SourceBuckets") + key_prefixes + keys
}

#[cfg(test)]
mod tests {
    use kiro_config::{Config, Flag, Layers, StackParameters};

    use super::{Sources, add, environment_bytes, policy_bytes};

    fn settings(exports: &str, accounts: usize) -> Config {
        let accounts: Vec<String> = (0..accounts)
            .map(|number| format!("{:012}", 100_000_000_000 + number))
            .collect();
        let layers = Layers::of_flags(vec![
            Flag::set("exports", exports),
            Flag::set("accounts", &accounts.join(",")),
        ]);
        layers.resolve(None).unwrap().settings
    }

    #[test]
    fn one_to_fifty_accounts_fit_into_every_limit() {
        let long = format!("s3://{}/{}", "b".repeat(63), "a-long-prefix/of-kiro-logs");
        for exports in ["s3://example-kiro-reports/kiro-logs", "s3://x-y", &long] {
            for accounts in 1..=50 {
                let settings = settings(exports, accounts);
                let mut parameters = StackParameters::new();
                add(&mut parameters, &settings, "123456789012").unwrap();
                for text in parameters.values() {
                    assert!(text.len() <= 4096);
                }
            }
        }
    }

    #[test]
    fn accounts_are_named_as_long_as_they_fit() {
        let of = |accounts: usize| {
            let mut parameters = StackParameters::new();
            let settings = settings("s3://example-kiro-reports/kiro-logs", accounts);
            add(&mut parameters, &settings, "123456789012").unwrap();
            parameters
        };
        let few = of(2);
        assert_eq!(few["SourcePrefixes"].split(',').count(), 8);
        assert_eq!(
            (few["SourceRoots"].as_str(), few["SourceAccounts"].as_str()),
            ("", "")
        );
        let many = of(50);
        assert_eq!(
            many["SourcePrefixes"],
            "example-kiro-reports/kiro-logs/AWSLogs/????????????/KiroLogs/by_user_analytic/,\
             example-kiro-reports/kiro-logs/AWSLogs/????????????/KiroLogs/user_report/,\
             example-kiro-reports/kiro-logs/AWSLogs/????????????/QDeveloperLogs/by_user_analytic/,\
             example-kiro-reports/kiro-logs/AWSLogs/????????????/QDeveloperLogs/user_report/"
        );
        assert_eq!(many["SourceRoots"], "example-kiro-reports/kiro-logs");
        assert_eq!(many["SourceAccounts"].split(',').count(), 50);
        let texts = Sources::by_prefix(
            &settings("s3://example-kiro-reports/kiro-logs", 50),
            "123456789012",
        )
        .texts();
        assert_eq!(
            (environment_bytes(&texts, ""), policy_bytes(&texts, "")),
            (846, 2908)
        );
    }

    #[test]
    fn sources_beyond_every_limit_are_refused_with_the_limit() {
        let exports: Vec<String> = (0..40)
            .map(|number| format!("s3://{}{number:02}/{}", "b".repeat(60), "p".repeat(60)))
            .collect();
        let settings = settings(&exports.join(","), 1);
        let problem = add(&mut StackParameters::new(), &settings, "123456789012");
        let problem = problem.unwrap_err();
        assert!(problem.contains("CloudFormation allows 4096"), "{problem}");
    }
}
