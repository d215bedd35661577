//! Dashboards whose new version fails.

use serde_json::json;

use crate::deployment::{ALICE, apply, deployment};
use crate::server::{Asked, Given, Server};

const REASON: &str = "Column user_labl is not in the dataset";

/// An account with an older analysis and dashboard of the deployment. Version 2 of the dashboard fails.
fn answered(asked: &Asked) -> Given {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let is_analysis = path.contains("/analyses/");
    let body = match (asked.method.as_str(), path) {
        _ if asked.body.starts_with("Action=DescribeStacks") => {
            let text = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>";
            return Given::text(400, text);
        }
        (_, path) if path.ends_with("/tags") => {
            json!({"Tags": [
                {"Key": "kiro-analytics:deployment", "Value": "kiro-analytics"},
                {"Key": "kiro-analytics:sent", "Value": "older"},
            ]})
        }
        (_, path) if path.ends_with("/permissions") => {
            json!({"Permissions": [{"Principal": ALICE, "Actions": []}]})
        }
        (_, path) if path.ends_with("/definition") => json!({"Name": "Kiro", "Definition": {}}),
        ("PUT", path) => json!({"VersionArn": format!("arn:aws:quicksight:::{path}/version/2")}),
        ("GET", _) if is_analysis => json!({"Analysis": {"Status": "UPDATE_SUCCESSFUL"}}),
        ("GET", _) if query == "version-number=2" => {
            let entity = json!({"Path": "sheet/people/visual/p-all-users"});
            let error = json!({"Type": "COLUMN_NOT_FOUND", "Message": REASON, "ViolatedEntities": [entity]});
            json!({"Dashboard": {"Version": {"Status": "CREATION_FAILED", "Errors": [error]}}})
        }
        _ => json!({"Dashboard": {"Version": {"Status": "CREATION_SUCCESSFUL"}}}),
    };
    Given::json(&body)
}

#[tokio::test]
async fn only_a_healthy_version_is_published() {
    let server = Server::start(answered).await;
    let deployment = deployment(&server).await;
    let error = apply(&deployment, "dashboard").await;
    assert_eq!(
        error.cause.to_string(),
        format!(
            "dashboard `kiro-analytics-kiro` could not be created (CREATION_FAILED): COLUMN_NOT_FOUND: {REASON} at sheet/people/visual/p-all-users (visual `p-all-users` (All users) on sheet `people` (People)); the published version has not changed"
        )
    );
    let asked = server.asked();
    let changed = |part: &str| {
        asked
            .iter()
            .any(|asked| asked.method == "PUT" && asked.path.contains(part))
    };
    assert!(changed("/analyses/kiro-analytics-kiro") && changed("/dashboards/kiro-analytics-kiro"));
    assert!(!changed("/versions/"), "{asked:#?}");
}
