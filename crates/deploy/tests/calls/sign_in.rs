//! Ways to sign in, as in the table of docs/deployment.md: each test checks the requests.

use crate::child::Machine;
use crate::gateway::Gateway;

const KEYS: &str =
    "aws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\nregion = eu-west-1\n";

#[tokio::test]
async fn variables_hold_keys_and_a_region() {
    let aws = Gateway::start().await;
    let machine = Machine::new().variable("AWS_ENDPOINT_URL", aws.url());
    let found = machine.sign_in().await;
    found.assert_well();
    assert_eq!(
        (found.region(), aws.last_key().as_str()),
        ("eu-central-1", "AKIAENVIRONMENT")
    );
}

#[tokio::test]
async fn a_profile_holds_keys_and_a_region() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .config(&format!("[profile audit]\n{KEYS}"))
        .variable("AWS_PROFILE", "audit")
        .variable("AWS_ENDPOINT_URL", aws.url());
    let found = machine.sign_in().await;
    found.assert_well();
    assert_eq!(
        (found.region(), aws.last_key().as_str()),
        ("eu-west-1", "AKIAPROFILE")
    );
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_named() {
    let machine = Machine::new().variable("AWS_PROFILE", "nope");
    let found = machine.sign_in().await;
    let error = found.error();
    assert!(error.contains("there is no profile `nope`"), "{error}");
    assert!(error.contains("aws configure list-profiles"), "{error}");
    assert!(found.is_usage_error(), "{error}");
}

#[tokio::test]
async fn a_program_hands_out_credentials() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .file(
            "keys.json",
            r#"{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}"#,
        )
        .variable("AWS_ENDPOINT_URL", aws.url());
    let keys = machine.home.path().join("keys.json");
    let machine = machine.config(&format!(
        "[default]\nregion = eu-west-1\ncredential_process = cat {}\n",
        keys.display()
    ));
    machine.sign_in().await.assert_well();
    assert_eq!(aws.last_key(), "AKIAPROCESS");
}

#[tokio::test]
async fn a_role_is_assumed_with_the_keys_of_another_profile() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .config(&format!(
            "[profile people]\n{KEYS}\n[profile deploy]\nregion = eu-west-1\nsource_profile = people\n\
             role_arn = arn:aws:iam::123456789012:role/Deployer\nexternal_id = x1\n"
        ))
        .variable("AWS_PROFILE", "deploy")
        .variable("AWS_ENDPOINT_URL", aws.url());
    machine.sign_in().await.assert_well();
    let asked = aws.asked();
    assert!(asked[0].body.contains("Action=AssumeRole"), "{asked:?}");
    assert!(asked[0].body.contains("ExternalId=x1"), "{asked:?}");
    assert!(asked[0].header("authorization").contains("AKIAPROFILE/"));
    assert_eq!(aws.last_key(), "ASIAROLE");
}

/// There is no prompt for the code: the role is requested without one, and the error has a hint.
#[tokio::test]
async fn a_role_that_wants_a_code_is_refused_with_a_way_out() {
    let proxy = Gateway::start().await;
    let machine = Machine::without_credentials()
        .config(&format!(
            "[profile people]\n{KEYS}\n[profile deploy]\nregion = eu-west-1\nsource_profile = people\n\
             role_arn = arn:aws:iam::123456789012:role/Deployer\nmfa_serial = arn:aws:iam::123456789012:mfa/alice\n"
        ))
        .variable("AWS_PROFILE", "deploy")
        .variable("HTTPS_PROXY", proxy.url());
    let error = machine.sign_in().await.error();
    assert!(error.contains("`deploy` requires an MFA code"), "{error}");
    assert!(
        error.contains("aws configure export-credentials --profile deploy"),
        "{error}"
    );
}

#[tokio::test]
async fn a_web_identity_becomes_a_role() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .file("token", "the-token")
        .variable("AWS_REGION", "eu-central-1")
        .variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/Pipeline")
        .variable("AWS_ENDPOINT_URL", aws.url());
    let token = machine.home.path().join("token");
    let machine = machine.variable("AWS_WEB_IDENTITY_TOKEN_FILE", token.display().to_string());
    machine.sign_in().await.assert_well();
    let asked = aws.asked();
    assert!(
        asked[0].body.contains("Action=AssumeRoleWithWebIdentity"),
        "{asked:?}"
    );
    assert!(
        asked[0].body.contains("WebIdentityToken=the-token"),
        "{asked:?}"
    );
    assert_eq!(aws.last_key(), "ASIAROLE");
}

#[tokio::test]
async fn a_container_is_asked_for_credentials() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .variable("AWS_REGION", "eu-central-1")
        .variable(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/credentials", aws.url()),
        )
        .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "task-token")
        .variable("AWS_ENDPOINT_URL", aws.url());
    machine.sign_in().await.assert_well();
    let first = aws.asked().remove(0);
    assert_eq!(first.path, "/credentials");
    assert_eq!(first.header("authorization"), "task-token");
    assert_eq!(aws.last_key(), "ASIAMACHINE");
}

/// Credentials and Region of an EC2 instance, by `IMDSv2`.
#[tokio::test]
async fn a_machine_is_asked_for_credentials_and_its_region() {
    let aws = Gateway::start().await;
    let machine = Machine::without_credentials()
        .variable("AWS_EC2_METADATA_DISABLED", "false")
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.url())
        .variable("AWS_ENDPOINT_URL", aws.url());
    let found = machine.sign_in().await;
    found.assert_well();
    assert_eq!(found.region(), "eu-west-3");
    assert!(
        aws.targets().contains(&"PUT /latest/api/token".to_owned()),
        "{:?}",
        aws.targets()
    );
    assert_eq!(aws.last_key(), "ASIAMACHINE");
}

/// Identity Center: the token that `aws sso login` has kept is exchanged at the portal of its Region.
#[tokio::test]
async fn a_session_of_identity_center_is_used() {
    let proxy = Gateway::start().await;
    // The name of the file is the SHA-1 of the session's name.
    let machine = Machine::without_credentials()
        .config(
            "[sso-session work]\nsso_region = eu-west-2\nsso_start_url = https://example.awsapps.com/start\n\
             [profile deploy]\nregion = eu-central-1\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = Deployer\n",
        )
        .file(
            ".aws/sso/cache/e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json",
            r#"{"accessToken": "a", "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-west-2", "startUrl": "https://example.awsapps.com/start"}"#,
        )
        .variable("AWS_PROFILE", "deploy")
        .variable("HTTPS_PROXY", proxy.url());
    machine.sign_in().await;
    let targets = proxy.targets();
    assert_eq!(
        targets[0], "CONNECT portal.sso.eu-west-2.amazonaws.com:443",
        "{targets:?}"
    );
}

/// Without a sign-in, the message explains how to sign in.
#[tokio::test]
async fn without_a_session_the_hint_is_to_sign_in() {
    let machine = Machine::without_credentials().config(
        "[default]\nregion = eu-central-1\nlogin_session = arn:aws:iam::123456789012:user/alice\n",
    );
    let error = machine.sign_in().await.error();
    assert!(error.starts_with("Credentials: "), "{error}");
    assert!(
        !error.contains("feature"),
        "`aws login` is built in: {error}"
    );
    assert!(error.contains("hint: sign in"), "{error}");
}
