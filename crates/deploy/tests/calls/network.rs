//! Network settings, as in the table of docs/deployment.md: proxies, certificates, endpoints, attempts.

use crate::certificate;
use crate::child::Machine;
use crate::gateway::Gateway;

const STS: &str = "CONNECT sts.eu-central-1.amazonaws.com:443";

#[tokio::test]
async fn a_proxy_is_asked_for_every_host() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = Gateway::start().await;
        Machine::new()
            .variable(variable, proxy.url())
            .sign_in()
            .await;
        assert_eq!(
            proxy.targets().first().map(String::as_str),
            Some(STS),
            "{variable}"
        );
    }
}

#[tokio::test]
async fn a_proxy_receives_user_and_password() {
    let proxy = Gateway::start().await;
    let url = format!("http://alice:secret@127.0.0.1:{}", proxy.port);
    Machine::new().variable("HTTPS_PROXY", url).sign_in().await;
    // alice:secret
    assert_eq!(
        proxy.asked()[0].header("proxy-authorization"),
        "Basic YWxpY2U6c2VjcmV0"
    );
}

#[tokio::test]
async fn a_host_without_proxy_is_asked_itself() {
    let (proxy, aws) = (Gateway::start().await, Gateway::start().await);
    let machine = Machine::new()
        .variable("HTTP_PROXY", proxy.url())
        .variable("HTTPS_PROXY", proxy.url())
        .variable("NO_PROXY", "127.0.0.1,169.254.169.254")
        .variable("AWS_ENDPOINT_URL", aws.url());
    machine.sign_in().await.assert_well();
    assert_eq!((proxy.targets().len(), aws.targets().len()), (0, 1));
}

/// A proxy that opens TLS signs with a company's own authority.
#[tokio::test]
async fn certificates_of_one_s_own_are_trusted_where_they_are_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let aws = Gateway::start_tls(certificate::make(folder.path())).await;
    let url = format!("https://localhost:{}", aws.port);
    let bundle = folder.path().join("ca.pem").display().to_string();
    let profile = format!("[default]\nregion = eu-central-1\nca_bundle = {bundle}\n");
    let machine = || Machine::new().variable("AWS_ENDPOINT_URL", url.clone());

    let error = machine()
        .variable("AWS_MAX_ATTEMPTS", "1")
        .sign_in()
        .await
        .error();
    assert!(error.contains("UnknownIssuer"), "{error}");
    assert_eq!(aws.asked().len(), 0);

    machine()
        .variable("AWS_CA_BUNDLE", bundle.clone())
        .sign_in()
        .await
        .assert_well();
    machine().config(&profile).sign_in().await.assert_well();
    let machine_wide = machine().variable("SSL_CERT_FILE", bundle);
    machine_wide.sign_in().await.assert_well();
    assert_eq!(aws.asked().len(), 3);
}

#[tokio::test]
async fn certificates_that_cannot_be_read_are_named() {
    let machine = Machine::new().variable("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    let found = machine.sign_in().await;
    let error = found.error();
    assert!(
        error.contains("could not read the certificates in `/nowhere/ca.pem`"),
        "{error}"
    );
    assert!(found.is_usage_error(), "{error}");
    let machine = Machine::new().file("empty.pem", "no certificate\n");
    let path = machine.home.path().join("empty.pem").display().to_string();
    let error = machine
        .variable("AWS_CA_BUNDLE", path)
        .sign_in()
        .await
        .error();
    assert!(error.contains("there is no PEM certificate"), "{error}");
}

#[tokio::test]
async fn an_endpoint_of_a_service_outweighs_that_of_all() {
    let (all, own) = (Gateway::start().await, Gateway::start().await);
    let machine = Machine::new()
        .variable("AWS_ENDPOINT_URL", all.url())
        .variable("AWS_ENDPOINT_URL_STS", own.url());
    machine.sign_in().await.assert_well();
    assert_eq!((all.targets().len(), own.targets().len()), (0, 1));
}

#[tokio::test]
async fn an_endpoint_may_stand_in_the_profile() {
    let aws = Gateway::start().await;
    let machine = Machine::new().config(&format!(
        "[default]\nservices = here\n[services here]\nsts =\n  endpoint_url = {}\n",
        aws.url()
    ));
    machine.sign_in().await.assert_well();
    assert_eq!(aws.targets(), ["POST /"]);
}

#[tokio::test]
async fn configured_endpoints_can_be_ignored() {
    let (proxy, aws) = (Gateway::start().await, Gateway::start().await);
    let machine = Machine::new()
        .variable("AWS_ENDPOINT_URL", aws.url())
        .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .variable("HTTPS_PROXY", proxy.url());
    machine.sign_in().await;
    assert_eq!((proxy.targets()[0].as_str(), aws.targets().len()), (STS, 0));
}

#[tokio::test]
async fn fips_and_dual_stack_have_hosts_of_their_own() {
    for (variable, host) in [
        ("AWS_USE_FIPS_ENDPOINT", "sts-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "sts.us-east-1.api.aws"),
    ] {
        let proxy = Gateway::start().await;
        let machine = Machine::new()
            .variable("AWS_REGION", "us-east-1")
            .variable(variable, "true")
            .variable("HTTPS_PROXY", proxy.url());
        machine.sign_in().await;
        assert_eq!(
            proxy.targets()[0],
            format!("CONNECT {host}:443"),
            "{variable}"
        );
    }
}

#[tokio::test]
async fn attempts_are_those_of_the_configuration() {
    let aws = Gateway::start_failing().await;
    let machine = Machine::new()
        .variable("AWS_ENDPOINT_URL", aws.url())
        .variable("AWS_MAX_ATTEMPTS", "2");
    machine.sign_in().await;
    assert_eq!(aws.asked().len(), 2);
}

/// `m/…,F` in the user agent means adaptive retries, `E` standard ones.
#[tokio::test]
async fn retry_mode_and_application_are_passed_on() {
    for (mode, metric) in [("standard", "E"), ("adaptive", "F")] {
        let aws = Gateway::start().await;
        let machine = Machine::new()
            .variable("AWS_ENDPOINT_URL", aws.url())
            .variable("AWS_RETRY_MODE", mode)
            .variable("AWS_SDK_UA_APP_ID", "our-pipeline");
        machine.sign_in().await.assert_well();
        let asked = aws.asked().remove(0);
        let agent = asked.header("x-amz-user-agent");
        assert!(agent.contains("app/our-pipeline"), "{agent}");
        let metrics = agent.split(' ').find_map(|part| part.strip_prefix("m/"));
        let metrics: Vec<&str> = metrics.unwrap_or_default().split(',').collect();
        assert!(metrics.contains(&metric), "{agent}");
    }
}

#[tokio::test]
async fn without_an_application_the_program_names_itself() {
    let aws = Gateway::start().await;
    Machine::new()
        .variable("AWS_ENDPOINT_URL", aws.url())
        .sign_in()
        .await;
    let asked = aws.asked().remove(0);
    let agent = asked.header("x-amz-user-agent");
    assert!(agent.contains("app/kiro-analytics"), "{agent}");
}
