//! Checks of colours, datasets and pickers.

use std::collections::BTreeMap;

use kiro_curate::ColumnType;

use super::Checker;
use crate::error::{SpecErrorKind, nearest};
use crate::selection::PICKERS;
use crate::spec::{At, Colour, PickerKind, PickerOptions};

impl Checker<'_> {
    pub(super) fn colours(&mut self) {
        let colours = &self.spec.document.colours;
        let pinned = colours.meanings.values().flat_map(BTreeMap::values);
        let mut all: Vec<&At<Colour>> = colours.palette.iter().chain(pinned).collect();
        all.sort_by_key(|colour| (colour.line, colour.column));
        let mut seen: Vec<String> = Vec::new();
        for colour in all {
            for code in [&colour.light, &colour.dark] {
                let hex = code.strip_prefix('#').is_some_and(|hex| {
                    hex.len() == 6 && hex.chars().all(|digit| digit.is_ascii_hexdigit())
                });
                if !hex {
                    self.expected(colour, "a colour such as `#0972d3`", &format!("`{code}`"));
                }
            }
            let light = colour.light.to_lowercase();
            if seen.contains(&light) {
                self.report(
                    colour,
                    SpecErrorKind::Duplicate {
                        what: "colour",
                        found: light,
                    },
                );
            } else {
                seen.push(light);
            }
        }
    }

    pub(super) fn datasets(&mut self) {
        let spec = self.spec;
        for dataset in spec.document.datasets.values() {
            if spec.relations.columns(&dataset.relation).is_none() {
                self.unknown("relation", &dataset.relation, spec.relations.names());
                continue;
            }
            if let Some(time) = &dataset.time {
                self.column_of_type(dataset, &time.column, "the time", &[ColumnType::Date]);
            }
            if let Some(user) = &dataset.user {
                self.column(dataset, &user.id);
                self.column(dataset, &user.label);
                if let Some(number) = &user.number {
                    self.column_of_type(dataset, number, "a user's number", &[ColumnType::Bigint]);
                }
            }
            for (picker, column) in &dataset.bind {
                self.picker_name(&At {
                    value: picker.clone(),
                    line: column.line,
                    column: column.column,
                });
                self.column(dataset, column);
            }
        }
        if let Some(anchor) = &spec.document.anchor
            && let Some(dataset) = self.dataset(&anchor.dataset)
        {
            self.column_of_type(dataset, &anchor.column, "the anchor", &[ColumnType::Date]);
        }
        for name in &spec.document.days {
            if let Some(dataset) = self.dataset(name)
                && dataset.time.is_none()
            {
                self.expected(
                    name,
                    "a dataset with a time",
                    &format!("`{}` without one", name.value),
                );
            }
        }
    }

    pub(super) fn pickers(&mut self) {
        let spec = self.spec;
        let mut seen = Vec::new();
        for picker in &spec.document.pickers {
            let id = &picker.id;
            if !PICKERS.contains(&id.value.as_str()) {
                self.unknown("picker", id, PICKERS);
            }
            if seen.contains(&&id.value) {
                self.report(
                    id,
                    SpecErrorKind::Duplicate {
                        what: "picker",
                        found: id.value.clone(),
                    },
                );
            }
            seen.push(&id.value);
            if let Some(meaning) = &picker.meaning {
                self.meaning(meaning);
            }
            for column in &picker.columns {
                self.picker_column(column);
            }
            match (&picker.options, picker.kind) {
                (None, PickerKind::Many | PickerKind::One) => {
                    self.expected(id, "`options` for a picker of values", "none");
                }
                (Some(_), PickerKind::Dates) => self.expected(id, "no `options` for dates", "some"),
                (None, PickerKind::Dates) => {}
                (Some(options), _) => {
                    if let Some(dataset) = self.dataset(&options.dataset) {
                        self.column(dataset, &options.value);
                        for column in options.label.iter().chain(&options.detail) {
                            self.column(dataset, column);
                        }
                        if let Some(by) = &options.by {
                            self.size_of_options(by, options);
                        }
                    }
                }
            }
        }
    }

    /// What puts a picker's values in order may be of another dataset that has the same column.
    fn size_of_options(&mut self, by: &At<String>, options: &PickerOptions) {
        if let Some(name) = self.known_measure(by)
            && let Ok(dataset) = self.spec.dataset(name)
        {
            self.column(dataset, &options.value);
        }
    }

    /// A picker's column must at least be somewhere.
    fn picker_column(&mut self, column: &At<String>) {
        let spec = self.spec;
        let relations = spec
            .document
            .datasets
            .values()
            .map(|dataset| dataset.relation.value.as_str());
        let columns = || {
            relations
                .clone()
                .filter_map(|name| spec.relations.columns(name))
        };
        if columns().any(|columns| columns.contains_key(&column.value)) {
            return;
        }
        let known = columns().flat_map(|columns| columns.keys().map(String::as_str));
        let nearest = nearest(&column.value, known);
        let found = column.value.clone();
        self.report(
            column,
            SpecErrorKind::Unknown {
                what: "column",
                found,
                nearest,
            },
        );
    }
}
