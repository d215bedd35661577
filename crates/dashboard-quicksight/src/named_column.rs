//! Columns whose values are shown under their names.

use kiro_dashboard::spec::Dataset;

use crate::colour::pin_colours;
use crate::compiler::Compiler;
use crate::syntax::{quoted, reference};
use crate::value_names::value_names;

/// The calculated field with the names of a column's values; the column itself if all names equal the values.
pub(crate) fn named_column(
    compiler: &mut Compiler<'_>,
    dataset: &Dataset,
    column: &str,
    meaning: &str,
) -> String {
    let name = reference(column);
    let names = value_names(compiler, meaning).into_iter();
    let mut cases: Vec<String> = names
        .map(|(value, text)| format!("{name} = {}, {}", quoted(&value), quoted(&text)))
        .collect();
    let shown = if cases.is_empty() {
        column.to_owned()
    } else {
        cases.push(format!(
            "{name} = '', {}",
            quoted(&compiler.text("value.none"))
        ));
        let expression = format!("ifelse({}, {name})", cases.join(", "));
        let label = compiler.text(&format!("column.{column}"));
        compiler.calculated(dataset, &label, &expression)
    };
    pin_colours(compiler, dataset, &shown, meaning);
    shown
}
