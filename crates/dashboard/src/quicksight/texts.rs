//! The texts that only `QuickSight` shows.

/// Their keys, in `dashboards/texts`.
pub(crate) const TEXTS: [&str; 13] = [
    "quicksight.from",
    "quicksight.to",
    "quicksight.everybody",
    "quicksight.open",
    "quicksight.filter",
    "quicksight.current",
    "quicksight.total",
    "quicksight.notes",
    "quicksight.not_affected",
    "quicksight.reset",
    "quicksight.needs_user",
    "quicksight.dates",
    "quicksight.none_hidden",
];
