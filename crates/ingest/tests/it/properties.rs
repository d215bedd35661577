//! What holds for all exports.

use std::sync::Arc;

use kiro_ingest::InMemoryStore;
use kiro_report::Dataset;
use proptest::prelude::*;

use crate::kiro_exports::{options, run, run_between};
use crate::parts::sorted_rows;

/// Everything in a destination, as text, in an order of its own.
fn everything(store: &InMemoryStore) -> Vec<Vec<String>> {
    Dataset::ALL
        .map(|dataset| sorted_rows(store, dataset, &[]))
        .to_vec()
}

/// An export as odd as they come.
fn export() -> impl Strategy<Value = String> {
    let header = prop::sample::subsequence(
        vec![
            "Client_Type",
            "Credits_Used",
            "Subscription_Tier",
            "Total_Messages",
            "a_messages",
            "b_messages",
            "Team",
            "team",
        ],
        0..8,
    );
    let cell = prop::sample::select(vec![
        "",
        "1",
        "12.0",
        "x",
        "\"q,\"\"\"",
        " PRO ",
        "-1",
        "1e3",
        "\"a\nb\"",
        "KIRO_IDE",
    ]);
    let user = prop::sample::select(vec!["u1", "u2", "", "\"u1\"", "d-0a.u2"]);
    let date = prop::sample::select(vec!["2026-07-10", "07-11-2026", "7/12/2026", "", "no"]);
    let row = (user, date, prop::collection::vec(cell, 0..9));
    (header, prop::collection::vec(row, 0..12)).prop_map(|(header, rows)| {
        // Without a usable row the export would fail.
        let usable = if rows.is_empty() {
            ""
        } else {
            "u9,2026-07-10\n"
        };
        let lines = rows
            .into_iter()
            .map(|(user, date, cells)| format!("{user},{date},{}\n", cells.join(",")));
        format!(
            "UserId,Date,{}\n{usable}{}",
            header.join(","),
            lines.collect::<String>()
        )
    })
}

fn exports() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(export(), 1..5).prop_map(|exports| {
        let key = |place: usize| {
            format!("AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/1{place}/00/x_{place}.csv")
        };
        exports.into_iter().enumerate().map(|(place, export)| (key(place), export)).collect()
    })
}

fn source_of<'a>(exports: impl IntoIterator<Item = &'a (String, String)>) -> InMemoryStore {
    let source = InMemoryStore::new();
    for (key, content) in exports {
        source.put(key.as_str(), content.clone().into_bytes());
    }
    source
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn normalizing_twice_equals_once(exports in exports()) {
        let source = source_of(&exports);
        let destination = InMemoryStore::new();
        let first = run(&source, &destination);
        prop_assert_eq!(first.files_processed, exports.len() as u64);
        let once = everything(&destination);
        let second = run(&source, &destination);
        prop_assert_eq!(second.files_skipped, exports.len() as u64);
        prop_assert_eq!(everything(&destination), once);
    }

    #[test]
    fn the_order_of_the_files_never_matters(exports in exports(), split in 0_usize..5) {
        let whole = InMemoryStore::new();
        run(&source_of(&exports), &whole);
        // The later files first, the earlier ones in a second run.
        let split = split.min(exports.len());
        let destination = InMemoryStore::new();
        run(&source_of(&exports[split..]), &destination);
        run(&source_of(&exports), &destination);
        prop_assert_eq!(everything(&destination), everything(&whole));
    }

    #[test]
    fn two_runs_at_once_equal_one(exports in exports()) {
        let source = Arc::new(source_of(&exports));
        let alone = InMemoryStore::new();
        run(&source, &alone);
        let shared = Arc::new(InMemoryStore::new());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| run_between(source.clone(), shared.clone(), &options()));
            }
        });
        prop_assert_eq!(everything(&shared), everything(&alone));
    }

    #[test]
    fn no_row_is_lost(exports in exports()) {
        // Every record below the header is a fact or a rejected row, whatever is in it.
        let source = source_of(&exports);
        let summary = run(&source, &InMemoryStore::new());
        let records: usize = exports
            .iter()
            .map(|(_, content)| csv::ReaderBuilder::new().flexible(true).from_reader(content.as_bytes()).into_records().count())
            .sum();
        prop_assert_eq!(summary.fact_rows + summary.rejected_rows, records as u64);
    }
}
