//! Measures as SQL, in one step or in two: first per user or day, then over those.

use crate::compile::condition::predicate_sql;
use crate::error::RequestError;
use crate::load::Spec;
use crate::spec::{Dataset, Formula, Level, Measure, Predicate};
use crate::sql;

/// What measures are compiled against.
#[derive(Clone, Copy)]
pub(crate) struct Expressions<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) dataset: &'a Dataset,
    /// The length of the window, for thresholds that scale with it.
    pub(crate) days: u32,
}

/// The columns of the inner step, `v0`, `v1`, …: each expression once.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) expressions: Vec<String>,
}

impl Inner {
    pub(crate) fn column(&mut self, expression: String) -> String {
        let place = self
            .expressions
            .iter()
            .position(|known| *known == expression)
            .unwrap_or_else(|| {
                self.expressions.push(expression);
                self.expressions.len() - 1
            });
        format!("v{place}")
    }
}

impl Spec {
    /// A measure in one step, for the lists of the pickers.
    pub(crate) fn flat_expression(&self, measure: &str) -> Result<String, RequestError> {
        let dataset = self.dataset(self.dataset_of_measure(measure)?)?;
        Expressions {
            spec: self,
            dataset,
            days: 1,
        }
        .flat(measure)
    }

    /// The dataset that a measure's columns belong to.
    pub(crate) fn dataset_of_measure(&self, name: &str) -> Result<&str, RequestError> {
        let measure = self.measure(name)?;
        if let Some(dataset) = &measure.dataset {
            return Ok(&dataset.value);
        }
        let first = measure.parts().first().map(|part| part.value.as_str());
        match first.filter(|part| *part != name) {
            Some(part) => self.dataset_of_measure(part),
            None => Err(RequestError::Unresolved {
                name: name.to_owned(),
            }),
        }
    }

    /// The level that the first step of a measure is taken for; none for a measure of one step.
    pub(crate) fn level_of_measure(&self, name: &str) -> Result<Option<Level>, RequestError> {
        let measure = self.measure(name)?;
        if let Formula::AveragePer { level, .. } | Formula::CountWhere { level, .. } = &measure.is {
            return Ok(Some(level.value));
        }
        for part in measure.parts() {
            if part.value != name
                && let Some(level) = self.level_of_measure(part)?
            {
                return Ok(Some(level));
            }
        }
        Ok(None)
    }

    /// Whether the parts of the measure add up to the whole.
    pub(crate) fn is_additive(&self, name: &str) -> bool {
        self.measure(name).is_ok_and(|measure| match &measure.is {
            Formula::Sum(_) | Formula::Rows => true,
            Formula::Combine {
                add,
                subtract,
                at_least,
            } => {
                at_least.is_none()
                    && add
                        .iter()
                        .chain(subtract)
                        .all(|part| self.is_additive(part))
            }
            Formula::Scaled { of, .. } => self.is_additive(of),
            _ => false,
        })
    }
}

impl Measure {
    /// The measures that this one is made of.
    pub(crate) fn parts(&self) -> Vec<&crate::spec::At<String>> {
        match &self.is {
            Formula::Ratio { of, per } => vec![of, per],
            Formula::Combine { add, subtract, .. } => add.iter().chain(subtract).collect(),
            Formula::AveragePer { of, .. } | Formula::Scaled { of, .. } => vec![of],
            Formula::CountWhere { all, .. } => {
                all.iter().map(|condition| &condition.measure).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Expressions<'_> {
    /// A measure aggregated from the rows in one step.
    pub(crate) fn flat(&self, name: &str) -> Result<String, RequestError> {
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
                return Err(RequestError::Unresolved {
                    name: name.to_owned(),
                });
            }
        })
    }

    /// A measure over the rows of the inner step, which are one per `level` within each group.
    pub(crate) fn nested(
        &self,
        name: &str,
        level: Level,
        inner: &mut Inner,
    ) -> Result<String, RequestError> {
        let measure = self.spec.measure(name)?;
        Ok(match &measure.is {
            Formula::Sum(_) | Formula::Rows => format!("SUM({})", inner.column(self.flat(name)?)),
            Formula::Distinct(column) if self.is_level(&column.value, level) => {
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
                let mut nested = |parts: &[crate::spec::At<String>]| {
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
                let mut conditions = Vec::new();
                for condition in all {
                    let mut value = |measure: &str| Ok(inner.column(self.flat(measure)?));
                    conditions.push(self.condition_sql(condition, &mut value)?);
                }
                format!("COUNT(CASE WHEN {} THEN 1 END)", conditions.join(" AND "))
            }
            // The checks let neither an average over rows nor a foreign distinct count come here.
            Formula::Distinct(_) | Formula::Average(_) => {
                return Err(RequestError::Unresolved {
                    name: name.to_owned(),
                });
            }
        })
    }

    fn factor(&self, by: &crate::spec::At<crate::spec::Threshold>) -> Result<f64, RequestError> {
        let factor = crate::compile::resolve_threshold(self.spec, by, self.days);
        factor.ok_or_else(|| RequestError::Unresolved {
            name: self.dataset.relation.value.clone(),
        })
    }

    /// The column that a level stands for.
    pub(crate) fn level_column(&self, level: Level) -> Result<&str, RequestError> {
        let column = match level {
            Level::User => self
                .dataset
                .user
                .as_ref()
                .map(|user| user.id.value.as_str()),
            Level::Time => self
                .dataset
                .time
                .as_ref()
                .map(|time| time.column.value.as_str()),
        };
        column.ok_or_else(|| RequestError::Unresolved {
            name: self.dataset.relation.value.clone(),
        })
    }

    /// The column that tells a column's values apart with the least work.
    pub(crate) fn counted_column<'a>(&'a self, column: &'a str) -> &'a str {
        match &self.dataset.user {
            Some(user) if user.id.value == column => user
                .number
                .as_ref()
                .map_or(column, |number| number.value.as_str()),
            _ => column,
        }
    }

    fn is_level(&self, column: &str, level: Level) -> bool {
        self.level_column(level).is_ok_and(|level| level == column)
    }

    /// The largest value of a column; for flags whether any is true.
    pub(crate) fn largest(&self, column: &str) -> String {
        match self.spec.relations.column(&self.dataset.relation, column) {
            Some(kiro_curate::ColumnType::Boolean) => format!("BOOL_OR({column})"),
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
    format!("CAST({of} AS double) * {}", sql::number(by))
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
        // Not `greatest`: the engines disagree about NULLs in it.
        Some(floor) => {
            let floor = sql::number(floor);
            format!("CASE WHEN {sum} < {floor} THEN {floor} ELSE {sum} END")
        }
        None => format!("({sum})"),
    }
}
