//! The log: one JSON object per line, without the fields that `CloudWatch` adds itself.

use std::str::FromStr;

use tracing_subscriber::filter::LevelFilter;

use crate::environment::variable;

/// The variable that overrides the function's log level.
pub const LOG_LEVEL: &str = "KIRO_LOG_LEVEL";
/// The level of the function's logging configuration, as Lambda sets it.
const LAMBDA_LOG_LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";

/// Writes the log to stdout from now on.
pub(crate) fn start() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level(variable))
        .init();
}

/// The level of `KIRO_LOG_LEVEL`, else of the function's logging configuration.
fn level(variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    [LOG_LEVEL, LAMBDA_LOG_LEVEL]
        .into_iter()
        .find_map(variable)
        .and_then(|level| LevelFilter::from_str(&level).ok())
        .unwrap_or(LevelFilter::INFO)
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::{LAMBDA_LOG_LEVEL, LOG_LEVEL, level};

    #[test]
    fn the_own_variable_comes_before_that_of_lambda() {
        let level = |variables: &[(&str, &str)]| {
            level(|name| {
                let found = variables.iter().find(|(found, _)| *found == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(level(&[]), LevelFilter::INFO);
        assert_eq!(level(&[(LAMBDA_LOG_LEVEL, "DEBUG")]), LevelFilter::DEBUG);
        let both = [(LAMBDA_LOG_LEVEL, "DEBUG"), (LOG_LEVEL, "warn")];
        assert_eq!(level(&both), LevelFilter::WARN);
        assert_eq!(level(&[(LOG_LEVEL, "loud")]), LevelFilter::INFO);
    }
}
