//! Another account, and another Region.

use kiro_directory::{
    CallErrorKind, DirectoryError, DirectoryOptions, NoProgress, RoleOptions, UserSelection,
    read_directory,
};

use crate::fake_directory::FakeDirectory;
use crate::server::{Request, Response, Server, options};
use crate::users::serving;

const ROLE: &str = "arn:aws:iam::444455556666:role/names";

fn with_role(external_id: Option<&str>) -> DirectoryOptions {
    DirectoryOptions {
        role: Some(RoleOptions {
            arn: ROLE.to_owned(),
            external_id: external_id.map(str::to_owned),
        }),
        ..options()
    }
}

/// Fields of a form, decoded as far as these tests need.
fn has_field(body: &str, field: &str) -> bool {
    let body = body.replace("%3A", ":").replace("%2F", "/");
    body.split('&').any(|found| found == field)
}

#[tokio::test]
async fn the_role_is_assumed_with_its_external_id_and_signs_all_reads() {
    let server = serving(FakeDirectory::with_users(250)).await;
    let options = DirectoryOptions {
        identity_store: None,
        ..with_role(Some("secret:1"))
    };
    let answer = server.read(&options, UserSelection::All).await;
    assert_eq!(answer.unwrap().directory.users.len(), 250);
    let requests = server.requests();
    let operations: Vec<String> = requests.iter().map(Request::operation).collect();
    assert_eq!(
        operations,
        [
            "AssumeRole",
            "ListInstances",
            "ListUsers",
            "ListUsers",
            "ListUsers"
        ]
    );
    let assume = &requests[0];
    assert_eq!(assume.access_key(), "caller");
    assert!(
        has_field(&assume.body, &format!("RoleArn={ROLE}")),
        "{}",
        assume.body
    );
    assert!(
        has_field(&assume.body, "ExternalId=secret:1"),
        "{}",
        assume.body
    );
    assert!(
        has_field(&assume.body, "RoleSessionName=kiro-analytics"),
        "{}",
        assume.body
    );
    for request in &requests[1..] {
        assert_eq!(request.access_key(), "role");
        assert_eq!(request.header("x-amz-security-token"), "t");
    }
}

#[tokio::test]
async fn without_an_external_id_none_is_sent() {
    let server = serving(FakeDirectory::with_users(1)).await;
    let options = with_role(None);
    let answer = server.read(&options, UserSelection::All).await;
    answer.unwrap();
    let assume = &server.requests_of("AssumeRole")[0];
    assert!(!assume.body.contains("ExternalId"), "{}", assume.body);
}

#[tokio::test]
async fn another_region_is_that_of_the_signatures() {
    let server = serving(FakeDirectory::with_users(1)).await;
    let options = DirectoryOptions {
        identity_store: None,
        region: Some("us-west-2".to_owned()),
        ..with_role(None)
    };
    let answer = server.read(&options, UserSelection::All).await;
    assert_eq!(answer.unwrap().region, "us-west-2");
    let regions: Vec<_> = server
        .requests()
        .iter()
        .map(|request| (request.operation(), request.region()))
        .collect();
    let expected = [
        ("AssumeRole", "eu-central-1"),
        ("ListInstances", "us-west-2"),
        ("ListUsers", "us-west-2"),
    ];
    let expected = expected.map(|(operation, region)| (operation.to_owned(), region.to_owned()));
    assert_eq!(regions, expected);
}

#[tokio::test]
async fn without_a_region_nothing_is_sent() {
    let server = serving(FakeDirectory::with_users(1)).await;
    let config = server.config().into_builder().region(None).build();
    let answer = read_directory(&config, &options(), UserSelection::All, &NoProgress).await;
    let error = answer.unwrap_err();
    assert_eq!(error, DirectoryError::MissingRegion);
    assert!(
        error.hint().contains("`identity_region`"),
        "{}",
        error.hint()
    );
    assert!(server.requests().is_empty());
    // The Region of the directory is enough, also for the role.
    let options = DirectoryOptions {
        region: Some("us-west-2".to_owned()),
        ..with_role(None)
    };
    let answer = read_directory(&config, &options, UserSelection::All, &NoProgress).await;
    answer.unwrap();
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.region() == "us-west-2")
    );
}

/// The error of a role that STS refuses.
async fn refused(external_id: Option<&str>, status: u16, code: &str) -> DirectoryError {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>User: \
         arn:aws:sts::111122223333:assumed-role/Admin/planted@example.com is not authorized to perform: \
         sts:AssumeRole on resource: {ROLE}</Message></Error></ErrorResponse>"
    );
    let server = Server::start(move |_| Response {
        status,
        body: body.clone(),
    })
    .await;
    let options = with_role(external_id);
    let answer = server.read(&options, UserSelection::All).await;
    answer.unwrap_err()
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_names_both_policies() {
    for (external_id, advice) in [
        (None, "set `identity_external_id`"),
        (
            Some("secret:1"),
            "must be the value of `identity_external_id`",
        ),
    ] {
        let error = refused(external_id, 403, "AccessDenied").await;
        let text = error.to_string();
        let expected = format!(
            "`sts:AssumeRole` for role `{ROLE}` in `eu-central-1` is not allowed (AccessDenied"
        );
        assert!(text.starts_with(&expected), "{text}");
        let hint = error.hint();
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ["{ROLE}"]}}"#);
        assert!(hint.contains(&statement), "{hint}");
        assert!(
            hint.contains("trust policy") && hint.contains(advice),
            "{hint}"
        );
        let all = format!("{error:?} {text} {hint}");
        assert!(
            !all.contains("planted") && !all.contains("secret:1"),
            "{all}"
        );
    }
}

#[tokio::test]
async fn other_errors_of_the_role_keep_their_kind() {
    let expired = refused(None, 403, "ExpiredToken").await;
    let throttled = refused(None, 400, "Throttling").await;
    for (error, kind) in [
        (expired, CallErrorKind::Expired),
        (throttled, CallErrorKind::Throttled),
    ] {
        let DirectoryError::Call(call) = error else {
            panic!("{error:?}");
        };
        assert_eq!((call.action, call.kind), ("sts:AssumeRole", kind));
    }
}
