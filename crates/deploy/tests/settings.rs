//! The parameters of the data stack: written from settings, and read back.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use kiro_config::{
    ConfigFile, Flag, Layers, Remembered, Resolved, StackParameters, deployment_settings,
};
use kiro_deploy::Names;
use kiro_deploy::settings::stack_parameters;

const ALICE: &str = "arn:aws:quicksight:us-east-1:123456789012:user/default/alice";

fn resolve(flags: &[(&str, &str)], file: &str, stack: Option<&StackParameters>) -> Resolved {
    let layers = Layers {
        file: ConfigFile::parse(file, Path::new("kiro-analytics.toml")).unwrap(),
        ..Layers::of_flags(
            flags
                .iter()
                .map(|(key, text)| Flag::set(key, text))
                .collect(),
        )
    };
    layers.resolve(stack.map(Remembered::of).as_ref()).unwrap()
}

fn parameters(resolved: &Resolved) -> StackParameters {
    let names = Names {
        prefix: "kiro-analytics".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        partition: "aws".to_owned(),
    };
    stack_parameters(resolved, &names).unwrap()
}

#[test]
fn settings_that_are_not_given_keep_the_stack_s_value() {
    let file = format!(
        r#"
        hash_emails = true
        hash_salt = "pepper"
        overage.usd_per_credit = 0.05
        [deployment]
        exports = ["s3://example-kiro-reports/kiro-logs"]
        owners = ["{ALICE}"]
        tags = {{ team = "platform" }}
        alarm_email = "alice@example.com"
        scheduled = false
        "#
    );
    let deployed = parameters(&resolve(&[], &file, None));
    assert_eq!(deployed["ScheduleState"], "DISABLED");
    assert_eq!(deployed["DatabaseName"], "kiro_analytics");
    assert!(
        !deployed.values().any(|text| text.contains("pepper")),
        "{deployed:?}"
    );
    let again = resolve(&[("alarm_email", "")], "", Some(&deployed));
    assert_eq!(
        again.settings.exports,
        ["s3://example-kiro-reports/kiro-logs"]
    );
    assert_eq!(again.settings.tags["team"], "platform");
    assert!((again.settings.views.overage.usd_per_credit - 0.05).abs() < f64::EPSILON);
    assert!(!again.settings.scheduled && again.settings.hash_emails);
    // An empty value takes one back.
    assert_eq!(again.settings.alarm_email, None);
    let mut expected = deployed.clone();
    expected.insert("AlarmEmail".to_owned(), String::new());
    assert_eq!(parameters(&again), expected);
    // The stack does not contain the salt.
    assert_eq!(again.settings.hash_salt, None);
}

#[test]
fn an_empty_value_takes_any_setting_back() {
    let file = r#"
        hash_emails = true
        [deployment]
        exports = ["s3://example-kiro-reports"]
        accounts = ["123456789012"]
        exports_kms_keys = ["arn:aws:kms:eu-central-1:123456789012:key/1"]
        schedule = "cron(15 5 * * ? *)"
        time_zone = "Asia/Seoul"
        refresh_at = "06:00"
        quicksight_role = "other-role"
        dashboard = "mine.yaml"
        alarm_email = "alice@example.com"
        old_version_days = 60
        theme = "dark"
        tags = { team = "platform" }
        "#;
    let deployed = parameters(&resolve(&[], file, None));
    let nothing = parameters(&resolve(&[], "", None));
    let flags: Vec<(&str, &str)> = deployment_settings()
        .map(|setting| (setting.key, ""))
        .collect();
    let taken_back = resolve(&flags, "", Some(&deployed));
    assert_eq!(taken_back.settings.schedule, "cron(15 3 * * ? *)");
    assert_eq!(taken_back.settings.dashboard, "builtin");
    assert_eq!(parameters(&taken_back), nothing);
    // The file can do the same.
    let empty = deployment_settings().map(|setting| format!("{} = \"\"\n", setting.path()));
    let in_file = resolve(&[], &empty.collect::<String>(), Some(&deployed));
    assert_eq!(parameters(&in_file), nothing);
}

#[test]
fn a_stack_created_by_hand_has_the_locations_of_its_exports() {
    let place = "example/logs/AWSLogs/123456789012/KiroLogs/user_report/";
    let stack: StackParameters = [("SourcePrefixes".to_owned(), place.to_owned())].into();
    let resolved = resolve(&[], "", Some(&stack));
    assert_eq!(resolved.settings.exports, [format!("s3://{place}")]);
    assert_eq!(parameters(&resolved)["SourcePrefixes"], place);
}

#[test]
fn exports_that_were_found_are_read() {
    let mut resolved = resolve(&[], "", None);
    resolved.set_found_exports("s3://example-logs/kiro", vec!["111122223333".to_owned()]);
    let parameters = parameters(&resolved);
    assert!(
        parameters["SourcePrefixes"].starts_with("example-logs/kiro/AWSLogs/111122223333/"),
        "{parameters:?}"
    );
}

#[test]
fn the_function_gets_the_rules_about_names_and_the_stack_remembers_the_labels() {
    let file = r#"
        [names]
        excluded_models = ["tool_call_messages"]
        client_aliases = { "Kiro Browser" = "KIRO_WEB" }
        client_labels = { KIRO_CREW = "Crew" }
        [deployment]
        exports = ["s3://example-kiro-reports/kiro-logs"]
        quicksight = false
        "#;
    let deployed = parameters(&resolve(&[], file, None));
    assert_eq!(
        deployed["NameRules"],
        r#"{"client_aliases":{"Kiro Browser":"KIRO_WEB"},"excluded_models":["tool_call_messages"]}"#
    );
    let again = resolve(&[], "", Some(&deployed));
    assert_eq!(parameters(&again), deployed);
    assert_eq!(
        again.settings.views.names.client_labels["KIRO_CREW"],
        "Crew"
    );
    let exports =
        "[deployment]\nexports = [\"s3://example-kiro-reports/kiro-logs\"]\nquicksight = false\n";
    assert_eq!(parameters(&resolve(&[], exports, None))["NameRules"], "");
}
