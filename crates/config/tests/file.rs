//! The configuration file: what it decides, its problems with their lines, and the generated reference.

use std::path::{Path, PathBuf};

use kiro_catalog::Settings;
use kiro_config::{Config, ConfigFile, Layers, Origin, Problems, deployment_settings};

fn parse(text: &str) -> Result<Config, Vec<String>> {
    let file = ConfigFile::parse(text, Path::new("here/kiro-analytics.toml"));
    let layers = file.map(|file| Layers {
        file,
        ..Layers::of_flags(Vec::new())
    });
    let resolved = layers.and_then(|layers| layers.resolve_local());
    resolved.map_err(|Problems(problems)| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn an_empty_file_decides_nothing() {
    let config = parse("").unwrap();
    assert_eq!(config.data, PathBuf::from("kiro-analytics-data"));
    assert_eq!((config.hash_emails, config.hash_salt), (false, None));
    assert_eq!(config.views, Settings::default());
}

#[test]
fn the_data_folder_is_relative_to_the_file() {
    let config = parse("data = \"parts\"\nhash_emails = true\n").unwrap();
    assert_eq!(config.data, PathBuf::from("here/parts"));
    assert!(config.hash_emails);
}

#[test]
fn settings_are_laid_over_their_defaults() {
    let config =
        parse("[overage]\nusd_per_credit = 0.05\n[plans.PRO]\nmonthly_fee_usd = 20\n").unwrap();
    assert!((config.views.overage.usd_per_credit - 0.05).abs() < f64::EPSILON);
    assert_eq!(config.views.plans.0["PRO"].monthly_fee_usd, Some(20.0));
    assert_eq!(config.views.budget, Settings::default().budget);
}

#[test]
fn every_problem_is_reported_with_its_line() {
    let text = "dat = \"x\"\nhash_emails = \"maybe\"\n\n[overage]\nusd_per_credits = 1\nreading = \"weekly\"\n\
                [budget]\nidle_after_days = -1\n[nonsense]\nx = 1\n";
    let problems = parse(text).unwrap_err();
    let places: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.split(": `").next())
        .collect();
    let lines = [1, 2, 5, 6, 8, 10].map(|line| format!("here/kiro-analytics.toml:{line}"));
    assert_eq!(places, lines, "{problems:#?}");
    assert!(
        problems
            .iter()
            .any(|problem| problem.ends_with("did you mean `data`?")),
        "{problems:#?}"
    );
}

#[test]
fn thresholds_out_of_order_are_found_with_their_line() {
    let problems = parse("[budget]\nat_risk_share = 0.95\n").unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("here/kiro-analytics.toml:2: "),
        "{problems:?}"
    );
}

#[test]
fn broken_toml_names_its_line() {
    let problems = parse("data = \"x\"\nhash_emails = = true\n").unwrap_err();
    assert!(
        problems[0].starts_with("here/kiro-analytics.toml:2: "),
        "{problems:?}"
    );
}

#[test]
fn the_example_file_has_every_default() {
    let text = kiro_config::example_file();
    let config = parse(&text).unwrap();
    assert_eq!(config.views, Settings::default());
    // Every setting that has a default is written down, so the example cannot fall behind.
    let written: toml::Table = text.parse().unwrap();
    let defaults = toml::Table::try_from(Settings::default()).unwrap();
    for (section, keys) in &defaults {
        let toml::Value::Table(keys) = keys else {
            assert!(written.contains_key(section), "{section}");
            continue;
        };
        for key in keys.keys() {
            let found = written.get(section).and_then(|section| section.get(key));
            assert!(found.is_some(), "{section}.{key}");
        }
    }
}

#[test]
fn a_wrong_setting_of_a_deployment_stops_no_local_command() {
    let config = parse("hash_emails = true\n[deployment]\ntheme = \"blue\"\nprefx = 1\n").unwrap();
    assert!(config.hash_emails);
}

#[test]
fn the_committed_reference_is_that_of_the_declarations() {
    for (committed, generated) in [
        (
            include_str!("../../../kiro-analytics.example.toml"),
            kiro_config::example_file(),
        ),
        (
            include_str!("../../../docs/settings.md"),
            kiro_config::settings_page(),
        ),
    ] {
        assert_eq!(
            committed, generated,
            "run `cargo run -p kiro-config --example reference`"
        );
    }
}

#[test]
fn every_example_of_a_setting_is_accepted() {
    let example = kiro_config::example_file();
    let examples = example.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if setting.contains(" = ") && !setting.contains(": ") => setting,
        _ => line,
    });
    let text = examples.collect::<Vec<_>>().join("\n");
    let file = ConfigFile::parse(&text, Path::new("kiro-analytics.toml")).unwrap();
    let layers = Layers {
        file,
        ..Layers::of_flags(Vec::new())
    };
    let resolved = layers.resolve(None).unwrap();
    let in_file = |key: &str| matches!(resolved.value(key), Some((_, Origin::File(_))));
    assert!(deployment_settings().all(|setting| in_file(setting.key)));
}

#[test]
fn names_are_laid_over_their_defaults_and_a_wrong_one_has_its_line() {
    let text = "[names]\nexcluded_models = [\"tool_call_messages\"]\nclient_aliases = { \"Kiro Browser\" = \"KIRO_WEB\" }\n\
                [names.model_aliases]\n\"claude-sonnet-4.5\" = \"claude_sonnet_4.5\"\n[names.client_labels]\nKIRO_CREW = \"Crew\"\n";
    let names = parse(text).unwrap().views.names;
    assert_eq!(names.excluded_models, ["tool_call_messages"]);
    assert_eq!(names.client_aliases["Kiro Browser"], "KIRO_WEB");
    assert_eq!(
        names.model_aliases["claude-sonnet-4.5"],
        "claude_sonnet_4.5"
    );
    assert_eq!(names.client_labels["KIRO_CREW"], "Crew");
    assert_eq!(names.client_labels["KIRO_WEB"], "Kiro Web");

    let text = "[names]\nclient_alias = {}\nexcluded_models = [\"Total_Messages\"]\n[names.header_aliases]\n\"E-Mail\" = \"User_Emial\"\n\
                [names.client_aliases]\nA = \"B\"\nB = \"A\"\nC = \"\"\n[names.tier_labels]\nPRO = 1\n";
    let problems = parse(text).unwrap_err();
    let expected = [
        ("2", "unknown field `client_alias`"),
        (
            "3",
            "`names.excluded_models`: is the header of a known column",
        ),
        ("5", "did you mean `User_Email`?"),
        (
            "7",
            "`names.client_aliases.A`: is the alias of itself: A, B, A",
        ),
        ("8", "is the alias of itself: B, A, B"),
        (
            "9",
            "`names.client_aliases.C`: expected a text of 1 to 200 characters",
        ),
        ("11", "`names.tier_labels.PRO`: invalid type: integer `1`"),
    ];
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, (line, text)) in problems.iter().zip(expected) {
        let place = format!("here/kiro-analytics.toml:{line}: ");
        assert!(problem.starts_with(&place), "{problem}");
        assert!(problem.contains(text), "{problem}");
    }
}

#[test]
fn the_address_of_a_webhook_is_checked_and_never_shown() {
    let good = "alert_webhook_url = \"https://hooks.slack.com/services/SECRET\"\n";
    let config = parse(good).unwrap();
    let url = config.alert_webhook_url.as_ref().unwrap();
    assert_eq!(url.host(), "hooks.slack.com");
    assert!(!format!("{config:?}").contains("SECRET"));
    for (value, problem) in [
        (
            "\"http://example.com/SECRET\"",
            "expected a URL that begins with `https://`",
        ),
        ("[\"SECRET\"]", "is not a text"),
    ] {
        let problems = parse(&format!("alert_webhook_url = {value}\n")).unwrap_err();
        let expected = format!("here/kiro-analytics.toml:1: `alert_webhook_url`: {problem}");
        assert_eq!(problems, [expected]);
    }
    let empty = parse("alert_webhook_url = \"\"\n").unwrap();
    assert_eq!(empty.alert_webhook_url, None);
}

#[test]
fn addresses_of_mails_are_checked_and_never_shown() {
    let config = parse(
        "mail_from = \"r@example.com\"\nmail_to = [\"a@example.com\"]\n\
         mail_teams = { payments = \"b@example.com c@example.com\", \"Data Platform\" = \"d@example.com\" }\n",
    )
    .unwrap();
    assert_eq!(config.mail_from.as_deref(), Some("r@example.com"));
    assert_eq!(config.mail_to, ["a@example.com"]);
    assert_eq!(config.mail_teams.len(), 2);
    assert_eq!(config.mail_teams["payments"], "b@example.com c@example.com");
    let section = parse("[mail_teams]\npayments = \"b@example.com\"\n").unwrap();
    assert_eq!(section.mail_teams["payments"], "b@example.com");
    for (text, problem) in [
        ("mail_from = \"Ann planted\"", "expected an e-mail address"),
        ("mail_from = [\"planted@example.com\"]", "is not a text"),
        (
            "mail_to = [\"a@example.com\", \"planted\"]",
            "expected an e-mail address",
        ),
        (
            "mail_to = [[\"planted@example.com\"]]",
            "is not a list of texts",
        ),
        (
            "mail_teams = { payments = \"planted\" }",
            "expected e-mail addresses for `payments`",
        ),
        (
            "mail_teams = \"planted@example.com\"",
            "is not a table of texts",
        ),
    ] {
        let problems = parse(&format!("{text}\n")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains(problem), "{problems:?}");
        assert!(!problems[0].contains("planted"), "{problems:?}");
    }
}
