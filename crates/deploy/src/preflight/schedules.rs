//! The order of the schedules: Kiro's write, the read of the exports, the map of names, the import, the reports.

use kiro_config::Config;

use super::finding::Finding;
use crate::schedule;
use crate::step::ErrorCategory;

/// A wrong order fails, as `deploy` refuses it; what is only unusual is explained.
pub(super) fn check(settings: &Config) -> Finding {
    let mut finding = Finding::pass(schedule::chain(settings));
    let problems = [
        schedule::order_problem(settings),
        schedule::identity_order_problem(settings),
        schedule::report_time_problem(settings),
    ];
    for (what, hint) in problems.into_iter().flatten() {
        finding.add_failure(ErrorCategory::Usage, what, hint);
    }
    for (what, hint) in schedule::remarks(settings) {
        finding.add_warning(what, hint);
    }
    finding
}

#[cfg(test)]
mod tests {
    use kiro_config::{Config, Flag, Layers};

    use super::check;
    use crate::preflight::Verdict;

    fn settings(said: &[(&str, &str)]) -> Config {
        let flags = said.iter().map(|(key, value)| Flag::set(key, value));
        let layers = Layers::of_flags(flags.collect());
        layers.resolve(None).unwrap().settings
    }

    #[test]
    fn an_import_before_the_normalizer_is_refused_with_a_better_time() {
        assert_eq!(check(&settings(&[])).verdict, Verdict::Pass);
        let early = check(&settings(&[("refresh_at", "03:00")]));
        assert_eq!(early.verdict, Verdict::Fail);
        assert!(
            early.found[1].contains("the dashboard would be a day late"),
            "{early:?}"
        );
        assert!(
            early.advice[0].contains("--set refresh_at=04:00"),
            "{early:?}"
        );
        let both = check(&settings(&[
            ("identity_mapping", "true"),
            ("identity_schedule", "cron(0 3 * * ? *)"),
            ("refresh_at", "02:30"),
        ]));
        assert_eq!(both.advice.len(), 2, "{both:?}");
    }

    #[test]
    fn an_unusual_schedule_is_explained_and_not_refused() {
        let found = check(&settings(&[("schedule", "rate(6 hours)")]));
        assert_eq!(found.verdict, Verdict::Warn);
        assert!(found.found[1].contains("has no fixed time"), "{found:?}");
    }
}
