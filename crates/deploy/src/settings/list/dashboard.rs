//! The dashboard in Amazon Quick Sight.

use crate::settings::check;
use crate::settings::setting::{Setting, ValueKind};

/// The languages of the dashboard, by their codes.
const LANGUAGES: &[&str] = &["en", "zh", "ko"];

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        kind: ValueKind::Flag,
        default: Some("true"),
        ..Setting::text(
            "quicksight",
            &["KIRO_ANALYTICS_QUICKSIGHT"],
            "false stops at the tables and views: no dashboard",
        )
    },
    Setting {
        kind: ValueKind::List,
        check: check::quicksight_principals,
        ..Setting::text(
            "owners",
            &["KIRO_ANALYTICS_OWNERS", "QS_PRINCIPAL_ARN"],
            "Quick Sight users and groups that may change the dashboard",
        )
    },
    Setting {
        kind: ValueKind::List,
        check: check::quicksight_readers,
        ..Setting::text(
            "readers",
            &["KIRO_ANALYTICS_READERS"],
            "Quick Sight users, groups and namespaces that may view the dashboard",
        )
    },
    Setting {
        default: Some("aws-quicksight-service-role-v0"),
        check: check::role_name,
        ..Setting::text(
            "quicksight_role",
            &["KIRO_ANALYTICS_QUICKSIGHT_ROLE", "QS_IAM_ROLE_NAME"],
            "role that Quick Sight reads with",
        )
    },
    Setting {
        check: check::policy_name,
        ..Setting::text(
            "quicksight_policy",
            &["KIRO_ANALYTICS_QUICKSIGHT_POLICY", "QS_S3_POLICY_NAME"],
            "name of the inline policy written into that role; else it begins with the prefix",
        )
    },
    Setting {
        check: check::region,
        ..Setting::text(
            "quicksight_identity_region",
            &["KIRO_ANALYTICS_QUICKSIGHT_IDENTITY_REGION"],
            "Region where Quick Sight keeps its users; else that of `owners`",
        )
    },
    Setting {
        kind: ValueKind::Choice(&["light", "dark"]),
        default: Some("light"),
        ..Setting::text(
            "theme",
            &["KIRO_ANALYTICS_THEME", "THEME_MODE"],
            "colours of the dashboard",
        )
    },
    Setting {
        kind: ValueKind::Choice(LANGUAGES),
        default: Some("en"),
        ..Setting::text(
            "language",
            &["KIRO_ANALYTICS_LANGUAGE"],
            "language of the dashboard",
        )
    },
    Setting {
        ..Setting::text(
            "dashboard_name",
            &["KIRO_ANALYTICS_DASHBOARD_NAME", "DASHBOARD_NAME"],
            "its name in the console; else that of the spec",
        )
    },
    Setting {
        default: Some("builtin"),
        ..Setting::text(
            "dashboard",
            &["KIRO_ANALYTICS_DASHBOARD"],
            "YAML file that describes the dashboard, or builtin",
        )
    },
    Setting {
        default: Some("04:00"),
        check: check::time_of_day,
        ..Setting::text(
            "refresh_at",
            &["KIRO_ANALYTICS_REFRESH_AT"],
            "when the dashboard's data are refreshed, every day",
        )
    },
];
