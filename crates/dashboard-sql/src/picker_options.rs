//! The values that a picker offers.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Picker, PickerKind};

use crate::compile::flat_expression;
use crate::error::RequestError;
use crate::literal;
use crate::query::LocalQuery;
use crate::value::{ResultSet, Value};

/// One value that a picker offers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChoiceRow {
    pub value: String,
    /// The name to show, if it differs from the value.
    pub label: Option<String>,
    pub detail: Option<String>,
}

/// The statement for a picker's values: those that contain `search`, at most `limit`.
pub fn options_query(
    spec: &Spec,
    picker: &str,
    search: &str,
    limit: u32,
) -> Result<LocalQuery, RequestError> {
    let picker = spec.picker(picker)?;
    let Some(options) = picker
        .options
        .as_ref()
        .filter(|_| picker.kind != PickerKind::Dates)
    else {
        return Err(RequestError::NoOptions {
            picker: picker.id.value.clone(),
        });
    };
    let dataset = spec.dataset(&options.dataset)?;
    let value = &options.value.value;
    let mut columns = vec![format!("{value} AS value")];
    let mut searched = vec![value.as_str()];
    for (name, column) in [("label", &options.label), ("detail", &options.detail)] {
        columns.push(match column {
            Some(column) => format!("MAX({}) AS {name}", column.value),
            None => format!("CAST(NULL AS varchar) AS {name}"),
        });
    }
    searched.extend(options.label.as_ref().map(|label| label.value.as_str()));
    let mut conditions = vec![offered_condition(picker, value)];
    let needle = search.trim().to_lowercase();
    if !needle.is_empty() {
        let found: Vec<String> = searched
            .iter()
            .map(|column| format!("strpos(lower({column}), {}) > 0", literal::text(&needle)))
            .collect();
        conditions.push(format!("({})", found.join(" OR ")));
    }
    let mut order = String::new();
    let mut sizes = String::new();
    if let Some(by) = &options.by {
        order.push_str("s.size DESC NULLS LAST, ");
        let counted = spec.dataset(spec.dataset_of_measure(by)?)?;
        sizes = format!(
            "\nLEFT JOIN (SELECT {value} AS value, {} AS size FROM {} GROUP BY {value}) AS s ON s.value = c.value",
            flat_expression(spec, by)?,
            spec.qualified_name(&counted.relation),
        );
    } else if options.label.is_some() {
        order.push_str("c.label ASC NULLS LAST, ");
    }
    let sql = format!(
        "SELECT c.value, c.label, c.detail\nFROM (SELECT {} FROM {} WHERE {} GROUP BY {value}) AS c{sizes}\nORDER BY {order}c.value ASC NULLS LAST\nLIMIT {limit}",
        columns.join(", "),
        spec.qualified_name(&dataset.relation),
        conditions.join(" AND "),
    );
    Ok(LocalQuery::of(sql))
}

/// The statement for the pickers that have at most one value to offer; none if no picker can. The picker of one user is not
/// among them: it also opens the visuals of the user.
pub fn single_valued_pickers_query(spec: &Spec) -> Result<Option<LocalQuery>, RequestError> {
    let mut parts = Vec::new();
    for picker in &spec.document().pickers {
        let Some(options) = picker
            .options
            .as_ref()
            .filter(|_| picker.kind != PickerKind::Dates && !spec.is_user_picker(picker))
        else {
            continue;
        };
        let relation = &spec.dataset(&options.dataset)?.relation;
        let value = &options.value.value;
        parts.push(format!(
            "SELECT {} AS picker, CASE WHEN MIN({value}) < MAX({value}) THEN 0 ELSE 1 END AS is_single_valued FROM {} WHERE {}",
            literal::text(&picker.id),
            spec.qualified_name(relation),
            offered_condition(picker, value),
        ));
    }
    Ok((!parts.is_empty()).then(|| LocalQuery::of(parts.join("\nUNION ALL\n"))))
}

/// Reads the result of [`single_valued_pickers_query`]: the ids of the pickers, in their order.
pub fn read_single_valued_pickers(spec: &Spec, rows: &ResultSet) -> Vec<String> {
    let is_single_valued = |id: &str| {
        rows.rows.iter().any(
            |row| matches!(row.as_slice(), [Value::Text(picker), Value::Whole(1)] if picker == id),
        )
    };
    let ids = spec
        .document()
        .pickers
        .iter()
        .map(|picker| &picker.id.value);
    ids.filter(|id| is_single_valued(id)).cloned().collect()
}

/// The condition for the values that a picker offers.
fn offered_condition(picker: &Picker, value: &str) -> String {
    if picker.empty {
        format!("{value} IS NOT NULL")
    } else {
        format!("{value} IS NOT NULL AND {value} <> ''")
    }
}

/// Reads the result of [`options_query`].
pub fn read_options(rows: &ResultSet) -> Vec<ChoiceRow> {
    let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(Value::plain);
    let choice = |row: &Vec<Value>| {
        let value = text(row.first())?;
        let label = text(row.get(1)).filter(|label| *label != value);
        Some(ChoiceRow {
            value,
            label,
            detail: text(row.get(2)),
        })
    };
    rows.rows.iter().filter_map(choice).collect()
}
