//! Exports as people keep, copy and edit them (`tests/touched`): whose rows they are.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use kiro_ingest::{InMemoryStore, LocalFolder, RunSummary};
use kiro_report::Dataset;

use crate::kiro_exports::{options, run_between};
use crate::parts::sorted_rows;

/// The exports of one case.
pub(crate) fn case(name: &str) -> Arc<LocalFolder> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = folder.join("../../tests/touched").join(name);
    Arc::new(LocalFolder::open(folder.join("exports")).unwrap())
}

fn normalize(name: &str) -> (InMemoryStore, RunSummary) {
    let destination = InMemoryStore::new();
    let summary = run_between(case(name), Arc::new(destination.clone()), &options());
    (destination, summary)
}

/// These columns of every row, sorted.
fn rows(store: &InMemoryStore, dataset: Dataset, columns: &[&str]) -> Vec<String> {
    let others: Vec<&str> = dataset
        .columns()
        .map(|column| column.name)
        .filter(|name| !columns.contains(name))
        .collect();
    let rows = sorted_rows(store, dataset, &others).into_iter();
    let values = rows.map(|row| {
        let cells = row.split('|').map(|cell| cell.split_once('=').unwrap().1);
        cells.collect::<Vec<_>>().join(" ")
    });
    let mut values: Vec<String> = values.collect();
    values.sort();
    values
}

const CREDITS: [&str; 3] = ["credits_used", "source_account", "source_region"];
const MESSAGES: [&str; 3] = ["messages", "source_account", "source_region"];

#[test]
fn in_flat_folders_the_name_says_the_account_and_the_profile_the_region() {
    let (store, summary) = normalize("flat-folders-two-accounts");
    assert_eq!((summary.files_processed, summary.issues.len()), (4, 0));
    assert_eq!(
        rows(&store, Dataset::Facts, &CREDITS),
        [
            "1.0 111111111111 us-east-1",
            "1.0 222222222222 us-east-1",
            "100.5 111111111111 us-east-1",
            "20.25 222222222222 us-east-1",
        ]
    );
    assert_eq!(
        rows(&store, Dataset::Models, &MESSAGES),
        [
            "1 111111111111 us-east-1",
            "1 222222222222 us-east-1",
            "40 111111111111 us-east-1",
            "7 222222222222 us-east-1",
        ]
    );
    let columns = ["chat_messagessent", "source_account", "source_region"];
    assert_eq!(
        rows(&store, Dataset::Code, &columns),
        ["40 111111111111 ", "7 222222222222 "]
    );
}

#[test]
fn a_copy_beside_the_tree_has_the_account_and_the_region_of_the_tree() {
    let (store, _) = normalize("tree-and-loose-copy");
    assert_eq!(
        rows(&store, Dataset::Facts, &CREDITS),
        [
            "10.0 123456789012 us-east-1",
            "10.0 123456789012 us-east-1",
            "4.0 123456789012 us-east-1",
            "4.0 123456789012 us-east-1",
        ]
    );
}

#[test]
fn a_tree_in_other_letters_is_a_tree() {
    let (store, summary) = normalize("tree-in-other-letters");
    assert_eq!((summary.files_processed, summary.files_ignored), (2, 0));
    assert_eq!(
        rows(&store, Dataset::Facts, &CREDITS),
        ["1.5 123456789012 us-east-1"]
    );
    let columns = ["chat_messagessent", "source_account", "source_region"];
    assert_eq!(
        rows(&store, Dataset::Code, &columns),
        ["7 210987654321 eu-central-1"]
    );
}

#[test]
fn profiles_of_every_partition_say_account_and_region_unless_the_name_does() {
    let (store, _) = normalize("partitions-in-profiles");
    assert_eq!(
        rows(&store, Dataset::Facts, &CREDITS),
        [
            "1.0 123456789012 us-gov-west-1",
            "2.0 210987654321 cn-north-1",
            "3.0  ",
            "4.0 333333333333 eu-west-1",
        ]
    );
}

#[test]
fn rows_of_one_file_may_be_of_several_accounts() {
    let (store, summary) = normalize("two-accounts-in-one-file");
    assert_eq!(summary.fact_rows, 4);
    assert_eq!(
        rows(&store, Dataset::Facts, &CREDITS),
        [
            "1.0 111111111111 us-east-1",
            "2.0 222222222222 eu-central-1",
            "4.0  ",
            "8.0 111111111111 us-east-1",
        ]
    );
}

#[test]
fn columns_say_it_where_nothing_else_does_and_no_cell_is_lost() {
    let (store, summary) = normalize("accounts-in-columns");
    assert_eq!(
        rows(
            &store,
            Dataset::Facts,
            &["credits_used", "source_account", "source_region", "extra"]
        ),
        [
            "1.0 111111111111 us-east-1 NULL",
            "2.0 222222222222 eu-central-1 NULL",
            "4.0   {\"account_id\":\"Acme\",\"region\":\"EMEA\"}",
        ]
    );
    assert_eq!(
        rows(&store, Dataset::Models, &MESSAGES),
        [
            "1  ",
            "3 111111111111 us-east-1",
            "4 222222222222 eu-central-1"
        ]
    );
    let columns = ["inline_aicodelines", "source_account", "source_region"];
    assert_eq!(
        rows(&store, Dataset::Code, &columns),
        ["5 111111111111 us-east-1", "6  "]
    );
    assert_eq!(summary.issues.len(), 0);
}

#[test]
fn accounts_survive_the_way_to_another_thread_and_many_pages() {
    let mut content = "Date,UserId,ProfileId,Credits_Used,a_messages\n".to_owned();
    let accounts = ["111111111111", "222222222222"];
    for row in 0..60_000 {
        let account = accounts[usize::from(row % 1000 >= 700)];
        writeln!(
            content,
            "2026-07-10,u{row},arn:aws:codewhisperer:us-east-1:{account}:profile/X,1,2"
        )
        .unwrap();
    }
    assert!(content.len() > 2 << 20);
    let (store, _) = crate::kiro_exports::normalize_one("all.csv", content);
    for dataset in [Dataset::Facts, Dataset::Models] {
        let rows = rows(&store, dataset, &["line", "source_account"]);
        assert_eq!(rows.len(), 60_000);
        for row in rows {
            let (account, line) = row.split_once(' ').unwrap();
            let row = line.parse::<usize>().unwrap() - 2;
            assert_eq!(account, accounts[usize::from(row % 1000 >= 700)], "{line}");
        }
    }
}
