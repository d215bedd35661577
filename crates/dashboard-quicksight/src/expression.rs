//! Measures in `QuickSight`'s language, at three levels: per group of the visual, per key on every row (LAC-W), and per key
//! inside the groups of the visual (LAC-A).

use kiro_dashboard::spec::{At, Dataset, Formula, Level, Measure, Threshold, Visual};

use crate::compiler::Compiler;
use crate::condition::{constant, predicate_expressions, threshold_condition};
use crate::derived_columns::ROW_WEIGHT;
use crate::error::{QuickSightError, Result};
use crate::syntax::reference;

/// The rows that an aggregation covers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'e> {
    /// The groups of the visual.
    Visual,
    /// The rows with the same values in these columns, after the filters; the result is on each row (LAC-W).
    Rows(&'e [String]),
    /// The groups of the visual, split by these columns, to be aggregated again (LAC-A).
    Groups(&'e [String]),
}

/// What a measure is compiled for, and the rows that count.
#[derive(Clone, Copy)]
pub(crate) struct MeasureContext<'e> {
    pub(crate) dataset: &'e Dataset,
    pub(crate) visual: &'e Visual,
    /// Only the rows for which this is true.
    pub(crate) rows: Option<&'e str>,
    pub(crate) scope: Scope<'e>,
}

impl<'e> MeasureContext<'e> {
    fn with_scope(self, scope: Scope<'e>) -> Self {
        Self { scope, ..self }
    }
}

/// An aggregation, with a function for groups and a function for LAC-W.
#[derive(Clone, Copy)]
enum Aggregation {
    Sum,
    DistinctCount,
    Max,
    Min,
    Average,
}

impl Aggregation {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Sum => ("sum", "sumOver"),
            Self::DistinctCount => ("distinct_count", "distinctCountOver"),
            Self::Max => ("max", "maxOver"),
            Self::Min => ("min", "minOver"),
            Self::Average => ("avg", "avgOver"),
        }
    }

    fn call(self, argument: &str, scope: Scope<'_>) -> String {
        let (name, windowed) = self.names();
        match scope {
            Scope::Visual => format!("{name}({argument})"),
            Scope::Rows(keys) => format!("{windowed}({argument}, [{}], PRE_AGG)", listed(keys)),
            Scope::Groups(keys) => format!("{name}({argument}, [{}])", listed(keys)),
        }
    }
}

fn listed(keys: &[String]) -> String {
    keys.join(", ")
}

/// The expression of a measure.
pub(crate) fn aggregate(
    compiler: &mut Compiler<'_>,
    name: &str,
    context: MeasureContext<'_>,
) -> Result<String> {
    let measure = compiler.spec.measure(name)?;
    let simple = match &measure.is {
        Formula::Sum(column) => Some((Aggregation::Sum, column.value.as_str())),
        Formula::Rows => Some((Aggregation::Sum, ROW_WEIGHT)),
        Formula::Distinct(column) => Some((Aggregation::DistinctCount, column.value.as_str())),
        Formula::Max(column) => Some((Aggregation::Max, column.value.as_str())),
        Formula::Min(column) => Some((Aggregation::Min, column.value.as_str())),
        Formula::Average(column) => Some((Aggregation::Average, column.value.as_str())),
        _ => None,
    };
    if let Some((aggregation, column)) = simple {
        let argument = guarded(compiler, &reference(column), measure, context)?;
        return Ok(aggregation.call(&argument, context.scope));
    }
    match &measure.is {
        Formula::Ratio { of, per } => {
            let (of, per) = (
                aggregate(compiler, of, context)?,
                aggregate(compiler, per, context)?,
            );
            Ok(format!("ifelse({per} = 0, NULL, 1.0 * {of} / {per})"))
        }
        Formula::Combine {
            add,
            subtract,
            at_least,
        } => {
            let sum = combined(compiler, add, subtract, context)?;
            Ok(match at_least {
                Some(floor) => format!("ifelse({sum} < {floor}, {floor}, {sum})"),
                None => sum,
            })
        }
        Formula::Scaled { of, by } => {
            if matches!(&by.value, Threshold::Written(by) if by.per_days.is_some()) {
                let reason = "a number `per_days` can be compared with, not multiplied by";
                return Err(QuickSightError::unsupported(&context.visual.id, reason));
            }
            let of = aggregate(compiler, of, context)?;
            Ok(format!("({of}) * {}", constant(compiler, by)?))
        }
        Formula::AveragePer { of, level } => average_per(compiler, of, level.value, context),
        Formula::CountWhere { .. } => count_where(compiler, name, measure, context),
        _ => Err(QuickSightError::unresolved(name)),
    }
}

/// The column on the rows that count, NULL on the others.
pub(crate) fn guarded(
    compiler: &Compiler<'_>,
    column: &str,
    measure: &Measure,
    context: MeasureContext<'_>,
) -> Result<String> {
    let mut conditions: Vec<String> = context.rows.map(str::to_owned).into_iter().collect();
    conditions.extend(predicate_expressions(
        compiler,
        context.dataset,
        &measure.only,
    )?);
    Ok(if conditions.is_empty() {
        column.to_owned()
    } else {
        format!("ifelse({}, {column}, NULL)", conditions.join(" AND "))
    })
}

fn combined(
    compiler: &mut Compiler<'_>,
    add: &[At<String>],
    subtract: &[At<String>],
    context: MeasureContext<'_>,
) -> Result<String> {
    let mut sum = String::new();
    for part in add {
        let part = aggregate(compiler, part, context)?;
        let sign = if sum.is_empty() { "" } else { " + " };
        sum = format!("{sum}{sign}coalesce({part}, 0)");
    }
    for part in subtract {
        let part = aggregate(compiler, part, context)?;
        sum = format!("{sum} - coalesce({part}, 0)");
    }
    Ok(format!("({sum})"))
}

/// The mean of a measure over the users or days that have rows that count.
fn average_per(
    compiler: &mut Compiler<'_>,
    of: &str,
    level: Level,
    context: MeasureContext<'_>,
) -> Result<String> {
    check_not_nested(context)?;
    let mut keys = vec![reference(level_column(context, level)?)];
    if !context.visual.by.is_empty() {
        keys.insert(0, "${visualDimensions}".to_owned());
    }
    let groups = Scope::Groups(&keys);
    let inner = aggregate(compiler, of, context.with_scope(groups))?;
    Ok(match (context.rows, &compiler.spec.measure(of)?.is) {
        // A group without rows that count gives NULL, which the mean skips; a distinct count gives 0.
        (Some(_), Formula::Distinct(_)) => format!("avg(nullIf({inner}, 0))"),
        (None, _)
        | (
            Some(_),
            Formula::Sum(_)
            | Formula::Rows
            | Formula::Max(_)
            | Formula::Min(_)
            | Formula::Average(_)
            | Formula::Ratio { .. },
        ) => format!("avg({inner})"),
        (Some(rows), _) => {
            let counts = Aggregation::Max.call(&format!("ifelse({rows}, 1, 0)"), groups);
            format!("avg({inner} / nullIf({counts}, 0))")
        }
    })
}

/// The number of users or days that meet the conditions, each by its own rows within the visual's groups.
fn count_where(
    compiler: &mut Compiler<'_>,
    name: &str,
    measure: &Measure,
    context: MeasureContext<'_>,
) -> Result<String> {
    check_not_nested(context)?;
    let Formula::CountWhere { level, all } = &measure.is else {
        return Err(QuickSightError::unresolved(name));
    };
    let keys = keys_within(context, level.value)?;
    let mut conditions: Vec<String> = context.rows.map(str::to_owned).into_iter().collect();
    for condition in all {
        let value = aggregate(
            compiler,
            &condition.measure,
            context.with_scope(Scope::Rows(&keys)),
        )?;
        conditions.push(threshold_condition(
            compiler,
            context.visual,
            condition,
            &value,
        )?);
    }
    let key = reference(level_column(context, level.value)?);
    let counted = format!("ifelse({}, {key}, NULL)", conditions.join(" AND "));
    let counted = compiler.calculated(context.dataset, &format!("counted by {name}"), &counted);
    Ok(Aggregation::DistinctCount.call(&reference(&counted), Scope::Visual))
}

/// The columns of the visual's groups, then the column of the level.
pub(crate) fn keys_within(context: MeasureContext<'_>, level: Level) -> Result<Vec<String>> {
    let key = level_column(context, level)?;
    let columns = context.visual.by.iter().filter_map(|by| by.column.as_ref());
    let mut keys: Vec<String> = columns
        .filter(|column| column.value != key)
        .map(|column| reference(column))
        .collect();
    if context.visual.by.iter().any(|by| by.grain.is_some()) {
        let reason = "users cannot be judged within weeks or months";
        return Err(QuickSightError::unsupported(&context.visual.id, reason));
    }
    keys.push(reference(key));
    keys.dedup();
    Ok(keys)
}

fn level_column(context: MeasureContext<'_>, level: Level) -> Result<&str> {
    let column = context.dataset.level_column(level);
    column.ok_or_else(|| QuickSightError::unresolved(&context.visual.id))
}

fn check_not_nested(context: MeasureContext<'_>) -> Result<()> {
    if matches!(context.scope, Scope::Visual) {
        return Ok(());
    }
    let reason = "a mean per user and a count of users cannot be taken inside another";
    Err(QuickSightError::unsupported(&context.visual.id, reason))
}
