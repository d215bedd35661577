//! The files of a deployment, written without an account.

use kiro_deploy::synth::{ExistingState, files, lacks_code};

use crate::deployment::deployment;
use crate::server::Server;

#[tokio::test]
async fn files_without_an_account_have_placeholders_and_make_no_call() {
    let server = Server::start(|asked| panic!("unexpected request {}", asked.path)).await;
    let deployment = deployment(&server).await;
    let written = files(&deployment, &ExistingState::default()).unwrap();
    assert_eq!(server.asked().len(), 0);
    assert!(lacks_code(&written));
    let content = |path: &str| {
        let file = written.iter().find(|file| file.path == path);
        let file = file.unwrap_or_else(|| panic!("{path} is missing"));
        file.content.as_str()
    };
    let parameters = content("kiro-analytics-data/parameters.json");
    assert!(parameters.contains("TO-BE-FILLED-IN.zip"), "{parameters}");
    let policy = content("policies/kiro-analytics-QuickSightS3Access.json");
    assert!(policy.contains("arn:aws:s3:::RESULTS-BUCKET/"), "{policy}");
    assert!(written.iter().all(|file| !file.is_secret));
    assert_eq!(
        files(&deployment, &ExistingState::default()).unwrap(),
        written
    );
}
