//! Values under the names that people read: a calculated field per column and meaning, in one language.

use std::collections::BTreeSet;

use crate::quicksight::compiler::{Compiler, quoted, reference};
use crate::quicksight::error::QuickSightError;
use crate::quicksight::period::Period;
use crate::spec::{Dataset, Visual};

impl Compiler<'_> {
    /// The column under its names: the column itself where all of its names are what it holds.
    pub(crate) fn named_column(
        &mut self,
        dataset: &Dataset,
        column: &str,
        meaning: &str,
    ) -> String {
        let name = reference(column);
        let names = self.names(meaning).into_iter();
        let mut cases: Vec<String> = names
            .map(|(value, text)| format!("{name} = {}, {}", quoted(&value), quoted(&text)))
            .collect();
        let shown = if cases.is_empty() {
            column.to_owned()
        } else {
            cases.push(format!("{name} = '', {}", quoted(&self.text("value.none"))));
            let expression = format!("ifelse({}, {name})", cases.join(", "));
            let label = self.text(&format!("column.{column}"));
            self.calculated(dataset, &label, &expression)
        };
        self.pin_colours(dataset, &shown, meaning);
        shown
    }

    /// The values of a meaning that have another name, with the name.
    pub(crate) fn names(&self, meaning: &str) -> Vec<(String, String)> {
        let values = self.values_of(meaning).into_iter();
        values
            .map(|value| {
                let text = self.value_name(meaning, &value);
                (value, text)
            })
            .filter(|(value, text)| value != text)
            .collect()
    }

    /// The values that a meaning knows by text or by colour.
    pub(crate) fn values_of(&self, meaning: &str) -> BTreeSet<String> {
        let prefix = format!("value.{meaning}.");
        let named = self.text_keys().filter_map(|key| key.strip_prefix(&prefix));
        let mut values: BTreeSet<String> = named.map(str::to_owned).collect();
        if let Some(colours) = self.spec.document.colours.meanings.get(meaning) {
            values.extend(colours.keys().cloned());
        }
        values
    }

    /// The name of a value: its text, or itself.
    pub(crate) fn value_name(&self, meaning: &str, value: &str) -> String {
        self.known_text(&format!("value.{meaning}.{value}"))
            .unwrap_or(value)
            .to_owned()
    }

    /// The name of the period that a row lies in.
    pub(crate) fn period_name(
        &mut self,
        dataset: &Dataset,
        visual: &Visual,
    ) -> Result<String, QuickSightError> {
        let field = reference(&self.period_field(dataset, visual)?);
        let expression = format!(
            "ifelse({field} = '{}', {}, {})",
            Period::Current.value(),
            quoted(&self.text(Period::Current.text())),
            quoted(&self.text(Period::Previous.text())),
        );
        let label = self.text("quicksight.dates");
        Ok(self.calculated(dataset, &label, &expression))
    }
}
