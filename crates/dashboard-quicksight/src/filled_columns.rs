//! The columns of a dataset that have a text instead of NULL.

use std::collections::BTreeSet;

use kiro_catalog::IDENTITY_COLUMNS;
use kiro_dashboard::spec::{Picker, PickerOptions, Visual};

use crate::compiler::Compiler;
use crate::picker_form::{PickerForm, picker_form};

/// Returns true for a column that has a text instead of NULL in the dataset: a picker filters or lists it, or it is the key of
/// rows, such as a team, that not everybody has.
pub(crate) fn has_no_nulls(compiler: &Compiler<'_>, relation: &str, column: &str) -> bool {
    let is_key = |visual: &Visual| {
        let dataset = compiler.dataset_of(visual);
        let mut keys = visual.by.iter().filter_map(|by| by.column.as_ref());
        dataset.is_ok_and(|dataset| dataset.relation.value == relation)
            && keys.any(|key| key.value == column)
    };
    picked_columns(compiler, relation).contains(column)
        || IDENTITY_COLUMNS.contains(&column) && compiler.spec.visuals().any(is_key)
}

/// The columns of a relation that pickers of several values filter or list.
fn picked_columns(compiler: &Compiler<'_>, relation: &str) -> BTreeSet<String> {
    let spec = compiler.spec;
    let mut columns = BTreeSet::new();
    let pickers: Vec<&Picker> = compiler
        .pickers()
        .filter(|picker| picker_form(spec, picker) == PickerForm::Values)
        .collect();
    for visual in spec.visuals() {
        let dataset = visual
            .dataset
            .as_ref()
            .and_then(|name| spec.dataset(name).ok());
        if dataset.is_some_and(|dataset| dataset.relation.value == relation) {
            let acting = pickers
                .iter()
                .filter_map(|picker| spec.acting_column(visual, picker));
            columns.extend(acting.map(str::to_owned));
        }
    }
    let options = pickers.iter().filter_map(|picker| picker.options.as_ref());
    let offers = |options: &&PickerOptions| {
        spec.dataset(&options.dataset)
            .is_ok_and(|dataset| dataset.relation.value == relation)
    };
    columns.extend(
        options
            .filter(offers)
            .map(|options| options.value.value.clone()),
    );
    columns
}
