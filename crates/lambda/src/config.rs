//! The function's configuration, read from its environment.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::sync::Arc;

use kiro_catalog::{did_you_mean, nearest};
use kiro_function::LOG_LEVEL;
use kiro_ingest::printable;
use kiro_report::{NameRules, Names, report_folders};
use kiro_s3::S3Url;
use tracing_subscriber::filter::LevelFilter;

/// Assumed memory of the function if Lambda does not name it.
const MIN_MEMORY_MB: usize = 128;
/// Memory of the program itself.
const BASE_MEMORY_MB: usize = 64;
/// Memory of one export that is processed, and of one large export.
const JOB_MEMORY_MB: usize = 24;
const LARGE_JOB_MEMORY_MB: usize = 192;
/// More concurrent exports are not faster.
const MAX_JOBS: usize = 32;

const LOG_LEVELS: [&str; 6] = ["trace", "debug", "info", "warn", "error", "off"];

/// The validated configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `KIRO_SOURCES`: addresses separated by commas, or a JSON list of them. With `KIRO_ACCOUNTS`, account ids separated by
    /// commas, the report folders of these accounts below each address.
    pub sources: Vec<S3Url>,
    /// `KIRO_DESTINATION`.
    pub destination: S3Url,
    /// Maximum number of exports that are processed at once: `KIRO_JOBS`, or as many as memory allows.
    pub jobs: NonZeroUsize,
    /// Maximum number of large ones among them.
    pub max_large_jobs: NonZeroUsize,
    /// Other spellings of names in exports: `KIRO_NAMES`, rules as JSON.
    pub names: Arc<Names>,
}

/// All problems of the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("; "))]
pub struct ConfigError {
    pub problems: Vec<String>,
}

impl Config {
    /// Reads all variables.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let accounts = accounts(
            &variable("KIRO_ACCOUNTS").unwrap_or_default(),
            &mut problems,
        );
        let sources = sources(
            &variable("KIRO_SOURCES").unwrap_or_default(),
            &accounts,
            &mut problems,
        );
        let destination = variable("KIRO_DESTINATION").unwrap_or_default();
        let destination = parsed::<S3Url>("KIRO_DESTINATION", &destination, &mut problems);
        if let Some(destination) = &destination {
            for source in sources.iter().filter(|source| destination.contains(source)) {
                problems.push(format!(
                    "KIRO_SOURCES: `{source}` is in the destination `{destination}`"
                ));
            }
        }
        if let Some(level) = variable(LOG_LEVEL).filter(|level| !level.trim().is_empty())
            && level.parse::<LevelFilter>().is_err()
        {
            let near = did_you_mean(nearest(&level, LOG_LEVELS).as_deref());
            let expected = LOG_LEVELS.join("`, `");
            problems.push(format!(
                "{LOG_LEVEL}: expected `{expected}`, found `{}`{near}",
                printable(&level)
            ));
        }
        let memory = optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &variable, &mut problems);
        let memory = memory.map_or(MIN_MEMORY_MB, NonZeroUsize::get);
        let jobs = optional("KIRO_JOBS", &variable, &mut problems);
        let jobs = jobs.unwrap_or_else(|| jobs_within(memory));
        let names = names(&variable("KIRO_NAMES").unwrap_or_default(), &mut problems);
        match destination {
            Some(destination) if problems.is_empty() => Ok(Self {
                sources,
                destination,
                jobs,
                max_large_jobs: at_least_one(memory / LARGE_JOB_MEMORY_MB).min(jobs),
                names: Arc::new(names),
            }),
            Some(_) | None => Err(ConfigError { problems }),
        }
    }
}

fn jobs_within(memory: usize) -> NonZeroUsize {
    let jobs = memory.saturating_sub(BASE_MEMORY_MB) / JOB_MEMORY_MB;
    at_least_one(jobs.min(MAX_JOBS))
}

fn at_least_one(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN)
}

fn accounts(text: &str, problems: &mut Vec<String>) -> Vec<String> {
    let mut accounts = Vec::new();
    for account in text.split(',').map(str::trim) {
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        match (account, is_account) {
            ("", _) => {}
            (_, true) => accounts.push(account.to_owned()),
            (_, false) => problems.push(format!(
                "KIRO_ACCOUNTS: expected an account id of 12 digits, found `{account}`"
            )),
        }
    }
    accounts
}

fn names(text: &str, problems: &mut Vec<String>) -> Names {
    if text.trim().is_empty() {
        return Names::default();
    }
    let rules = match serde_json::from_str::<NameRules>(text) {
        Ok(rules) => rules,
        Err(error) => {
            problems.push(format!(
                "KIRO_NAMES: not rules about names as JSON: {error}"
            ));
            return Names::default();
        }
    };
    Names::new(&rules).unwrap_or_else(|found| {
        problems.extend(found.iter().map(|problem| format!("KIRO_NAMES: {problem}")));
        Names::default()
    })
}

/// The report folders of the accounts below a source; the source itself if no accounts are named.
fn below(source: S3Url, accounts: &[String]) -> Vec<S3Url> {
    if accounts.is_empty() {
        return vec![source];
    }
    let folders = report_folders(source.prefix(), accounts).into_iter();
    folders
        .filter_map(|folder| format!("s3://{}/{folder}", source.bucket()).parse().ok())
        .collect()
}

fn sources(text: &str, accounts: &[String], problems: &mut Vec<String>) -> Vec<S3Url> {
    let texts: Vec<String> = if text.trim_start().starts_with('[') {
        match serde_json::from_str(text) {
            Ok(texts) => texts,
            Err(error) => {
                problems.push(format!("KIRO_SOURCES: not a JSON list of texts: {error}"));
                return Vec::new();
            }
        }
    } else {
        let texts = text.split(',').map(|text| text.trim().to_owned());
        texts.filter(|text| !text.is_empty()).collect()
    };
    if texts.is_empty() {
        problems.push("KIRO_SOURCES: expected `s3://bucket/prefix`, found nothing".to_owned());
    }
    let parsed_texts = texts
        .iter()
        .filter_map(|text| parsed::<S3Url>("KIRO_SOURCES", text, problems));
    let found: Vec<S3Url> = parsed_texts
        .flat_map(|source| below(source, accounts))
        .collect();
    for (place, one) in found.iter().enumerate() {
        for (other_place, other) in found.iter().enumerate() {
            let is_same = one == other && place > other_place;
            if place != other_place && one.contains(other) && !is_same {
                problems.push(format!("KIRO_SOURCES: `{other}` is in `{one}`"));
            }
        }
    }
    found
}

fn optional(
    name: &str,
    variable: impl Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
) -> Option<NonZeroUsize> {
    let text = variable(name).filter(|text| !text.is_empty())?;
    parsed(name, &text, problems)
}

fn parsed<T: FromStr<Err: Display>>(
    name: &str,
    text: &str,
    problems: &mut Vec<String>,
) -> Option<T> {
    text.trim()
        .parse()
        .map_err(|error| problems.push(format!("{name}: {error}")))
        .ok()
}

#[cfg(test)]
mod tests {
    use kiro_report::{NameRules, Names};

    use super::{Config, ConfigError};

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            let found = variables.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn sources_are_a_list_in_either_notation() {
        for text in [
            "s3://exports/a, s3://others",
            r#"["s3://exports/a/", "s3://others"]"#,
        ] {
            let config = read(&[
                ("KIRO_SOURCES", text),
                ("KIRO_DESTINATION", "s3://results/normalized/"),
            ])
            .unwrap();
            let sources: Vec<String> = config.sources.iter().map(ToString::to_string).collect();
            assert_eq!(sources, ["s3://exports/a", "s3://others/"], "{text}");
            assert_eq!(config.destination.prefix(), "normalized/");
        }
    }

    #[test]
    fn report_folders_of_fifty_accounts_are_formed_from_prefixes_and_accounts() {
        let accounts: Vec<String> = (0..50)
            .map(|number| format!("{:012}", 100_000_000_000_u64 + number))
            .collect();
        let accounts = accounts.join(",");
        let config = read(&[
            ("KIRO_SOURCES", "s3://exports/kiro-logs,s3://others"),
            ("KIRO_ACCOUNTS", &accounts),
            ("KIRO_DESTINATION", "s3://results/normalized/"),
        ])
        .unwrap();
        assert_eq!(config.sources.len(), 400);
        assert_eq!(
            config.sources[0].to_string(),
            "s3://exports/kiro-logs/AWSLogs/100000000000/KiroLogs/user_report"
        );
        let wrong = read(&[
            ("KIRO_SOURCES", "s3://exports"),
            ("KIRO_ACCOUNTS", "12345"),
            ("KIRO_DESTINATION", "s3://results"),
        ]);
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "KIRO_ACCOUNTS: expected an account id of 12 digits, found `12345`"
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[
            ("KIRO_SOURCES", "s3://exports, exports, s3://exports/a"),
            ("KIRO_JOBS", "many"),
        ])
        .unwrap_err();
        assert_eq!(
            error.problems,
            [
                "KIRO_SOURCES: expected `s3://bucket/prefix`, found `exports`",
                "KIRO_SOURCES: `s3://exports/a` is in `s3://exports/`",
                "KIRO_DESTINATION: expected `s3://bucket/prefix`, found ``",
                "KIRO_JOBS: invalid digit found in string",
            ]
        );
        let error = read(&[("KIRO_DESTINATION", "s3://results")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "KIRO_SOURCES: expected `s3://bucket/prefix`, found nothing"
        );
    }

    #[test]
    fn an_unknown_log_level_is_refused_with_the_nearest_one() {
        let read = |level: &str| {
            read(&[
                ("KIRO_SOURCES", "s3://exports"),
                ("KIRO_DESTINATION", "s3://results"),
                ("KIRO_LOG_LEVEL", level),
            ])
        };
        assert!(read("DEBUG").is_ok() && read("").is_ok());
        assert_eq!(
            read("debgu").unwrap_err().to_string(),
            "KIRO_LOG_LEVEL: expected `trace`, `debug`, `info`, `warn`, `error`, `off`, found `debgu`; did you mean `debug`?"
        );
    }

    #[test]
    fn parts_are_never_written_around_their_exports() {
        let error = read(&[
            ("KIRO_SOURCES", "s3://exports/a"),
            ("KIRO_DESTINATION", "s3://exports"),
        ]);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("is in the destination")
        );
        let beside = read(&[
            ("KIRO_SOURCES", "s3://exports"),
            ("KIRO_DESTINATION", "s3://exports/normalized"),
        ]);
        assert!(beside.is_ok());
    }

    #[test]
    fn names_are_rules_as_json() {
        let with = |text: &str| {
            read(&[
                ("KIRO_SOURCES", "s3://exports"),
                ("KIRO_DESTINATION", "s3://results"),
                ("KIRO_NAMES", text),
            ])
        };
        let json = r#"{"client_aliases":{"Crew":"KIRO_CREW"},"excluded_models":["tool_messages"]}"#;
        let rules: NameRules = serde_json::from_str(json).unwrap();
        assert_eq!(*with(json).unwrap().names, Names::new(&rules).unwrap());
        assert_eq!(*with("").unwrap().names, Names::default());
        for (text, problem) in [
            ("{", "KIRO_NAMES: not rules about names as JSON: "),
            (
                r#"{"aliases":{}}"#,
                "KIRO_NAMES: not rules about names as JSON: unknown field `aliases`",
            ),
            (
                r#"{"client_aliases":{"A":"B","B":"A"}}"#,
                "KIRO_NAMES: `client_aliases.A`: is the alias of itself: A, B, A",
            ),
        ] {
            let error = with(text).unwrap_err().to_string();
            assert!(error.starts_with(problem), "{error}");
        }
    }

    #[test]
    fn more_memory_means_more_exports_at_once() {
        let jobs = |memory: &str| {
            let config = read(&[
                ("KIRO_SOURCES", "s3://exports"),
                ("KIRO_DESTINATION", "s3://results"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory),
            ])
            .unwrap();
            (config.jobs.get(), config.max_large_jobs.get())
        };
        assert_eq!(jobs("128"), (2, 1));
        assert_eq!(jobs("256"), (8, 1));
        assert_eq!(jobs("512"), (18, 2));
        assert_eq!(jobs("10240"), (32, 32));
    }
}
