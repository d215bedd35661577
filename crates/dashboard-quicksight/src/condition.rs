//! Conditions on rows, and measures against thresholds that can scale with the window.

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{Comparison, Condition, Dataset, Predicate, Threshold, Visual, Window};

use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};
use crate::filled_columns::has_no_nulls;
use crate::period::days_with_data;
use crate::syntax::{literal, number, quoted, reference};

/// A condition on a column of each row.
pub(crate) fn predicate_expression(
    compiler: &Compiler<'_>,
    dataset: &Dataset,
    predicate: &Predicate,
) -> Result<String> {
    let column = reference(&predicate.column);
    let is_date = compiler.column_type(dataset, &predicate.column)? == ColumnType::Date;
    let list = || -> String {
        let values = predicate.values.iter().map(|value| literal(value, is_date));
        values.collect::<Vec<_>>().join(", ")
    };
    Ok(match predicate.op {
        Comparison::IsNull | Comparison::NotNull
            if has_no_nulls(compiler, &dataset.relation, &predicate.column) =>
        {
            let none = quoted(&compiler.text("value.none"));
            let operator = if predicate.op == Comparison::IsNull {
                "="
            } else {
                "<>"
            };
            format!("{column} {operator} {none}")
        }
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
            format!("{column} {} {right}", op.operator())
        }
    })
}

pub(crate) fn predicate_expressions(
    compiler: &Compiler<'_>,
    dataset: &Dataset,
    predicates: &[Predicate],
) -> Result<Vec<String>> {
    predicates
        .iter()
        .map(|predicate| predicate_expression(compiler, dataset, predicate))
        .collect()
}

/// The comparison of a value with the threshold of a condition, for the window of a visual.
pub(crate) fn threshold_condition(
    compiler: &Compiler<'_>,
    visual: &Visual,
    condition: &Condition,
    value: &str,
) -> Result<String> {
    Ok(match condition.op {
        Comparison::IsNull => format!("isNull({value})"),
        Comparison::NotNull => format!("isNotNull({value})"),
        op => format!(
            "{value} {} {}",
            op.operator(),
            threshold_expression(compiler, visual, &condition.value)?
        ),
    })
}

/// The number of a threshold; one `per_days` is scaled to the window and rounded up.
fn threshold_expression(
    compiler: &Compiler<'_>,
    visual: &Visual,
    threshold: &Threshold,
) -> Result<String> {
    let Threshold::Written(written) = threshold else {
        return constant(compiler, threshold);
    };
    let Some(per_days) = written.per_days else {
        return constant(compiler, threshold);
    };
    let has_days = compiler.dataset_of(visual)?.time.is_some()
        && compiler.spec.window_of(visual) != Window::All;
    if !has_days {
        let reason = "a threshold `per_days` needs a window of days";
        return Err(QuickSightError::unsupported(&visual.id, reason));
    }
    let mut unscaled = written.clone();
    unscaled.per_days = None;
    let number = constant(compiler, &Threshold::Written(unscaled))?;
    // A scaled threshold is at least 1, also if its number is 0.
    if number.trim_start_matches(['0', '.']).is_empty() {
        return Ok("1".to_owned());
    }
    Ok(format!(
        "ceil(1.0 * {number} * {} / {per_days})",
        days_with_data(visual.window)
    ))
}

/// The number of a threshold that does not depend on days.
pub(crate) fn constant(compiler: &Compiler<'_>, threshold: &Threshold) -> Result<String> {
    let name = || match threshold {
        Threshold::Written(written) => written.setting.clone().unwrap_or_default(),
        Threshold::Number(_) => String::new(),
    };
    compiler
        .spec
        .resolve_threshold(threshold, 1)
        .map(number)
        .ok_or_else(|| QuickSightError::unresolved(&name()))
}
