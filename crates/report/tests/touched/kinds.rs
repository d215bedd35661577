//! What people do to exports, in any combination: totals stay, or the file or the row is refused by name.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use kiro_report::{DateRules, IssueKind, ReadError, ReadOptions};
use proptest::prelude::*;

use crate::kept::{Fact, Kept, read_with};

const COLUMNS: [&str; 7] = [
    "Date",
    "UserId",
    "Client_Type",
    "Credits_Used",
    "Total_Messages",
    "User_Email",
    "Team",
];

/// One export: names of models, and rows with distinct keys.
#[derive(Debug, Clone)]
struct Export {
    models: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    date: NaiveDate,
    user: usize,
    credits: u32,
    models: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dates {
    Iso,
    IsoWithTime,
    MonthFirst,
    DayFirst,
    /// `MM-DD-YYYY`.
    Dashes,
    DayFirstDashes,
}

/// How an export was saved.
#[derive(Debug, Clone)]
struct Saved {
    line_end: &'static str,
    quote: &'static str,
    dates: Dates,
    /// Before the header of each file.
    before: &'static str,
    between_rows: &'static str,
    names: fn(&str) -> String,
    turned_columns: usize,
    turned_rows: usize,
    separator: char,
    copies: usize,
}

fn exports() -> impl Strategy<Value = Vec<Export>> {
    let models = prop::sample::subsequence(vec!["auto", "claude_opus_4.8", "glm_5"], 0..=3);
    let row = (
        0_u64..60,
        0_usize..4,
        0_u32..400,
        prop::collection::vec(0_u32..50, 3),
    );
    let export = (models, prop::collection::vec(row, 1..8)).prop_map(|(models, rows)| {
        let first = NaiveDate::from_ymd_opt(2026, 7, 20).unwrap();
        let rows = rows.into_iter().map(|(day, user, credits, counts)| Row {
            date: first + Days::new(day),
            user,
            credits,
            models: counts[..models.len()].to_vec(),
        });
        Export {
            rows: rows.collect(),
            models,
        }
    });
    // No key occurs twice before somebody copies rows.
    prop::collection::vec(export, 1..4).prop_map(|mut exports| {
        let mut keys = std::collections::HashSet::new();
        for export in &mut exports {
            export.rows.retain(|row| keys.insert((row.date, row.user)));
        }
        exports
    })
}

fn saved() -> impl Strategy<Value = Saved> {
    use Dates::{Dashes, DayFirst, DayFirstDashes, Iso, IsoWithTime, MonthFirst};
    let names: Vec<fn(&str) -> String> = vec![
        str::to_owned,
        str::to_uppercase,
        |name| name.replace('_', " "),
        |name| name.replace('_', "-"),
        |name| {
            if name.ends_with("_messages") {
                name.to_owned()
            } else {
                name.replace('_', "")
            }
        },
    ];
    let before = vec![
        "",
        "\u{feff}",
        "\u{feff}\u{feff}",
        "\n",
        "  \n\n",
        "sep=,\n",
        "\u{feff}\n\u{feff}sep=,\n",
    ];
    (
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        prop::sample::select(vec!["", "\"", "\"\"\""]),
        prop::sample::select(vec![
            Iso,
            IsoWithTime,
            MonthFirst,
            DayFirst,
            Dashes,
            DayFirstDashes,
        ]),
        prop::sample::select(before),
        prop::sample::select(vec!["", "\n", "  \n"]),
        prop::sample::select(names),
        0_usize..9,
        0_usize..9,
        prop::sample::select(vec![',', ',', ',', ',', ';', '\t']),
        0_usize..3,
    )
        .prop_map(
            |(
                line_end,
                quote,
                dates,
                before,
                between_rows,
                names,
                turned_columns,
                turned_rows,
                separator,
                copies,
            )| Saved {
                line_end,
                quote,
                dates,
                before,
                between_rows,
                names,
                turned_columns,
                turned_rows,
                separator,
                copies,
            },
        )
}

impl Row {
    fn cells(&self, dates: Dates) -> Vec<String> {
        let format = match dates {
            Dates::Iso => "%Y-%m-%d",
            Dates::IsoWithTime => "%Y-%m-%dT00:00:00Z",
            Dates::MonthFirst => "%-m/%-d/%Y",
            Dates::DayFirst => "%d/%m/%Y",
            Dates::Dashes => "%m-%d-%Y",
            Dates::DayFirstDashes => "%d-%m-%Y",
        };
        let mut cells = vec![
            self.date.format(format).to_string(),
            format!("user-{}", self.user),
            "KIRO_IDE".to_owned(),
            format!("{}.25", self.credits),
            self.models.iter().sum::<u32>().to_string(),
            format!("user{}@example.com", self.user),
            "red".to_owned(),
        ];
        cells.extend(self.models.iter().map(u32::to_string));
        cells
    }
}

impl Saved {
    fn line(&self, mut cells: Vec<String>) -> String {
        let turns = self.turned_columns % cells.len();
        cells.rotate_left(turns);
        let cells = cells
            .into_iter()
            .map(|cell| format!("{0}{cell}{0}", self.quote));
        cells.collect::<Vec<_>>().join(&self.separator.to_string()) + "\n"
    }

    fn file(&self, export: &Export) -> String {
        let columns = COLUMNS.iter().map(|name| (*name).to_owned());
        let models = export.models.iter().map(|name| format!("{name}_messages"));
        let names = columns.chain(models).map(|name| (self.names)(&name));
        let mut text = self.before.to_owned() + &self.line(names.collect());
        let mut rows: Vec<&Row> = export.rows.iter().collect();
        rows.extend(export.rows.iter().take(self.copies));
        let turns = self.turned_rows % rows.len().max(1);
        rows.rotate_left(turns);
        for row in rows {
            text += self.between_rows;
            text += &self.line(row.cells(self.dates));
        }
        text.replace('\n', self.line_end)
    }
}

/// The rows of an export as Kiro wrote it.
fn expected(exports: &[Export]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = exports
        .iter()
        .flat_map(|export| {
            export.rows.iter().map(|row| {
                let models = export.models.iter().zip(&row.models);
                Fact {
                    date: row.date.to_string(),
                    user: format!("user-{}", row.user),
                    client: "KIRO_IDE".to_owned(),
                    credits: Some(f64::from(row.credits) + 0.25),
                    messages: Some(i64::from(row.models.iter().sum::<u32>())),
                    email: Some(format!("user{}@example.com", row.user)),
                    extra: Some("{\"team\":\"red\"}".to_owned()),
                    models: models
                        .filter(|(_, count)| **count > 0)
                        .map(|(name, count)| ((*name).to_owned(), i64::from(*count)))
                        .collect(),
                    ..Fact::default()
                }
            })
        })
        .collect();
    facts.sort_by(|one, other| one.partial_cmp(other).unwrap());
    facts
}

/// What was read, each key once, in an order of its own.
fn distinct(kept: &Kept) -> Vec<Fact> {
    let mut facts = kept.facts.clone();
    for fact in &mut facts {
        // Names with blanks and hyphens are names of their own.
        let models = std::mem::take(&mut fact.models);
        let respelled = |name: String| name.replace([' ', '-'], "_");
        fact.models = models
            .into_iter()
            .map(|(name, count)| (respelled(name), count))
            .collect();
    }
    facts.sort_by(|one, other| one.partial_cmp(other).unwrap());
    facts.dedup();
    facts
}

fn options(latest: &str) -> ReadOptions {
    ReadOptions {
        dates: DateRules {
            latest: latest.parse().unwrap(),
            ..DateRules::default()
        },
        ..ReadOptions::default()
    }
}

/// Whether the dates of these rows can be read in one way only, if nothing but they themselves says which.
fn shows_order(exports: &[Export]) -> bool {
    use chrono::Datelike;
    exports
        .iter()
        .flat_map(|export| &export.rows)
        .any(|row| row.date.day() > 12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn files_that_are_saved_again_and_joined_keep_their_totals(
        exports in exports(),
        saved in saved(),
        cuts in prop::collection::vec(1_usize..40, 0..20),
    ) {
        let content: String = exports.iter().map(|export| saved.file(export)).collect();
        let options = options("2026-12-31");
        let result = read_with(&content, &options, &cuts);
        if saved.separator != ',' {
            let is_named = matches!(result, Err(ReadError::OtherSeparator { .. }));
            prop_assert!(is_named, "{result:?}");
            return Ok(());
        }
        let kept = result.unwrap();
        let expected = expected(&exports);
        let found = distinct(&kept);
        let copies: usize = exports.iter().map(|export| export.rows.len().min(saved.copies)).sum();
        let rejected = kept.issues.iter().filter(|issue| issue.kind.rejects_row()).count();
        prop_assert_eq!(rejected, kept.count(IssueKind::AmbiguousDate));
        prop_assert_eq!(kept.facts.len() + rejected, expected.len() + copies);
        let is_certain = match saved.dates {
            Dates::Iso | Dates::IsoWithTime | Dates::Dashes => true,
            Dates::MonthFirst | Dates::DayFirst | Dates::DayFirstDashes => shows_order(&exports),
        };
        if is_certain {
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(kept.count(IssueKind::RepeatedKey), copies);
        } else if saved.dates != Dates::DayFirstDashes {
            // Rows are left out and counted, and no other row is wrong.
            prop_assert!(found.iter().all(|fact| expected.contains(fact)), "{found:?}");
        }
        let others = kept.issues.len() - rejected - kept.count(IssueKind::RepeatedKey);
        prop_assert_eq!(others, kept.count(IssueKind::UnknownColumn), "{:?}", kept.issues());
    }

    #[test]
    fn an_export_that_names_its_day_is_read_in_every_form(
        day in 0_u64..700,
        late in 0_u64..=2,
        dates in prop::sample::select(vec![Dates::MonthFirst, Dates::DayFirst, Dates::Dashes, Dates::DayFirstDashes]),
    ) {
        let own = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(day);
        let row = Row { date: own - Days::new(late), user: 1, credits: 1, models: Vec::new() };
        let date = &row.cells(dates)[0];
        let options = ReadOptions {
            dates: DateRules { own_day: Some(own), latest: own + Days::new(1), ..DateRules::default() },
            ..ReadOptions::default()
        };
        let kept = read_with(format!("Date,UserId\n{date},u1\n"), &options, &[]).unwrap();
        prop_assert_eq!(&kept.facts[0].date, &row.date.to_string());
    }

    #[test]
    fn the_order_of_rows_changes_no_day(
        cells in prop::collection::vec((1_u32..=31, 1_u32..=31, prop::sample::select(vec!['/', '-'])), 1..8),
        turns in 0_usize..8,
        latest in prop::sample::select(vec!["2026-08-15", "2026-12-31"]),
    ) {
        let lines: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(row, (one, two, by))| format!("{one:02}{by}{two:02}{by}2026,u{row}\n"))
            .collect();
        let mut turned = lines.clone();
        turned.rotate_left(turns % lines.len());
        let days = |lines: &[String]| {
            let content = format!("Date,UserId\n{}", lines.concat());
            let kept = read_with(content, &options(latest), &[]).unwrap();
            let facts = kept.facts.iter();
            facts.map(|fact| (fact.user.clone(), fact.date.clone())).collect::<BTreeMap<_, _>>()
        };
        prop_assert_eq!(days(&lines), days(&turned));
    }
}
