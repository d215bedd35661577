//! Every way in which AWS refuses.

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use kiro_directory::{
    CallError, CallErrorKind as Kind, DecidingPolicy, DirectoryError, DirectoryOptions, NoProgress,
    UserSelection, read_directory,
};
use kiro_people::GroupPatterns;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::fake_directory::{FakeDirectory, not_found, user_id};
use crate::server::{Response, STORE, Server, config_of, options};

/// The error of a reading whose `operation` gets this response.
async fn failed(operation: &'static str, response: Response) -> CallError {
    let mut directory = FakeDirectory::with_users(2);
    directory.add_group(1, "team", &[1]);
    let server = Server::start(move |request| {
        if request.operation() == operation {
            return response.clone();
        }
        directory.respond(request)
    })
    .await;
    let options = DirectoryOptions {
        groups: GroupPatterns::all(),
        ..options()
    };
    let ids = [user_id(1)];
    let selection = match operation {
        "DescribeUser" => UserSelection::Ids(&ids),
        _ => UserSelection::All,
    };
    let answer = server.read(&options, selection).await;
    match answer.unwrap_err() {
        DirectoryError::Call(error) => *error,
        error => panic!("{error:?}"),
    }
}

/// AWS's words, for a caller whose session is named after a person.
fn denied(action: &str, resources: &[&str], reason: &str) -> Response {
    let sentences: Vec<String> = resources
        .iter()
        .map(|resource| {
            format!(
                "User: arn:aws:sts::111122223333:assumed-role/Admin/planted@example.com is not authorized to perform: \
                 {action} on resource: {resource} {reason}"
            )
        })
        .collect();
    Response::refusal(
        400,
        "AccessDeniedException",
        &sentences.join(", "),
        &json!({}),
    )
}

#[tokio::test]
async fn a_denied_operation_names_action_resources_and_statement() {
    let store = "arn:aws:identitystore::444455556666:identitystore/d-1234567890";
    let user = format!("arn:aws:identitystore:::user/{}", user_id(1));
    let (users, groups) = (
        "arn:aws:identitystore:::user/*",
        "arn:aws:identitystore:::group/*",
    );
    let memberships = "arn:aws:identitystore:::membership/*";
    let cases: [(&str, &str, &[&str]); 4] = [
        ("ListUsers", users, &[store, users]),
        ("DescribeUser", &user, &[store, users]),
        ("ListGroups", groups, &[store, groups]),
        (
            "ListGroupMemberships",
            groups,
            &[store, groups, memberships],
        ),
    ];
    for (operation, resource, expected) in cases {
        let action = format!("identitystore:{operation}");
        let reason = format!("because no identity-based policy allows the {action} action");
        let error = failed(operation, denied(&action, &[resource, store], &reason)).await;
        let text = error.to_string();
        let sentence =
            format!("`{action}` for Identity Store `{STORE}` in `eu-central-1` is not allowed");
        assert!(text.starts_with(&sentence), "{text}");
        let Kind::Denied(denial) = &error.kind else {
            panic!("{error:?}");
        };
        assert_eq!(denial.statement.action, action);
        assert_eq!(denial.statement.resources, expected);
        assert_eq!(denial.decided_by, None);
        assert!(
            error.hint().contains(&denial.statement.to_string()),
            "{}",
            error.hint()
        );
        let all = format!("{error:?} {text} {}", error.hint());
        assert!(!all.contains("planted"), "{all}");
    }
}

#[tokio::test]
async fn a_policy_of_the_organization_is_named() {
    let reason = "with an explicit deny in a service control policy";
    let response = denied(
        "identitystore:ListUsers",
        &["arn:aws:identitystore:::user/*"],
        reason,
    );
    let error = failed("ListUsers", response).await;
    let Kind::Denied(denial) = &error.kind else {
        panic!("{error:?}");
    };
    assert_eq!(denial.decided_by, Some(DecidingPolicy::Organization));
    assert!(
        error.hint().contains("policy of your organization"),
        "{}",
        error.hint()
    );
    assert_eq!(
        denial.statement.resources[0],
        "arn:aws:identitystore::*:identitystore/d-1234567890"
    );
}

#[tokio::test]
async fn another_store_or_region_is_explained() {
    let message = "IdentityStore not present for IdentityStoreId: d-1234567890";
    let with_type = json!({"ResourceType": "IDENTITY_STORE", "ResourceId": STORE});
    for details in [with_type, json!({})] {
        for operation in [
            "ListUsers",
            "DescribeUser",
            "ListGroups",
            "ListGroupMemberships",
        ] {
            let response = Response::refusal(400, "ResourceNotFoundException", message, &details);
            let error = failed(operation, response).await;
            assert_eq!(error.kind, Kind::StoreNotFound, "{error:?}");
            let hint = error.hint();
            for setting in [
                "`identity_store`",
                "`identity_region`",
                "`identity_role`",
                "`eu-central-1`",
            ] {
                assert!(hint.contains(setting), "{hint}");
            }
        }
    }
}

#[tokio::test]
async fn a_missing_user_without_a_type_is_still_missing() {
    let response = Response::refusal(
        404,
        "ResourceNotFoundException",
        "USER not found.",
        &json!({}),
    );
    let server = Server::start(move |_| response.clone()).await;
    let ids = [user_id(1)];
    let answer = server.read(&options(), UserSelection::Ids(&ids)).await;
    assert_eq!(answer.unwrap().missing, ids);
}

#[tokio::test]
async fn a_kms_key_that_cannot_be_used_is_never_a_missing_user() {
    let cases = [
        (
            "AccessDeniedException",
            json!({"Reason": "KMS_ACCESS_DENIED"}),
            Kind::KeyDenied,
        ),
        (
            "ResourceNotFoundException",
            json!({"Reason": "KMS_KEY_NOT_FOUND", "ResourceType": "USER"}),
            Kind::KeyUnusable,
        ),
        (
            "ValidationException",
            json!({"Reason": "KMS_DISABLED"}),
            Kind::KeyUnusable,
        ),
        (
            "ThrottlingException",
            json!({"Reason": "KMS_THROTTLING"}),
            Kind::Throttled,
        ),
    ];
    for (code, details, kind) in cases {
        for operation in ["ListUsers", "DescribeUser"] {
            let error = failed(operation, Response::refusal(400, code, "", &details)).await;
            assert_eq!(error.kind, kind, "{error:?}");
        }
        let error = failed("ListUsers", Response::refusal(400, code, "", &details)).await;
        let is_about_key = error.hint().contains("KMS key");
        assert_eq!(is_about_key, kind != Kind::Throttled, "{}", error.hint());
    }
}

#[tokio::test]
async fn an_active_directory_without_sync_leads_to_the_roster() {
    let response = Response::refusal(400, "ValidationException", "Filter is required", &json!({}));
    let error = failed("ListUsers", response).await;
    assert_eq!(error.kind, Kind::ListingUnsupported);
    assert!(
        error.hint().contains("configurable AD sync"),
        "{}",
        error.hint()
    );
    assert!(
        error.hint().contains("`kiro-analytics people import`"),
        "{}",
        error.hint()
    );
}

#[tokio::test]
async fn other_refusals_have_a_kind_and_a_hint() {
    let cases = [
        (400, "ValidationException", Kind::Invalid, false),
        (400, "ExpiredTokenException", Kind::Expired, false),
        (
            403,
            "UnrecognizedClientException",
            Kind::Credentials { cause: None },
            false,
        ),
        (500, "InternalServerException", Kind::Unavailable, true),
        (503, "ServiceUnavailable", Kind::Unavailable, true),
        (429, "TooManyRequests", Kind::Throttled, true),
        (409, "ConflictException", Kind::Invalid, false),
    ];
    for (status, code, kind, is_transient) in cases {
        let response = Response::refusal(status, code, "planted@example.com", &json!({}));
        let error = failed("ListUsers", response).await;
        assert_eq!(error.kind, kind, "{error:?}");
        assert_eq!(error.kind.is_transient(), is_transient, "{error:?}");
        let text = error.to_string();
        assert!(
            text.ends_with(&format!("({code}, request request-1)")),
            "{text}"
        );
        assert!(!error.hint().is_empty());
        assert!(!format!("{error:?} {text} {}", error.hint()).contains("planted"));
    }
}

#[tokio::test]
async fn a_response_of_something_else_is_an_error_without_its_content() {
    for (status, kind) in [(502, Kind::Unavailable), (200, Kind::Other)] {
        let body = "<html>planted@example.com</html>".to_owned();
        let error = failed("ListUsers", Response { status, body }).await;
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(!format!("{error:?} {error}").contains("planted"));
    }
}

#[tokio::test]
async fn an_endpoint_without_a_listener_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let answer = read_directory(
        &config_of(&address),
        &options(),
        UserSelection::All,
        &NoProgress,
    )
    .await;
    let error = answer.unwrap_err();
    let DirectoryError::Call(call) = &error else {
        panic!("{error:?}");
    };
    assert!(
        matches!(&call.kind, Kind::Unreachable { cause: Some(cause) } if cause.contains("refused")),
        "{call:?}"
    );
    assert!(error.is_transient());
    assert!(error.hint().contains("`eu-central-1`"), "{}", error.hint());
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = Server::start(|_| Response::json(&Value::Null)).await;
    let config = server.config().into_builder();
    let config = config
        .credentials_provider(SharedCredentialsProvider::new(NoCredentials))
        .build();
    let answer = read_directory(&config, &options(), UserSelection::All, &NoProgress).await;
    let error = answer.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("had no valid credentials"), "{text}");
    assert!(
        error.hint().contains("aws sts get-caller-identity"),
        "{}",
        error.hint()
    );
    assert!(
        !format!("{error:?} {text}").contains("planted"),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

/// A source of credentials whose error names a person.
#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let error = CredentialsError::provider_error(
            "User: arn:aws:iam::111122223333:user/planted is not authorized",
        );
        future::ProvideCredentials::ready(Err(error))
    }
}

#[tokio::test]
async fn a_failed_group_fails_the_reading() {
    let error = failed("ListGroupMemberships", not_found("USER")).await;
    assert_eq!(error.kind, Kind::UserNotFound);
}
