//! `kiro-analytics views`: what can be asked about.

use std::io::Write;

use kiro_catalog::{Relation, Source};
use serde::Serialize;

use crate::args::{Output, ViewsArgs};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::engine::{self, command_error};
use crate::format::counted;
use crate::output;

#[derive(Debug, Serialize)]
struct Described<'a> {
    name: &'a str,
    kind: &'static str,
    meaning: &'a str,
    rows: u64,
    columns: Vec<DescribedColumn<'a>>,
}

#[derive(Debug, Serialize)]
struct DescribedColumn<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    column_type: String,
    meaning: &'a str,
}

impl<'a> Described<'a> {
    fn new(relation: &'a Relation, rows: u64) -> Self {
        let columns = relation.columns.iter().map(|column| DescribedColumn {
            name: &column.name,
            column_type: column.column_type.to_string(),
            meaning: &column.meaning,
        });
        Self {
            name: &relation.name,
            kind: match relation.source {
                Source::Parts { .. } => "table",
                Source::View { .. } => "view",
            },
            meaning: &relation.meaning,
            rows,
            columns: columns.collect(),
        }
    }

    fn write_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(
            out,
            "{} ({}, {})",
            self.name,
            self.kind,
            counted(self.rows, "row")
        )?;
        writeln!(out, "  {}", self.meaning)?;
        let width = |text: fn(&DescribedColumn<'_>) -> usize| {
            self.columns.iter().map(text).max().unwrap_or(0)
        };
        let (names, types) = (
            width(|column| column.name.len()),
            width(|column| column.column_type.len()),
        );
        for column in &self.columns {
            let line = format!(
                "    {:<names$}  {:<types$}  {}",
                column.name, column.column_type, column.meaning
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)
    }
}

pub(crate) async fn run(args: ViewsArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let engine = engine::open(config, args.window)?;
    let mut described = Vec::new();
    for relation in engine.catalogue().relations() {
        let rows = engine
            .row_count(&relation.name)
            .await
            .map_err(command_error)?;
        described.push(Described::new(relation, rows));
    }
    if args.output == Output::Json {
        return output::print_json(&described);
    }
    let mut out = output::stdout();
    for relation in &described {
        relation.write_text(&mut out)?;
    }
    Ok(out.flush()?)
}
