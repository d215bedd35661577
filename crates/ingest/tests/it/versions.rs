//! Contents of one export that replace one another: in place, restored, and which one counts.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use kiro_ingest::{
    ExportSource, InMemoryStore, LocalFolder, NoProgress, NormalizeOptions, ObjectStore, RunInput,
    RunSummary, normalize_input,
};
use kiro_report::{Dataset, ObjectKey};

use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{IDE, TWO_USERS, at, key_of_day, options, run_between, runtime};
use crate::parts;

const CLI: &str = "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/10/00/\
                   KIRO_CLI_123456789012_user_report_202607100000.csv";
const A: &str = TWO_USERS;

fn b() -> String {
    A.replace(",1.5,", ",3.5,")
}

fn at_hour(hour: u32) -> NormalizeOptions {
    NormalizeOptions {
        processed_at: at(&format!("2026-07-11T{hour:02}:00:00Z")),
        ..options()
    }
}

fn run_at(hour: u32, source: &InMemoryStore, destination: &InMemoryStore) -> RunSummary {
    run_between(
        Arc::new(source.clone()),
        Arc::new(destination.clone()),
        &at_hour(hour),
    )
}

fn counts(summary: &RunSummary) -> (u64, u64) {
    (summary.files_processed, summary.files_skipped)
}

/// Credits of the first user by `processed_ts`, the newest first: the views count the first of one export.
fn credits(destination: &InMemoryStore) -> Vec<String> {
    let others: Vec<&str> = Dataset::Facts
        .columns()
        .map(|column| column.name)
        .filter(|name| !["credits_used", "processed_ts", "src_path"].contains(name))
        .collect();
    let rows = parts::sorted_rows(destination, Dataset::Facts, &others);
    let mut versions: Vec<String> = rows
        .into_iter()
        .filter(|row| row.contains("KIRO_IDE_") && !row.contains("credits_used=2.25"))
        .map(|row| {
            let value = |name: &str| {
                let mut cells = row.split('|').filter_map(|cell| cell.split_once('='));
                cells.find(|(own, _)| *own == name).unwrap().1.to_owned()
            };
            format!("{} {}", value("processed_ts"), value("credits_used"))
        })
        .collect();
    versions.sort();
    versions.reverse();
    versions
}

#[test]
fn content_that_is_restored_is_written_again_and_nothing_else() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, A);
    source.put(CLI, A);
    source.put(key_of_day(11).replace("IDE", "CLI").as_str(), A);
    assert_eq!(counts(&run_at(1, &source, &destination)), (3, 0));
    source.put(IDE, b());
    assert_eq!(counts(&run_at(2, &source, &destination)), (1, 2));
    assert_eq!(counts(&run_at(3, &source, &destination)), (0, 3));
    source.put(IDE, A);
    let restored = run_at(4, &source, &destination);
    assert_eq!(counts(&restored), (1, 2));
    assert_eq!((restored.fact_rows, restored.model_rows), (2, 3));
    assert_eq!(
        credits(&destination),
        ["20260711040000 1.5", "20260711020000 3.5"]
    );
    assert_eq!(counts(&run_at(5, &source, &destination)), (0, 3));
    // And there and back again.
    source.put(IDE, b());
    assert_eq!(counts(&run_at(6, &source, &destination)), (1, 2));
    source.put(IDE, A);
    assert_eq!(counts(&run_at(7, &source, &destination)), (1, 2));
    assert_eq!(counts(&run_at(8, &source, &destination)), (0, 3));
    assert_eq!(
        credits(&destination),
        ["20260711070000 1.5", "20260711060000 3.5"]
    );
}

#[test]
fn a_night_without_news_asks_for_nothing_whatever_was_replaced_before() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(CLI, A);
    source.put(IDE, A);
    run_at(1, &source, &destination);
    source.put(IDE, b());
    run_at(2, &source, &destination);
    source.put(IDE, A);
    run_at(3, &source, &destination);
    let watched = FaultyStore::new(&destination, Fault::Never);
    let summary = run_between(Arc::new(source), watched.clone(), &at_hour(4));
    assert_eq!(counts(&summary), (0, 2));
    assert_eq!(watched.lists.load(Ordering::Relaxed), 1);
    assert_eq!(watched.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn a_first_run_and_new_days_write_parts_and_nothing_else() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, A);
    source.put(CLI, A);
    run_at(1, &source, &destination);
    source.put(key_of_day(11).as_str(), A);
    run_at(2, &source, &destination);
    // Late, beside an export that is still there.
    source.put(CLI.replace("KIRO_CLI", "PLUGIN").as_str(), A);
    run_at(3, &source, &destination);
    let keys = destination.keys();
    let parts = |key: &String| key.starts_with("facts/") || key.starts_with("models/");
    assert!(keys.iter().all(parts), "{keys:?}");
}

#[test]
fn restored_content_is_newer_even_by_a_clock_that_is_behind() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, A);
    run_at(1, &source, &destination);
    source.put(IDE, b());
    run_at(5, &source, &destination);
    source.put(IDE, A);
    assert_eq!(counts(&run_at(2, &source, &destination)), (1, 0));
    assert_eq!(
        credits(&destination),
        ["20260711050001 1.5", "20260711050000 3.5"]
    );
    assert_eq!(counts(&run_at(3, &source, &destination)), (0, 1));
}

#[test]
fn a_local_file_that_is_restored_with_its_old_time_is_current_again() {
    let folder = tempfile::tempdir().unwrap();
    let destination = InMemoryStore::new();
    let path = folder
        .path()
        .join("KIRO_IDE_1_user_report_202607100000.csv");
    let write = |content: &str, time: &str| {
        std::fs::write(&path, content).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(at(time).into()).unwrap();
    };
    let run = |hour: u32| {
        let source = Arc::new(LocalFolder::open(folder.path()).unwrap());
        counts(&run_between(
            source,
            Arc::new(destination.clone()),
            &at_hour(hour),
        ))
    };
    write(A, "2026-07-10T01:00:00Z");
    assert_eq!(run(1), (1, 0));
    write(&b(), "2026-07-10T02:00:00Z");
    assert_eq!(run(2), (1, 0));
    write(A, "2026-07-10T01:00:00Z");
    assert_eq!(run(3), (1, 0));
    // A new time alone is no news.
    write(A, "2026-07-10T09:00:00Z");
    assert_eq!(run(4), (0, 1));
    assert_eq!(
        credits(&destination),
        ["20260711030000 1.5", "20260711020000 3.5"]
    );
}

#[test]
fn a_file_without_a_date_is_restored_in_its_old_place() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    let put = |content: &str, day: u32| {
        let modified = at(&format!("2026-07-{day:02}T10:00:00Z"));
        source.put_modified("KIRO_IDE_July.csv", content.to_owned(), modified);
    };
    put(A, 1);
    run_at(1, &source, &destination);
    put(&b(), 2);
    run_at(2, &source, &destination);
    put(A, 3);
    assert_eq!(counts(&run_at(3, &source, &destination)), (1, 0));
    assert_eq!(
        credits(&destination),
        ["20260711030000 1.5", "20260711020000 3.5"]
    );
    let times = parts::texts(&destination, Dataset::Facts, "export_ts");
    assert!(
        times.contains(&Some("202607031000".to_owned())),
        "{times:?}"
    );
}

#[test]
fn an_event_for_the_export_alone_is_enough() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    let event = |hour: u32, key: &str| {
        let input = RunInput::new(vec![ExportSource {
            store: Arc::new(source.clone()),
            only: Some(vec![ObjectKey::new(key)]),
        }]);
        let destination: Arc<dyn ObjectStore> = Arc::new(destination.clone());
        let (options, progress) = (at_hour(hour), Arc::new(NoProgress));
        let run = normalize_input(&input, destination, &options, progress);
        counts(&runtime().block_on(run).unwrap())
    };
    source.put(CLI, A);
    source.put(IDE, A);
    assert_eq!((event(1, CLI), event(1, IDE)), ((1, 0), (1, 0)));
    source.put(IDE, b());
    assert_eq!(event(2, IDE), (1, 0));
    source.put(IDE, A);
    assert_eq!((event(3, IDE), event(4, IDE)), ((1, 0), (0, 1)));
    // Events of the other client do nothing about this one.
    assert_eq!(event(5, CLI), (0, 1));
    assert_eq!(
        credits(&destination),
        ["20260711030000 1.5", "20260711020000 3.5"]
    );
}

#[test]
fn one_key_with_two_contents_in_two_sources_is_no_restoration() {
    let (one, other, destination) = (
        InMemoryStore::new(),
        InMemoryStore::new(),
        InMemoryStore::new(),
    );
    one.put(IDE, A);
    other.put(IDE, b());
    let source = |store: &InMemoryStore| ExportSource::all_of(Arc::new(store.clone()));
    let run = |hour: u32, sources: Vec<ExportSource>| {
        let input = RunInput::new(sources);
        let (options, progress) = (at_hour(hour), Arc::new(NoProgress));
        let run = normalize_input(&input, Arc::new(destination.clone()), &options, progress);
        counts(&runtime().block_on(run).unwrap())
    };
    assert_eq!(run(1, vec![source(&one)]), (1, 0));
    for hour in [2, 3, 4] {
        let expected = if hour == 2 { (1, 1) } else { (0, 2) };
        assert_eq!(run(hour, vec![source(&one), source(&other)]), expected);
    }
    assert_eq!(
        credits(&destination),
        ["20260711020000 3.5", "20260711010000 1.5"]
    );
}

#[test]
fn a_run_killed_while_it_writes_restored_content_is_made_good() {
    for killed in ["versions/", "models/", "facts/"] {
        let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
        source.put(IDE, A);
        run_at(1, &source, &destination);
        source.put(IDE, b());
        let broken = FaultyStore::new(&destination, Fault::Killed(killed));
        let failed = run_between(Arc::new(source.clone()), broken, &at_hour(2));
        assert_eq!(failed.files_failed, 1, "{killed}");
        assert_eq!(
            counts(&run_at(3, &source, &destination)),
            (1, 0),
            "{killed}"
        );
        source.put(IDE, A);
        let broken = FaultyStore::new(&destination, Fault::Killed(killed));
        let failed = run_between(Arc::new(source.clone()), broken, &at_hour(4));
        assert_eq!(failed.files_failed, 1, "{killed}");
        assert_eq!(
            counts(&run_at(5, &source, &destination)),
            (1, 0),
            "{killed}"
        );
        assert_eq!(
            counts(&run_at(6, &source, &destination)),
            (0, 1),
            "{killed}"
        );
        let newest = credits(&destination);
        assert_eq!(newest[0], "20260711050000 1.5", "{killed}");
    }
}

#[test]
fn two_runs_at_once_restore_it_once_for_the_views() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, A);
    run_at(1, &source, &destination);
    source.put(IDE, b());
    run_at(2, &source, &destination);
    source.put(IDE, A);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| run_at(3, &source, &destination));
        }
    });
    assert_eq!(
        credits(&destination),
        ["20260711030000 1.5", "20260711020000 3.5"]
    );
    assert_eq!(counts(&run_at(4, &source, &destination)), (0, 1));
}

#[test]
fn a_destination_inside_the_source_is_ignored_with_its_records() {
    let source = InMemoryStore::new();
    source.put(IDE, A);
    run_at(1, &source, &source);
    source.put(IDE, b());
    run_at(2, &source, &source);
    let summary = run_at(3, &source, &source);
    assert_eq!((summary.files_skipped, summary.files_ignored), (1, 0));
    assert!(source.keys().iter().any(|key| key.starts_with("versions/")));
}

#[test]
fn the_time_of_modification_is_kept_by_any_way_to_the_parts() {
    let folder = super::origins::case("exported-again-under-another-key");
    let copy = tempfile::tempdir().unwrap();
    let mut places = vec![folder.root().to_path_buf()];
    while let Some(place) = places.pop() {
        for entry in std::fs::read_dir(place).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                places.push(path);
                continue;
            }
            let below = path.strip_prefix(folder.root()).unwrap();
            let target = copy.path().join(below);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(&path, &target).unwrap();
            let day = if below.starts_with("old-prefix") {
                13
            } else {
                20
            };
            let time = at(&format!("2026-09-{day}T01:02:03.456789Z"));
            let file = std::fs::File::options().write(true).open(&target).unwrap();
            file.set_modified(time.into()).unwrap();
        }
    }
    let order = |destination: &InMemoryStore| {
        let others: Vec<&str> = Dataset::Facts
            .columns()
            .map(|column| column.name)
            .filter(|name| !["credits_used", "export_ts", "modified_ts", "src_path"].contains(name))
            .collect();
        parts::sorted_rows(destination, Dataset::Facts, &others)
    };
    let source = || Arc::new(LocalFolder::open(copy.path()).unwrap());
    let destination = InMemoryStore::new();
    run_between(source(), Arc::new(destination.clone()), &at_hour(1));
    let once = order(&destination);
    assert_eq!(once.len(), 9);
    for row in &once {
        let is_old = row.contains("old-prefix");
        let time = if is_old {
            "modified_ts=20260913010203456789"
        } else {
            "modified_ts=20260920010203456789"
        };
        assert!(row.contains(time), "{row}");
    }
    let again = NormalizeOptions {
        reprocess: true,
        ..at_hour(2)
    };
    run_between(source(), Arc::new(destination.clone()), &again);
    assert_eq!(order(&destination), once);
    let elsewhere = InMemoryStore::new();
    run_between(source(), Arc::new(elsewhere.clone()), &at_hour(4));
    assert_eq!(order(&elsewhere), once);
}
