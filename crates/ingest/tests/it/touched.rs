//! Exports that people have touched: what becomes of them in parts, issues and messages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use chrono::{Days, NaiveDate};
use kiro_ingest::{InMemoryStore, NormalizeOptions, RunSummary};
use kiro_report::{Dataset, NameRules, Names};

use crate::kiro_exports::{IDE, TWO_USERS, at, key_of_day, normalize_one, options, run_between};
use crate::parts;

/// A folder of `tests/touched`, normalized in December 2026.
fn normalize_folder(name: &str) -> (InMemoryStore, RunSummary) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/touched");
    let root = root.join(name).join("exports");
    let source = InMemoryStore::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let key = path.strip_prefix(&root).unwrap().to_str().unwrap();
                source.put(key, std::fs::read(&path).unwrap());
            }
        }
    }
    normalize_in_december(&source)
}

fn normalize_in_december(source: &InMemoryStore) -> (InMemoryStore, RunSummary) {
    let destination = InMemoryStore::new();
    let options = NormalizeOptions {
        processed_at: at("2026-12-01T03:00:00Z"),
        ..options()
    };
    let summary = run_between(
        Arc::new(source.clone()),
        Arc::new(destination.clone()),
        &options,
    );
    (destination, summary)
}

/// Every day of the facts and its credits, in the order of the days.
fn credits_by_day(store: &InMemoryStore) -> Vec<(String, f64)> {
    let mut days = BTreeMap::new();
    for batch in parts::read(store, Dataset::Facts) {
        let dates = batch.column_by_name("activity_date").unwrap();
        let credits = batch.column_by_name("credits_used").unwrap();
        for row in 0..batch.num_rows() {
            let date = dates.as_primitive::<Date32Type>().value_as_date(row);
            *days.entry(date.unwrap().to_string()).or_default() +=
                credits.as_primitive::<Float64Type>().value(row);
        }
    }
    days.into_iter().collect()
}

fn messages_by_model(store: &InMemoryStore) -> BTreeMap<String, i64> {
    let mut models = BTreeMap::new();
    for batch in parts::read(store, Dataset::Models) {
        let messages = batch.column_by_name("messages").unwrap();
        let messages = messages.as_primitive::<Int64Type>();
        for (row, name) in names(&batch).into_iter().enumerate() {
            *models.entry(name).or_default() += messages.value(row);
        }
    }
    models
}

fn names(batch: &RecordBatch) -> Vec<String> {
    let names = batch
        .column_by_name("model_name")
        .unwrap()
        .as_string::<i32>();
    names.iter().flatten().map(str::to_owned).collect()
}

fn texts(store: &InMemoryStore, column: &str) -> Vec<Option<String>> {
    parts::texts(store, Dataset::Facts, column)
}

fn issues(summary: &RunSummary) -> Vec<(&str, u64)> {
    let issues = summary.issues.iter();
    issues
        .map(|(kind, count)| (kind.as_str(), *count))
        .collect()
}

/// The failed exports, each with its error.
fn failures(summary: &RunSummary) -> Vec<String> {
    let failures = summary.failures.iter();
    failures
        .map(|failure| format!("{}: {}", failure.export, failure.error))
        .collect()
}

fn days<const N: usize>(days: [(&str, f64); N]) -> Vec<(String, f64)> {
    days.map(|(day, credits)| (day.to_owned(), credits))
        .to_vec()
}

#[test]
fn joined_exports_keep_the_models_of_each() {
    let (store, summary) = normalize_folder("joined-exports");
    let expected = [
        ("claude_haiku_4_5", 10),
        ("claude_opus_5", 20),
        ("glm_5", 5),
        ("gpt_5_6_sol", 2),
    ];
    let expected = expected.map(|(model, count)| (model.to_owned(), count));
    assert_eq!(messages_by_model(&store), BTreeMap::from(expected));
    assert_eq!(issues(&summary), []);
    let (store, summary) = normalize_folder("joined-with-marks");
    let expected = [("auto", 11), ("glm_5", 7)].map(|(model, count)| (model.to_owned(), count));
    assert_eq!(messages_by_model(&store), BTreeMap::from(expected));
    assert_eq!(
        credits_by_day(&store),
        days([
            ("2026-09-01", 1.0),
            ("2026-09-02", 2.0),
            ("2026-09-03", 4.0)
        ])
    );
    assert_eq!(issues(&summary), []);
}

#[test]
fn dates_of_a_british_spreadsheet_are_those_of_the_names() {
    let (store, summary) = normalize_folder("day-first-dates");
    let expected = ["03", "04", "12", "13", "25"].map(|day| (format!("2026-09-{day}"), 10.0));
    assert_eq!(credits_by_day(&store), expected);
    assert_eq!((summary.rejected_rows, issues(&summary)), (0, vec![]));
}

#[test]
fn a_row_that_shows_the_order_settles_the_rows_before_it() {
    let (store, summary) = normalize_folder("day-first-in-a-loose-file");
    let expected = [3_u8, 4, 12, 13, 25].map(|day| (format!("2026-09-{day:02}"), f64::from(day)));
    assert_eq!(credits_by_day(&store), expected);
    assert_eq!(
        failures(&summary),
        ["undecided.csv: none of 2 rows is usable: 2 ambiguous_date"]
    );
    assert_eq!((summary.fact_rows, issues(&summary)), (5, vec![]));
}

#[test]
fn a_day_far_away_moves_nothing() {
    let (store, summary) = normalize_folder("far-dates");
    assert_eq!(credits_by_day(&store).last().unwrap().0, "2026-09-15");
    assert_eq!(issues(&summary), [("implausible_date", 1)]);
    assert_eq!(summary.newest_activity, "2026-09-15".parse().ok());
}

#[test]
fn a_zero_time_behind_a_day_is_ignored() {
    let (store, summary) = normalize_folder("spreadsheet-times");
    assert_eq!(credits_by_day(&store), days([("2026-09-03", 7.0)]));
    assert_eq!(issues(&summary), [("bad_date", 1)]);
}

#[test]
fn other_spellings_of_headers_bind() {
    let (store, summary) = normalize_folder("profile-id-header");
    let arn = "arn:aws:codewhisperer:us-east-1:123456789012:profile/EXAMPLEPROFILE";
    assert_eq!(texts(&store, "profile_id"), [Some(arn.to_owned())]);
    assert_eq!(
        texts(&store, "subscription_tier"),
        [Some("PRO_PLUS".to_owned())]
    );
    assert_eq!(issues(&summary), []);
    let (store, summary) = normalize_folder("inline-chat-event-count");
    let code = parts::read(&store, Dataset::Code);
    assert!((parts::sum(&code, "inlinechat_totaleventcount") - 8.0).abs() < 1e-9);
    assert_eq!(issues(&summary), []);
}

#[test]
fn what_stands_before_a_header_is_skipped() {
    for folder in ["blank-line-before-header", "two-byte-order-marks"] {
        let (store, summary) = normalize_folder(folder);
        assert_eq!(
            credits_by_day(&store),
            days([("2026-09-03", 5.0)]),
            "{folder}"
        );
        assert_eq!(issues(&summary), [], "{folder}");
    }
}

#[test]
fn literal_quotes_and_blank_words_come_off() {
    let (store, summary) = normalize_folder("literal-quotes");
    for column in ["email", "profile_id", "client_type", "subscription_tier"] {
        let texts = texts(&store, column);
        assert!(
            texts.iter().flatten().all(|text| !text.contains('"')),
            "{texts:?}"
        );
    }
    assert_eq!(issues(&summary), []);
    let (store, summary) = normalize_folder("blank-words");
    assert_eq!(
        texts(&store, "email")
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        ["nan"]
    );
    assert_eq!(
        texts(&store, "subscription_tier")
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        ["NAN"]
    );
    // The numbers and booleans of the file with `nan`.
    assert_eq!(issues(&summary), [("bad_value", 6)]);
}

#[test]
fn two_profiles_on_one_day_are_two_keys() {
    let (store, summary) = normalize_folder("two-profiles-one-day");
    assert_eq!(credits_by_day(&store), days([("2026-09-03", 107.0)]));
    assert_eq!(issues(&summary), []);
    let row = TWO_USERS.lines().nth(1).unwrap();
    let (_, summary) = normalize_one(IDE, format!("{TWO_USERS}{row}\n{row}\n"));
    assert_eq!(
        (summary.fact_rows, issues(&summary)),
        (4, vec![("repeated_key", 2)])
    );
}

#[test]
fn other_separators_are_refused_with_what_to_do() {
    let (_, summary) = normalize_folder("other-separators");
    assert_eq!((summary.files_processed, summary.files_failed), (1, 2));
    let errors: Vec<&str> = summary
        .failures
        .iter()
        .map(|failure| failure.error.as_str())
        .collect();
    assert_eq!(
        errors,
        [
            "line 1: columns are separated by semicolons, expected commas",
            "line 1: columns are separated by tabs, expected commas"
        ]
    );
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.hint.unwrap().contains("with commas"))
    );
}

#[test]
fn excluded_models_are_no_models() {
    let source = InMemoryStore::new();
    source.put(IDE, TWO_USERS);
    let destination = InMemoryStore::new();
    let options = NormalizeOptions {
        names: Arc::new(
            Names::new(&NameRules {
                excluded_models: vec!["GLM 5".to_owned()],
                ..NameRules::default()
            })
            .unwrap(),
        ),
        ..options()
    };
    let summary = run_between(Arc::new(source), Arc::new(destination.clone()), &options);
    assert_eq!((summary.model_rows, issues(&summary)), (1, vec![]));
    assert_eq!(
        texts(&destination, "extra"),
        [
            Some("{\"glm_5_messages\":\"3\"}".to_owned()),
            Some("{\"glm_5_messages\":\"5\"}".to_owned())
        ]
    );
}

/// More than two megabytes of rows, so that another thread encodes them. `{row}` stands for the number of a row.
fn large(header: &str, row: &str, rows: usize) -> String {
    let mut content = format!("{header}\n");
    for number in 0..rows {
        writeln!(content, "{}", row.replace("{row}", &number.to_string())).unwrap();
    }
    assert!(content.len() > 2 << 20);
    content
}

#[test]
fn headers_in_a_large_export_reach_the_encoder_in_their_order() {
    let pad = "x".repeat(60);
    let first = large(
        "Date,UserId,a_messages,b_messages,Client_Type",
        &format!("2026-07-10,a{{row}}{pad},1,2,{pad}"),
        20_000,
    );
    let second = large(
        "Date,b_messages,UserId,c_messages,Client_Type",
        &format!("2026-07-10,10,b{{row}}{pad},20,{pad}"),
        20_000,
    );
    let third = format!("UserId,Date,d_messages\n{}", "only,2026-07-10,7\n");
    let (store, summary) = normalize_one(IDE, first + &second + &third);
    assert_eq!((summary.fact_rows, issues(&summary)), (40_001, vec![]));
    let expected = [
        ("a", 20_000),
        ("b", 2 * 20_000 + 10 * 20_000),
        ("c", 20 * 20_000),
        ("d", 7),
    ];
    let expected = expected.map(|(model, count)| (model.to_owned(), count));
    assert_eq!(messages_by_model(&store), BTreeMap::from(expected));
}

#[test]
fn a_large_export_is_read_again_in_the_order_that_its_last_row_shows() {
    let pad = "x".repeat(90);
    let open = large(
        "Date,UserId,Credits_Used",
        &format!("03/09/2026,{pad}{{row}},1"),
        25_000,
    );
    for (last, expected) in [
        ("25/09/2026,u,1", "2026-09-03"),
        ("9/25/2026,u,1", "2026-03-09"),
    ] {
        let source = InMemoryStore::new();
        source.put("loose.csv", format!("{open}{last}\n"));
        let (store, summary) = normalize_in_december(&source);
        assert_eq!(
            (summary.fact_rows, issues(&summary)),
            (25_001, vec![]),
            "{last}"
        );
        assert_eq!(
            credits_by_day(&store),
            days([(expected, 25_000.0), ("2026-09-25", 1.0)])
        );
        // Only the parts of the second pass are visible.
        assert_eq!(store.keys().len(), 1, "{:?}", store.keys());
    }
    let source = InMemoryStore::new();
    source.put("loose.csv", open);
    let (_, summary) = normalize_in_december(&source);
    assert_eq!(
        failures(&summary),
        ["loose.csv: none of 25000 rows is usable: 25000 ambiguous_date"]
    );
}

#[test]
fn without_a_day_of_its_own_an_export_ends_with_the_run_or_its_modification() {
    let source = InMemoryStore::new();
    let today: NaiveDate = "2026-12-01".parse().unwrap();
    let day = |days: u64| (today + Days::new(days)).to_string();
    source.put(
        "loose.csv",
        format!("Date,UserId\n{},u1\n{},u2\n", day(1), day(2)),
    );
    source.put(
        "2026/07/10/loose.csv",
        "Date,UserId\n2026-07-11,u1\n2026-07-12,u2\n",
    );
    let (_, summary) = normalize_in_december(&source);
    assert_eq!(
        (summary.fact_rows, issues(&summary)),
        (2, vec![("implausible_date", 2)])
    );
    let (_, summary) = normalize_one(&key_of_day(9), TWO_USERS);
    assert_eq!(issues(&summary), []);
    let (_, summary) = normalize_one(&key_of_day(8), TWO_USERS);
    let failure = format!(
        "{}: none of 2 rows is usable: 2 implausible_date",
        key_of_day(8)
    );
    assert_eq!(failures(&summary), [failure]);
}
