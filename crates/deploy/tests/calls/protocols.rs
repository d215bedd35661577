//! What goes over the wire, and what is made of the answer.

use kiro_deploy::aws::{Fields, Method, services};
use serde_json::json;

use crate::server::{Given, Server};

#[tokio::test]
async fn a_json_service_is_told_its_operation_in_a_header() {
    let server = Server::start(|_| Given::json(&json!({"Table": {"Name": "t"}}))).await;
    let aws = server.aws().await;
    let call = aws
        .call(&services::GLUE, "GetTable")
        .body(json!({"Name": "t"}));
    let table = call.send().await.unwrap();
    assert_eq!(table.text("Table/Name"), "t");
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/"));
    assert_eq!(asked.header("x-amz-target"), "AWSGlue.GetTable");
    assert_eq!(asked.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(asked.body, r#"{"Name":"t"}"#);
    let signature = asked.header("authorization");
    assert!(
        signature.contains("/eu-central-1/glue/aws4_request"),
        "{signature}"
    );
    assert!(
        asked.header("user-agent").contains("app/kiro-analytics"),
        "{:?}",
        asked.headers
    );
}

#[tokio::test]
async fn a_rest_service_is_told_its_operation_by_the_path() {
    let server = Server::start(|_| Given::json(&json!({}))).await;
    let aws = server.aws().await;
    let call = aws.quicksight(
        "DescribeUser",
        Method::Get,
        &["namespaces", "default", "users", "Admin/a@example.com"],
    );
    call.query("max-results", "5").send().await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.method, "GET");
    assert_eq!(
        asked.path,
        "/accounts/123456789012/namespaces/default/users/Admin%2Fa%40example.com?max-results=5"
    );
    assert!(
        asked
            .header("authorization")
            .contains("/quicksight/aws4_request")
    );
}

#[tokio::test]
async fn a_query_service_is_sent_a_form_and_answers_in_xml() {
    let answer = "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName></member></Stacks>\
                  </DescribeStacksResult></DescribeStacksResponse>";
    let server = Server::start(move |_| Given::text(200, answer)).await;
    let aws = server.aws().await;
    let call = aws.call(&services::CLOUDFORMATION, "DescribeStacks");
    let stacks = call.body(json!({"StackName": "s"})).send().await.unwrap();
    assert_eq!(stacks.items("Stacks")[0].text("StackName"), "s");
    assert_eq!(
        server.asked()[0].body,
        "Action=DescribeStacks&Version=2010-05-15&StackName=s"
    );
}

#[tokio::test]
async fn pages_are_read_to_the_end() {
    let server = Server::start(|asked| {
        let is_second = asked.body.contains("more") || asked.path.contains("next-token=more");
        Given::json(&if is_second {
            json!({"Names": ["b"]})
        } else {
            json!({"Names": ["a"], "NextToken": "more"})
        })
    })
    .await;
    let aws = server.aws().await;
    let named = aws
        .call(&services::GLUE, "ListThings")
        .pages("Names", "NextToken")
        .await;
    assert_eq!(named.unwrap(), ["a", "b"]);
    let listed = aws.quicksight("ListThings", Method::Get, &["things"]);
    assert_eq!(
        listed.pages("Names", "NextToken").await.unwrap(),
        ["a", "b"]
    );
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again() {
    let server = Server::start(|asked| {
        if asked.header("amz-sdk-request").starts_with("attempt=1") {
            Given::text(503, "")
        } else {
            Given::json(&json!({"ok": true}))
        }
    })
    .await;
    let aws = server.aws().await;
    let answer = aws.call(&services::GLUE, "GetTable").send().await.unwrap();
    assert!(answer.flag("ok"));
    let once = aws.call(&services::GLUE, "GetTable").once().send().await;
    assert!(once.is_err());
    assert_eq!(server.asked().len(), 3);
}
