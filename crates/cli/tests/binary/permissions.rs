//! `permissions` needs no account, no credentials and no network.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{kiro_analytics, text};

fn printed(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let output = kiro_analytics()
        .env_clear()
        .current_dir(folder.path())
        .arg("permissions")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn the_page_in_docs_is_its_output() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md");
    let page = printed(&[
        "--account=123456789012",
        "--exports=s3://example-kiro-reports/kiro-logs",
        "--output=markdown",
    ]);
    assert_eq!(page, std::fs::read_to_string(path).unwrap());
}

#[test]
fn names_regions_and_a_boundary_are_in_every_arn() {
    let boundary = "arn:aws-us-gov:iam::123456789012:policy/developers";
    let json = printed(&[
        "--account=123456789012",
        "--region=us-gov-west-1",
        "--prefix=usage",
        "--exports=s3://reports/logs",
        "--boundary",
        boundary,
        "--output=json",
    ]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let documents = json["documents"].to_string();
    assert!(
        documents.contains("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:usage-*")
    );
    assert!(documents.contains("arn:aws-us-gov:s3:::reports/logs/*"));
    assert!(documents.contains(boundary));
    assert!(!documents.contains("arn:aws:"), "{documents}");
    assert_eq!(json["statements"][0]["grants"][0]["source"], "call");
}

/// Each document is one that `aws iam create-policy` takes.
#[test]
fn the_text_is_one_document_after_the_other() {
    let text = printed(&["--exports=s3://reports"]);
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let documents: Vec<Value> = documents.collect::<Result<_, _>>().unwrap();
    assert!(documents.len() > 1);
    assert!(documents.iter().all(|one| one["Version"] == "2012-10-17"));
    assert!(text.contains("arn:aws:lambda:*:*:function:kiro-analytics-*"));
}
