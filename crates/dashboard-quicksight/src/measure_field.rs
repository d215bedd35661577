//! Measures as fields of a visual.

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{Format, Formula, Visual};

use crate::compiler::Compiler;
use crate::derived_columns::as_date;
use crate::dimension_field::dimension_field;
use crate::error::{QuickSightError, Result};
use crate::expression::{MeasureContext, Scope, aggregate, guarded};
use crate::field::{Field, Shape};
use crate::period::{Period, day_of_period, period_condition, period_name, reaches_back};
use crate::syntax::reference;

/// A measure of a visual; with a period, of its rows only.
pub(crate) fn measure_field(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    id: &str,
    measure: &str,
    period: Option<Period>,
) -> Result<Field> {
    let dataset = compiler.dataset_of(visual)?;
    let rows = match period {
        Some(period) => Some(period_condition(compiler, dataset, visual, period)?),
        None => None,
    };
    let label = compiler.text(&format!("measure.{measure}"));
    let preferred = match period {
        Some(period) => format!("{label}, {}", compiler.text(period.text())),
        None => label.clone(),
    };
    let mut field = Field {
        id: format!("{}.{id}", visual.id.value),
        data_set: dataset.relation.value.clone(),
        column: String::new(),
        label: match period {
            Some(Period::Previous) => compiler.text("column.previous"),
            _ => label,
        },
        shape: Shape::Aggregated(Format::Count),
        drills: false,
    };
    let context = MeasureContext {
        dataset,
        visual,
        rows: rows.as_deref(),
        scope: Scope::Visual,
    };
    if let Some((column, function, format)) = date_of(compiler, measure, context)? {
        field.column = guarded_date(compiler, measure, &column, context)?;
        field.shape = Shape::DateMeasure { function, format };
        return Ok(field);
    }
    let mut expression = aggregate(compiler, measure, context)?;
    if visual.cumulative && period.is_none() {
        expression = running_total(compiler, visual, &expression)?;
    }
    if period == Some(Period::Previous) {
        // NULL, not 0, if the data does not reach back.
        let reaches_back = reaches_back(compiler, dataset, visual)?;
        expression = format!("ifelse({reaches_back}, {expression}, NULL)");
    }
    field.column = compiler.calculated(dataset, &preferred, &expression);
    field.shape = Shape::Aggregated(compiler.spec.measure(measure)?.format);
    Ok(field)
}

/// The date column, the function and the format of a measure that is a first or last day.
fn date_of(
    compiler: &Compiler<'_>,
    measure: &str,
    context: MeasureContext<'_>,
) -> Result<Option<(String, &'static str, Format)>> {
    let measure = compiler.spec.measure(measure)?;
    let (column, function) = match &measure.is {
        Formula::Max(column) => (&column.value, "MAX"),
        Formula::Min(column) => (&column.value, "MIN"),
        _ => return Ok(None),
    };
    Ok(match compiler.column_type(context.dataset, column)? {
        ColumnType::Date => Some((column.clone(), function, measure.format)),
        // QuickSight has no minimum and maximum of texts: the dataset casts them to dates.
        ColumnType::Varchar => Some((as_date(column), function, Format::Date)),
        _ => None,
    })
}

/// The date column, or a calculated field with its values on the rows that count.
fn guarded_date(
    compiler: &mut Compiler<'_>,
    name: &str,
    column: &str,
    context: MeasureContext<'_>,
) -> Result<String> {
    let every = reference(column);
    let expression = guarded(compiler, &every, compiler.spec.measure(name)?, context)?;
    if expression == every {
        return Ok(column.to_owned());
    }
    let label = compiler.text(&format!("measure.{name}"));
    Ok(compiler.calculated(context.dataset, &label, &expression))
}

/// A running total along the axis, for each series.
fn running_total(compiler: &mut Compiler<'_>, visual: &Visual, expression: &str) -> Result<String> {
    let dataset = compiler.dataset_of(visual)?;
    if visual.compare {
        let axis = reference(&day_of_period(compiler, dataset, visual)?);
        let series = reference(&period_name(compiler, dataset, visual)?);
        return Ok(format!(
            "runningSum({expression}, [{axis} ASC], [{series}])"
        ));
    }
    let mut columns = Vec::new();
    for dimension in &visual.by {
        columns.push(reference(
            &dimension_field(compiler, visual, "", dimension)?.column,
        ));
    }
    let [axis, series @ ..] = columns.as_slice() else {
        return Err(QuickSightError::unresolved(&visual.id));
    };
    Ok(if series.is_empty() {
        format!("runningSum({expression}, [{axis} ASC])")
    } else {
        format!(
            "runningSum({expression}, [{axis} ASC], [{}])",
            series.join(", ")
        )
    })
}

/// All measures of a visual.
pub(crate) fn measure_fields(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Vec<Field>> {
    let measures = visual.measures.iter().enumerate();
    measures
        .map(|(index, measure)| {
            measure_field(compiler, visual, &format!("value{index}"), measure, None)
        })
        .collect()
}
