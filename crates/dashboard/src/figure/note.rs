//! Remarks below a figure: a key of a text and the values that stand in it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::compile::{Plan, ResolvedCondition, Source};
use crate::error::RequestError;
use crate::spec::{Bucket, Comparison, Condition, Dimension, Format, Formula};

/// A remark: the text `key` with `{name}` replaced by the values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note {
    pub key: String,
    pub values: BTreeMap<String, NoteValue>,
}

/// A value inside a remark.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteValue {
    /// The key of another text.
    Text(String),
    /// Keys of other texts, to be listed.
    Texts(Vec<String>),
    Number {
        number: f64,
        format: Format,
    },
}

impl Note {
    pub(crate) fn new(key: &str) -> Self {
        Self {
            key: format!("note.{key}"),
            values: BTreeMap::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: NoteValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }
}

impl Plan<'_> {
    /// The thresholds behind the numbers, as they are for this window.
    pub(crate) fn threshold_notes(&self) -> Result<Vec<Note>, RequestError> {
        let mut notes = Vec::new();
        for column in &self.columns {
            match column.source {
                Source::Dimension(Dimension {
                    bucket: Some(bucket),
                    ..
                }) => {
                    notes.extend(
                        self.bucket_notes(
                            self.spec
                                .document
                                .buckets
                                .get(&bucket.value)
                                .map(|at| &at.value),
                        )?,
                    );
                }
                Source::Detail(detail) => {
                    if let Some(bucket) = &detail.bucket {
                        let bucket = self
                            .spec
                            .document
                            .buckets
                            .get(&bucket.value)
                            .map(|at| &at.value);
                        notes.extend(self.bucket_notes(bucket)?);
                    }
                }
                Source::Measure(measure) => {
                    if let Formula::CountWhere { all, .. } = &self.spec.measure(measure)?.is {
                        let rule = format!("measure.{measure}");
                        for condition in all {
                            notes.push(self.condition_note(&rule, condition)?);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(notes)
    }

    fn bucket_notes(&self, bucket: Option<&Bucket>) -> Result<Vec<Note>, RequestError> {
        let mut notes = Vec::new();
        for rule in bucket.iter().flat_map(|bucket| &bucket.rules) {
            let meaning = bucket.map_or("", |bucket| bucket.meaning.value.as_str());
            let label = format!("value.{meaning}.{}", rule.name.value);
            for condition in rule.all.iter().chain(&rule.any) {
                notes.push(self.condition_note(&label, condition)?);
            }
        }
        Ok(notes)
    }

    fn condition_note(&self, rule: &str, condition: &Condition) -> Result<Note, RequestError> {
        let resolved = ResolvedCondition::new(self.spec, condition, self.expressions.days)?;
        let op = match resolved.op {
            Comparison::Gt => "over",
            Comparison::Lt => "under",
            Comparison::Lte => "at_most",
            Comparison::Eq => "exactly",
            _ => "at_least",
        };
        let format = self.spec.measure(&resolved.measure)?.format;
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
}
