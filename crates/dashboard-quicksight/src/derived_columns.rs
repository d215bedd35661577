//! Columns of a dataset that its relation does not have.

/// 1 on every row: `QuickSight` counts values, not rows.
pub(crate) const ROW_WEIGHT: &str = "row_weight";
/// The oldest day of the data: a period before it is no comparison.
pub(crate) const FIRST_DAY: &str = "first_day_of_data";

/// A text column read as a day.
pub(crate) fn as_date(column: &str) -> String {
    format!("{column}_as_date")
}

/// The names of a text column's values in the language, for a control that offers them.
pub(crate) fn as_name(column: &str) -> String {
    format!("{column}_name")
}
