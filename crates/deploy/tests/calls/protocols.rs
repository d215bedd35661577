//! Requests of the clients, and how they read responses.

use aws_sdk_glue::operation::get_tables::GetTablesOutput;
use aws_sdk_glue::types::Table;
use kiro_deploy::aws::Context;
use serde_json::json;

use crate::server::{Asked, Given, Server};

#[tokio::test]
async fn a_request_is_signed_for_service_and_region_and_names_the_program() {
    let server = Server::start(|_| Given::json(&json!({"Table": {"Name": "t"}}))).await;
    let aws = server.aws().await;
    let call = aws.clients().glue.get_table().database_name("d").name("t");
    let table = call.send().await.unwrap().table;
    assert_eq!(table.as_ref().map(Table::name), Some("t"));
    let asked = &server.asked()[0];
    assert_eq!(asked.header("x-amz-target"), "AWSGlue.GetTable");
    let signature = asked.header("authorization");
    assert!(
        signature.contains("/eu-central-1/glue/aws4_request"),
        "{signature}"
    );
}

/// Names of users can contain slashes and at signs.
#[tokio::test]
async fn a_name_in_a_path_is_escaped() {
    let server = Server::start(|_| Given::json(&json!({}))).await;
    let aws = server.aws().await;
    let call = aws.clients().quicksight.describe_user();
    let call = call
        .aws_account_id("123456789012")
        .namespace("default")
        .user_name("Admin/a@example.com");
    call.send().await.unwrap();
    assert_eq!(
        server.asked()[0].path,
        "/accounts/123456789012/namespaces/default/users/Admin%2Fa%40example.com"
    );
}

#[tokio::test]
async fn pages_are_read_to_the_end() {
    let server = Server::start(|asked| {
        Given::json(&if asked.body.contains("more") {
            json!({"TableList": [{"Name": "b"}]})
        } else {
            json!({"TableList": [{"Name": "a"}], "NextToken": "more"})
        })
    })
    .await;
    let aws = server.aws().await;
    let pages = aws.clients().glue.get_tables().database_name("d");
    let pages: Result<Vec<_>, _> = pages.into_paginator().send().collect().await;
    let pages = pages.context(&aws, "glue:GetTables", "tables").unwrap();
    let tables = pages.iter().flat_map(GetTablesOutput::table_list);
    let names: Vec<&str> = tables.map(Table::name).collect();
    assert_eq!(names, ["a", "b"]);
}

/// A temporary failure of a service is retried; every attempt has its number.
#[tokio::test]
async fn transient_errors_are_retried() {
    let is_first = |asked: &Asked| asked.header("amz-sdk-request").starts_with("attempt=1");
    let server = Server::start(move |asked| {
        if is_first(asked) {
            Given::text(503, "")
        } else {
            Given::json(&json!({"Table": {"Name": "t"}}))
        }
    })
    .await;
    let aws = server.aws().await;
    let call = || aws.clients().glue.get_table().database_name("d").name("t");
    assert!(call().send().await.is_ok());
    assert_eq!(server.asked().len(), 2);
    let once = aws_sdk_glue::config::Builder::new()
        .retry_config(aws_config::retry::RetryConfig::disabled());
    let once = call().customize().config_override(once).send().await;
    assert!(once.is_err());
    assert_eq!(server.asked().len(), 3);
}
