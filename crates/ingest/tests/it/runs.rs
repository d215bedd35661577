//! Runs: what is done, skipped, replaced, counted, and what is left after a run was killed.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kiro_ingest::{InMemoryStore, NormalizeOptions};
use kiro_report::{Dataset, NameRules, Names};

use crate::faulty_store::{Fault, FaultyStore};
use crate::kiro_exports::{
    FOLDER, IDE, LEGACY, TWO_USERS, at, key_of_day, options, run, run_between, two_users_of_day,
};
use crate::parts;

#[test]
fn an_unchanged_export_is_skipped() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    let first = run(&source, &destination);
    assert_eq!(
        (first.files_seen, first.files_processed, first.files_skipped),
        (1, 1, 0)
    );
    assert_eq!((first.fact_rows, first.model_rows), (2, 3));
    let parts = destination.keys();
    let second = run(&source, &destination);
    assert_eq!(
        (
            second.files_seen,
            second.files_processed,
            second.files_skipped
        ),
        (1, 0, 1)
    );
    assert_eq!((second.fact_rows, second.model_rows), (0, 0));
    assert_eq!(destination.keys(), parts);
}

#[test]
fn a_re_export_in_place_gets_a_part_of_its_own_and_the_old_one_stays() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    run(&source, &destination);
    source.put(IDE, TWO_USERS.replace("1.5", "3.5"));
    assert_eq!(run(&source, &destination).files_processed, 1);
    assert_eq!(
        destination
            .keys()
            .iter()
            .filter(|key| key.starts_with("facts/"))
            .count(),
        2
    );
    assert_eq!(parts::rows(&destination, Dataset::Facts), 4);
    let mut ids = parts::texts(&destination, Dataset::Facts, "part_id");
    ids.dedup();
    assert_eq!(ids.len(), 2);
}

#[test]
fn reprocessing_replaces_the_same_parts() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    run(&source, &destination);
    let keys = destination.keys();
    let again = NormalizeOptions {
        reprocess: true,
        processed_at: at("2026-08-01T00:00:00Z"),
        ..options()
    };
    let summary = run_between(Arc::new(source), Arc::new(destination.clone()), &again);
    assert_eq!((summary.files_processed, summary.files_skipped), (1, 0));
    assert_eq!(destination.keys(), keys);
    let times = parts::texts(&destination, Dataset::Models, "processed_ts");
    assert_eq!(times, vec![Some("20260801000000".to_owned()); 3]);
}

#[test]
fn what_is_done_is_known_from_one_listing_of_the_destination() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    for day in 1..=20 {
        source.put(key_of_day(day).as_str(), two_users_of_day(day));
    }
    run(&source, &destination);
    let watched = FaultyStore::new(&destination, Fault::Never);
    let summary = run_between(Arc::new(source), watched.clone(), &options());
    assert_eq!(summary.files_skipped, 20);
    assert_eq!(watched.lists.load(Ordering::Relaxed), 1);
    assert_eq!(watched.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn exports_outside_the_window_are_ignored_and_not_even_read() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    for day in 1..=9 {
        source.put(key_of_day(day).as_str(), two_users_of_day(day));
    }
    let watched = FaultyStore::new(&source, Fault::Never);
    let window = |since: &str, until: &str| NormalizeOptions {
        since: since.parse().ok(),
        until: until.parse().ok(),
        ..options()
    };
    let summary = run_between(
        watched.clone(),
        Arc::new(destination.clone()),
        &window("2026-07-03", "2026-07-05"),
    );
    assert_eq!(
        (
            summary.files_seen,
            summary.files_processed,
            summary.files_ignored
        ),
        (3, 3, 6)
    );
    // A tag and a reader for each.
    assert_eq!(watched.requests.load(Ordering::Relaxed), 6);
    let summary = run_between(watched, Arc::new(destination), &window("2026-07-05", ""));
    assert_eq!(
        (
            summary.files_processed,
            summary.files_skipped,
            summary.files_ignored
        ),
        (4, 1, 4)
    );
}

#[test]
fn both_reports_log_roots_accounts_and_regions_are_read_side_by_side() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    source.put(
        IDE.replace("123456789012", "210987654321").as_str(),
        TWO_USERS,
    );
    source.put(IDE.replace("us-east-1", "eu-central-1").as_str(), TWO_USERS);
    source.put(LEGACY, "UserId,Date,Inline_AICodeLines\nu1,11-24-2025,5\n");
    source.put(
        LEGACY.replace("QDeveloperLogs", "KiroLogs").as_str(),
        "UserId,Date,Inline_AICodeLines\nu2,11-24-2025,6\n",
    );
    source.put("mail/July.csv", TWO_USERS);
    source.put(
        "mail/legacy.csv",
        "UserId,Date,Inline_AICodeLines\nu3,11-24-2025,7\n",
    );
    source.put(
        "AWSLogs/123456789012/KiroLogs/6f1f3fa2-1111-4222-8333-bbbbbbbbbbbb",
        "x",
    );
    source.put(format!("{FOLDER}/x.csv.gz").as_str(), "x");
    let summary = run(&source, &destination);
    assert_eq!(
        (
            summary.files_seen,
            summary.files_processed,
            summary.files_ignored
        ),
        (7, 7, 2)
    );
    assert_eq!(
        (summary.fact_rows, summary.code_rows, summary.files_failed),
        (8, 3, 0)
    );
    let mut places: Vec<_> = parts::texts(&destination, Dataset::Facts, "source_account")
        .into_iter()
        .zip(parts::texts(&destination, Dataset::Facts, "source_region"))
        .map(|(account, region)| format!("{}/{}", account.unwrap(), region.unwrap()))
        .collect();
    places.sort();
    places.dedup();
    assert_eq!(
        places,
        [
            "/",
            "123456789012/eu-central-1",
            "123456789012/us-east-1",
            "210987654321/us-east-1"
        ]
    );
}

#[test]
fn an_export_without_rows_is_done_all_the_same() {
    for content in ["", "\n\n", "Date,UserId\n", "Date,UserId\n,,\n"] {
        let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
        source.put(IDE, content);
        let summary = run(&source, &destination);
        assert_eq!(
            (
                summary.files_processed,
                summary.files_failed,
                summary.fact_rows
            ),
            (1, 0, 0),
            "{content:?}"
        );
        assert_eq!(parts::rows(&destination, Dataset::Facts), 0);
        assert_eq!(run(&source, &destination).files_skipped, 1, "{content:?}");
    }
}

#[test]
fn a_run_killed_between_two_parts_is_made_good_by_the_next() {
    let bad_row = "2026-07-10,,KIRO_IDE,1,PRO,1,1,1\n";
    for killed in ["models/", "issues/", "facts/"] {
        let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
        source.put(IDE, format!("{TWO_USERS}{bad_row}"));
        source.put(key_of_day(11).as_str(), TWO_USERS);
        let broken = FaultyStore::new(&destination, Fault::Killed(killed));
        let summary = run_between(Arc::new(source.clone()), broken, &options());
        assert!(summary.files_failed > 0, "{killed}");
        let failed = summary.files_failed;
        let summary = run(&source, &destination);
        assert_eq!(
            (summary.files_processed, summary.files_failed),
            (failed, 0),
            "{killed}"
        );
        assert_eq!(parts::rows(&destination, Dataset::Facts), 4, "{killed}");
        assert_eq!(parts::rows(&destination, Dataset::Models), 6, "{killed}");
        assert_eq!(parts::rows(&destination, Dataset::Issues), 1, "{killed}");
    }
}

#[test]
fn a_file_that_tells_no_date_keeps_its_place_when_it_is_touched() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put_modified("July.csv", TWO_USERS, at("2026-07-11T10:20:30Z"));
    let broken = FaultyStore::new(&destination, Fault::Killed("facts/"));
    assert_eq!(
        run_between(Arc::new(source.clone()), broken, &options()).files_failed,
        1
    );
    source.put_modified("July.csv", TWO_USERS, at("2026-07-15T10:20:30Z"));
    assert_eq!(run(&source, &destination).files_processed, 1);
    assert_eq!(parts::rows(&destination, Dataset::Models), 3);
    source.put_modified("July.csv", TWO_USERS, at("2026-07-20T10:20:30Z"));
    assert_eq!(run(&source, &destination).files_skipped, 1);
    assert!(
        destination
            .keys()
            .iter()
            .all(|key| key.contains("2026-07-11")),
        "{:?}",
        destination.keys()
    );
}

#[test]
fn reprocessing_empties_a_part_that_has_no_rows_any_more() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS);
    run(&source, &destination);
    let facts = destination
        .keys()
        .into_iter()
        .find(|key| key.starts_with("facts/"))
        .unwrap();
    let issues = facts.replacen("facts", "issues", 1);
    destination.put(issues.as_str(), destination.content(&facts).unwrap());
    let again = NormalizeOptions {
        reprocess: true,
        ..options()
    };
    run_between(Arc::new(source), Arc::new(destination.clone()), &again);
    assert_eq!(parts::rows(&destination, Dataset::Issues), 0);
}

#[test]
fn however_many_exports_are_in_work_the_result_is_the_same() {
    let source = InMemoryStore::new();
    for day in 1..=12 {
        source.put(
            key_of_day(day).as_str(),
            TWO_USERS.replace("07-10", &format!("07-{day:02}")),
        );
    }
    let results = [1, 3, 16].map(|jobs| {
        let destination = InMemoryStore::new();
        let options = NormalizeOptions {
            jobs: NonZeroUsize::new(jobs).unwrap(),
            ..options()
        };
        let summary = run_between(
            Arc::new(source.clone()),
            Arc::new(destination.clone()),
            &options,
        );
        let contents: Vec<_> = destination
            .keys()
            .iter()
            .map(|key| destination.content(key))
            .collect();
        (summary, destination.keys(), contents)
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn a_changed_alias_takes_effect_when_exports_are_reprocessed() {
    let (source, destination) = (InMemoryStore::new(), InMemoryStore::new());
    source.put(IDE, TWO_USERS.replace("KIRO_IDE", "Kiro Browser"));
    run(&source, &destination);
    let clients = || parts::texts(&destination, Dataset::Models, "client_type");
    assert_eq!(clients(), vec![Some("KIRO BROWSER".to_owned()); 3]);
    let rules = NameRules {
        client_aliases: [("Kiro Browser".to_owned(), "KIRO_WEB".to_owned())].into(),
        model_aliases: [("glm_5".to_owned(), "glm".to_owned())].into(),
        tier_aliases: [("Power".to_owned(), "PRO".to_owned())].into(),
        ..NameRules::default()
    };
    let named = |reprocess| NormalizeOptions {
        names: Arc::new(Names::new(&rules).unwrap()),
        reprocess,
        ..options()
    };
    let run_named = |reprocess| {
        let (source, destination) = (source.clone(), destination.clone());
        run_between(Arc::new(source), Arc::new(destination), &named(reprocess))
    };
    assert_eq!(run_named(false).files_skipped, 1);
    assert_eq!(clients(), vec![Some("KIRO BROWSER".to_owned()); 3]);
    assert_eq!(run_named(true).files_processed, 1);
    assert_eq!(clients(), vec![Some("KIRO_WEB".to_owned()); 3]);
    let texts = |column| parts::texts(&destination, Dataset::Models, column);
    let some = |texts: [&str; 3]| texts.map(|text| Some(text.to_owned())).to_vec();
    assert_eq!(texts("model_name"), some(["auto", "glm", "glm"]));
    assert_eq!(texts("subscription_tier"), some(["PRO", "PRO", "PRO"]));
}
