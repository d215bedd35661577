//! Checks of predicates, and the places of the keys that need a text.

use std::collections::HashMap;

use super::Checker;
use crate::load::Spec;
use crate::spec::{Comparison, Dataset, Predicate};

impl Checker<'_> {
    pub(super) fn predicates(&mut self, dataset: &Dataset, predicates: &[Predicate]) {
        for predicate in predicates {
            self.column(dataset, &predicate.column);
            if let Some(other) = &predicate.other {
                self.column(dataset, other);
            }
            let one =
                usize::from(predicate.value.is_some()) + usize::from(predicate.other.is_some());
            let fits = match predicate.op {
                Comparison::IsNull | Comparison::NotNull => one == 0 && predicate.values.is_empty(),
                Comparison::In | Comparison::NotIn => one == 0 && !predicate.values.is_empty(),
                _ => one == 1 && predicate.values.is_empty(),
            };
            if !fits {
                let expected = "`values` for `in` and `not_in`, nothing for `is_null` and `not_null`, else one of `value` and `other`";
                self.expected(&predicate.column, expected, "something else");
            }
        }
    }
}

impl Spec {
    /// Where the thing stands that a text key names.
    pub(super) fn text_places(&self) -> HashMap<String, (u64, u64)> {
        let document = &self.document;
        let mut places = HashMap::new();
        for picker in &document.pickers {
            places.insert(
                format!("picker.{}", picker.id.value),
                (picker.id.line, picker.id.column),
            );
        }
        for (name, measure) in &document.measures {
            places.insert(format!("measure.{name}"), (measure.line, measure.column));
        }
        for (name, bucket) in &document.buckets {
            places.insert(format!("bucket.{name}"), (bucket.line, bucket.column));
            for rule in &bucket.rules {
                let key = format!("value.{}.{}", bucket.meaning.value, rule.name.value);
                places.insert(key, (rule.name.line, rule.name.column));
            }
        }
        for sheet in &document.sheets {
            places.insert(
                format!("sheet.{}", sheet.id.value),
                (sheet.id.line, sheet.id.column),
            );
            for visual in &sheet.visuals {
                for part in ["title", "subtitle"] {
                    places.insert(
                        format!("visual.{}.{part}", visual.id.value),
                        (visual.id.line, visual.id.column),
                    );
                }
            }
        }
        places
    }
}
