//! Runs over several sources, over some of their exports, and up to a limit.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kiro_ingest::{
    ExportSource, InMemoryStore, NoProgress, NormalizeOptions, ObjectStore, RunInput, RunSummary,
    normalize_input,
};
use kiro_report::{Dataset, ObjectKey};

use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{POISON, TWO_USERS, key_of_day, options, runtime};
use crate::parts;

/// A store with an export for each of these days.
fn days(days: impl IntoIterator<Item = u32>) -> InMemoryStore {
    let store = InMemoryStore::new();
    for day in days {
        store.put(
            key_of_day(day).as_str(),
            TWO_USERS.replace("07-10", &format!("07-{day:02}")),
        );
    }
    store
}

fn all_of(store: &InMemoryStore) -> ExportSource {
    ExportSource::all_of(Arc::new(store.clone()))
}

fn run(input: &RunInput, destination: &InMemoryStore) -> RunSummary {
    let options = NormalizeOptions {
        jobs: NonZeroUsize::new(3).unwrap(),
        ..options()
    };
    let destination = Arc::new(destination.clone());
    runtime()
        .block_on(normalize_input(
            input,
            destination,
            &options,
            Arc::new(NoProgress),
        ))
        .unwrap()
}

#[test]
fn a_backfill_is_driven_to_its_end_by_repeated_runs() {
    let (source, destination) = (days(1..=10), InMemoryStore::new());
    let input = RunInput {
        max_files: Some(4),
        ..RunInput::new(vec![all_of(&source)])
    };
    let mut steps = Vec::new();
    loop {
        let summary = run(&input, &destination);
        steps.push((
            summary.files_processed,
            summary.files_skipped,
            summary.files_remaining,
        ));
        assert_eq!(
            summary.files_seen,
            summary.files_processed + summary.files_skipped
        );
        if summary.files_remaining == 0 {
            break;
        }
    }
    assert_eq!(steps, [(4, 0, 6), (4, 4, 2), (2, 8, 0)]);
    assert_eq!(parts::rows(&destination, Dataset::Facts), 20);
}

#[test]
fn exports_that_cannot_be_read_never_keep_others_from_being_taken() {
    let (source, destination) = (days(3..=5), InMemoryStore::new());
    source.put(key_of_day(1).as_str(), POISON);
    source.put(key_of_day(2).as_str(), POISON);
    let input = RunInput {
        max_files: Some(1),
        ..RunInput::new(vec![all_of(&source)])
    };
    let step = |summary: &RunSummary| {
        (
            summary.files_processed,
            summary.files_failed,
            summary.files_remaining,
        )
    };
    let steps: Vec<_> = (0..6).map(|_| step(&run(&input, &destination))).collect();
    assert_eq!(
        steps,
        [
            (0, 1, 4),
            (0, 1, 3),
            (1, 0, 2),
            (1, 0, 1),
            (1, 0, 0),
            // Only now is there nothing else to try.
            (0, 1, 0)
        ]
    );
}

#[test]
fn a_run_stops_taking_exports_when_time_is_up() {
    let (source, destination) = (days(1..=10), InMemoryStore::new());
    let asked = Arc::new(AtomicU64::new(0));
    let input = RunInput {
        has_time: Some(Arc::new(move || asked.fetch_add(1, Ordering::Relaxed) < 3)),
        ..RunInput::new(vec![all_of(&source)])
    };
    let summary = run(&input, &destination);
    assert_eq!((summary.files_processed, summary.files_remaining), (3, 7));
    let rest = RunInput::new(vec![all_of(&source)]);
    assert_eq!(run(&rest, &destination).files_processed, 7);
}

#[test]
fn only_some_exports_can_be_asked_for() {
    let (source, destination) = (days(1..=10), InMemoryStore::new());
    let watched = FaultyStore::new(&source, Fault::Never);
    let only = [key_of_day(3), key_of_day(7), "missing.csv".to_owned()];
    let input = RunInput::new(vec![ExportSource {
        store: watched.clone(),
        only: Some(only.map(ObjectKey::new).to_vec()),
    }]);
    let summary = run(&input, &destination);
    assert_eq!((summary.files_seen, summary.files_processed), (2, 2));
    assert_eq!(watched.lists.load(Ordering::Relaxed), 3);
    assert_eq!(run(&input, &destination).files_skipped, 2);
}

#[test]
fn several_sources_are_read_against_one_listing_of_the_destination() {
    let (one, other, destination) = (days(1..=3), days(3..=5), InMemoryStore::new());
    let watched = FaultyStore::new(&destination, Fault::Never);
    let input = RunInput::new(vec![all_of(&one), all_of(&other)]);
    let summary = runtime()
        .block_on(normalize_input(
            &input,
            watched.clone(),
            &options(),
            Arc::new(NoProgress),
        ))
        .unwrap();
    // The third day is in both, with the same key and content.
    assert_eq!(
        (
            summary.files_seen,
            summary.files_processed,
            summary.files_skipped
        ),
        (6, 5, 1)
    );
    assert_eq!(watched.lists.load(Ordering::Relaxed), 1);
    assert_eq!(parts::rows(&destination, Dataset::Facts), 10);
}

#[test]
fn large_exports_wait_for_each_other_and_all_are_read() {
    let (source, destination) = (days([]), InMemoryStore::new());
    let line = TWO_USERS.lines().nth(1).unwrap();
    let padding = format!("{}\n", "x,".repeat(50)).repeat(45_000);
    for day in 1..=3 {
        let content = format!("{TWO_USERS}{line}\n{padding}");
        let content = content.replace("2026-07-10", &format!("2026-07-{day:02}"));
        assert!(content.len() > 4 << 20);
        source.put(key_of_day(day).as_str(), content);
    }
    let input = RunInput {
        max_large_jobs: NonZeroUsize::new(1),
        ..RunInput::new(vec![all_of(&source)])
    };
    let summary = run(&input, &destination);
    assert_eq!((summary.files_processed, summary.fact_rows), (3, 9));
    assert_eq!(summary.rejected_rows, 3 * 45_000);
}

#[test]
fn the_newest_export_and_the_newest_activity_are_told() {
    let (source, destination) = (days([1, 4]), InMemoryStore::new());
    source.put(key_of_day(9).as_str(), "Date,UserId\n");
    let input = RunInput::new(vec![all_of(&source)]);
    let first = run(&input, &destination);
    assert_eq!(first.newest_export, "2026-07-09".parse().ok());
    assert_eq!(first.newest_activity, "2026-07-04".parse().ok());
    let second = run(&input, &destination);
    assert_eq!(second.newest_export, "2026-07-09".parse().ok());
    assert_eq!(second.newest_activity, None);
}

#[test]
fn two_runs_add_up_to_one() {
    let (source, destination) = (days(1..=3), InMemoryStore::new());
    source.put(key_of_day(4).as_str(), POISON);
    let broken: Arc<dyn ObjectStore> = FaultyStore::new(&source, Fault::BreaksOff("07/02"));
    let first = run(
        &RunInput::new(vec![ExportSource::all_of(broken)]),
        &destination,
    );
    assert_eq!(
        (
            first.files_processed,
            first.files_failed,
            first.transient_failures
        ),
        (2, 2, 1)
    );
    let both = first.followed_by(run(&RunInput::new(vec![all_of(&source)]), &destination));
    let fresh = run(&RunInput::new(vec![all_of(&source)]), &InMemoryStore::new());
    assert_eq!(both, fresh);
    assert_eq!((both.files_seen, both.files_failed), (4, 1));
}

#[test]
fn what_an_outage_cost_the_next_run_reads() {
    let (source, destination) = (days(1..=3), InMemoryStore::new());
    let troubled: Arc<dyn ObjectStore> = FaultyStore::new(&source, Fault::Outage(2));
    let input = RunInput::new(vec![ExportSource::all_of(troubled)]);
    let first = run(&input, &destination);
    assert_eq!((first.files_processed, first.transient_failures), (1, 2));
    let second = run(&input, &destination);
    assert_eq!((second.files_processed, second.files_skipped), (2, 1));
    assert_eq!(second.files_failed, 0);
}
