//! Prints the rendered catalogue as JSON: every relation in dependency order with its columns and its statement.
//!
//! The tests create exactly these tables and views in a real Trino:
//! `cargo run -p kiro-catalog --example render -- s3://bucket/prefix 2026-07-01 ['{"salt": "…", "settings": {…}}']`

use std::env::args;
use std::error::Error;
use std::io::{Write, stdout};

use kiro_catalog::{Catalogue, Emails, Relation, RenderOptions, RowRules, Settings, Source};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// Given: e-mail addresses are hashed.
    salt: Option<String>,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    row_rules: RowRules,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    let (root, first_day, options) = match arguments.as_slice() {
        [root, first_day] => (root, first_day, Options::default()),
        [root, first_day, options] => (root, first_day, serde_json::from_str(options)?),
        _ => return Err("expected LOCATION FIRST_DAY [OPTIONS]".into()),
    };
    let options = RenderOptions {
        emails: options
            .salt
            .map_or(Emails::Plain, |salt| Emails::Hashed { salt }),
        settings: options.settings,
        row_rules: options.row_rules,
        ..RenderOptions::default()
    };
    let catalogue = Catalogue::render(&options)?;
    let relations: Vec<Value> = catalogue
        .relations()
        .iter()
        .map(|relation| described(relation, root, first_day))
        .collect();
    serde_json::to_writer_pretty(stdout().lock(), &relations)?;
    writeln!(stdout())?;
    Ok(())
}

fn described(relation: &Relation, root: &str, first_day: &str) -> Value {
    let columns: Vec<Value> = relation
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "type": column.column_type.sql_name() }))
        .collect();
    let (kind, statement) = match &relation.source {
        Source::View { .. } => ("view", relation.create_statement()),
        Source::Parts { dataset, .. } => {
            let location = format!("{root}/{dataset}/");
            let statement = relation.create_table_statement(&location, first_day);
            ("table", statement)
        }
    };
    json!({
        "name": relation.name,
        "database": relation.database,
        "kind": kind,
        "columns": columns,
        "statement": statement,
    })
}
