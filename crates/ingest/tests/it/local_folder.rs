//! Properties of a local folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use kiro_ingest::{LocalFolder, ObjectStore, PutMode, RunSummary, StoreErrorKind};
use kiro_report::ObjectKey;

use crate::kiro_exports::{IDE, TWO_USERS, options, run_between, runtime};

fn put(root: &Path, key: &str, content: impl AsRef<[u8]>) {
    let path = root.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(
                    entry
                        .path()
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
    }
    found.sort();
    found
}

fn run(source: &Path, destination: &Path) -> RunSummary {
    let source = Arc::new(LocalFolder::open(source).unwrap());
    run_between(
        source,
        Arc::new(LocalFolder::create(destination).unwrap()),
        &options(),
    )
}

fn keys(folder: &LocalFolder) -> Vec<String> {
    let mut keys: Vec<String> = runtime().block_on(async {
        folder
            .list("")
            .map(|object| {
                object
                    .map_or_else(|error| error.key, |object| object.key)
                    .to_string()
            })
            .collect()
            .await
    });
    keys.sort();
    keys
}

#[test]
fn a_destination_inside_the_source_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), IDE, TWO_USERS);
    for destination in [folder.path().join("data"), folder.path().to_path_buf()] {
        let first = run(folder.path(), &destination);
        assert_eq!(
            (
                first.files_processed,
                first.files_failed,
                first.files_ignored
            ),
            (1, 0, 0)
        );
        let second = run(folder.path(), &destination);
        assert_eq!(
            (
                second.files_seen,
                second.files_skipped,
                second.files_ignored
            ),
            (1, 1, 0)
        );
    }
}

#[test]
fn keys_begin_at_the_account_root_wherever_the_source_lies_below_it() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), IDE, TWO_USERS);
    let mut below = folder.path().to_path_buf();
    assert_eq!(keys(&LocalFolder::open(&below).unwrap()), [IDE]);
    for segment in [
        "AWSLogs",
        "123456789012",
        "KiroLogs",
        "user_report",
        "us-east-1",
        "2026",
    ] {
        below.push(segment);
        assert_eq!(
            keys(&LocalFolder::open(&below).unwrap()),
            [IDE],
            "{segment}"
        );
    }
    let summary = run(&below, &folder.path().join("data"));
    assert_eq!((summary.files_processed, summary.fact_rows), (1, 2));
    // The same file, found from further up, is the same export.
    assert_eq!(
        run(folder.path(), &folder.path().join("data")).files_skipped,
        1
    );
}

#[test]
fn links_are_followed_and_never_in_circles() {
    let folder = tempfile::tempdir().unwrap();
    let (root, elsewhere) = (folder.path().join("root"), folder.path().join("elsewhere"));
    put(&root, "a/one.csv", "1");
    put(&elsewhere, "two.csv", "2");
    put(folder.path(), "three.csv", "3");
    symlink(&elsewhere, root.join("linked")).unwrap();
    symlink(&elsewhere, root.join("linked-again")).unwrap();
    symlink(&root, elsewhere.join("back")).unwrap();
    symlink(&root, root.join("a/self")).unwrap();
    symlink("/", root.join("a/top")).unwrap();
    symlink(folder.path().join("three.csv"), root.join("three.csv")).unwrap();
    symlink(folder.path().join("nothing"), root.join("broken.csv")).unwrap();
    let found = keys(&LocalFolder::open(&root).unwrap());
    assert_eq!(
        found.iter().filter(|key| key.ends_with("two.csv")).count(),
        1,
        "{found:?}"
    );
    let others: Vec<_> = found
        .iter()
        .filter(|key| !key.ends_with("two.csv"))
        .collect();
    assert_eq!(others, ["a/one.csv", "broken.csv", "three.csv"]);
}

#[test]
fn a_broken_link_fails_as_an_export() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), IDE, TWO_USERS);
    symlink(
        folder.path().join("nothing"),
        folder.path().join("broken.csv"),
    )
    .unwrap();
    let summary = run(folder.path(), &folder.path().join("data"));
    assert_eq!((summary.files_processed, summary.files_failed), (1, 1));
    assert_eq!(summary.failures[0].export, "broken.csv");
    assert_eq!(
        summary.failures[0].error,
        "could not list `broken.csv`: it does not exist"
    );
}

#[test]
fn what_a_killed_run_left_is_not_seen_and_is_swept_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("data");
    put(folder.path(), IDE, TWO_USERS);
    put(&destination, ".kiro-analytics-staging/99999999-0/lock", "");
    put(
        &destination,
        ".kiro-analytics-staging/99999999-0/7.tmp",
        "half a part",
    );
    put(
        &destination,
        ".kiro-analytics-staging/99999999-1/8.tmp",
        "half a part, without a lock",
    );
    put(
        &destination,
        "facts/export_date=2026-07-10/part-0123456789abcdef.parquet",
        "",
    );
    let summary = run(folder.path(), &destination);
    assert_eq!(
        (
            summary.files_processed,
            summary.files_failed,
            summary.files_ignored
        ),
        (1, 0, 0)
    );
    let left: Vec<_> = files(&destination)
        .into_iter()
        .filter(|file| file.contains("staging"))
        .collect();
    assert_eq!(left, [".kiro-analytics-staging/99999999-1/8.tmp"]);
}

#[test]
fn a_run_leaves_nothing_of_another_one_that_is_still_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let busy = LocalFolder::create(folder.path()).unwrap();
    let mut writer = runtime
        .block_on(busy.create(&ObjectKey::new("slow"), PutMode::Overwrite))
        .unwrap();
    runtime
        .block_on(writer.write(Bytes::from(vec![b'x'; 2 << 20])))
        .unwrap();
    drop(LocalFolder::create(folder.path()).unwrap());
    runtime.block_on(writer.finish()).unwrap();
    drop(busy);
    assert_eq!(files(folder.path()), ["slow"]);
    assert_eq!(
        fs::metadata(folder.path().join("slow")).unwrap().len(),
        2 << 20
    );
    assert!(!folder.path().join(".kiro-analytics-staging").exists());
}

#[test]
fn a_folder_that_is_none_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "file", "x");
    let missing = folder.path().join("missing");
    let text = LocalFolder::open(&missing).unwrap_err().to_string();
    assert_eq!(text, format!("could not read `{}`", missing.display()));
    let kind = |error: kiro_ingest::StoreError| error.kind;
    assert!(matches!(
        kind(LocalFolder::open(folder.path().join("missing")).unwrap_err()),
        StoreErrorKind::NotFound
    ));
    assert!(matches!(
        kind(LocalFolder::open(folder.path().join("file")).unwrap_err()),
        StoreErrorKind::NotAFolder
    ));
    assert!(matches!(
        kind(LocalFolder::create(folder.path().join("file")).unwrap_err()),
        StoreErrorKind::NotAFolder
    ));
    let below = LocalFolder::create(folder.path().join("file/below")).unwrap_err();
    assert!(
        matches!(below.kind, StoreErrorKind::NotAFolder),
        "{below:?}"
    );
}

#[test]
fn a_key_cannot_lead_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = LocalFolder::create(folder.path().join("data")).unwrap();
    for key in ["../out", "a/../../out", ".", "/tmp/out"] {
        assert!(
            runtime()
                .block_on(store.create(&ObjectKey::new(key), PutMode::Overwrite))
                .is_err(),
            "{key}"
        );
    }
}

#[test]
fn two_runs_at_once_on_one_folder_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("data");
    for day in 1..=9 {
        let key =
            format!("AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/0{day}/00/x.csv");
        put(
            folder.path(),
            &key,
            TWO_USERS.replace("07-10", &format!("07-0{day}")),
        );
    }
    std::thread::scope(|scope| {
        let runs = [(); 4].map(|()| scope.spawn(|| run(folder.path(), &destination)));
        for run in runs {
            assert_eq!(run.join().unwrap().files_failed, 0);
        }
    });
    let parts = files(&destination);
    assert_eq!(
        parts
            .iter()
            .filter(|part| part.starts_with("facts/"))
            .count(),
        9
    );
    assert_eq!(
        parts
            .iter()
            .filter(|part| part.starts_with("models/"))
            .count(),
        9
    );
    assert_eq!(parts.len(), 18, "{parts:?}");
    assert_eq!(run(folder.path(), &destination).files_skipped, 9);
}
