//! Columns of a dataset that its relation does not have.

/// 1 on every row, as `QuickSight` counts values, not rows.
pub(crate) const ROW_WEIGHT: &str = "row_weight";
/// The oldest day of the relation: a period that begins earlier is not compared.
pub(crate) const FIRST_DAY: &str = "first_day_of_data";

/// A text column cast to a date.
pub(crate) fn as_date(column: &str) -> String {
    format!("{column}_as_date")
}

/// The names of a text column's values in the language, for a control.
pub(crate) fn as_name(column: &str) -> String {
    format!("{column}_name")
}
