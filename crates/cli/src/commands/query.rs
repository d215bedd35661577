//! `kiro-analytics query`: one statement in, its rows out.

use std::io::{self, Read, Write};

use kiro_query::ResultFormat;

use crate::args::{QueryArgs, QueryFormat};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::engine::{self, command_error};
use crate::output;

pub(crate) async fn run(args: QueryArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let sql = match args.sql.as_str() {
        "-" => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| {
                CommandError::usage(
                    anyhow::Error::new(error)
                        .context("could not read the query from standard input"),
                )
            })?;
            text
        }
        sql => sql.to_owned(),
    };
    let engine = engine::open(config, args.window)?;
    let rows = engine.query(&sql).await.map_err(command_error)?;
    let format = match args.format {
        QueryFormat::Table => ResultFormat::Table,
        QueryFormat::Csv if args.raw => ResultFormat::RawCsv,
        QueryFormat::Csv => ResultFormat::Csv,
        QueryFormat::Json => ResultFormat::Json,
    };
    let mut out = output::stdout();
    format.write(rows, &mut out).await.map_err(command_error)?;
    Ok(out.flush()?)
}
