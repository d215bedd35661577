//! Measures in `QuickSight`'s language, at three levels: of the visual's groups, of given keys on every row (LAC-W), and of
//! given keys inside the visual's groups (LAC-A).

use crate::quicksight::compiler::{Compiler, reference};
use crate::quicksight::data_set::ROW_WEIGHT;
use crate::quicksight::error::QuickSightError;
use crate::spec::{At, Dataset, Formula, Level, Measure, Threshold, Visual};

/// What an aggregation is taken for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Over<'e> {
    /// The groups of the visual.
    Visual,
    /// The rows with the same values in these columns, told on each row, after the filters: level-aware, windowed.
    Rows(&'e [String]),
    /// The groups of the visual, split by these columns, to be aggregated again: level-aware, aggregated.
    Groups(&'e [String]),
}

/// Where a measure is asked for, and of which rows.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'e> {
    pub(crate) dataset: &'e Dataset,
    pub(crate) visual: &'e Visual,
    /// Only the rows for which this is true.
    pub(crate) rows: Option<&'e str>,
    pub(crate) over: Over<'e>,
}

impl<'e> Asked<'e> {
    fn of(self, over: Over<'e>) -> Self {
        Self { over, ..self }
    }
}

/// The aggregations: by the visual or its split groups, and over the rows of a key.
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

    fn call(self, argument: &str, over: Over<'_>) -> String {
        let (name, windowed) = self.names();
        match over {
            Over::Visual => format!("{name}({argument})"),
            Over::Rows(keys) => format!("{windowed}({argument}, [{}], PRE_AGG)", listed(keys)),
            Over::Groups(keys) => format!("{name}({argument}, [{}])", listed(keys)),
        }
    }
}

fn listed(keys: &[String]) -> String {
    keys.join(", ")
}

impl Compiler<'_> {
    /// The expression of a measure.
    pub(crate) fn aggregate(
        &mut self,
        name: &str,
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        let measure = self.spec.measure(name)?;
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
            let argument = self.guarded(&reference(column), measure, asked)?;
            return Ok(aggregation.call(&argument, asked.over));
        }
        match &measure.is {
            Formula::Ratio { of, per } => {
                let (of, per) = (self.aggregate(of, asked)?, self.aggregate(per, asked)?);
                Ok(format!("ifelse({per} = 0, NULL, 1.0 * {of} / {per})"))
            }
            Formula::Combine {
                add,
                subtract,
                at_least,
            } => {
                let sum = self.combined(add, subtract, asked)?;
                Ok(match at_least {
                    Some(floor) => format!("ifelse({sum} < {floor}, {floor}, {sum})"),
                    None => sum,
                })
            }
            Formula::Scaled { of, by } => {
                if matches!(&by.value, Threshold::Written(by) if by.per_days.is_some()) {
                    let reason = "a number `per_days` can be compared with, not multiplied by";
                    return Err(QuickSightError::unsupported(&asked.visual.id, reason));
                }
                let of = self.aggregate(of, asked)?;
                Ok(format!("({of}) * {}", self.constant(by)?))
            }
            Formula::AveragePer { of, level } => self.average_per(of, level.value, asked),
            Formula::CountWhere { .. } => self.count_where(name, measure, asked),
            _ => Err(QuickSightError::unresolved(name)),
        }
    }

    /// The column on the rows that count, nothing on the others.
    pub(crate) fn guarded(
        &self,
        column: &str,
        measure: &Measure,
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        let mut conditions: Vec<String> = asked.rows.map(str::to_owned).into_iter().collect();
        conditions.extend(self.predicates(asked.dataset, &measure.only)?);
        Ok(if conditions.is_empty() {
            column.to_owned()
        } else {
            format!("ifelse({}, {column}, NULL)", conditions.join(" AND "))
        })
    }

    fn combined(
        &mut self,
        add: &[At<String>],
        subtract: &[At<String>],
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        let mut sum = String::new();
        for part in add {
            let part = self.aggregate(part, asked)?;
            let sign = if sum.is_empty() { "" } else { " + " };
            sum = format!("{sum}{sign}coalesce({part}, 0)");
        }
        for part in subtract {
            let part = self.aggregate(part, asked)?;
            sum = format!("{sum} - coalesce({part}, 0)");
        }
        Ok(format!("({sum})"))
    }

    /// The mean of a measure over users or days: of those with rows that count.
    fn average_per(
        &mut self,
        of: &str,
        level: Level,
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        Self::only_of_the_visual(asked)?;
        let mut keys = vec![reference(&Self::level_column(asked, level)?)];
        if !asked.visual.by.is_empty() {
            keys.insert(0, "${visualDimensions}".to_owned());
        }
        let groups = Over::Groups(&keys);
        let inner = self.aggregate(of, asked.of(groups))?;
        Ok(match (asked.rows, &self.spec.measure(of)?.is) {
            // A group without rows that count has nothing, which the mean leaves out; a count of nothing is 0.
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

    /// How many users or days meet the conditions, each judged over its own rows within the visual's groups.
    fn count_where(
        &mut self,
        name: &str,
        measure: &Measure,
        asked: Asked<'_>,
    ) -> Result<String, QuickSightError> {
        Self::only_of_the_visual(asked)?;
        let Formula::CountWhere { level, all } = &measure.is else {
            return Err(QuickSightError::unresolved(name));
        };
        let keys = Self::keys_within(asked, level.value)?;
        let mut conditions: Vec<String> = asked.rows.map(str::to_owned).into_iter().collect();
        for condition in all {
            let value = self.aggregate(&condition.measure, asked.of(Over::Rows(&keys)))?;
            conditions.push(self.compared(asked.visual, condition, &value)?);
        }
        let key = reference(&Self::level_column(asked, level.value)?);
        let counted = format!("ifelse({}, {key}, NULL)", conditions.join(" AND "));
        let counted = self.calculated(asked.dataset, &format!("counted by {name}"), &counted);
        Ok(Aggregation::DistinctCount.call(&reference(&counted), Over::Visual))
    }

    /// The columns of the visual's groups, then the key: what a user is judged within.
    pub(crate) fn keys_within(
        asked: Asked<'_>,
        level: Level,
    ) -> Result<Vec<String>, QuickSightError> {
        let key = Self::level_column(asked, level)?;
        let columns = asked.visual.by.iter().filter_map(|by| by.column.as_ref());
        let mut keys: Vec<String> = columns
            .filter(|column| column.value != key)
            .map(|column| reference(column))
            .collect();
        if asked.visual.by.iter().any(|by| by.grain.is_some()) {
            let reason = "users cannot be judged within weeks or months";
            return Err(QuickSightError::unsupported(&asked.visual.id, reason));
        }
        keys.push(reference(&key));
        keys.dedup();
        Ok(keys)
    }

    fn level_column(asked: Asked<'_>, level: Level) -> Result<String, QuickSightError> {
        let dataset = asked.dataset;
        let column = match level {
            Level::User => dataset.user.as_ref().map(|user| &user.id.value),
            Level::Time => dataset.time.as_ref().map(|time| &time.column.value),
        };
        column
            .cloned()
            .ok_or_else(|| QuickSightError::unresolved(&asked.visual.id))
    }

    fn only_of_the_visual(asked: Asked<'_>) -> Result<(), QuickSightError> {
        if matches!(asked.over, Over::Visual) {
            return Ok(());
        }
        let reason = "a mean per user and a count of users cannot be taken inside another";
        Err(QuickSightError::unsupported(&asked.visual.id, reason))
    }
}
