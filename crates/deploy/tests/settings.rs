//! Settings: five layers, one result, all problems at once.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use kiro_deploy::Names;
use kiro_deploy::settings::{
    FileValue, Layers, Origin, Persistence, Problems, Remembered, Resolved, StackParameters, all,
};
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:quicksight:us-east-1:123456789012:user/default/alice";

#[derive(Default)]
struct Said<'a> {
    flags: &'a [(&'a str, &'a str)],
    environment: &'a [(&'a str, &'a str)],
    file: Vec<(&'a str, Value)>,
    views: Value,
    stack: Option<StackParameters>,
}

impl Said<'_> {
    fn resolve(&self) -> Result<Resolved, Problems> {
        let environment: BTreeMap<&str, &str> = self.environment.iter().copied().collect();
        let variable = |name: &str| environment.get(name).map(|text| (*text).to_owned());
        let file = (1..).zip(&self.file).map(|(line, (key, value))| FileValue {
            key: (*key).to_owned(),
            value: value.clone(),
            place: format!("kiro-analytics.toml:{line}"),
        });
        let flags = self.flags.iter();
        let layers = Layers {
            flags: flags
                .map(|(key, text)| {
                    (
                        format!("--set {key}"),
                        (*key).to_owned(),
                        (*text).to_owned(),
                    )
                })
                .collect(),
            variable: &variable,
            file: file.collect(),
            views: self.views.clone(),
        };
        layers.resolve(self.stack.as_ref().map(Remembered::of).as_ref())
    }
}

fn names() -> Names {
    Names {
        prefix: "kiro-analytics".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        partition: "aws".to_owned(),
    }
}

fn origin(resolved: &Resolved, key: &str) -> Origin {
    resolved.value(key).unwrap().1.clone()
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_stack_that_over_the_default() {
    let flags = [("time_zone", "Asia/Seoul")];
    let environment = [
        ("KIRO_ANALYTICS_TIME_ZONE", "Europe/Berlin"),
        ("THEME_MODE", "dark"),
    ];
    let stack: StackParameters = [
        ("ScheduleTimeZone", "UTC-1"),
        ("OldVersionDays", "60"),
        ("QueryResultDays", "9"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let said = Said {
        flags: &flags,
        environment: &environment,
        file: vec![
            ("time_zone", json!("UTC")),
            ("theme", json!("light")),
            ("old_version_days", json!(14)),
        ],
        stack: Some(stack),
        ..Said::default()
    };
    let resolved = said.resolve().unwrap();
    let settings = &resolved.settings;
    assert_eq!(settings.time_zone, "Asia/Seoul");
    assert_eq!(
        origin(&resolved, "time_zone"),
        Origin::Flag("--set time_zone".to_owned())
    );
    assert_eq!(settings.theme, "dark");
    assert_eq!(
        origin(&resolved, "theme"),
        Origin::Environment("THEME_MODE".to_owned())
    );
    assert_eq!(settings.old_version_days, 14);
    assert_eq!(
        origin(&resolved, "old_version_days"),
        Origin::File("kiro-analytics.toml:3".to_owned())
    );
    assert_eq!(settings.query_result_days, 9);
    assert_eq!(origin(&resolved, "query_result_days"), Origin::Stack);
    assert_eq!(settings.memory_megabytes, 256);
    assert_eq!(origin(&resolved, "memory_megabytes"), Origin::Default);
    assert_eq!(origin(&resolved, "alarm_email"), Origin::Unset);
}

#[test]
fn the_variables_of_the_aws_sample_are_understood() {
    let environment = [
        ("KIRO_LOGS_BUCKET", "arn:aws:s3:::example-kiro-reports"),
        ("KIRO_LOGS_PREFIX", "/kiro-logs/"),
        ("QS_PRINCIPAL_ARN", ALICE),
        ("STACK_PREFIX", "usage"),
        ("HASH_EMAILS", "true"),
        ("LOG_RETENTION_DAYS", "30"),
        ("ALARM_EMAIL", "alice@example.com"),
        ("IDENTITY_MAPPING", "true"),
        ("AUTO_APPROVE_IAM", "false"),
    ];
    let resolved = Said {
        environment: &environment,
        ..Said::default()
    }
    .resolve()
    .unwrap();
    let settings = &resolved.settings;
    assert_eq!(settings.exports, ["s3://example-kiro-reports/kiro-logs"]);
    assert_eq!(
        (
            settings.prefix.as_str(),
            settings.hash_emails,
            settings.log_retention_days
        ),
        ("usage", true, 30)
    );
    assert_eq!(settings.owners, [ALICE]);
    assert_eq!(settings.quicksight_identity_region(), Some("us-east-1"));
    assert_eq!(
        resolved.remarks,
        [
            "`IDENTITY_MAPPING` has no effect: this version does not map ids to names: users are shown by their e-mail address, else by their id"
        ]
    );
    // The product's variable wins over the sample's.
    let both = [
        ("KIRO_LOGS_BUCKET", "others"),
        ("KIRO_ANALYTICS_EXPORTS", "s3://example-a, s3://example-b/x"),
    ];
    let resolved = Said {
        environment: &both,
        ..Said::default()
    }
    .resolve()
    .unwrap();
    assert_eq!(
        resolved.settings.exports,
        ["s3://example-a", "s3://example-b/x"]
    );
}

#[test]
fn all_problems_are_reported_at_once_with_their_origin() {
    let environment = [
        ("STACK_PREFIX", "Kiro"),
        ("IDENTITY_STORE_ID", "ssoins-1234567890abcdef"),
    ];
    let flags = [("alarmemail", "x"), ("schedule", "daily")];
    let said = Said {
        flags: &flags,
        environment: &environment,
        file: vec![
            ("exports", json!("exports")),
            ("old_version_days", json!("many")),
            ("theme", json!("blue")),
        ],
        ..Said::default()
    };
    let Problems(problems) = said.resolve().unwrap_err();
    let reported: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(reported.len(), 7, "{reported:#?}");
    for line in [
        "kiro-analytics.toml:1: `deployment.exports`: expected `s3://bucket/prefix`, found `exports`",
        "kiro-analytics.toml:3: `deployment.theme`: expected `light`, `dark`, found `blue`",
        "STACK_PREFIX: `deployment.prefix`: expected lowercase letters, digits and single hyphens, starting with a letter, found `Kiro`",
        "--set alarmemail: `alarmemail`: unknown setting; did you mean `alarm_email`?",
        "--set schedule: `deployment.schedule`: expected `cron(…)` or `rate(…)`, such as `cron(15 3 * * ? *)`, found `daily`",
    ] {
        assert!(
            reported.iter().any(|found| found == line),
            "{line}\n{reported:#?}"
        );
    }
}

#[test]
fn settings_that_are_not_given_keep_the_stack_s_value() {
    let first = Said {
        file: vec![
            ("exports", json!(["s3://example-kiro-reports/kiro-logs"])),
            ("owners", json!([ALICE])),
            ("tags", json!({"team": "platform"})),
            ("alarm_email", json!("alice@example.com")),
            ("scheduled", json!(false)),
            ("hash_emails", json!(true)),
            ("hash_salt", json!("pepper")),
        ],
        views: json!({"overage": {"usd_per_credit": 0.05}}),
        ..Said::default()
    };
    let deployed = first.resolve().unwrap().parameters(&names()).unwrap();
    assert_eq!(deployed["ScheduleState"], "DISABLED");
    assert_eq!(deployed["DatabaseName"], "kiro_analytics");
    assert!(
        !deployed.values().any(|text| text.contains("pepper")),
        "{deployed:?}"
    );
    let flags = [("alarm_email", "")];
    let again = Said {
        flags: &flags,
        stack: Some(deployed.clone()),
        ..Said::default()
    };
    let again = again.resolve().unwrap();
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
    assert_eq!(again.parameters(&names()).unwrap(), expected);
    // The stack does not contain the salt.
    assert_eq!(again.settings.hash_salt, None);
}

#[test]
fn an_empty_value_takes_any_setting_back() {
    let everything = Said {
        file: vec![
            ("exports", json!(["s3://example-kiro-reports"])),
            ("accounts", json!(["123456789012"])),
            (
                "exports_kms_keys",
                json!(["arn:aws:kms:eu-central-1:123456789012:key/1"]),
            ),
            ("schedule", json!("cron(15 5 * * ? *)")),
            ("time_zone", json!("Asia/Seoul")),
            ("refresh_at", json!("06:00")),
            ("quicksight_role", json!("other-role")),
            ("dashboard", json!("mine.yaml")),
            ("alarm_email", json!("alice@example.com")),
            ("old_version_days", json!(60)),
            ("theme", json!("dark")),
            ("hash_emails", json!(true)),
            ("tags", json!({"team": "platform"})),
        ],
        ..Said::default()
    };
    let deployed = everything.resolve().unwrap();
    let deployed = deployed.parameters(&names()).unwrap();
    let nothing = Said::default().resolve().unwrap();
    let flags: Vec<(&str, &str)> = all().map(|setting| (setting.key, "")).collect();
    let taken_back = Said {
        flags: &flags,
        stack: Some(deployed.clone()),
        ..Said::default()
    };
    let taken_back = taken_back.resolve().unwrap();
    assert_eq!(taken_back.settings.schedule, "cron(15 3 * * ? *)");
    assert_eq!(taken_back.settings.dashboard, "builtin");
    assert_eq!(
        taken_back.parameters(&names()).unwrap(),
        nothing.parameters(&names()).unwrap()
    );
    // The file can do the same.
    let in_file = Said {
        file: all().map(|setting| (setting.key, json!(""))).collect(),
        stack: Some(deployed),
        ..Said::default()
    };
    assert_eq!(
        in_file.resolve().unwrap().parameters(&names()).unwrap(),
        nothing.parameters(&names()).unwrap()
    );
}

#[test]
fn every_retention_that_cloudwatch_takes_is_taken() {
    let template = include_str!("../../../cfn/01-data-layer.yaml");
    for days in [
        "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545",
        "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653",
    ] {
        let environment = [("LOG_RETENTION_DAYS", days)];
        let said = Said {
            environment: &environment,
            ..Said::default()
        };
        assert!(said.resolve().is_ok(), "{days}");
        let allowed = template
            .lines()
            .any(|line| line.contains("AllowedValues: [1, 3,") && line.contains(days));
        assert!(allowed, "{days}");
    }
    let environment = [("LOG_RETENTION_DAYS", "31")];
    let said = Said {
        environment: &environment,
        ..Said::default()
    };
    assert!(said.resolve().is_err());
}

#[test]
fn the_prefix_of_the_samples_bucket_is_searched_if_it_is_not_set() {
    let bucket = |environment: &[(&str, &str)], flags: &[(&str, &str)]| {
        let said = Said {
            flags,
            environment,
            ..Said::default()
        };
        said.resolve().unwrap().bucket_without_prefix
    };
    let alone = [("KIRO_LOGS_BUCKET", "example-logs")];
    assert_eq!(bucket(&alone, &[]).as_deref(), Some("example-logs"));
    // The root of the bucket is a decision, too.
    let root = [
        ("KIRO_LOGS_BUCKET", "example-logs"),
        ("KIRO_LOGS_PREFIX", ""),
    ];
    assert_eq!(bucket(&root, &[]), None);
    let path = [("KIRO_LOGS_BUCKET", "s3://example-logs/kiro")];
    assert_eq!(bucket(&path, &[]), None);
    assert_eq!(bucket(&alone, &[("exports", "s3://example-logs")]), None);
    let said = Said {
        environment: &alone,
        ..Said::default()
    };
    let mut resolved = said.resolve().unwrap();
    resolved.set_found_exports("s3://example-logs/kiro", vec!["111122223333".to_owned()]);
    let parameters = resolved.parameters(&names()).unwrap();
    assert!(
        parameters["SourcePrefixes"].starts_with("example-logs/kiro/AWSLogs/111122223333/"),
        "{parameters:?}"
    );
}

#[test]
fn the_function_may_read_the_report_folders_and_nothing_else() {
    let folders = |exports: Value, accounts: Value| -> Vec<String> {
        let file = vec![("exports", exports), ("accounts", accounts)];
        let resolved = Said {
            file,
            ..Said::default()
        }
        .resolve()
        .unwrap();
        let folders = resolved.settings.source_folders("123456789012").into_iter();
        folders
            .map(|place| format!("{}/{}", place.bucket, place.folder))
            .collect()
    };
    assert_eq!(
        folders(json!(["s3://example/kiro-logs/"]), json!([])),
        [
            "example/kiro-logs/AWSLogs/123456789012/KiroLogs/by_user_analytic/",
            "example/kiro-logs/AWSLogs/123456789012/KiroLogs/user_report/",
            "example/kiro-logs/AWSLogs/123456789012/QDeveloperLogs/by_user_analytic/",
            "example/kiro-logs/AWSLogs/123456789012/QDeveloperLogs/user_report/",
        ]
    );
    assert_eq!(
        folders(
            json!(["s3://example"]),
            json!(["111111111111", "222222222222"])
        )
        .len(),
        8
    );
    let exact = "s3://example/AWSLogs/111111111111/KiroLogs/user_report/";
    assert_eq!(
        folders(json!([exact]), json!([])),
        ["example/AWSLogs/111111111111/KiroLogs/user_report/"]
    );
}

#[test]
fn a_stack_created_by_hand_has_the_locations_of_its_exports() {
    let place = "example/logs/AWSLogs/123456789012/KiroLogs/user_report/";
    let stack: StackParameters = [("SourcePrefixes".to_owned(), place.to_owned())].into();
    let resolved = Said {
        stack: Some(stack),
        ..Said::default()
    }
    .resolve()
    .unwrap();
    assert_eq!(resolved.settings.exports, [format!("s3://{place}")]);
    let parameters = resolved.parameters(&names()).unwrap();
    assert_eq!(parameters["SourcePrefixes"], place);
}

#[test]
fn required_settings_are_asked_for() {
    let resolved = Said::default().resolve().unwrap();
    let keys = |resolved: &Resolved| -> Vec<String> {
        resolved
            .settings
            .missing()
            .into_iter()
            .map(|problem| problem.key)
            .collect()
    };
    assert_eq!(keys(&resolved), ["exports", "owners"]);
    let flags = [("quicksight", "false"), ("exports", "s3://example")];
    let without = Said {
        flags: &flags,
        ..Said::default()
    }
    .resolve()
    .unwrap();
    assert_eq!(keys(&without), Vec::<String>::new());
}

#[test]
fn every_setting_has_names_a_meaning_and_at_most_one_parameter_of_the_template() {
    let template = include_str!("../../../cfn/01-data-layer.yaml");
    let mut seen = std::collections::BTreeSet::new();
    for setting in all() {
        assert!(seen.insert(setting.key), "{} stands twice", setting.key);
        assert!(
            setting.environment[0].starts_with("KIRO_ANALYTICS_"),
            "{}",
            setting.key
        );
        assert!(!setting.meaning.is_empty(), "{}", setting.key);
        if let Persistence::Parameter(name) = setting.persistence {
            assert!(seen.insert(name), "{name} is set twice");
            assert!(
                template.contains(&format!("\n  {name}:\n    Type: ")),
                "{name}"
            );
        }
    }
}

#[test]
fn the_example_file_explains_every_setting() {
    let example = include_str!("../../../kiro-analytics.example.toml");
    for setting in all() {
        let line = format!("\n# {} = ", setting.key);
        assert!(example.contains(&line), "{}", setting.key);
        if let (Some(default), false) = (setting.default, setting.is_shared) {
            let written = [
                format!("{line}\"{default}\"\n"),
                format!("{line}{default}\n"),
            ];
            assert!(
                written.iter().any(|line| example.contains(line.as_str())),
                "the default of {} is {default}",
                setting.key
            );
        }
    }
}
