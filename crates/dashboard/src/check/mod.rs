//! Whether a dashboard means something: every name exists, every aggregation fits, nothing overlaps.
//!
//! All mistakes are collected; a check that cannot go on because of an unknown name leaves the rest to the others.

mod columns;
mod datasets;
mod layout;
mod measures;
mod visuals;

use kiro_curate::ColumnType;

use crate::error::{SpecError, SpecErrorKind, nearest};
use crate::load::Spec;
use crate::spec::{At, Dataset};
use crate::text::{Language, Texts};

/// All mistakes of a dashboard, in the order of the file.
pub(crate) fn check(spec: &Spec, file_name: &str) -> Vec<SpecError> {
    let mut checker = Checker {
        spec,
        file_name,
        errors: Vec::new(),
    };
    checker.version();
    checker.colours();
    checker.datasets();
    checker.pickers();
    checker.measures();
    checker.buckets();
    checker.sheets();
    checker.texts();
    let mut errors = checker.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    errors
}

struct Checker<'a> {
    spec: &'a Spec,
    file_name: &'a str,
    errors: Vec<SpecError>,
}

impl<'a> Checker<'a> {
    fn report<T>(&mut self, at: &At<T>, kind: SpecErrorKind) {
        let (file, line, column) = (self.file_name.to_owned(), at.line, at.column);
        self.errors.push(SpecError {
            file,
            line,
            column,
            kind,
        });
    }

    fn expected<T>(&mut self, at: &At<T>, expected: &str, found: &str) {
        self.report(
            at,
            SpecErrorKind::Expected {
                expected: expected.to_owned(),
                found: found.to_owned(),
            },
        );
    }

    fn unknown<'b>(
        &mut self,
        what: &'static str,
        at: &At<String>,
        known: impl IntoIterator<Item = &'b str>,
    ) {
        let nearest = nearest(&at.value, known);
        self.report(
            at,
            SpecErrorKind::Unknown {
                what,
                found: at.value.clone(),
                nearest,
            },
        );
    }

    /// The dataset of that name, whose relation exists.
    fn dataset(&mut self, at: &At<String>) -> Option<&'a Dataset> {
        let datasets = &self.spec.document.datasets;
        let Some(dataset) = datasets.get(&at.value) else {
            self.unknown("dataset", at, datasets.keys().map(String::as_str));
            return None;
        };
        // An unknown relation is reported once, at the dataset itself.
        self.spec
            .relations
            .columns(&dataset.relation)
            .map(|_| &dataset.value)
    }

    fn column(&mut self, dataset: &Dataset, at: &At<String>) -> Option<ColumnType> {
        let columns = self.spec.relations.columns(&dataset.relation)?;
        let found = columns.get(&at.value).copied();
        if found.is_none() {
            let nearest = nearest(&at.value, columns.keys().map(String::as_str));
            let relation = dataset.relation.value.clone();
            self.report(
                at,
                SpecErrorKind::UnknownColumn {
                    relation,
                    found: at.value.clone(),
                    nearest,
                },
            );
        }
        found
    }

    fn column_of_type(
        &mut self,
        dataset: &Dataset,
        at: &At<String>,
        what: &str,
        types: &[ColumnType],
    ) {
        let Some(found) = self.column(dataset, at) else {
            return;
        };
        if !types.contains(&found) {
            let expected = match types {
                [ColumnType::Date] => "a date",
                [ColumnType::Varchar] => "a text",
                _ => "a number",
            };
            let (found, column_type) = (at.value.clone(), found.to_string());
            self.report(
                at,
                SpecErrorKind::ColumnType {
                    what: what.to_owned(),
                    expected,
                    found,
                    column_type,
                },
            );
        }
    }

    fn meaning(&mut self, at: &At<String>) {
        let meanings = &self.spec.document.colours.meanings;
        if !meanings.contains_key(&at.value) {
            self.unknown("meaning", at, meanings.keys().map(String::as_str));
        }
    }

    fn picker_name(&mut self, at: &At<String>) {
        let pickers = &self.spec.document.pickers;
        if !pickers.iter().any(|picker| picker.id.value == at.value) {
            self.unknown(
                "picker",
                at,
                pickers.iter().map(|picker| picker.id.value.as_str()),
            );
        }
    }

    fn version(&mut self) {
        let version = &self.spec.document.version;
        if version.value != 1 {
            self.expected(version, "version 1", &format!("`{}`", version.value));
        }
    }

    fn texts(&mut self) {
        let Ok(texts) = Texts::builtin(Language::En) else {
            return;
        };
        let places = self.spec.text_places();
        for (key, words) in self.spec.text_keys() {
            if words.is_none() && texts.get(&key).is_none() {
                let nearest = nearest(&key, texts.keys());
                let kind = SpecErrorKind::MissingText {
                    key: key.clone(),
                    language: "en",
                    nearest,
                };
                let unplaced = At {
                    value: (),
                    line: 1,
                    column: 1,
                };
                let (line, column) = places
                    .get(&key)
                    .copied()
                    .unwrap_or((unplaced.line, unplaced.column));
                self.report(
                    &At {
                        value: (),
                        line,
                        column,
                    },
                    kind,
                );
            }
        }
    }
}
