//! Conditions on rows, and measures against thresholds that may grow with the window.

use kiro_curate::ColumnType;

use crate::compile::{operator, resolve_threshold};
use crate::quicksight::compiler::{Compiler, quoted, reference};
use crate::quicksight::error::QuickSightError;
use crate::quicksight::period::days_with_data;
use crate::spec::{Comparison, Condition, Dataset, Literal, Predicate, Threshold, Visual, Window};

impl Compiler<'_> {
    /// A condition on the columns of a row.
    pub(crate) fn predicate(
        &self,
        dataset: &Dataset,
        predicate: &Predicate,
    ) -> Result<String, QuickSightError> {
        let column = reference(&predicate.column);
        let is_date = self.column_type(dataset, &predicate.column)? == ColumnType::Date;
        let list = || -> String {
            let values = predicate.values.iter().map(|value| literal(value, is_date));
            values.collect::<Vec<_>>().join(", ")
        };
        Ok(match predicate.op {
            Comparison::IsNull => format!("isNull({column})"),
            Comparison::NotNull => format!("isNotNull({column})"),
            Comparison::In => format!("in({column}, [{}])", list()),
            Comparison::NotIn => format!("notIn({column}, [{}])", list()),
            op => {
                let right = match (&predicate.other, &predicate.value) {
                    (Some(other), _) => reference(other),
                    (None, Some(value)) => literal(value, is_date),
                    (None, None) => "NULL".to_owned(),
                };
                format!("{column} {} {right}", operator(op))
            }
        })
    }

    /// All of the conditions, each in parentheses where there are several; none without any.
    pub(crate) fn predicates(
        &self,
        dataset: &Dataset,
        predicates: &[Predicate],
    ) -> Result<Vec<String>, QuickSightError> {
        predicates
            .iter()
            .map(|predicate| self.predicate(dataset, predicate))
            .collect()
    }

    /// A value against the threshold of a condition, for the window of a visual.
    pub(crate) fn compared(
        &self,
        visual: &Visual,
        condition: &Condition,
        value: &str,
    ) -> Result<String, QuickSightError> {
        Ok(match condition.op {
            Comparison::IsNull => format!("isNull({value})"),
            Comparison::NotNull => format!("isNotNull({value})"),
            op => format!(
                "{value} {} {}",
                operator(op),
                self.threshold(visual, &condition.value)?
            ),
        })
    }

    /// The number that a threshold means; one that is meant for some days is scaled to the window and rounded up.
    fn threshold(&self, visual: &Visual, threshold: &Threshold) -> Result<String, QuickSightError> {
        let Threshold::Written(written) = threshold else {
            return self.constant(threshold);
        };
        let Some(per_days) = written.per_days else {
            return self.constant(threshold);
        };
        let has_days =
            self.dataset_of(visual)?.time.is_some() && self.spec.window_of(visual) != Window::All;
        if !has_days {
            let reason = "a threshold `per_days` needs a window of days";
            return Err(QuickSightError::unsupported(&visual.id, reason));
        }
        let mut unscaled = written.clone();
        unscaled.per_days = None;
        let number = self.constant(&Threshold::Written(unscaled))?;
        // Never below 1: of nothing per day, one is asked.
        if number.trim_start_matches(['0', '.']).is_empty() {
            return Ok("1".to_owned());
        }
        Ok(format!(
            "ceil(1.0 * {number} * {} / {per_days})",
            days_with_data(visual.window)
        ))
    }

    /// A threshold that does not depend on days.
    pub(crate) fn constant(&self, threshold: &Threshold) -> Result<String, QuickSightError> {
        let name = || match threshold {
            Threshold::Written(written) => written.setting.clone().unwrap_or_default(),
            Threshold::Number(_) => String::new(),
        };
        resolve_threshold(self.spec, threshold, 1)
            .map(number)
            .ok_or_else(|| QuickSightError::unresolved(&name()))
    }
}

/// A number, without an exponent.
pub(crate) fn number(value: f64) -> String {
    format!("{value}")
}

/// A value of the file. Flags are 1 and 0, as the datasets hold them.
pub(crate) fn literal(value: &Literal, is_date: bool) -> String {
    match value {
        Literal::Flag(flag) => u8::from(*flag).to_string(),
        Literal::Whole(whole) => whole.to_string(),
        Literal::Number(value) => number(*value),
        Literal::Text(day) if is_date => format!("parseDate({}, 'yyyy-MM-dd')", quoted(day)),
        Literal::Text(text) => quoted(text),
    }
}
