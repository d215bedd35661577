//! Datasets: one per relation that the dashboard reads, with the columns that it uses and no others.

use std::collections::{BTreeMap, BTreeSet};

use kiro_curate::{Catalogue, Column, ColumnType, Relation};
use serde_json::{Value, json};

use crate::load::Spec;
use crate::quicksight::columns::used_columns;
use crate::quicksight::error::{QuickSightError, QuickSightErrors};
use crate::quicksight::{Assets, definition};
use crate::spec::PickerKind;
use crate::text::Language;

/// 1 on every row: `QuickSight` counts values, not rows.
pub(crate) const ROW_WEIGHT: &str = "row_weight";
/// The oldest day of the data: a period before it is no comparison.
pub(crate) const FIRST_DAY: &str = "first_day_of_data";

/// A text column read as a day.
pub(crate) fn as_date(column: &str) -> String {
    format!("{column}_as_date")
}

/// One dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    pub relation: String,
    pub id: String,
    /// `CreateDataSet` without account, id and permissions.
    pub body: Value,
}

/// A column of a dataset: its SQL, and its type for `QuickSight`.
struct Selected {
    name: String,
    sql: String,
    column_type: &'static str,
}

/// The datasets that a dashboard reads, by relation.
///
/// Rows are those of the Athena view, all of them: whoever may see the dashboard sees everybody. To restrict them, add a
/// row-level permission dataset by `user_label` or by tags to each dataset; an update of the dashboard leaves it alone.
pub fn datasets(
    spec: &Spec,
    catalogue: &Catalogue,
    assets: &Assets,
) -> Result<Vec<DataSet>, QuickSightErrors> {
    let definition = definition(spec, catalogue, assets, Language::En)?;
    let mut found = Vec::new();
    for (relation, columns) in used_columns(&definition) {
        let Some(relation) = catalogue.relation(&relation) else {
            let errors = vec![QuickSightError::NoRelation { relation }];
            return Err(QuickSightErrors { errors });
        };
        let body = body(spec, relation, &columns, assets);
        found.push(DataSet {
            relation: relation.name.clone(),
            id: assets.dataset_id(&relation.name),
            body,
        });
    }
    Ok(found)
}

fn body(spec: &Spec, relation: &Relation, used: &BTreeSet<String>, assets: &Assets) -> Value {
    let selected = selected(spec, relation, used);
    let columns: Vec<Value> = selected
        .iter()
        .map(|column| json!({"Name": column.name, "Type": column.column_type}))
        .collect();
    let physical_id = relation.name.replace('_', "-");
    json!({
        "Name": format!("{}: {}", assets.prefix, relation.name),
        "ImportMode": "SPICE",
        "PhysicalTableMap": {physical_id: {"CustomSql": {
            "DataSourceArn": assets.data_source_arn(),
            "Name": relation.name,
            "SqlQuery": sql(spec, relation, &selected),
            "Columns": columns,
        }}},
    })
}

fn selected(spec: &Spec, relation: &Relation, used: &BTreeSet<String>) -> Vec<Selected> {
    let filtered = picked_columns(spec, &relation.name);
    let mut selected = Vec::new();
    for column in &relation.columns {
        if used.contains(&column.name) {
            selected.push(plain(column, filtered.contains(&column.name)));
        }
        if used.contains(&as_date(&column.name)) {
            selected.push(Selected {
                name: as_date(&column.name),
                sql: format!("TRY_CAST(t.{} AS date)", column.name),
                column_type: "DATETIME",
            });
        }
    }
    if used.contains(ROW_WEIGHT) {
        selected.push(Selected {
            name: ROW_WEIGHT.to_owned(),
            sql: "CAST(1 AS bigint)".to_owned(),
            column_type: "INTEGER",
        });
    }
    if used.contains(FIRST_DAY) {
        selected.push(Selected {
            name: FIRST_DAY.to_owned(),
            sql: format!("d.{FIRST_DAY}"),
            column_type: "DATETIME",
        });
    }
    selected
}

fn plain(column: &Column, is_picked: bool) -> Selected {
    let name = &column.name;
    let (sql, column_type) = match column.column_type {
        // A picker leaves rows without a value out, even where everything is chosen.
        ColumnType::Varchar if is_picked => (format!("COALESCE(t.{name}, '')"), "STRING"),
        ColumnType::Varchar => (format!("t.{name}"), "STRING"),
        ColumnType::Bigint => (format!("t.{name}"), "INTEGER"),
        ColumnType::Double => (format!("t.{name}"), "DECIMAL"),
        // Expressions have no word for true.
        ColumnType::Boolean => (format!("CAST(t.{name} AS bigint)"), "INTEGER"),
        ColumnType::Date => (format!("t.{name}"), "DATETIME"),
    };
    Selected {
        name: name.clone(),
        sql,
        column_type,
    }
}

fn sql(spec: &Spec, relation: &Relation, selected: &[Selected]) -> String {
    let columns: Vec<String> = selected
        .iter()
        .map(|column| {
            if column.sql == format!("t.{}", column.name) {
                column.sql.clone()
            } else {
                format!("{} AS {}", column.sql, column.name)
            }
        })
        .collect();
    let mut sql = format!(
        "SELECT\n  {}\nFROM {}.{} AS t",
        columns.join(",\n  "),
        relation.database,
        relation.name
    );
    let datasets = spec.document.datasets.values();
    let time = datasets
        .filter(|dataset| dataset.relation.value == relation.name)
        .find_map(|dataset| dataset.time.as_ref());
    if selected.iter().any(|column| column.name == FIRST_DAY)
        && let Some(time) = time
    {
        sql = format!(
            "{sql}\nCROSS JOIN (SELECT MIN({}) AS {FIRST_DAY} FROM {}.{}) AS d",
            time.column.value, relation.database, relation.name
        );
    }
    sql
}

/// The columns of a relation that pickers of several values filter.
fn picked_columns(spec: &Spec, relation: &str) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    let many = || {
        let pickers = spec.document.pickers.iter();
        pickers.filter(|picker| picker.kind == PickerKind::Many)
    };
    for visual in spec.visuals() {
        let dataset = visual
            .dataset
            .as_ref()
            .and_then(|name| spec.dataset(name).ok());
        if dataset.is_some_and(|dataset| dataset.relation.value == relation) {
            columns.extend(
                many()
                    .filter_map(|picker| spec.acting_column(visual, picker))
                    .map(str::to_owned),
            );
        }
    }
    columns
}

/// The types of a dataset's columns, for the checks of a definition.
pub(crate) type DataSetColumns = BTreeMap<String, BTreeSet<String>>;
