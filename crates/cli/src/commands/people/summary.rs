//! How many users have names, as text.

use std::io::{self, Write};

use chrono::TimeDelta;
use kiro_people::Summary;

use crate::format::{count, counted};
use crate::relative_time::ago;

/// Writes the counts, and how old the sources are.
pub(crate) fn write_text(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
    let unresolved = summary.unresolved_ids.len();
    let numbers = [
        ("users", summary.seen_users, "of the data"),
        ("", summary.named_users, "named"),
        (
            "",
            summary.email_only_users,
            "with an address of the exports alone",
        ),
        ("", summary.forgotten_users, "forgotten"),
        (
            "",
            unresolved,
            "with nothing but an id (`kiro-analytics people list --unresolved`)",
        ),
        (
            "seats",
            summary.seats,
            "people in the roster or in a seat group",
        ),
    ];
    let number = |value: usize| count(value as u64);
    let width = numbers.iter().map(|(_, value, _)| number(*value).len());
    let width = width.max().unwrap_or(0);
    for (label, value, words) in numbers {
        let words = if value == 0 {
            words.split(" (").next().unwrap_or(words)
        } else {
            words
        };
        writeln!(out, "{label:<11}{:>width$}  {words}", number(value))?;
    }
    match &summary.directory {
        Some(directory) => writeln!(
            out,
            "directory  {} and {} of Identity Store `{}` in {}, read {}",
            counted(directory.users as u64, "user"),
            counted(directory.groups as u64, "group"),
            directory.meta.store_id,
            directory.meta.region,
            ago(TimeDelta::seconds(directory.age_seconds)),
        )?,
        None => writeln!(out, "directory  never read")?,
    }
    match &summary.roster {
        Some(roster) => {
            write!(
                out,
                "roster     {} of `{}`, imported {}",
                counted(roster.rows as u64, "row"),
                roster.meta.file_name,
                ago(TimeDelta::seconds(roster.age_seconds)),
            )?;
            match roster.unmatched_rows {
                0 => writeln!(out),
                unmatched => writeln!(
                    out,
                    "; {} of no user of the directory or the data",
                    count(unmatched as u64)
                ),
            }
        }
        None => writeln!(out, "roster     none"),
    }
}

#[cfg(test)]
mod tests {
    use kiro_people::{DirectoryMeta, DirectorySummary, RosterMeta, RosterSummary};

    use super::*;

    #[test]
    fn the_summary_says_how_many_have_names_and_how_old_they_are() {
        let moment = "2026-09-30T12:00:00Z".parse().unwrap();
        let summary = Summary {
            seen_users: 1_430,
            named_users: 1_412,
            email_only_users: 17,
            forgotten_users: 0,
            unresolved_ids: vec!["u-1".to_owned()],
            known_persons: 1_500,
            seats: 88,
            directory: Some(DirectorySummary {
                meta: DirectoryMeta {
                    store_id: "d-1234567890".to_owned(),
                    region: "us-east-1".to_owned(),
                    read_at: moment,
                },
                users: 25_000,
                groups: 1,
                age_seconds: 3 * 3_600,
                is_stale: false,
            }),
            roster: Some(RosterSummary {
                meta: RosterMeta {
                    file_name: "roster.csv".to_owned(),
                    imported_at: moment,
                },
                rows: 88,
                unmatched_rows: 2,
                age_seconds: 90,
            }),
        };
        let text = |summary: &Summary| {
            let mut out = Vec::new();
            write_text(&mut out, summary).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            text(&summary),
            "users      1,430  of the data\n           1,412  named\n              17  with an address of the exports alone\n               \
             0  forgotten\n               1  with nothing but an id (`kiro-analytics people list --unresolved`)\n\
             seats         88  people in the roster or in a seat group\n\
             directory  25,000 users and 1 group of Identity Store `d-1234567890` in us-east-1, read 3 hours ago\n\
             roster     88 rows of `roster.csv`, imported 1 minute ago; 2 of no user of the directory or the data\n"
        );
        let nothing = Summary {
            unresolved_ids: Vec::new(),
            directory: None,
            roster: None,
            ..summary
        };
        let nothing = text(&nothing);
        assert!(
            nothing.contains("  0  with nothing but an id\n"),
            "{nothing}"
        );
        assert!(
            nothing.ends_with("directory  never read\nroster     none\n"),
            "{nothing}"
        );
    }
}
