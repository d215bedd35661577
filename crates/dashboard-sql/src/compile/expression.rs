//! Measures as SQL, in one step, or in two steps: per user or day, then over these.

use kiro_catalog::ColumnType;
use kiro_dashboard::spec::{At, Dataset, Formula, Level, Predicate, Threshold};
use kiro_dashboard::{LookupError, Spec};

use super::condition::{Conditions, predicate_sql};
use crate::literal;

/// The context of a measure's SQL.
#[derive(Clone, Copy)]
pub(super) struct Expressions<'a> {
    pub(super) spec: &'a Spec,
    pub(super) dataset: &'a Dataset,
    /// The length of the window, for thresholds that scale with it.
    pub(super) days: u32,
}

/// The columns of the inner step: `v0`, `v1`, …, each expression once.
#[derive(Default)]
pub(super) struct InnerColumns {
    pub(super) expressions: Vec<String>,
}

impl InnerColumns {
    pub(super) fn column(&mut self, expression: String) -> String {
        let index = self
            .expressions
            .iter()
            .position(|known| *known == expression)
            .unwrap_or_else(|| {
                self.expressions.push(expression);
                self.expressions.len() - 1
            });
        format!("v{index}")
    }
}

/// A measure in one step, outside of a visual.
pub(crate) fn flat_expression(spec: &Spec, measure: &str) -> Result<String, LookupError> {
    let dataset = spec.dataset(spec.dataset_of_measure(measure)?)?;
    let expressions = Expressions {
        spec,
        dataset,
        days: 1,
    };
    expressions.flat(measure)
}

impl Expressions<'_> {
    /// A measure aggregated from the rows in one step.
    pub(super) fn flat(&self, name: &str) -> Result<String, LookupError> {
        let measure = self.spec.measure(name)?;
        Ok(match &measure.is {
            Formula::Sum(column) => filtered(&format!("SUM({})", column.value), &measure.only),
            Formula::Rows => filtered("COUNT(*)", &measure.only),
            Formula::Distinct(column) => {
                let counted = self.counted_column(&column.value);
                filtered(&format!("COUNT(DISTINCT {counted})"), &measure.only)
            }
            Formula::Max(column) => filtered(&self.largest(&column.value), &measure.only),
            Formula::Min(column) => filtered(&format!("MIN({})", column.value), &measure.only),
            Formula::Average(column) => filtered(
                &format!("AVG(CAST({} AS double))", column.value),
                &measure.only,
            ),
            Formula::Ratio { of, per } => ratio(&self.flat(of)?, &self.flat(per)?),
            Formula::Combine {
                add,
                subtract,
                at_least,
            } => {
                let add = add
                    .iter()
                    .map(|part| self.flat(part))
                    .collect::<Result<Vec<_>, _>>()?;
                let subtract = subtract
                    .iter()
                    .map(|part| self.flat(part))
                    .collect::<Result<Vec<_>, _>>()?;
                combine(&add, &subtract, *at_least)
            }
            Formula::Scaled { of, by } => scaled(&self.flat(of)?, self.factor(by)?),
            Formula::AveragePer { .. } | Formula::CountWhere { .. } => {
                return Err(LookupError::unresolved(name));
            }
        })
    }

    /// A measure over the rows of the inner step, which has one row per `level` within each group.
    pub(super) fn nested(
        &self,
        name: &str,
        level: Level,
        inner: &mut InnerColumns,
    ) -> Result<String, LookupError> {
        let measure = self.spec.measure(name)?;
        Ok(match &measure.is {
            Formula::Sum(_) | Formula::Rows => format!("SUM({})", inner.column(self.flat(name)?)),
            Formula::Distinct(column)
                if self.dataset.level_column(level) == Some(column.value.as_str()) =>
            {
                if measure.only.is_empty() {
                    "COUNT(*)".to_owned()
                } else {
                    let value = inner.column(filtered("COUNT(*)", &measure.only));
                    format!("COUNT(CASE WHEN {value} > 0 THEN 1 END)")
                }
            }
            Formula::Max(_) => format!("MAX({})", inner.column(self.flat(name)?)),
            Formula::Min(_) => format!("MIN({})", inner.column(self.flat(name)?)),
            Formula::Ratio { of, per } => ratio(
                &self.nested(of, level, inner)?,
                &self.nested(per, level, inner)?,
            ),
            Formula::Combine {
                add,
                subtract,
                at_least,
            } => {
                let mut nested = |parts: &[At<String>]| {
                    parts
                        .iter()
                        .map(|part| self.nested(part, level, inner))
                        .collect::<Result<Vec<_>, _>>()
                };
                let (add, subtract) = (nested(add)?, nested(subtract)?);
                combine(&add, &subtract, *at_least)
            }
            Formula::Scaled { of, by } => scaled(&self.nested(of, level, inner)?, self.factor(by)?),
            Formula::AveragePer { of, .. } => {
                format!("AVG(CAST({} AS double))", inner.column(self.flat(of)?))
            }
            Formula::CountWhere { all, .. } => {
                let mut value = |measure: &str| Ok(inner.column(self.flat(measure)?));
                let conditions = self.conditions().conditions_sql(all, &mut value)?;
                format!("COUNT(CASE WHEN {} THEN 1 END)", conditions.join(" AND "))
            }
            // The checks refuse an average over rows and a distinct count of another column.
            Formula::Distinct(_) | Formula::Average(_) => {
                return Err(LookupError::unresolved(name));
            }
        })
    }

    fn factor(&self, by: &At<Threshold>) -> Result<f64, LookupError> {
        let factor = self.spec.resolve_threshold(by, self.days);
        factor.ok_or_else(|| self.unresolved())
    }

    pub(super) fn conditions(&self) -> Conditions<'_> {
        Conditions {
            spec: self.spec,
            days: self.days,
        }
    }

    /// The column of a level.
    pub(super) fn level_column(&self, level: Level) -> Result<&str, LookupError> {
        let column = self.dataset.level_column(level);
        column.ok_or_else(|| self.unresolved())
    }

    fn unresolved(&self) -> LookupError {
        LookupError::unresolved(&self.dataset.relation)
    }

    /// The column to count instead of `column`: the number of a user instead of the id.
    pub(super) fn counted_column<'a>(&'a self, column: &'a str) -> &'a str {
        match &self.dataset.user {
            Some(user) if user.id.value == column => user
                .number
                .as_ref()
                .map_or(column, |number| number.value.as_str()),
            _ => column,
        }
    }

    /// The maximum of a column; of flags, whether any is true.
    pub(super) fn largest(&self, column: &str) -> String {
        match self.spec.column_type(&self.dataset.relation, column) {
            Some(ColumnType::Boolean) => format!("BOOL_OR({column})"),
            _ => format!("MAX({column})"),
        }
    }
}

fn filtered(aggregate: &str, only: &[Predicate]) -> String {
    if only.is_empty() {
        return aggregate.to_owned();
    }
    let conditions: Vec<String> = only.iter().map(predicate_sql).collect();
    format!("{aggregate} FILTER (WHERE {})", conditions.join(" AND "))
}

fn scaled(of: &str, by: f64) -> String {
    format!("CAST({of} AS double) * {}", literal::number(by))
}

fn ratio(of: &str, per: &str) -> String {
    format!("CAST({of} AS double) / NULLIF(CAST({per} AS double), 0e0)")
}

fn combine(add: &[String], subtract: &[String], at_least: Option<f64>) -> String {
    let known = |part: &String| format!("COALESCE({part}, 0)");
    let mut sum = add.iter().map(known).collect::<Vec<_>>().join(" + ");
    for part in subtract {
        sum = format!("{sum} - {}", known(part));
    }
    match at_least {
        // Not `greatest`: the engines treat its NULLs differently.
        Some(floor) => {
            let floor = literal::number(floor);
            format!("CASE WHEN {sum} < {floor} THEN {floor} ELSE {sum} END")
        }
        None => format!("({sum})"),
    }
}
