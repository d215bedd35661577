//! `kiro-analytics people export`: the identity map as CSV.

use std::io::Write;
use std::path::Path;

use kiro_people::MapRow;
use kiro_query::neutralize_formula;
use kiro_report::IDENTITY_MAP_COLUMNS;
use tempfile::NamedTempFile;

use crate::args::PeopleExportArgs;
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::format::counted;
use crate::people_data::open_store;
use crate::{folders, output};

pub(crate) fn run(
    args: &PeopleExportArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let store = open_store(config)?;
    if args.out.as_os_str() == "-" {
        let mut out = output::stdout();
        write_csv(&mut out, store.rows(), args.raw).map_err(CommandError::data)?;
        return Ok(out.flush()?);
    }
    if args.out.is_dir() {
        let error = anyhow::anyhow!("expected a file, found the folder `{}`", args.out.display());
        let file = args.out.join("people.csv");
        return Err(CommandError::usage(error).hint(format!("write --out {}", file.display())));
    }
    folders::check_parent(&args.out)?;
    write_file(&args.out, store.rows(), args.raw).map_err(|error| {
        let context = format!("could not write `{}`", args.out.display());
        CommandError::usage(error.context(context)).hint("name another place with --out")
    })?;
    note(format_args!(
        "{} in `{}`",
        counted(store.rows().len() as u64, "row"),
        args.out.display()
    ));
    Ok(())
}

/// Writes a file that appears when it is complete. Only its owner can read it.
fn write_file(path: &Path, rows: &[MapRow], raw: bool) -> anyhow::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    write_csv(&mut file, rows, raw)?;
    file.persist(path)?;
    Ok(())
}

fn write_csv(out: &mut impl Write, rows: &[MapRow], raw: bool) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(IDENTITY_MAP_COLUMNS.map(|column| column.name))?;
    for row in rows {
        let attributes = if row.attributes.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&row.attributes)?
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            row.user_id.clone(),
            text(&row.username),
            text(&row.display_name),
            text(&row.email),
            text(&row.team),
            text(&row.cost_center),
            text(&row.manager),
            row.status.as_str().to_owned(),
            row.source.as_str().to_owned(),
            if row.is_seat { "yes" } else { "" }.to_owned(),
            attributes,
        ];
        let cells = cells.iter().map(|cell| {
            if raw {
                cell.clone()
            } else {
                neutralize_formula(cell).into_owned()
            }
        });
        writer.write_record(cells)?;
    }
    writer.flush()?;
    Ok(())
}
