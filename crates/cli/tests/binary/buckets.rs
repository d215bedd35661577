//! Buckets where folders may stand, on a real S3 server: the same rows, and what is said when something is wrong.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::server::Server;
use crate::support::{clean_fleet, fingerprint, kiro_analytics, normalize, text};

type Settings<'a> = &'a [(&'a str, &'a str)];

/// Normalizes with what people set in their shells.
fn normalize_places(source: &str, dest: &str, settings: Settings<'_>) -> Output {
    let server = format!("http://{}", Server::shared().address);
    kiro_analytics()
        .args(["normalize", "--output", "json", source, dest])
        .env("AWS_ENDPOINT_URL", server)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_ACCESS_KEY_ID", "123456789012")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .envs(settings.iter().copied())
        .output()
        .unwrap()
}

/// Puts every file below a folder into a bucket.
fn upload(folder: &Path, bucket: &str, key: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let key = format!("{key}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            upload(&entry.path(), bucket, &key);
        } else {
            let content = fs::read_to_string(entry.path()).unwrap();
            let answer = Server::shared().ask("PUT", &format!("/{bucket}{key}"), &content);
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }
}

fn summary(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_bucket_gives_the_rows_that_its_copy_in_a_folder_gives() {
    let folder = tempfile::tempdir().unwrap();
    let (exports, copied, data) = (
        folder.path().join("exports"),
        folder.path().join("copied"),
        folder.path().join("data"),
    );
    clean_fleet(&exports, 20, 4);
    let (bucket, results) = (Server::shared().new_bucket(), Server::shared().new_bucket());
    upload(&exports, &bucket, "");
    assert!(normalize(&exports, &copied).status.success());

    // The bucket is in another Region than the one configured.
    let source = format!("s3://{bucket}");
    let from_bucket = normalize_places(&source, data.to_str().unwrap(), &[]);
    let from_bucket = summary(&from_bucket);
    assert_eq!(fingerprint(&data), fingerprint(&copied));

    let dest = format!("s3://{results}/normalized");
    let to_bucket = normalize_places(&source, &dest, &[]);
    assert_eq!(summary(&to_bucket), from_bucket);
    let again = summary(&normalize_places(&source, &dest, &[]));
    assert_eq!(again["files_skipped"], from_bucket["files_processed"]);
    assert_eq!(again["files_processed"], 0);
}

#[test]
fn what_aws_refuses_ends_with_3_and_says_what_to_do() {
    let bucket = Server::shared().new_bucket();
    let folder = tempfile::tempdir().unwrap();
    let source = format!("s3://{bucket}");
    let data = folder.path().to_str().unwrap();
    let cases: [(&str, &str, Settings<'_>, &str, &str); 4] = [
        (
            "s3://no-such-bucket/x",
            data,
            &[],
            "could not list `s3://no-such-bucket/x`: the bucket does not exist",
            "hint: check the bucket's name",
        ),
        (
            &source,
            "s3://no-such-bucket",
            &[],
            "caused by: the bucket does not exist",
            "hint: check the bucket's name",
        ),
        (
            &source,
            data,
            &[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")],
            "no credentials could be loaded",
            "hint: run `aws sso login`",
        ),
        (
            &source,
            data,
            &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")],
            "the service cannot be reached",
            "hint: check the network",
        ),
    ];
    for (source, dest, settings, cause, hint) in cases {
        let output = normalize_places(source, dest, settings);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(cause) && said.contains(hint), "{said}");
    }
}
