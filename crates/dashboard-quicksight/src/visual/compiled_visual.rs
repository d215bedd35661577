//! A compiled visual, before its title and actions.

use serde_json::{Value, json};

use crate::field::Field;

/// The kind and the body of a visual, and what its actions need.
pub(super) struct CompiledVisual {
    pub(super) kind: &'static str,
    pub(super) configuration: Value,
    pub(super) conditional_formatting: Option<Value>,
    pub(super) dimensions: Vec<Field>,
    /// The hierarchies of its date fields.
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

    /// Adds the hierarchies of its date fields: years, quarters, months, weeks, days.
    pub(super) fn with_hierarchies(mut self) -> Self {
        let ids = self.dimensions.iter().filter_map(Field::hierarchy);
        self.hierarchies = ids
            .map(|id| json!({"DateTimeHierarchy": {"HierarchyId": id}}))
            .collect();
        self
    }
}
