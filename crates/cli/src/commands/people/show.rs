//! `kiro-analytics people show`: what is known of one person, and from where.

use std::io::{self, Write};

use kiro_ingest::printable;
use kiro_people::{DirectoryUser, LastKnownPerson, PersonDetail, RosterRow};

use crate::args::{Output, PeopleShowArgs};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::output;
use crate::people_data::PeopleData;

pub(crate) async fn run(
    args: PeopleShowArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let config = &context.folder_config(&args.folder)?;
    let data = PeopleData::open(config).await?;
    let id = data.find_one(&args.id)?;
    let detail = id.and_then(|id| data.store.detail(&id, &data.seen));
    let Some(detail) = detail else {
        let error = anyhow::anyhow!("no person has this id, e-mail address or user name");
        return Err(
            CommandError::usage(error).hint("`kiro-analytics people list` lists the people")
        );
    };
    if args.output == Output::Json {
        return output::print_json(&detail);
    }
    let mut out = output::stdout();
    write_text(&mut out, &detail)?;
    Ok(out.flush()?)
}

/// A name and its content; without content there is no line.
type Line<'a> = (&'static str, Option<&'a str>);

fn write_text(out: &mut impl Write, detail: &PersonDetail) -> io::Result<()> {
    writeln!(out, "{:<14}{}", "user id", printable(&detail.user_id))?;
    if let Some(row) = &detail.map {
        let attributes = row.attributes.iter();
        let attributes: Vec<String> = attributes
            .map(|(name, content)| format!("{name}: {content}"))
            .collect();
        let attributes = attributes.join(", ");
        write_lines(
            out,
            "",
            &[
                ("display name", row.display_name.as_deref()),
                ("e-mail", row.email.as_deref()),
                ("user name", row.username.as_deref()),
                ("team", row.team.as_deref()),
                ("cost centre", row.cost_center.as_deref()),
                ("manager", row.manager.as_deref()),
                ("attributes", Some(attributes.as_str())),
                ("status", Some(row.status.as_str())),
                ("source", Some(row.source.as_str())),
                ("seat", row.is_seat.then_some("yes")),
            ],
        )?;
    } else if detail.is_forgotten {
        writeln!(out, "{:<14}forgotten", "status")?;
    } else {
        writeln!(out, "{:<14}not in the map", "status")?;
    }
    let in_data = if detail.is_in_data { "yes" } else { "no" };
    writeln!(out, "{:<14}{in_data}", "in the data")?;
    if let Some(user) = &detail.directory {
        writeln!(out, "\nthe directory says")?;
        write_user(out, user, &detail.groups)?;
    } else if let Some(asked) = detail.not_found_at {
        writeln!(
            out,
            "\nthe directory did not have the user at {}",
            asked.format("%Y-%m-%d %H:%M UTC")
        )?;
    }
    if let Some(person) = &detail.last_known {
        write_last_known(out, person)?;
    }
    for row in &detail.roster {
        writeln!(out, "\nthe roster says")?;
        write_roster_row(out, row)?;
    }
    if !detail.export_emails.is_empty() {
        writeln!(out, "\nthe exports say")?;
        for email in &detail.export_emails {
            write_lines(out, "  ", &[("e-mail", Some(email))])?;
        }
    }
    Ok(())
}

fn write_user(out: &mut impl Write, user: &DirectoryUser, groups: &[String]) -> io::Result<()> {
    let groups = groups.join(", ");
    write_lines(
        out,
        "  ",
        &[
            ("display name", user.display_name.as_deref()),
            ("e-mail", user.email.as_deref()),
            ("user name", user.username.as_deref()),
            ("groups", Some(groups.as_str())),
        ],
    )
}

fn write_last_known(out: &mut impl Write, person: &LastKnownPerson) -> io::Result<()> {
    writeln!(
        out,
        "\nthe directory said until {}",
        person.known_at.format("%Y-%m-%d")
    )?;
    write_lines(
        out,
        "  ",
        &[
            ("display name", person.display_name.as_deref()),
            ("e-mail", person.email.as_deref()),
            ("user name", person.username.as_deref()),
        ],
    )
}

fn write_roster_row(out: &mut impl Write, row: &RosterRow) -> io::Result<()> {
    write_lines(
        out,
        "  ",
        &[
            ("user id", row.user_id.as_deref()),
            ("display name", row.display_name.as_deref()),
            ("e-mail", row.email.as_deref()),
            ("user name", row.username.as_deref()),
            ("team", row.team.as_deref()),
            ("cost centre", row.cost_center.as_deref()),
            ("manager", row.manager.as_deref()),
            ("status", row.status.as_deref()),
        ],
    )
}

fn write_lines(out: &mut impl Write, indent: &str, lines: &[Line<'_>]) -> io::Result<()> {
    for (name, content) in lines {
        if let Some(content) = content.filter(|content| !content.is_empty()) {
            writeln!(out, "{indent}{name:<14}{}", printable(content))?;
        }
    }
    Ok(())
}
