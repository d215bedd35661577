//! The totals a second way: the whole file at once, one rule after the other, as plainly as can be.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::array::{AsArray, RecordBatch};
use kiro_report::Dataset;

use crate::kiro_exports::{key_of_day, normalize_one};
use crate::parts;

type Totals = BTreeMap<String, (f64, f64, f64)>;

/// Credits, messages and model messages per user, straight from the CSV.
fn plain_totals(content: &str) -> Totals {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(content.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_lowercase)
        .collect();
    let mut totals = Totals::new();
    for record in reader.records().map(Result::unwrap) {
        let cell = |name: &str| {
            let place = header.iter().position(|column| column == name).unwrap();
            record.get(place).unwrap_or_default().trim()
        };
        let number = |text: &str| {
            text.parse::<f64>()
                .ok()
                .filter(|number| number.is_finite() && *number >= 0.0)
        };
        let count = |text: &str| {
            number(text)
                .filter(|count| count.fract() == 0.0)
                .unwrap_or(0.0)
        };
        let user = cell("userid").trim_matches('"');
        let user = user
            .strip_prefix("d-0123456789.")
            .unwrap_or(user)
            .to_lowercase();
        let is_date = cell("date").len() == 10 && cell("date").starts_with("2026-07-");
        if user.is_empty() || !is_date {
            continue;
        }
        let total = totals.entry(user).or_default();
        total.0 += number(cell("credits_used")).unwrap_or(0.0);
        total.1 += count(cell("total_messages"));
        let models = header
            .iter()
            .filter(|name| name.ends_with("_messages") && *name != "total_messages");
        total.2 += models.map(|name| count(cell(name))).sum::<f64>();
    }
    totals
}

/// The same from the parts.
fn normalized_totals(content: &str) -> (Totals, u64) {
    let (store, summary) = normalize_one(&key_of_day(13), content);
    assert_eq!((summary.files_processed, summary.files_failed), (1, 0));
    let mut totals = Totals::new();
    let mut add =
        |batches: Vec<RecordBatch>, column: &str, pick: fn(&mut (f64, f64, f64)) -> &mut f64| {
            for batch in &batches {
                let users = batch.column_by_name("user_id").unwrap().as_string::<i32>();
                for row in 0..batch.num_rows() {
                    let value = parts::sum(&[batch.slice(row, 1)], column);
                    *pick(totals.entry(users.value(row).to_owned()).or_default()) += value;
                }
            }
        };
    add(
        parts::read(&store, Dataset::Facts),
        "credits_used",
        |total| &mut total.0,
    );
    add(
        parts::read(&store, Dataset::Facts),
        "total_messages",
        |total| &mut total.1,
    );
    add(parts::read(&store, Dataset::Models), "messages", |total| {
        &mut total.2
    });
    (totals, summary.fact_rows + summary.rejected_rows)
}

#[test]
fn the_totals_are_those_of_a_plain_reading() {
    let mut content =
        "Total_Messages,UserId,Date,Credits_Used,Client_Type,auto_messages,glm_5_messages,Note\n"
            .to_owned();
    let mut seed: u64 = 42;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let counts = ["0", "1", "7", "12.0", "1e2", "", "-3", "12.7", "x", "99"];
    let amounts = [
        "0.0",
        "1.5",
        "12.345678901234567",
        "",
        "nan",
        "88.00000000000001",
        "-1",
        "3e-1",
    ];
    let dates = [
        "2026-07-10",
        "2026-07-11",
        " 2026-07-12 ",
        "2026-07-10",
        "2026-07-13",
        "yesterday",
        "",
    ];
    for _ in 0..50_000 {
        let user = format!("{:08x}-1111-4222-8333-bbbbbbbbbbbb", random(500));
        let user = match random(6) {
            0 => format!("d-0123456789.{user}"),
            1 => format!("\"\"\"{user}\"\"\""),
            2 => format!("\" {} \"", user.to_uppercase()),
            3 if random(20) == 0 => String::new(),
            _ => user,
        };
        let note = [
            "",
            "plain",
            "\"a, b\"",
            "\"two\nlines\"",
            "\"say \"\"hi\"\"\"",
        ][random(5)];
        let (messages, date, credits) = (counts[random(10)], dates[random(7)], amounts[random(8)]);
        let (auto, glm) = (counts[random(10)], counts[random(10)]);
        writeln!(
            content,
            "{messages},{user},{date},{credits},KIRO_IDE,{auto},{glm},{note}"
        )
        .unwrap();
    }
    let expected = plain_totals(&content);
    let (found, rows) = normalized_totals(&content);
    assert_eq!(rows, 50_000);
    assert_eq!(found.len(), expected.len());
    for (user, expected) in expected {
        let found = found[&user];
        assert!(
            (found.0 - expected.0).abs() < 1e-6,
            "{user}: {found:?} {expected:?}"
        );
        assert_eq!((found.1, found.2), (expected.1, expected.2), "{user}");
    }
}
