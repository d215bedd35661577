//! The rendered views keep to what both engines read the same way, and rendering changes what it may and nothing else.

#![expect(clippy::unwrap_used, reason = "tests")]

use kiro_catalog::{Catalogue, Emails, Relation, RenderOptions, Settings, Source};

fn render(options: &RenderOptions) -> Catalogue {
    Catalogue::render(options).unwrap()
}

fn hashed(salt: &str) -> RenderOptions {
    RenderOptions {
        emails: Emails::Hashed {
            salt: salt.to_owned(),
        },
        ..RenderOptions::default()
    }
}

/// Name and SQL of every view.
fn views(options: &RenderOptions) -> Vec<(String, String)> {
    let catalogue = render(options);
    let sql = |relation: &Relation| match &relation.source {
        Source::View { sql } => Some((relation.name.clone(), sql.clone())),
        Source::Parts { .. } => None,
    };
    catalogue.relations().iter().filter_map(sql).collect()
}

/// The text with the content of its literals taken out.
fn without_literals(sql: &str) -> String {
    sql.split('\'').step_by(2).collect::<Vec<_>>().join("''")
}

/// The sort keys of every ORDER BY, each with its direction.
fn sort_keys(sql: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for clause in sql.split("ORDER BY ").skip(1) {
        let mut depth = 0;
        let mut key = String::new();
        for character in clause.chars() {
            match character {
                '(' => depth += 1,
                ')' if depth == 0 => break,
                ')' => depth -= 1,
                ',' if depth == 0 => {
                    keys.push(std::mem::take(&mut key));
                    continue;
                }
                _ => {}
            }
            key.push(character);
        }
        let key = key.split(" ROWS ").next().unwrap();
        keys.push(key.split(" RANGE ").next().unwrap().to_owned());
    }
    keys.into_iter().map(|key| key.trim().to_owned()).collect()
}

#[test]
fn no_view_uses_what_only_one_engine_accepts() {
    let banned = [
        "::",
        "==",
        "`",
        "\"",
        ";",
        "ilike",
        "qualify",
        "offset",
        "current_date",
        "current_timestamp",
        "now(",
        "try(",
        "with ordinality",
        "date_format",
        "date_parse",
        "json_extract",
        "listagg",
        "approx_",
        "regexp_extract",
        "except",
    ];
    for (name, sql) in views(&RenderOptions::default())
        .into_iter()
        .chain(views(&hashed("salt")))
    {
        let text = without_literals(&sql).to_lowercase();
        for word in banned {
            assert!(!text.contains(word), "`{name}` uses `{word}`");
        }
    }
}

#[test]
fn every_sort_key_says_where_nulls_go() {
    let mut checked = 0;
    for (name, sql) in views(&RenderOptions::default()) {
        for key in sort_keys(&without_literals(&sql)) {
            let says = key.ends_with(" ASC NULLS LAST") || key.ends_with(" DESC NULLS LAST");
            assert!(says, "`{name}` sorts by `{key}`");
            checked += 1;
        }
    }
    assert!(checked > 20);
}

#[test]
fn no_view_has_a_decimal_literal() {
    for (name, sql) in views(&RenderOptions::default()) {
        let text = without_literals(&sql);
        let numbers = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        for number in numbers.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            let double = number.contains('e') || !number.contains('.');
            assert!(double, "`{name}` has the DECIMAL literal {number}");
        }
    }
}

#[test]
fn every_division_by_a_number_of_rows_is_guarded_and_in_doubles() {
    for (name, sql) in views(&RenderOptions::default()) {
        for divisor in without_literals(&sql).split(" / ").skip(1) {
            let guarded = ["NULLIF(", "CAST("]
                .iter()
                .any(|start| divisor.starts_with(start));
            assert!(
                guarded,
                "`{name}` divides by `{}`",
                &divisor[..divisor.len().min(40)]
            );
        }
    }
}

#[test]
fn comments_and_placeholders_do_not_reach_the_engines() {
    for (name, sql) in views(&RenderOptions::default()) {
        let text = without_literals(&sql);
        assert!(
            !text.contains("--") && !text.contains('{') && !text.contains('}'),
            "`{name}`:\n{sql}"
        );
    }
}

#[test]
fn hashing_changes_the_views_that_hold_addresses_and_no_other() {
    let plain = views(&RenderOptions::default());
    let changed: Vec<String> = views(&hashed("salt"))
        .into_iter()
        .zip(plain)
        .filter(|(hashed, plain)| hashed != plain)
        .map(|((name, _), _)| name)
        .collect();
    assert_eq!(changed, ["identities", "report_code", "report_facts"]);
}

#[test]
fn under_hashing_an_address_is_read_only_to_be_digested() {
    for (name, sql) in views(&hashed("salt")) {
        for address in [
            "f.email",
            "i.idc_email",
            "i.idc_username",
            "i.idc_display_name",
            "i.manager",
        ] {
            let raw = match name.as_str() {
                "report_facts" | "identities" => {
                    sql.replace(&format!("lower(trim({address}))"), "")
                }
                _ => continue,
            };
            let read = raw.matches(address).count();
            let only_tested = raw.matches(&format!("trim({address}) <> ''")).count()
                + raw.matches(&format!("{address} LIKE '%@%'")).count()
                + raw
                    .matches(&format!("ELSE NULLIF(trim({address}), '')"))
                    .count();
            assert_eq!(read, only_tested, "`{name}` reads `{address}` otherwise");
        }
    }
}

#[test]
fn a_salt_cannot_leave_its_literal() {
    let hostile = "'); DROP TABLE x; -- {database} \\";
    let all = views(&hashed(hostile));
    let (_, sql) = all.iter().find(|(name, _)| name == "report_facts").unwrap();
    assert!(
        sql.contains("to_utf8('''); DROP TABLE x; -- {database} \\' || lower(trim(f.email)))"),
        "{sql}"
    );
    let error = Catalogue::render(&hashed("a\nb")).unwrap_err();
    assert_eq!(error.place, "salt");
    assert!(
        !error.kind.to_string().contains("a\nb"),
        "a salt is a secret"
    );
}

#[test]
fn the_database_is_the_one_asked_for() {
    let options = RenderOptions {
        database: "other".to_owned(),
        ..RenderOptions::default()
    };
    for (name, sql) in views(&options) {
        assert!(!sql.contains("kiro_analytics"), "`{name}`");
    }
    let catalogue = render(&options);
    let statement = catalogue
        .relation("daily_users")
        .unwrap()
        .create_statement()
        .unwrap();
    assert!(
        statement.starts_with("CREATE OR REPLACE VIEW other.daily_users AS\nWITH "),
        "{statement}"
    );
}

#[test]
fn settings_change_the_settings_and_plans_views_and_no_other() {
    let mut settings = Settings::default();
    settings.overage.usd_per_credit = 0.05;
    settings.plans.0.get_mut("PRO").unwrap().monthly_fee_usd = Some(25.0);
    let plain = views(&RenderOptions::default());
    let changed: Vec<String> = views(&RenderOptions {
        settings,
        ..RenderOptions::default()
    })
    .into_iter()
    .zip(plain)
    .filter(|(other, plain)| other != plain)
    .map(|((name, _), _)| name)
    .collect();
    assert_eq!(changed, ["plans", "settings"]);
}

#[test]
fn the_relations_of_the_design_are_all_there() {
    let catalogue = render(&RenderOptions::default());
    for name in [
        "report_facts_raw",
        "report_models_raw",
        "report_code_raw",
        "report_issues_raw",
        "identity_map",
        "settings",
        "plans",
        "superseded",
        "report_facts",
        "report_models",
        "report_code",
        "base_user_activity",
        "user_dim",
        "user_totals",
        "user_daily_dense",
        "model_usage",
        "daily_trends",
        "daily_users",
        "tier_breakdown",
        "activity_heatmap",
        "wow_movers",
        "user_month",
        "team_month",
        "seats",
        "alerts",
        "usage_spikes",
        "code_activity",
        "code_totals",
        "data_health",
        "first_seen",
    ] {
        let relation = catalogue
            .relation(name)
            .unwrap_or_else(|| panic!("`{name}` is missing"));
        assert!(
            !relation.columns.is_empty() && !relation.meaning.is_empty(),
            "{name}"
        );
        assert!(
            relation
                .columns
                .iter()
                .all(|column| !column.meaning.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn a_table_is_projected_from_the_day_its_data_starts() {
    let catalogue = render(&RenderOptions::default());
    let facts = catalogue.relation("report_facts_raw").unwrap();
    let statement = facts
        .create_table_statement("s3://bucket/normalized/facts/", "2026-02-10")
        .unwrap();
    assert!(
        statement.contains("  activity_date date,\n  user_id string,\n"),
        "{statement}"
    );
    assert!(!statement.contains("  export_date string,"), "{statement}");
    assert!(statement.contains("PARTITIONED BY (export_date string)"));
    assert!(statement.contains("'projection.export_date.range' = '2026-02-10,NOW+1DAYS'"));
    assert!(statement.contains("'s3://bucket/normalized/facts/export_date=${export_date}/'"));
    let identity = catalogue.relation("identity_map").unwrap();
    let statement = identity
        .create_table_statement("s3://bucket/normalized/identity", "2026-02-10")
        .unwrap();
    assert!(
        !statement.contains("PARTITIONED") && !statement.contains("projection"),
        "{statement}"
    );
    assert!(
        catalogue
            .relation("user_dim")
            .unwrap()
            .create_table_statement("s3://b/x/", "2026-02-10")
            .is_none()
    );
}
