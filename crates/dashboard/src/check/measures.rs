//! Checks of measures and buckets: columns, types, datasets, levels, thresholds.

use kiro_curate::ColumnType;

use super::Checker;
use crate::compile::resolve_threshold;
use crate::error::SpecErrorKind;
use crate::spec::{At, Comparison, Condition, Dataset, Formula, Level, Measure, Threshold};

const NUMBERS: [ColumnType; 2] = [ColumnType::Bigint, ColumnType::Double];

impl<'a> Checker<'a> {
    pub(super) fn measures(&mut self) {
        let spec = self.spec;
        for (name, measure) in &spec.document.measures {
            if let Some(colour) = &measure.colour
                && spec.pinned(&colour.value).is_none()
            {
                let meanings = &spec.document.colours.meanings;
                let known: Vec<String> = meanings
                    .iter()
                    .flat_map(|(meaning, values)| {
                        values.keys().map(move |value| format!("{meaning}.{value}"))
                    })
                    .collect();
                self.unknown("colour", colour, known.iter().map(String::as_str));
            }
            let dataset = measure
                .dataset
                .as_ref()
                .and_then(|dataset| self.dataset(dataset));
            self.formula(name, measure, dataset);
            if let Some(dataset) = dataset {
                self.predicates(dataset, &measure.only);
            }
        }
    }

    fn formula(&mut self, name: &str, measure: &At<Measure>, dataset: Option<&'a Dataset>) {
        let names_columns = measure.parts().is_empty();
        if names_columns && measure.dataset.is_none() {
            self.expected(
                measure,
                &format!("a `dataset` for `{name}`, which names a column"),
                "none",
            );
        }
        if let Some(dataset) = dataset {
            match &measure.is {
                Formula::Sum(column) | Formula::Average(column) => {
                    self.column_of_type(dataset, column, &format!("`{name}`"), &NUMBERS);
                }
                Formula::Distinct(column) | Formula::Max(column) | Formula::Min(column) => {
                    self.column(dataset, column);
                }
                _ => {}
            }
        }
        if !names_columns && self.parts_exist(name, measure) {
            self.parts_fit(name, measure);
        }
        if let Formula::CountWhere { all, level } = &measure.is {
            for condition in all {
                self.threshold(condition);
            }
            if let Some(dataset) = dataset {
                self.level(dataset, level);
            }
        }
        if let Formula::Scaled { by, .. } = &measure.is {
            self.number(by);
        }
        if !names_columns && !measure.only.is_empty() {
            self.expected(
                measure,
                "`only` on the measures that it is made of",
                &format!("it on `{name}`"),
            );
        }
    }

    fn parts_exist(&mut self, name: &str, measure: &At<Measure>) -> bool {
        let measures = &self.spec.document.measures;
        let mut all = true;
        for part in measure.parts() {
            if !measures.contains_key(&part.value) {
                self.unknown("measure", part, measures.keys().map(String::as_str));
                all = false;
            } else if self.reaches(&part.value, name, 0) {
                self.report(
                    part,
                    SpecErrorKind::Cycle {
                        measure: name.to_owned(),
                    },
                );
                all = false;
            }
        }
        all
    }

    fn reaches(&self, from: &str, to: &str, depth: usize) -> bool {
        let measures = &self.spec.document.measures;
        from == to
            || depth > measures.len()
            || measures.get(from).is_some_and(|measure| {
                measure
                    .parts()
                    .iter()
                    .any(|part| self.reaches(&part.value, to, depth + 1))
            })
    }

    /// The parts are of one dataset, and of one step where the measure itself makes the second.
    fn parts_fit(&mut self, name: &str, measure: &At<Measure>) {
        let spec = self.spec;
        let own = spec.dataset_of_measure(name).map(str::to_owned);
        let takes_second_step = matches!(
            measure.is,
            Formula::AveragePer { .. } | Formula::CountWhere { .. }
        );
        for part in measure.parts() {
            if let (Ok(own), Ok(found)) = (&own, spec.dataset_of_measure(part))
                && own != found
            {
                let (measure, found, expected) =
                    (part.value.clone(), found.to_owned(), own.clone());
                self.report(
                    part,
                    SpecErrorKind::OtherDataset {
                        measure,
                        found,
                        expected,
                    },
                );
            }
            if takes_second_step
                && spec
                    .level_of_measure(part)
                    .is_ok_and(|level| level.is_some())
            {
                let reason = "it already has two steps";
                self.report(
                    part,
                    SpecErrorKind::Aggregation {
                        measure: part.value.clone(),
                        reason,
                    },
                );
            }
        }
    }

    pub(super) fn level(&mut self, dataset: &Dataset, level: &At<Level>) {
        let (there, expected) = match level.value {
            Level::User => (dataset.user.is_some(), "a dataset with a `user`"),
            Level::Time => (dataset.time.is_some(), "a dataset with a `time`"),
        };
        if !there {
            self.expected(
                level,
                expected,
                &format!("`{}` without one", dataset.relation.value),
            );
        }
    }

    pub(super) fn threshold(&mut self, condition: &Condition) {
        if matches!(condition.op, Comparison::In | Comparison::NotIn) {
            self.expected(&condition.value, "a comparison with one number", "a list");
        }
        self.number(&condition.value);
    }

    fn number(&mut self, number: &At<Threshold>) {
        if resolve_threshold(self.spec, number, 30).is_none() {
            let expected =
                "a number, or a number of the configuration such as `segments.intensive_days`";
            self.expected(number, expected, "neither");
        }
    }

    /// The measure exists and belongs to the dataset.
    pub(super) fn measure_of(&mut self, at: &At<String>, dataset: &At<String>) -> bool {
        let Some(found) = self.known_measure(at) else {
            return false;
        };
        if found != dataset.value {
            let (measure, found) = (at.value.clone(), found.to_owned());
            self.report(
                at,
                SpecErrorKind::OtherDataset {
                    measure,
                    found,
                    expected: dataset.value.clone(),
                },
            );
        }
        found == dataset.value
    }

    /// The dataset of a measure that exists; one that leads nowhere is reported where it stands.
    pub(super) fn known_measure(&mut self, at: &At<String>) -> Option<&'a str> {
        let spec = self.spec;
        if !spec.document.measures.contains_key(&at.value) {
            self.unknown(
                "measure",
                at,
                spec.document.measures.keys().map(String::as_str),
            );
        }
        spec.dataset_of_measure(&at.value).ok()
    }

    pub(super) fn buckets(&mut self) {
        let spec = self.spec;
        for (name, bucket) in &spec.document.buckets {
            self.meaning(&bucket.meaning);
            if let Some(dataset) = self.dataset(&bucket.dataset) {
                self.level(dataset, &bucket.level);
            }
            let mut seen = Vec::new();
            for rule in &bucket.rules {
                if seen.contains(&&rule.name.value) {
                    let found = rule.name.value.clone();
                    self.report(
                        &rule.name,
                        SpecErrorKind::Duplicate {
                            what: "rule",
                            found,
                        },
                    );
                }
                seen.push(&rule.name.value);
                for condition in rule.any.iter().chain(&rule.all) {
                    self.threshold(condition);
                    if self.measure_of(&condition.measure, &bucket.dataset)
                        && spec
                            .level_of_measure(&condition.measure)
                            .is_ok_and(|level| level.is_some())
                    {
                        let (measure, reason) =
                            (condition.measure.value.clone(), "it already has two steps");
                        self.report(
                            &condition.measure,
                            SpecErrorKind::Aggregation { measure, reason },
                        );
                    }
                }
            }
            let last = bucket.rules.last();
            if last.is_none_or(|rule| !rule.any.is_empty() || !rule.all.is_empty()) {
                self.expected(
                    bucket,
                    &format!("a last rule of `{name}` without conditions"),
                    "none",
                );
            }
        }
    }
}
