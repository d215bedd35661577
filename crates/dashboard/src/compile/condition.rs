//! Thresholds and conditions: numbers from the file or the configuration, scaled to the window.

use crate::compile::expression::Expressions;
use crate::error::RequestError;
use crate::load::Spec;
use crate::spec::{Bucket, Comparison, Condition, Predicate, Rule, Threshold};
use crate::sql;

/// A condition with its number worked out, to be told beside the figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResolvedCondition {
    pub(crate) measure: String,
    pub(crate) op: Comparison,
    pub(crate) number: f64,
}

/// The number that a threshold means for a window of so many days; none if its setting does not exist.
pub(crate) fn resolve_threshold(spec: &Spec, threshold: &Threshold, days: u32) -> Option<f64> {
    let written = match threshold {
        Threshold::Number(number) => return Some(*number),
        Threshold::Written(written) => written,
    };
    let number = match (&written.number, &written.setting) {
        (Some(number), None) => *number,
        (None, Some(setting)) => {
            let pointer = format!("/{}", setting.replace('.', "/"));
            spec.settings.pointer(&pointer)?.as_f64()?
        }
        _ => return None,
    };
    Some(match written.per_days {
        Some(per_days) => (number * f64::from(days) / f64::from(per_days.max(1)))
            .ceil()
            .max(1.0),
        None => number,
    })
}

impl ResolvedCondition {
    pub(crate) fn new(spec: &Spec, condition: &Condition, days: u32) -> Result<Self, RequestError> {
        let number = resolve_threshold(spec, &condition.value, days).ok_or_else(|| {
            RequestError::Unresolved {
                name: condition.measure.value.clone(),
            }
        })?;
        Ok(Self {
            measure: condition.measure.value.clone(),
            op: condition.op,
            number,
        })
    }

    pub(crate) fn sql(&self, expression: &str) -> String {
        match self.op {
            Comparison::IsNull => format!("{expression} IS NULL"),
            Comparison::NotNull => format!("{expression} IS NOT NULL"),
            op => format!("{expression} {} {}", operator(op), sql::number(self.number)),
        }
    }
}

impl Expressions<'_> {
    /// The name of the group that a key falls into; `measure` gives the SQL of a measure for that key.
    pub(crate) fn bucket_case(
        &self,
        bucket: &Bucket,
        mut measure: impl FnMut(&str) -> Result<String, RequestError>,
    ) -> Result<String, RequestError> {
        let mut case = String::from("CASE");
        for rule in &bucket.rules {
            let name = sql::text(&rule.name);
            if rule.any.is_empty() && rule.all.is_empty() {
                case.push_str(" ELSE ");
                case.push_str(&name);
                break;
            }
            let condition = self.rule_sql(rule, &mut measure)?;
            case.push_str(&[" WHEN ", &condition, " THEN ", &name].concat());
        }
        case.push_str(" END");
        Ok(case)
    }

    fn rule_sql(
        &self,
        rule: &Rule,
        measure: &mut impl FnMut(&str) -> Result<String, RequestError>,
    ) -> Result<String, RequestError> {
        let mut parts = Vec::new();
        for condition in &rule.all {
            parts.push(self.condition_sql(condition, measure)?);
        }
        let mut any = Vec::new();
        for condition in &rule.any {
            any.push(self.condition_sql(condition, measure)?);
        }
        if !any.is_empty() {
            parts.push(format!("({})", any.join(" OR ")));
        }
        Ok(parts.join(" AND "))
    }

    pub(crate) fn condition_sql(
        &self,
        condition: &Condition,
        measure: &mut impl FnMut(&str) -> Result<String, RequestError>,
    ) -> Result<String, RequestError> {
        let resolved = ResolvedCondition::new(self.spec, condition, self.days)?;
        Ok(resolved.sql(&measure(&condition.measure)?))
    }
}

/// A condition on a column of the row.
pub(crate) fn predicate_sql(predicate: &Predicate) -> String {
    let column = &predicate.column.value;
    let list = || {
        predicate
            .values
            .iter()
            .map(sql::literal)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match predicate.op {
        Comparison::IsNull => format!("{column} IS NULL"),
        Comparison::NotNull => format!("{column} IS NOT NULL"),
        Comparison::In => format!("{column} IN ({})", list()),
        Comparison::NotIn => format!("{column} NOT IN ({})", list()),
        op => {
            let right = match (&predicate.other, &predicate.value) {
                (Some(other), _) => other.value.clone(),
                (None, Some(value)) => sql::literal(value),
                (None, None) => "NULL".to_owned(),
            };
            format!("{column} {} {right}", operator(op))
        }
    }
}

/// A comparison as SQL and `QuickSight` write it.
pub(crate) const fn operator(op: Comparison) -> &'static str {
    match op {
        Comparison::Ne => "<>",
        Comparison::Gt => ">",
        Comparison::Gte => ">=",
        Comparison::Lt => "<",
        Comparison::Lte => "<=",
        Comparison::Eq
        | Comparison::In
        | Comparison::NotIn
        | Comparison::IsNull
        | Comparison::NotNull => "=",
    }
}
