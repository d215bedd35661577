//! A compiled visual, before its title and actions.

use serde_json::{Value, json};

use crate::field::Field;

/// A visual's body, and the fields that its click can read.
pub(super) struct CompiledVisual {
    pub(super) kind: &'static str,
    pub(super) configuration: Value,
    pub(super) conditional_formatting: Option<Value>,
    pub(super) dimensions: Vec<Field>,
    /// The dates that a viewer can drill into.
    pub(super) hierarchies: Vec<Value>,
}

impl CompiledVisual {
    pub(super) fn new(kind: &'static str, configuration: Value, dimensions: Vec<Field>) -> Self {
        Self {
            kind,
            configuration,
            conditional_formatting: None,
            dimensions,
            hierarchies: Vec::new(),
        }
    }

    /// The same with years, quarters, months, weeks and days on the dates of its columns.
    pub(super) fn with_hierarchies(mut self) -> Self {
        let ids = self.dimensions.iter().filter_map(Field::hierarchy);
        self.hierarchies = ids
            .map(|id| json!({"DateTimeHierarchy": {"HierarchyId": id}}))
            .collect();
        self
    }
}
