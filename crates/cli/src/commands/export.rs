//! `kiro-analytics export`: tables and views as files.

use std::io::Write;
use std::path::Path;

use kiro_catalog::Source;
use kiro_ingest::create_private_folder;
use kiro_query::{Engine, ResultFormat};

use crate::args::{ExportArgs, ExportFormat};
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::engine::{self, command_error};
use crate::format::counted;
use crate::{folders, output};

pub(crate) async fn run(
    args: ExportArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.config(&args.data)?;
    let engine = engine::open(config, args.window)?;
    if args.out.as_os_str() == "-" {
        return to_stdout(&engine, &args).await;
    }
    if args.view == "all" {
        return all(&engine, &args).await;
    }
    if args.out.is_dir() {
        let error = anyhow::anyhow!("expected a file, found the folder `{}`", args.out.display());
        let file = args
            .out
            .join(format!("{}.{}", args.view, extension(args.format)));
        return Err(CommandError::usage(error).hint(format!("write --out {}", file.display())));
    }
    folders::check_parent(&args.out)?;
    one(&engine, &args.view, &args, &args.out).await
}

/// Every view. Raw tables are written only by name.
async fn all(engine: &Engine, args: &ExportArgs) -> Result<(), CommandError> {
    create_private_folder(&args.out).map_err(|error| {
        let context = format!("could not make the folder `{}`", args.out.display());
        CommandError::usage(anyhow::Error::new(error).context(context))
            .hint("name a folder with --out")
    })?;
    for relation in engine.catalogue().relations() {
        if matches!(relation.source, Source::View { .. }) {
            let path = args
                .out
                .join(format!("{}.{}", relation.name, extension(args.format)));
            one(engine, &relation.name, args, &path).await?;
        }
    }
    Ok(())
}

async fn one(
    engine: &Engine,
    view: &str,
    args: &ExportArgs,
    path: &Path,
) -> Result<(), CommandError> {
    let format = match args.format {
        ExportFormat::Csv if args.raw => kiro_query::ExportFormat::RawCsv,
        ExportFormat::Csv => kiro_query::ExportFormat::Csv,
        ExportFormat::Json => kiro_query::ExportFormat::Json,
        ExportFormat::Parquet => kiro_query::ExportFormat::Parquet,
    };
    let rows = engine
        .export(view, format, path)
        .await
        .map_err(command_error)?;
    note(format_args!(
        "{view}: {} in `{}`",
        counted(rows, "row"),
        path.display()
    ));
    Ok(())
}

async fn to_stdout(engine: &Engine, args: &ExportArgs) -> Result<(), CommandError> {
    let format = match args.format {
        ExportFormat::Csv if args.raw => ResultFormat::RawCsv,
        ExportFormat::Csv => ResultFormat::Csv,
        ExportFormat::Json => ResultFormat::Json,
        ExportFormat::Parquet => {
            let error = anyhow::anyhow!("Parquet cannot be written to standard output");
            return Err(
                CommandError::usage(error).hint(format!("write --out {}.parquet", args.view))
            );
        }
    };
    if args.view == "all" {
        let error = anyhow::anyhow!("expected a folder for `all`, found `-`");
        return Err(CommandError::usage(error).hint("name a folder with --out, or one view"));
    }
    let view = &args.view;
    if engine.catalogue().relation(view).is_none() {
        // Says which name comes nearest.
        engine.row_count(view).await.map_err(command_error)?;
    }
    let rows = engine
        .query(&format!("SELECT * FROM {view}"))
        .await
        .map_err(command_error)?;
    let mut out = output::stdout();
    format.write(rows, &mut out).await.map_err(command_error)?;
    Ok(out.flush()?)
}

const fn extension(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
        ExportFormat::Parquet => "parquet",
    }
}
