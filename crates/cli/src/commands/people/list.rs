//! `kiro-analytics people list`: the people of the map and the users of the data.

use std::borrow::Cow;
use std::io::{self, Write};

use kiro_ingest::printable;
use kiro_people::{ListSource, ListedPerson, PersonFilter, PersonStatus};
use kiro_query::neutralize_formula;

use crate::args::{PeopleListArgs, QueryFormat};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::output;
use crate::people_data::PeopleData;

/// The columns of the table and of CSV.
const COLUMNS: [&str; 10] = [
    "label",
    "email",
    "username",
    "team",
    "cost_center",
    "manager",
    "status",
    "source",
    "is_seat",
    "user_id",
];

pub(crate) async fn run(
    args: PeopleListArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let data = PeopleData::open(config).await?;
    let filter = PersonFilter {
        text: args.words.join(" "),
        status: args.status,
        source: if args.unresolved {
            Some(ListSource::Unresolved)
        } else {
            args.source
        },
    };
    let persons = data.store.list(&data.seen, &filter);
    match args.format {
        QueryFormat::Json => output::print_json(&persons),
        QueryFormat::Csv => {
            let mut out = output::stdout();
            write_csv(&mut out, &persons).map_err(CommandError::data)?;
            Ok(out.flush()?)
        }
        QueryFormat::Table => {
            let mut out = output::stdout();
            write_table(&mut out, &persons)?;
            Ok(out.flush()?)
        }
    }
}

fn cells(person: &ListedPerson) -> [&str; COLUMNS.len()] {
    [
        &person.label,
        person.email.as_deref().unwrap_or_default(),
        person.username.as_deref().unwrap_or_default(),
        person.team.as_deref().unwrap_or_default(),
        person.cost_center.as_deref().unwrap_or_default(),
        person.manager.as_deref().unwrap_or_default(),
        person.status.map_or("", PersonStatus::as_str),
        person.source.as_str(),
        if person.is_seat { "yes" } else { "" },
        &person.user_id,
    ]
}

fn write_csv(out: &mut impl Write, persons: &[ListedPerson]) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for person in persons {
        let cells = cells(person);
        writer.write_record(
            cells
                .iter()
                .map(|cell| neutralize_formula(cell).into_owned()),
        )?;
    }
    Ok(writer.flush()?)
}

/// Aligned columns; those without content in all rows are left out.
fn write_table(out: &mut impl Write, persons: &[ListedPerson]) -> io::Result<()> {
    let head = COLUMNS.map(Cow::Borrowed);
    let rows: Vec<_> = persons
        .iter()
        .map(|person| cells(person).map(printable))
        .collect();
    let mut shown = Vec::new();
    for column in 0..COLUMNS.len() {
        let widths = rows.iter().map(|row| row[column].chars().count());
        let width = widths.max().unwrap_or(0);
        if width > 0 || column == 0 {
            shown.push((column, width.max(head[column].len())));
        }
    }
    for cells in std::iter::once(&head).chain(&rows) {
        let line = shown.iter().map(|(column, width)| {
            let cell = &cells[*column];
            format!("{cell:<width$}")
        });
        let line = line.collect::<Vec<_>>().join("  ");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
