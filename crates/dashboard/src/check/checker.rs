//! What all checks share: collecting mistakes, and looking up names.

use kiro_catalog::{ColumnType, nearest};

use crate::checked_spec::Spec;
use crate::error::{SpecError, SpecErrorKind};
use crate::spec::{At, Dataset};

pub(super) struct Checker<'a> {
    pub(super) spec: &'a Spec,
    pub(super) file_name: &'a str,
    pub(super) errors: Vec<SpecError>,
}

impl<'a> Checker<'a> {
    pub(super) fn report<T>(&mut self, at: &At<T>, kind: SpecErrorKind) {
        let (file, line, column) = (self.file_name.to_owned(), at.line, at.column);
        self.errors.push(SpecError {
            file,
            line,
            column,
            kind,
        });
    }

    pub(super) fn expected<T>(&mut self, at: &At<T>, expected: &str, found: &str) {
        self.report(
            at,
            SpecErrorKind::Expected {
                expected: expected.to_owned(),
                found: found.to_owned(),
            },
        );
    }

    pub(super) fn unknown<'b>(
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

    pub(super) fn duplicate<T>(&mut self, at: &At<T>, what: &'static str, found: &str) {
        let found = found.to_owned();
        self.report(at, SpecErrorKind::Duplicate { what, found });
    }

    /// A measure that cannot be aggregated as its use demands.
    pub(super) fn aggregation(&mut self, measure: &At<String>, reason: &'static str) {
        let kind = SpecErrorKind::Aggregation {
            measure: measure.value.clone(),
            reason,
        };
        self.report(measure, kind);
    }

    pub(super) fn other_dataset(&mut self, measure: &At<String>, found: &str, expected: &str) {
        let kind = SpecErrorKind::OtherDataset {
            measure: measure.value.clone(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        };
        self.report(measure, kind);
    }

    /// The dataset of that name, if its relation exists.
    pub(super) fn dataset(&mut self, at: &At<String>) -> Option<&'a Dataset> {
        let datasets = &self.spec.document.datasets;
        let Some(dataset) = datasets.get(&at.value) else {
            self.unknown("dataset", at, datasets.keys().map(String::as_str));
            return None;
        };
        // An unknown relation is reported once, at the dataset itself.
        self.spec.columns(&dataset.relation).map(|_| &dataset.value)
    }

    pub(super) fn column(&mut self, dataset: &Dataset, at: &At<String>) -> Option<ColumnType> {
        let columns = self.spec.columns(&dataset.relation)?;
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

    pub(super) fn column_of_type(
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

    pub(super) fn meaning(&mut self, at: &At<String>) {
        let meanings = &self.spec.document.colours.meanings;
        if !meanings.contains_key(&at.value) {
            self.unknown("meaning", at, meanings.keys().map(String::as_str));
        }
    }

    pub(super) fn picker_name(&mut self, at: &At<String>) {
        let pickers = &self.spec.document.pickers;
        if !pickers.iter().any(|picker| picker.id.value == at.value) {
            self.unknown(
                "picker",
                at,
                pickers.iter().map(|picker| picker.id.value.as_str()),
            );
        }
    }
}
