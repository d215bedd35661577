//! The function's configuration, read from its environment.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use kiro_function::LOG_LEVEL;
use kiro_s3::S3Url;
use tracing_subscriber::filter::LevelFilter;

/// The only folder of a function that can be written.
const DATA: &str = "/tmp/kiro-analytics-data";

/// The validated configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `KIRO_PARTS`: where the normalizer writes.
    pub parts: S3Url,
    /// `KIRO_MAP`: the folder of the map of names. `None` without names.
    pub map: Option<S3Url>,
    /// `KIRO_REPORT_SETTINGS`: the folder of the settings.
    pub settings: S3Url,
    /// `KIRO_REPORTS`: where reports are written.
    pub reports: S3Url,
    /// `KIRO_DATA`: the folder of the copy of the data.
    pub data: PathBuf,
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
        let mut address = |name: &str, is_required: bool| {
            let found = text(name);
            if found.is_none() && is_required {
                problems.push(format!("{name} is not set"));
            }
            parsed::<S3Url>(name, found, &mut problems)
        };
        let parts = address("KIRO_PARTS", true);
        let map = address("KIRO_MAP", false);
        let settings = address("KIRO_REPORT_SETTINGS", true);
        let reports = address("KIRO_REPORTS", true);
        parsed::<LevelFilter>(LOG_LEVEL, text(LOG_LEVEL), &mut problems);
        match (parts, settings, reports) {
            (Some(parts), Some(settings), Some(reports)) if problems.is_empty() => Ok(Self {
                parts,
                map,
                settings,
                reports,
                data: text("KIRO_DATA").map_or_else(|| PathBuf::from(DATA), PathBuf::from),
            }),
            _ => Err(ConfigError { problems }),
        }
    }
}

fn parsed<T: FromStr<Err: Display>>(
    name: &str,
    text: Option<String>,
    problems: &mut Vec<String>,
) -> Option<T> {
    let parsed = text?.trim().parse();
    parsed
        .map_err(|error| problems.push(format!("{name}: {error}")))
        .ok()
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

    #[test]
    fn names_are_optional() {
        let places = [
            ("KIRO_PARTS", "s3://results/normalized/"),
            ("KIRO_REPORT_SETTINGS", "s3://results/reports/"),
            ("KIRO_REPORTS", "s3://reports/reports/"),
        ];
        let config = read(&places).unwrap();
        assert_eq!(config.map, None);
        assert_eq!(config.reports.prefix(), "reports/");
        let map = [("KIRO_MAP", "s3://map/identity-map/")];
        let config = read(&[places.as_slice(), &map].concat()).unwrap();
        assert_eq!(config.map.unwrap().prefix(), "identity-map/");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[("KIRO_PARTS", "results"), ("KIRO_LOG_LEVEL", "loud")]).unwrap_err();
        assert_eq!(error.problems.len(), 4, "{error}");
    }
}
