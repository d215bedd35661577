//! Settings: five layers, one result, all problems at once.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use kiro_config::{
    ConfigFile, Flag, Layers, Origin, Persistence, Problems, Remembered, Resolved, StackParameters,
    Theme, deployment_settings,
};

const ALICE: &str = "arn:aws:quicksight:us-east-1:123456789012:user/default/alice";

#[derive(Default)]
struct Given<'a> {
    flags: &'a [(&'a str, &'a str)],
    environment: &'a [(&'a str, &'a str)],
    file: &'a str,
    stack: Option<StackParameters>,
}

impl Given<'_> {
    fn resolve(&self) -> Result<Resolved, Problems> {
        let environment: BTreeMap<&str, &str> = self.environment.iter().copied().collect();
        let variable = |name: &str| environment.get(name).map(|text| (*text).to_owned());
        let flags = self.flags.iter();
        let layers = Layers {
            flags: flags.map(|(key, text)| Flag::set(key, text)).collect(),
            variable: &variable,
            file: ConfigFile::parse(self.file, Path::new("kiro-analytics.toml")).unwrap(),
        };
        layers.resolve(self.stack.as_ref().map(Remembered::of).as_ref())
    }
}

fn stack(parameters: &[(&str, &str)]) -> StackParameters {
    let parameters = parameters.iter();
    parameters
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
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
    let stack = stack(&[
        ("ScheduleTimeZone", "UTC-1"),
        ("OldVersionDays", "60"),
        ("QueryResultDays", "9"),
    ]);
    let given = Given {
        flags: &flags,
        environment: &environment,
        file: "[deployment]\ntime_zone = \"UTC\"\ntheme = \"light\"\nold_version_days = 14\n",
        stack: Some(stack),
    };
    let resolved = given.resolve().unwrap();
    let settings = &resolved.settings;
    assert_eq!(settings.time_zone, "Asia/Seoul");
    assert_eq!(
        origin(&resolved, "time_zone"),
        Origin::Flag("--set time_zone".to_owned())
    );
    assert_eq!(settings.theme, Theme::Dark);
    assert_eq!(
        origin(&resolved, "theme"),
        Origin::Environment("THEME_MODE".to_owned())
    );
    assert_eq!(settings.old_version_days, 14);
    assert_eq!(
        origin(&resolved, "old_version_days"),
        Origin::File("kiro-analytics.toml:4".to_owned())
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
        ("IDENTITY_MAPPING", "false"),
        ("IDENTITY_MAP_REFRESH_SCHEDULE", "cron(40 3 * * ? *)"),
        ("AUTO_APPROVE_IAM", "true"),
    ];
    let resolved = Given {
        environment: &environment,
        ..Given::default()
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
            "`AUTO_APPROVE_IAM` has no effect: it approved one policy; `deploy --yes` approves the whole plan, which shows that policy"
        ]
    );
    assert_eq!(settings.identity_schedule, "cron(40 3 * * ? *)");
    assert!(!settings.identity_mapping);
    // The product's variable wins over the sample's.
    let both = [
        ("KIRO_LOGS_BUCKET", "others"),
        ("KIRO_ANALYTICS_EXPORTS", "s3://example-a, s3://example-b/x"),
    ];
    let resolved = Given {
        environment: &both,
        ..Given::default()
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
    let given = Given {
        flags: &flags,
        environment: &environment,
        file: "deployment.exports = \"exports\"\ndeployment.old_version_days = \"many\"\ndeployment.theme = \"blue\"\n",
        ..Given::default()
    };
    let Problems(problems) = given.resolve().unwrap_err();
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
fn names_and_hashed_addresses_exclude_each_other() {
    for (names, hashes, problems) in [
        ("true", "true", 1),
        ("true", "false", 0),
        ("false", "true", 0),
    ] {
        let flags = [
            ("identity_mapping", names),
            ("hash_emails", hashes),
            ("roster", "s3://example-people/roster.csv"),
            ("quicksight", "false"),
            ("exports", "s3://example-kiro-reports"),
        ];
        let given = Given {
            flags: &flags,
            ..Given::default()
        };
        let settings = given.resolve().unwrap().settings;
        assert_eq!(settings.missing().len(), problems, "{names} {hashes}");
    }
    let flags = [("roster", "s3://example-people/")];
    let given = Given {
        flags: &flags,
        ..Given::default()
    };
    assert!(given.resolve().is_err());
}

#[test]
fn alerts_need_a_channel_and_keep_the_follow_up() {
    for (sends, email, secret, quicksight, problems, follows) in [
        ("true", "alice@example.com", "", "false", 0, true),
        ("true", "", "kiro/webhook", "false", 0, true),
        ("true", "", "", "false", 1, false),
        (
            "false",
            "alice@example.com",
            "kiro/webhook",
            "false",
            0,
            false,
        ),
        ("false", "", "", "true", 0, true),
    ] {
        let flags = [
            ("send_alerts", sends),
            ("alarm_email", email),
            ("alerts_webhook_secret", secret),
            ("quicksight", quicksight),
            ("exports", "s3://example-kiro-reports"),
            (
                "owners",
                "arn:aws:quicksight:us-east-1:123456789012:user/default/alice",
            ),
        ];
        let given = Given {
            flags: &flags,
            ..Given::default()
        };
        let settings = given.resolve().unwrap().settings;
        assert_eq!(settings.missing().len(), problems, "{sends} {email}");
        assert_eq!(settings.follows_runs(), follows, "{sends} {email}");
    }
}

#[test]
fn rules_of_rows_need_names_and_a_dashboard() {
    for (rules, names, quicksight, problems) in [
        ("email", "true", "true", 0),
        ("username", "false", "true", 1),
        ("email", "true", "false", 1),
        ("off", "false", "false", 0),
    ] {
        let flags = [
            ("row_rules", rules),
            ("identity_mapping", names),
            ("quicksight", quicksight),
            ("exports", "s3://example-kiro-reports"),
            (
                "owners",
                "arn:aws:quicksight:us-east-1:123456789012:user/default/alice",
            ),
        ];
        let given = Given {
            flags: &flags,
            ..Given::default()
        };
        let settings = given.resolve().unwrap().settings;
        assert_eq!(settings.missing().len(), problems, "{rules} {names}");
    }
    for (key, value) in [
        ("row_rules", "group"),
        ("row_rules_prefix", "Role"),
        ("row_rules_prefix", "a/b/"),
        ("viewer_admins", "a\tb"),
    ] {
        let given = Given {
            flags: &[(key, value)],
            ..Given::default()
        };
        assert!(given.resolve().is_err(), "{key} = {value}");
    }
}

#[test]
fn rules_of_rows_are_remembered_and_reach_the_views() {
    let given = Given {
        flags: &[
            ("row_rules", "username"),
            ("row_rules_prefix", "KiroViewer/"),
            ("viewer_admins", "alice@example.com,bob"),
        ],
        ..Given::default()
    };
    let parameters = given.resolve().unwrap().remembered_parameters();
    let given = Given {
        stack: Some(parameters),
        ..Given::default()
    };
    let options = given.resolve().unwrap().settings.render_options();
    let rules = options.row_rules;
    assert_eq!(rules.names, kiro_catalog::UserNames::Username);
    assert_eq!(rules.prefix, "KiroViewer/");
    assert_eq!(rules.admins, ["alice@example.com", "bob"]);
}

#[test]
fn settings_of_users_may_be_in_either_section_and_an_empty_list_of_groups_is_kept() {
    for file in [
        "identity_store = \"d-1234567890\"\nteam_groups = []\n",
        "[deployment]\nidentity_store = \"d-1234567890\"\nteam_groups = []\n",
    ] {
        let given = Given {
            file,
            ..Given::default()
        };
        let resolved = given.resolve().unwrap();
        let settings = &resolved.settings;
        assert_eq!(settings.identity_store.as_deref(), Some("d-1234567890"));
        assert!(settings.team_groups.is_empty() && settings.seat_groups.is_empty());
        let stack = Some(resolved.remembered_parameters());
        let again = Given {
            stack,
            ..Given::default()
        };
        let again = again.resolve().unwrap();
        assert!(again.settings.team_groups.is_empty());
        assert_eq!(again.value("team_groups").unwrap().1, &Origin::Stack);
    }
    let unset = Given::default().resolve().unwrap();
    assert_eq!(unset.settings.team_groups, ["*"]);
}

#[test]
fn the_settings_of_users_are_checked_for_local_commands_too() {
    let file = "identity_role = \"reader\"\nidentity_external_id = \"with blank\"\n\
                [deployment]\nidentity_store = \"ssoins-1234567890abcdef\"\ntheme = \"blue\"\n";
    let layers = Layers {
        flags: Vec::new(),
        variable: &|_| None,
        file: ConfigFile::parse(file, Path::new("kiro-analytics.toml")).unwrap(),
    };
    let Problems(problems) = layers.resolve_local().unwrap_err();
    let reported: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        reported,
        [
            "kiro-analytics.toml:1: `identity_role`: expected the ARN of a role, found `reader`",
            "kiro-analytics.toml:2: `identity_external_id`: expected 2 to 1,224 letters, digits and characters of `_+=,.@:/-`",
            "kiro-analytics.toml:4: `identity_store`: `ssoins-1234567890abcdef` is the instance of IAM Identity Center; its Identity Store begins with `d-` and is on the same page",
        ]
    );
}

#[test]
fn a_remembered_value_of_another_kind_is_dropped_and_the_default_is_used() {
    let given = Given {
        stack: Some(stack(&[
            ("OldVersionDays", "many"),
            ("MemoryMegabytes", "4096"),
            ("ScheduleState", "PAUSED"),
            (
                "RememberedSettings",
                r#"{"quicksight": "yes", "owners": [1], "theme": "blue", "refresh_at": 4, "language": "ko",
                    "views": {"overage": {"usd_per_credit": "much"}, "gone": 1, "budget": {"idle_after_days": 60}}}"#,
            ),
        ])),
        ..Given::default()
    };
    let resolved = given.resolve().unwrap();
    let settings = &resolved.settings;
    assert_eq!(
        (settings.old_version_days, settings.memory_megabytes),
        (30, 256)
    );
    assert!(settings.scheduled && settings.quicksight);
    assert_eq!(settings.owners, Vec::<String>::new());
    assert_eq!(
        (settings.theme, settings.refresh_at.as_str()),
        (Theme::Light, "04:00")
    );
    assert_eq!(origin(&resolved, "theme"), Origin::Default);
    assert_eq!(settings.language.as_str(), "ko");
    let defaults = kiro_catalog::Settings::default();
    assert_eq!(settings.views.overage, defaults.overage);
    assert_eq!(settings.views.budget.idle_after_days, 60);
}

#[test]
fn every_retention_that_cloudwatch_takes_is_taken() {
    let template = include_str!("../../../cfn/01-data-layer.yaml");
    for days in [
        "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545",
        "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653",
    ] {
        let environment = [("LOG_RETENTION_DAYS", days)];
        let given = Given {
            environment: &environment,
            ..Given::default()
        };
        assert!(given.resolve().is_ok(), "{days}");
        let allowed = template
            .lines()
            .any(|line| line.contains("AllowedValues: [1, 3,") && line.contains(days));
        assert!(allowed, "{days}");
    }
    let environment = [("LOG_RETENTION_DAYS", "31")];
    let given = Given {
        environment: &environment,
        ..Given::default()
    };
    assert!(given.resolve().is_err());
}

#[test]
fn the_prefix_of_the_samples_bucket_is_searched_if_it_is_not_set() {
    let bucket = |environment: &[(&str, &str)], flags: &[(&str, &str)]| {
        let given = Given {
            flags,
            environment,
            ..Given::default()
        };
        given.resolve().unwrap().bucket_without_prefix
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
    let given = Given {
        environment: &alone,
        ..Given::default()
    };
    let mut resolved = given.resolve().unwrap();
    resolved.set_found_exports("s3://example-logs/kiro", vec!["111122223333".to_owned()]);
    assert_eq!(resolved.settings.exports, ["s3://example-logs/kiro"]);
    assert_eq!(resolved.settings.accounts, ["111122223333"]);
    assert_eq!(
        resolved.value("exports").unwrap().0[0],
        "s3://example-logs/kiro"
    );
}

#[test]
fn the_function_may_read_the_report_folders_and_nothing_else() {
    let folders = |exports: &str, accounts: &str| -> Vec<String> {
        let flags = [("exports", exports), ("accounts", accounts)];
        let resolved = Given {
            flags: &flags,
            ..Given::default()
        }
        .resolve()
        .unwrap();
        let folders = resolved.settings.source_folders("123456789012").into_iter();
        folders
            .map(|place| format!("{}/{}", place.bucket, place.folder))
            .collect()
    };
    assert_eq!(
        folders("s3://example/kiro-logs/", ""),
        [
            "example/kiro-logs/AWSLogs/123456789012/KiroLogs/by_user_analytic/",
            "example/kiro-logs/AWSLogs/123456789012/KiroLogs/user_report/",
            "example/kiro-logs/AWSLogs/123456789012/QDeveloperLogs/by_user_analytic/",
            "example/kiro-logs/AWSLogs/123456789012/QDeveloperLogs/user_report/",
        ]
    );
    assert_eq!(
        folders("s3://example", "111111111111,222222222222").len(),
        8
    );
    let exact = "s3://example/AWSLogs/111111111111/KiroLogs/user_report/";
    assert_eq!(
        folders(exact, ""),
        ["example/AWSLogs/111111111111/KiroLogs/user_report/"]
    );
}

#[test]
fn required_settings_are_asked_for() {
    let resolved = Given::default().resolve().unwrap();
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
    let without = Given {
        flags: &flags,
        ..Given::default()
    }
    .resolve()
    .unwrap();
    assert_eq!(keys(&without), Vec::<String>::new());
}

#[test]
fn every_setting_has_names_a_meaning_and_at_most_one_parameter_of_the_template() {
    let template = include_str!("../../../cfn/01-data-layer.yaml");
    let mut seen = std::collections::BTreeSet::new();
    for setting in deployment_settings() {
        assert!(seen.insert(setting.key), "{} stands twice", setting.key);
        assert!(
            setting.environment()[0].starts_with("KIRO_ANALYTICS_"),
            "{}",
            setting.key
        );
        assert!(!setting.meaning.is_empty(), "{}", setting.key);
        assert!(
            setting.default.is_some() == setting.example.is_empty(),
            "{} has a default or an example",
            setting.key
        );
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
fn names_are_remembered_by_the_stack_and_the_file_wins() {
    let deployed = Given {
        file: "[names]\nexcluded_models = [\"tool_messages\"]\n[names.client_aliases]\nCrew = \"KIRO_CREW\"\nBrowser = \"KIRO_WEB\"\n\
               [names.client_labels]\nKIRO_CREW = \"Crew\"\n",
        ..Given::default()
    };
    let remembered = deployed.resolve().unwrap().remembered_parameters();
    let again = Given {
        file: "[names.client_aliases]\nBrowser = \"BROWSER\"\n",
        stack: Some(remembered),
        ..Given::default()
    };
    let names = again.resolve().unwrap().settings.views.names;
    assert_eq!(names.excluded_models, ["tool_messages"]);
    assert_eq!(names.client_aliases["Crew"], "KIRO_CREW");
    assert_eq!(names.client_aliases["Browser"], "BROWSER");
    assert_eq!(names.client_labels["KIRO_CREW"], "Crew");
    assert_eq!(names.client_labels["KIRO_IDE"], "Kiro IDE");
}

#[test]
fn settings_of_a_bucket_that_is_not_created_have_a_remark() {
    let remarks = |flags: Vec<Flag>| {
        let resolved = Layers::of_flags(flags).merge(None).0;
        resolved.remarks
    };
    let bucket = || Flag::set("existing_results_bucket", "example-results");
    let days = || Flag::set("query_result_days", "3");
    assert!(remarks(vec![bucket()]).is_empty() && remarks(vec![days()]).is_empty());
    assert_eq!(
        remarks(vec![bucket(), days()]),
        [
            "`query_result_days` has no effect: the bucket of `existing_results_bucket` keeps its lifecycle rules"
        ]
    );
}

#[test]
fn reports_of_a_deployment_need_what_they_are_made_of() {
    for (changes, problems) in [
        (&[("reports", "weekly,monthly")] as &[(&str, &str)], 0),
        (&[("reports", "weekly"), ("reports_each_team", "true")], 1),
        (
            &[
                ("reports", "weekly"),
                ("reports_each_team", "true"),
                ("identity_mapping", "true"),
            ],
            0,
        ),
        // Without reports, nothing is asked of them.
        (
            &[("reports_each_team", "true"), ("reports_mail", "true")],
            0,
        ),
        (&[("reports", "weekly"), ("reports_mail", "true")], 1),
        (
            &[
                ("reports", "weekly"),
                ("reports_mail", "true"),
                ("reports_formats", "csv"),
                ("mail_from", "reports@example.com"),
                ("mail_to", "alice@example.com"),
            ],
            1,
        ),
    ] {
        let flags = [
            changes,
            &[
                ("quicksight", "false"),
                ("exports", "s3://example-kiro-reports"),
            ],
        ]
        .concat();
        let given = Given {
            flags: &flags,
            ..Given::default()
        };
        let settings = given.resolve().unwrap().settings;
        assert_eq!(settings.missing().len(), problems, "{changes:?}");
    }
    for (key, value) in [("reports", "daily"), ("reports_formats", "html,pdf")] {
        let flags = [(key, value)];
        let given = Given {
            flags: &flags,
            ..Given::default()
        };
        let error = given.resolve().unwrap_err().to_string();
        assert!(error.contains("expected a list of `"), "{error}");
    }
}
