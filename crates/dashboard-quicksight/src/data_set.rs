//! Datasets: one per relation that the dashboard reads, with only the columns that it uses.

use std::collections::BTreeSet;

use kiro_catalog::{Catalogue, Column, ColumnType, EVERYBODY, Relation};
use kiro_dashboard::{Language, Spec};
use serde_json::{Value, json};

use crate::assets::{Assets, RowLevelSecurity};
use crate::compiler::Compiler;
use crate::definition::definition;
use crate::derived_columns::{FIRST_DAY, ROW_WEIGHT, as_date, as_name};
use crate::error::{QuickSightError, QuickSightErrors};
use crate::filled_columns::has_no_nulls;
use crate::row_level_security::{
    ROW_PERSON, ROW_TEAM, RULES, is_restricted, owner_columns, restriction, rules,
};
use crate::used_columns::used_columns;
use crate::value_names::value_names;

/// One dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    pub relation: String,
    pub id: String,
    /// `CreateDataSet` without account, id and permissions.
    pub body: Value,
}

/// A column of a dataset: its SQL, and its type for `QuickSight`.
struct SelectedColumn {
    name: String,
    sql: String,
    column_type: &'static str,
}

impl SelectedColumn {
    /// The column as JSON.
    fn json(&self) -> Value {
        let mut column = json!({"Name": self.name, "Type": self.column_type});
        if self.column_type == "DECIMAL" {
            // Without it, numbers are cut off after four decimals.
            column["SubType"] = json!("FLOAT");
        }
        column
    }
}

/// The query of a dataset over its relation.
struct RelationQuery<'a> {
    compiler: Compiler<'a>,
    relation: &'a Relation,
    used: &'a BTreeSet<String>,
}

/// The datasets that a dashboard reads, by relation. With row-level security the dataset of rules comes first.
///
/// A dataset has all rows of its Athena view. The language is that of the definition, as controls offer names, not codes.
pub fn datasets(
    spec: &Spec,
    catalogue: &Catalogue,
    assets: &Assets,
    language: Language,
) -> Result<Vec<DataSet>, QuickSightErrors> {
    let definition = definition(spec, catalogue, assets, language)?;
    let mut found = Vec::new();
    if assets.row_level_security == RowLevelSecurity::On {
        let rules = rules(assets, catalogue);
        let rules = rules.map_err(|error| QuickSightErrors {
            errors: vec![error],
        })?;
        found.push(rules);
    }
    for (relation, columns) in used_columns(&definition) {
        let Some(relation) = catalogue.relation(&relation) else {
            let errors = vec![QuickSightError::NoRelation { relation }];
            return Err(QuickSightErrors { errors });
        };
        if relation.name == RULES {
            let relation = relation.name.clone();
            let errors = vec![QuickSightError::Rules { relation }];
            return Err(QuickSightErrors { errors });
        }
        let source = RelationQuery {
            compiler: Compiler::new(spec, assets, language),
            relation,
            used: &columns,
        };
        let body = source.body();
        found.push(DataSet {
            relation: relation.name.clone(),
            id: assets.dataset_id(&relation.name),
            body,
        });
    }
    Ok(found)
}

impl RelationQuery<'_> {
    fn body(&self) -> Value {
        let (relation, assets) = (self.relation, self.compiler.assets);
        let selected = self.selected();
        let columns: Vec<Value> = selected.iter().map(SelectedColumn::json).collect();
        let physical_id = relation.name.replace('_', "-");
        let mut body = json!({
            "Name": format!("{}: {}", assets.prefix, relation.name),
            "ImportMode": "SPICE",
            "PhysicalTableMap": {physical_id: {"CustomSql": {
                "DataSourceArn": assets.data_source_arn(),
                "Name": relation.name,
                "SqlQuery": self.sql(&selected),
                "Columns": columns,
            }}},
        });
        if is_restricted(assets, &relation.name) {
            body["RowLevelPermissionDataSet"] = restriction(assets);
        }
        body
    }

    fn selected(&self) -> Vec<SelectedColumn> {
        let mut selected = Vec::new();
        for column in &self.relation.columns {
            let name = &column.name;
            if self.used.contains(name) {
                let is_filled = has_no_nulls(&self.compiler, &self.relation.name, name);
                selected.push(self.plain(column, is_filled));
            }
            if self.used.contains(&as_name(name)) {
                selected.push(SelectedColumn {
                    name: as_name(name),
                    sql: self.named(name),
                    column_type: "STRING",
                });
            }
            if self.used.contains(&as_date(name)) {
                selected.push(SelectedColumn {
                    name: as_date(name),
                    sql: format!("TRY_CAST(t.{name} AS date)"),
                    column_type: "DATETIME",
                });
            }
        }
        if self.used.contains(ROW_WEIGHT) {
            selected.push(SelectedColumn {
                name: ROW_WEIGHT.to_owned(),
                sql: "CAST(1 AS bigint)".to_owned(),
                column_type: "INTEGER",
            });
        }
        if self.used.contains(FIRST_DAY) {
            selected.push(SelectedColumn {
                name: FIRST_DAY.to_owned(),
                sql: format!("d.{FIRST_DAY}"),
                column_type: "DATETIME",
            });
        }
        if is_restricted(self.compiler.assets, &self.relation.name) {
            let columns = owner_columns(self.relation).into_iter();
            selected.extend(columns.map(|(name, sql)| SelectedColumn {
                name: name.to_owned(),
                sql,
                column_type: "STRING",
            }));
        }
        selected
    }

    fn plain(&self, column: &Column, is_filled: bool) -> SelectedColumn {
        let name = &column.name;
        let (sql, column_type) = match column.column_type {
            ColumnType::Varchar if is_filled => (self.filled(name), "STRING"),
            ColumnType::Varchar => (format!("t.{name}"), "STRING"),
            ColumnType::Bigint => (format!("t.{name}"), "INTEGER"),
            ColumnType::Double => (format!("t.{name}"), "DECIMAL"),
            // Expressions have no literal for true.
            ColumnType::Boolean => (format!("CAST(t.{name} AS bigint)"), "INTEGER"),
            ColumnType::Date => (format!("t.{name}"), "DATETIME"),
        };
        SelectedColumn {
            name: name.clone(),
            sql,
            column_type,
        }
    }

    /// A column with a text instead of NULL and `''`. A picker drops rows with NULL, also when all values are chosen, and would
    /// offer `''` as an empty line.
    fn filled(&self, column: &str) -> String {
        let none = literal(&self.compiler.text("value.none"));
        format!("COALESCE(NULLIF(t.{column}, ''), {none})")
    }

    /// The names of a column's values in the language.
    fn named(&self, column: &str) -> String {
        let offering = self.compiler.pickers().filter(|picker| {
            let options = picker.options.as_ref();
            options.is_some_and(|options| options.value.value == column)
        });
        let names = offering
            .filter_map(|picker| picker.meaning.as_ref())
            .map(|meaning| value_names(&self.compiler, meaning))
            .find(|names| !names.is_empty())
            .unwrap_or_default();
        let cases: Vec<String> = names
            .iter()
            .map(|(value, name)| format!("WHEN {} THEN {}", literal(value), literal(name)))
            .collect();
        let otherwise = self.filled(column);
        format!("CASE t.{column} {} ELSE {otherwise} END", cases.join(" "))
    }

    fn sql(&self, selected: &[SelectedColumn]) -> String {
        let (spec, relation) = (self.compiler.spec, self.relation);
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
        let datasets = spec.document().datasets.values();
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
        if let Some(label) = self.user_control_column() {
            let everybody = self.compiler.text("quicksight.everybody");
            let none = self.compiler.text("value.none");
            let cells: Vec<String> = selected
                .iter()
                .map(|column| match column.name.as_str() {
                    ROW_PERSON => literal(EVERYBODY),
                    ROW_TEAM => "CAST(NULL AS varchar)".to_owned(),
                    name if name == label => literal(&everybody),
                    _ => literal(&none),
                })
                .collect();
            sql = format!("{sql}\nUNION ALL\nSELECT {}", cells.join(", "));
        }
        sql
    }

    /// The column of the user control, if only controls read the dataset: then "everybody" is one of its rows.
    fn user_control_column(&self) -> Option<&str> {
        let spec = self.compiler.spec;
        let is_this = |name: &str| {
            let dataset = spec.dataset(name);
            dataset.is_ok_and(|dataset| dataset.relation.value == self.relation.name)
        };
        let mut shown = spec.visuals().filter_map(|visual| visual.dataset.as_ref());
        let options = spec.user_picker()?.options.as_ref()?;
        if !is_this(&options.dataset) || shown.any(|dataset| is_this(dataset)) {
            return None;
        }
        let offered = options.label.as_ref().unwrap_or(&options.value);
        Some(&offered.value)
    }
}

/// A text literal in SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
