//! The thresholds behind a figure's numbers.

use kiro_dashboard::LookupError;
use kiro_dashboard::spec::{Comparison, Condition, Dimension, Formula};

use super::note::{Note, NoteValue};
use crate::compile::{Source, VisualPlan};

/// A note per threshold, with its number for this window.
pub(super) fn threshold_notes(plan: &VisualPlan<'_>) -> Result<Vec<Note>, LookupError> {
    let mut notes = Vec::new();
    for column in &plan.columns {
        match column.source {
            Source::Dimension(Dimension {
                bucket: Some(bucket),
                ..
            }) => {
                notes.extend(bucket_notes(plan, bucket)?);
            }
            Source::Detail(detail) => {
                if let Some(bucket) = &detail.bucket {
                    notes.extend(bucket_notes(plan, bucket)?);
                }
            }
            Source::Measure(measure) => {
                if let Formula::CountWhere { all, .. } = &plan.spec.measure(measure)?.is {
                    let rule = format!("measure.{measure}");
                    for condition in all {
                        notes.push(condition_note(plan, &rule, condition)?);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(notes)
}

fn bucket_notes(plan: &VisualPlan<'_>, name: &str) -> Result<Vec<Note>, LookupError> {
    let bucket = plan.spec.bucket(name)?;
    let mut notes = Vec::new();
    for rule in &bucket.rules {
        let label = format!("value.{}.{}", bucket.meaning.value, rule.name.value);
        for condition in rule.all.iter().chain(&rule.any) {
            notes.push(condition_note(plan, &label, condition)?);
        }
    }
    Ok(notes)
}

fn condition_note(
    plan: &VisualPlan<'_>,
    rule: &str,
    condition: &Condition,
) -> Result<Note, LookupError> {
    let resolved = plan.resolve(condition)?;
    let op = match resolved.op {
        Comparison::Gt => "over",
        Comparison::Lt => "under",
        Comparison::Lte => "at_most",
        Comparison::Eq => "exactly",
        _ => "at_least",
    };
    let format = plan.spec.measure(&resolved.measure)?.format;
    Ok(Note::new(&format!("threshold_{op}"))
        .with("rule", NoteValue::Text(rule.to_owned()))
        .with(
            "measure",
            NoteValue::Text(format!("measure.{}", resolved.measure)),
        )
        .with(
            "number",
            NoteValue::Number {
                number: resolved.number,
                format,
            },
        ))
}
