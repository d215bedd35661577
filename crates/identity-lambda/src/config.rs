//! The function's configuration, read from its environment.

use std::fmt::Display;
use std::str::FromStr;

use kiro_directory::{DirectoryOptions, RoleOptions};
use kiro_function::LOG_LEVEL;
use kiro_people::{GroupPatterns, GroupRules};
use kiro_s3::{S3Url, S3UrlError};
use tracing_subscriber::filter::LevelFilter;

/// The validated configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `KIRO_PARTS`: where the normalizer writes.
    pub parts: S3Url,
    /// `KIRO_MAP`: the bucket of the map.
    pub map: S3Url,
    /// `KIRO_ROSTER`: an object, `s3://bucket/key`.
    pub roster: Option<RosterUrl>,
    /// `KIRO_IDENTITY_STORE`, `KIRO_IDENTITY_REGION`, `KIRO_IDENTITY_ROLE` and `KIRO_IDENTITY_EXTERNAL_ID`. `None` without a
    /// store.
    pub directory: Option<DirectoryOptions>,
    /// `KIRO_TEAM_GROUPS` and `KIRO_SEAT_GROUPS`: patterns as JSON lists.
    pub rules: GroupRules,
    pub has_seat_groups: bool,
}

/// The address of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterUrl {
    pub bucket: S3Url,
    pub key: String,
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
        let text = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
        let parts = required::<S3Url>("KIRO_PARTS", text("KIRO_PARTS"), &mut problems);
        let map = required::<S3Url>("KIRO_MAP", text("KIRO_MAP"), &mut problems);
        let roster = optional::<RosterUrl>("KIRO_ROSTER", text("KIRO_ROSTER"), &mut problems);
        optional::<LevelFilter>(LOG_LEVEL, text(LOG_LEVEL), &mut problems);
        let team_groups = patterns("KIRO_TEAM_GROUPS", text("KIRO_TEAM_GROUPS"), &mut problems);
        let seat_groups = patterns("KIRO_SEAT_GROUPS", text("KIRO_SEAT_GROUPS"), &mut problems);
        let directory = text("KIRO_IDENTITY_STORE").map(|store| DirectoryOptions {
            identity_store: Some(store),
            region: text("KIRO_IDENTITY_REGION"),
            role: text("KIRO_IDENTITY_ROLE").map(|arn| RoleOptions {
                arn,
                external_id: text("KIRO_IDENTITY_EXTERNAL_ID"),
            }),
            groups: GroupPatterns::new(team_groups.iter().chain(&seat_groups)),
            ..DirectoryOptions::default()
        });
        if let Some(Err(error)) = directory.as_ref().map(DirectoryOptions::validate) {
            problems.extend(error.problems);
        }
        if directory.is_none() && roster.is_none() && problems.is_empty() {
            problems.push("neither KIRO_IDENTITY_STORE nor KIRO_ROSTER is set".to_owned());
        }
        match (parts, map) {
            (Some(parts), Some(map)) if problems.is_empty() => Ok(Self {
                parts,
                map,
                roster,
                directory,
                has_seat_groups: !seat_groups.is_empty(),
                rules: GroupRules {
                    team_groups: GroupPatterns::new(team_groups),
                    seat_groups: GroupPatterns::new(seat_groups),
                },
            }),
            _ => Err(ConfigError { problems }),
        }
    }
}

impl FromStr for RosterUrl {
    type Err = S3UrlError;

    fn from_str(text: &str) -> Result<Self, S3UrlError> {
        let object: S3Url = text.parse()?;
        let key = object.prefix().trim_end_matches('/').to_owned();
        if key.is_empty() {
            return Err(S3UrlError::NotS3 {
                found: text.to_owned(),
            });
        }
        let bucket = format!("s3://{}", object.bucket()).parse()?;
        Ok(Self { bucket, key })
    }
}

fn required<T: FromStr<Err: Display>>(
    name: &str,
    text: Option<String>,
    problems: &mut Vec<String>,
) -> Option<T> {
    if text.is_none() {
        problems.push(format!("{name} is not set"));
    }
    optional(name, text, problems)
}

fn optional<T: FromStr<Err: Display>>(
    name: &str,
    text: Option<String>,
    problems: &mut Vec<String>,
) -> Option<T> {
    let parsed = text?.trim().parse();
    parsed
        .map_err(|error| problems.push(format!("{name}: {error}")))
        .ok()
}

fn patterns(name: &str, text: Option<String>, problems: &mut Vec<String>) -> Vec<String> {
    let Some(text) = text else {
        return Vec::new();
    };
    serde_json::from_str(&text).unwrap_or_else(|error| {
        problems.push(format!("{name}: not a JSON list of texts: {error}"));
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::{Config, ConfigError};

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            let found = variables.iter().find(|(found, _)| *found == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const PLACES: [(&str, &str); 2] = [
        ("KIRO_PARTS", "s3://results/normalized/"),
        ("KIRO_MAP", "s3://map"),
    ];

    #[test]
    fn a_directory_a_roster_or_both_are_enough() {
        let store = ("KIRO_IDENTITY_STORE", "d-1234567890");
        let roster = ("KIRO_ROSTER", "s3://people/roster.csv");
        for (variables, has_directory, has_roster) in [
            (vec![store], true, false),
            (vec![roster], false, true),
            (vec![store, roster, ("KIRO_IDENTITY_ROLE", "")], true, true),
        ] {
            let config = read(&[&PLACES[..], &variables].concat()).unwrap();
            assert_eq!(config.directory.is_some(), has_directory);
            assert_eq!(config.roster.is_some(), has_roster);
        }
        let neither = read(&PLACES).unwrap_err();
        assert!(neither.to_string().contains("KIRO_ROSTER"), "{neither}");
    }

    #[test]
    fn teams_and_seats_have_patterns_of_their_own() {
        let config = read(
            &[
                &PLACES[..],
                &[
                    ("KIRO_IDENTITY_STORE", "d-1234567890"),
                    ("KIRO_TEAM_GROUPS", r#"["team-*", "a, b"]"#),
                    ("KIRO_SEAT_GROUPS", r#"["kiro"]"#),
                ],
            ]
            .concat(),
        )
        .unwrap();
        assert!(config.rules.team_groups.matches("A, B"));
        assert!(!config.rules.team_groups.matches("kiro"));
        assert!(config.rules.seat_groups.matches("kiro") && config.has_seat_groups);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[
            ("KIRO_PARTS", "results"),
            ("KIRO_IDENTITY_STORE", "ssoins-1234567890abcdef"),
            ("KIRO_TEAM_GROUPS", "team-*"),
            ("KIRO_LOG_LEVEL", "loud"),
        ])
        .unwrap_err();
        assert_eq!(error.problems.len(), 5, "{error}");
    }
}
