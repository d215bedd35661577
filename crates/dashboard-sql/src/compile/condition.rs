//! Conditions on columns, measures against thresholds, and buckets.

use kiro_dashboard::spec::{Bucket, Comparison, Condition, Predicate, Rule};
use kiro_dashboard::{LookupError, Spec};

use crate::literal;

/// A condition with the number of its threshold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ResolvedCondition {
    pub(crate) measure: String,
    pub(crate) op: Comparison,
    pub(crate) number: f64,
}

impl ResolvedCondition {
    /// The condition for a window of `days`.
    pub(super) fn new(spec: &Spec, condition: &Condition, days: u32) -> Result<Self, LookupError> {
        let measure = &condition.measure.value;
        let number = spec.resolve_threshold(&condition.value, days);
        Ok(Self {
            measure: measure.clone(),
            op: condition.op,
            number: number.ok_or_else(|| LookupError::unresolved(measure))?,
        })
    }

    fn sql(&self, expression: &str) -> String {
        match self.op {
            Comparison::IsNull => format!("{expression} IS NULL"),
            Comparison::NotNull => format!("{expression} IS NOT NULL"),
            op => format!(
                "{expression} {} {}",
                op.operator(),
                literal::number(self.number)
            ),
        }
    }
}

/// Measures against thresholds of a window of `days`.
#[derive(Clone, Copy)]
pub(super) struct Conditions<'a> {
    pub(super) spec: &'a Spec,
    pub(super) days: u32,
}

impl Conditions<'_> {
    /// The name of the bucket's rule that a key meets; `measure` gives the SQL of a measure for that key.
    pub(super) fn bucket_case(
        self,
        bucket: &Bucket,
        mut measure: impl FnMut(&str) -> Result<String, LookupError>,
    ) -> Result<String, LookupError> {
        let mut case = String::from("CASE");
        for rule in &bucket.rules {
            let name = literal::text(&rule.name);
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
        self,
        rule: &Rule,
        measure: &mut impl FnMut(&str) -> Result<String, LookupError>,
    ) -> Result<String, LookupError> {
        let mut parts = self.conditions_sql(&rule.all, measure)?;
        let any = self.conditions_sql(&rule.any, measure)?;
        if !any.is_empty() {
            parts.push(format!("({})", any.join(" OR ")));
        }
        Ok(parts.join(" AND "))
    }

    pub(super) fn conditions_sql(
        self,
        conditions: &[Condition],
        measure: &mut impl FnMut(&str) -> Result<String, LookupError>,
    ) -> Result<Vec<String>, LookupError> {
        let mut parts = Vec::new();
        for condition in conditions {
            let resolved = ResolvedCondition::new(self.spec, condition, self.days)?;
            parts.push(resolved.sql(&measure(&condition.measure)?));
        }
        Ok(parts)
    }
}

/// A condition on a column of the row.
pub(super) fn predicate_sql(predicate: &Predicate) -> String {
    let column = &predicate.column.value;
    let list = || {
        predicate
            .values
            .iter()
            .map(literal::literal)
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
                (None, Some(value)) => literal::literal(value),
                (None, None) => "NULL".to_owned(),
            };
            format!("{column} {} {right}", op.operator())
        }
    }
}
