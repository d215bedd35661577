//! The names of values in one language.

use std::collections::BTreeSet;

use crate::compiler::Compiler;

/// The values of a meaning whose name differs, with the name.
pub(crate) fn value_names(compiler: &Compiler<'_>, meaning: &str) -> Vec<(String, String)> {
    let values = known_values(compiler, meaning).into_iter();
    values
        .map(|value| {
            let text = value_name(compiler, meaning, &value);
            (value, text)
        })
        .filter(|(value, text)| value != text)
        .collect()
}

/// The values of a meaning that have a text or a colour.
pub(crate) fn known_values(compiler: &Compiler<'_>, meaning: &str) -> BTreeSet<String> {
    let prefix = format!("value.{meaning}.");
    let named = compiler
        .text_keys()
        .filter_map(|key| key.strip_prefix(&prefix));
    let mut values: BTreeSet<String> = named.map(str::to_owned).collect();
    if let Some(colours) = compiler.spec.document().colours.meanings.get(meaning) {
        values.extend(colours.keys().cloned());
    }
    values
}

/// The text of a value, else the value.
pub(crate) fn value_name(compiler: &Compiler<'_>, meaning: &str, value: &str) -> String {
    compiler
        .known_text(&format!("value.{meaning}.{value}"))
        .unwrap_or(value)
        .to_owned()
}
