//! Every setting but those of the views, declared once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kiro_alerts::WebhookUrl;
use kiro_catalog::Settings;
use serde::Deserialize;
use serde_json::Value;

use crate::check;
use crate::choice::{
    Architecture, LakeFormation, Language, MailTransport, ReportFormat, ReportSchedule, RowRules,
    Theme, WebhookFormat, wrong_item,
};
use crate::schedule;
use crate::setting::{Persistence, Scope, Setting};
use crate::value::SettingType;

/// Declares the settings: `key: type = "meaning" { field of Setting: value, }` below the heading of each group. The type
/// decides the kind of the value.
macro_rules! settings {
    ($($group:literal { $(
        $key:ident: $type:ty = $meaning:literal { $($field:ident: $value:expr,)* }
    )+ })+) => {
        /// The settings of all commands. An empty text counts as not set.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            $($(pub $key: $type,)+)+
            /// Plans, prices and thresholds.
            pub views: Settings,
        }

        /// Every setting, in the order of the output.
        pub(crate) const SETTINGS: &[Setting] = &[$($(
            Setting {
                key: stringify!($key),
                group: $group,
                kind: <$type>::KIND,
                meaning: $meaning,
                $($field: $value,)*
                ..Setting::DEFAULTS
            },
        )+)+];

        impl Config {
            /// Types the values by key. Each is null or of the declared kind; a setting without a default is optional, a
            /// list or a table.
            pub(crate) fn from_values(values: &BTreeMap<&str, Value>, views: Settings) -> Self {
                let value = |key: &str| values.get(key).filter(|value| **value != "");
                Self {
                    $($($key: value(stringify!($key))
                        .and_then(|value| <$type>::deserialize(value).ok())
                        .unwrap_or_default(),)+)+
                    views,
                }
            }
        }
    };
}

settings! {
    "Local data" {
        data: PathBuf = "folder with normalized data, in the file relative to it" {
            scope: Scope::Local,
            default: Some("kiro-analytics-data"),
            persistence: Persistence::None,
        }
    }
    "Alerts" {
        alert_webhook_url: Option<WebhookUrl> = "address that `alerts --webhook` and `serve --alerts` post to" {
            scope: Scope::Local,
            persistence: Persistence::None,
            secret: true,
            check: check::webhook_url,
            note: "A secret: whoever has it can post. Better given by the environment. `https`, or `http` to this machine; `[alerts]` has the rules.",
            example: r#""""#,
        }
        alert_webhook_format: WebhookFormat = "what the webhook of alerts understands, here and in a deployment" {
            scope: Scope::Shared,
            default: Some("slack"),
            note: "`teams` is a workflow of Microsoft Teams; docs/alerts.md describes `json`.",
        }
        alerts_while_serving: bool = "`serve` also posts alerts, as `--alerts` does" {
            scope: Scope::Local,
            default: Some("false"),
            persistence: Persistence::None,
            note: "Needs `alert_webhook_url`.",
        }
    }
    "Mail" {
        mail_from: Option<String> = "address that `report --mail` sends from" {
            scope: Scope::Shared,
            persistence: Persistence::None,
            secret: true,
            check: check::mail_address,
            note: "Amazon SES must have verified it or its domain.",
            example: r#""reports@example.com""#,
        }
        mail_to: Vec<String> = "addresses that `report --mail` sends to if it names none; they see each other" {
            scope: Scope::Shared,
            persistence: Persistence::None,
            secret: true,
            check: check::mail_addresses,
            example: r#"["alice@example.com"]"#,
        }
        mail_teams: BTreeMap<String, String> = "addresses for the report of a team, instead of those of `mail_to`; several are separated by blanks" {
            scope: Scope::Shared,
            persistence: Persistence::None,
            secret: true,
            check: check::mail_teams,
            example: r#"{ payments = "alice@example.com" }"#,
        }
        mail_transport: MailTransport = "what takes the mails: the program `sendmail` of this machine, or Amazon SES" {
            scope: Scope::Local,
            default: Some("sendmail"),
            persistence: Persistence::None,
        }
        sendmail: Option<String> = "the program `sendmail` of `mail_transport`; else the one on PATH, in /usr/sbin or in /usr/lib" {
            scope: Scope::Local,
            persistence: Persistence::None,
            example: r#""/usr/bin/msmtp""#,
        }
    }
    "Names" {
        prefix: String = "prefix of all names; another prefix is another deployment" {
            default: Some("kiro-analytics"),
            sample: &["STACK_PREFIX"],
            persistence: Persistence::None,
            check: check::prefix,
        }
        region: Option<String> = "the Region to deploy to; else AWS_REGION or the profile's" {
            persistence: Persistence::None,
            check: check::region,
            note: "The bucket with exports may be in another one.",
            example: r#""eu-central-1""#,
        }
        profile: Option<String> = "the profile to sign in with; else AWS_PROFILE" {
            persistence: Persistence::None,
            example: r#""audit""#,
        }
        tags: BTreeMap<String, String> = "additional tags on everything that is created" {
            check: check::tags,
            example: r#"{ team = "platform" }"#,
        }
    }
    "Exports" {
        exports: Vec<String> = "the buckets, and prefixes in them, that Kiro writes its reports to: s3://bucket/prefix" {
            check: check::exports,
            note: "The prefix is the part of their keys before AWSLogs/.",
            example: r#"["s3://example-kiro-reports/kiro-logs"]"#,
        }
        accounts: Vec<String> = "accounts whose exports are there; else the account deployed to" {
            check: check::accounts,
            example: r#"["123456789012"]"#,
        }
        exports_kms_keys: Vec<String> = "KMS keys that the exports are encrypted with" {
            sample: &["KMS_KEY_ARN"],
            persistence: Persistence::Parameter("SourceKmsKeyArns"),
            check: check::kms_keys,
            note: "Their policies must allow the function's role.",
            example: r#"["arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"]"#,
        }
        read_on_arrival: bool = "also read each export when it arrives" {
            default: Some("false"),
            persistence: Persistence::Parameter("ReadOnArrival"),
            note: "The bucket must be in this account and Region and send its events to EventBridge.",
        }
    }
    "Results" {
        existing_results_bucket: Option<String> = "results bucket of an earlier deployment, to continue with" {
            persistence: Persistence::Parameter("ExistingResultsBucket"),
            check: check::bucket,
            example: r#""kiro-analytics-data-resultsbucket-example""#,
        }
        results_kms_key: Option<String> = "KMS key for the results; else S3's own" {
            persistence: Persistence::Parameter("ResultsKmsKeyArn"),
            check: check::kms_key,
            example: r#""arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000""#,
        }
        access_log_bucket: Option<String> = "bucket for the results bucket's access logs" {
            persistence: Persistence::Parameter("AccessLogBucket"),
            check: check::bucket,
            example: r#""example-access-logs""#,
        }
        old_version_days: u64 = "days that replaced results can be restored" {
            default: Some("30"),
            range: 1..=3650,
            persistence: Persistence::Parameter("OldVersionDays"),
        }
    }
    "Athena" {
        database: Option<String> = "Glue database; else the prefix with `_`" {
            sample: &["DATABASE_NAME"],
            persistence: Persistence::Parameter("DatabaseName"),
            check: check::identifier,
            example: r#""kiro_analytics""#,
        }
        workgroup: Option<String> = "Athena workgroup; else the prefix with `_`" {
            sample: &["WORKGROUP_NAME"],
            persistence: Persistence::Parameter("WorkgroupName"),
            check: check::workgroup,
            example: r#""kiro_analytics""#,
        }
        scan_limit_bytes: u64 = "maximum number of bytes that one query may scan" {
            default: Some("10000000000"),
            range: 10_000_000..=u64::MAX,
            persistence: Persistence::Parameter("ScanLimitBytes"),
        }
        query_result_days: u64 = "days to keep query results, which hold names" {
            default: Some("7"),
            range: 1..=365,
            persistence: Persistence::Parameter("QueryResultDays"),
        }
    }
    "Function" {
        functions: Option<String> = "folder with the function's zips; else beside this program, or in functions/ beside it" {
            persistence: Persistence::None,
            example: r#""functions""#,
        }
        code_bucket: Option<String> = "bucket for the function's zips; else one is created" {
            check: check::bucket,
            example: r#""example-code""#,
        }
        architecture: Architecture = "processor of the function; arm64 costs a fifth less" {
            default: Some("arm64"),
            persistence: Persistence::Parameter("Architecture"),
        }
        memory_megabytes: u64 = "memory of the function" {
            default: Some("256"),
            range: 256..=512,
            persistence: Persistence::Parameter("MemoryMegabytes"),
        }
        log_retention_days: u64 = "days to keep logs" {
            default: Some("90"),
            range: 1..=3653,
            sample: &["LOG_RETENTION_DAYS"],
            persistence: Persistence::Parameter("LogRetentionDays"),
            check: check::log_retention,
            note: "A number of days that CloudWatch Logs accepts, such as 7, 30, 90, 365 or 3653.",
        }
    }
    "Schedule" {
        schedule: String = "when new exports are read; Kiro writes them at about 02:00 UTC" {
            default: Some("cron(15 3 * * ? *)"),
            persistence: Persistence::Parameter("ScheduleExpression"),
            check: schedule::check,
        }
        time_zone: String = "time zone of both schedules" {
            default: Some("UTC"),
            persistence: Persistence::Parameter("ScheduleTimeZone"),
            check: schedule::check_time_zone,
            note: "The other one is `refresh_at`.",
        }
        scheduled: bool = "false stops the nightly run" {
            default: Some("true"),
            persistence: Persistence::Parameter("ScheduleState"),
        }
    }
    "Alerts of the deployment" {
        send_alerts: bool = "after a night with new exports, send alerts to `alarm_email` and to the webhook of `alerts_webhook_secret`; `[alerts]` has the rules" {
            default: Some("false"),
        }
        alerts_webhook_secret: Option<String> = "secret in AWS Secrets Manager with the address of a webhook, by ARN or name" {
            check: crate::secret_id::check,
            note: "Create it yourself, in the Region of the deployment. The address is in no template, log or error.",
            example: r#""kiro-analytics/webhook""#,
        }
    }
    "Reports of the deployment" {
        reports: Vec<ReportSchedule> = "reports that a function writes into a bucket of its own: `weekly` on Mondays, `monthly` on the first" {
            check: wrong_item::<ReportSchedule>,
            note: "An empty list: none, and no function; reports that were written stay. docs/reports.md describes them.",
            example: r#"["weekly", "monthly"]"#,
        }
        reports_at: String = "when reports are written, in `time_zone`" {
            default: Some("06:00"),
            check: check::time_of_day,
            note: "It must be after the nightly run. Weeks and months end at midnight UTC.",
        }
        reports_formats: Vec<ReportFormat> = "what reports are written as: `html`, `csv` or both" {
            default: Some("html"),
            check: wrong_item::<ReportFormat>,
        }
        reports_each_team: bool = "also a report for each team, with the rows of its people alone" {
            default: Some("false"),
            note: "Needs `identity_mapping`.",
        }
        reports_anonymize: bool = "reports show pseudonyms instead of people" {
            default: Some("false"),
            note: "With the salt of `hash_salt`, else with a random one that is kept.",
        }
        reports_mail: bool = "also mail reports by Amazon SES, from `mail_from` to `mail_to` and `mail_teams`" {
            default: Some("false"),
            note: "Amazon SES must have verified the sender in the Region of the deployment. A report above 7 MB is not attached but linked.",
        }
        reports_language: Language = "language that reports open in" {
            default: Some("en"),
        }
        reports_expire_days: u64 = "days to keep reports" {
            default: Some("400"),
            range: 1..=3650,
        }
        reports_memory_megabytes: u64 = "memory of the function that writes reports" {
            default: Some("3008"),
            range: 1024..=10240,
            note: "New accounts are limited to 3008.",
        }
        reports_storage_megabytes: u64 = "disk of that function, which holds a copy of all parts" {
            default: Some("2048"),
            range: 512..=10240,
        }
    }
    "Alarms" {
        alarm_email: Option<String> = "address that receives the alarms" {
            sample: &["ALARM_EMAIL"],
            persistence: Persistence::Parameter("AlarmEmail"),
            check: check::email,
            note: "It must be confirmed once.",
            example: r#""alice@example.com""#,
        }
        missed_after_hours: u64 = "hours without a run before the alarm" {
            default: Some("26"),
            range: 2..=168,
            persistence: Persistence::Parameter("MissedAfterHours"),
        }
        stale_after_days: u64 = "days without new activity before the alarm" {
            default: Some("4"),
            range: 1..=3650,
            persistence: Persistence::Parameter("StaleAfterDays"),
        }
        rejected_rows_allowed: u64 = "rejected rows before the alarm" {
            default: Some("0"),
            persistence: Persistence::Parameter("RejectedRowsAllowed"),
        }
    }
    "Access" {
        permissions_boundary: Option<String> = "permissions boundary of the roles that are created" {
            persistence: Persistence::Parameter("PermissionsBoundaryArn"),
            check: check::policy,
            example: r#""arn:aws:iam::123456789012:policy/example""#,
        }
        lake_formation: LakeFormation = "grant access in Lake Formation: if it is in force, always, never" {
            default: Some("auto"),
        }
        query_principals: Vec<String> = "IAM roles and users that get query access in Lake Formation, besides you and Quick Sight" {
            check: check::iam_principals,
            example: r#"["arn:aws:iam::123456789012:role/analyst"]"#,
        }
    }
    "Dashboard in Amazon Quick Sight" {
        quicksight: bool = "false stops at the tables and views: no dashboard" {
            default: Some("true"),
            note: "A dashboard needs `owners`.",
        }
        owners: Vec<String> = "Quick Sight users and groups that may change the dashboard" {
            sample: &["QS_PRINCIPAL_ARN"],
            check: check::quicksight_principals,
            example: r#"["arn:aws:quicksight:us-east-1:123456789012:user/default/alice"]"#,
        }
        readers: Vec<String> = "Quick Sight users, groups and namespaces that may view the dashboard" {
            check: check::quicksight_readers,
            example: r#"["arn:aws:quicksight:us-east-1:123456789012:group/default/kiro-viewers"]"#,
        }
        quicksight_role: String = "role that Quick Sight reads with" {
            default: Some("aws-quicksight-service-role-v0"),
            sample: &["QS_IAM_ROLE_NAME"],
            check: check::role_name,
            note: "With the default, aws-quicksight-s3-consumers-role-v0 gets the same access if it exists.",
        }
        quicksight_policy: Option<String> = "name of the inline policy written into that role; else it begins with the prefix" {
            sample: &["QS_S3_POLICY_NAME"],
            check: check::policy_name,
            example: r#""kiro-analytics-QuickSightS3Access""#,
        }
        quicksight_identity_region: Option<String> = "Region where Quick Sight keeps its users; else that of `owners`" {
            check: check::region,
            example: r#""us-east-1""#,
        }
        theme: Theme = "colours of the dashboard" {
            default: Some("light"),
            sample: &["THEME_MODE"],
        }
        language: Language = "language of the dashboard" {
            default: Some("en"),
        }
        dashboard_name: Option<String> = "its name in the console; else that of the spec" {
            sample: &["DASHBOARD_NAME"],
            example: r#""Kiro usage""#,
        }
        dashboard: String = "YAML file that describes the dashboard, or builtin" {
            default: Some("builtin"),
            note: "docs/dashboard.md explains the file.",
        }
        refresh_at: String = "when the dashboard's data are refreshed, every day" {
            default: Some("04:00"),
            check: check::time_of_day,
            note: "It must be after the nightly run. They are also imported whenever a run has read something new.",
        }
    }
    "Users" {
        identity_mapping: bool = "show names and teams from the directory or a roster in the deployment" {
            default: Some("false"),
            sample: &["IDENTITY_MAPPING"],
            note: "`false` removes them again. Not together with `hash_emails`.",
        }
        identity_store: Option<String> = "Identity Store of IAM Identity Center with the names of users; else the only one that can be seen" {
            scope: Scope::Shared,
            sample: &["IDENTITY_STORE_ID"],
            check: check::identity_store,
            example: r#""d-1234567890""#,
        }
        identity_region: Option<String> = "Region of IAM Identity Center, if it is another one" {
            scope: Scope::Shared,
            sample: &["IDC_REGION"],
            check: check::region,
            example: r#""us-east-1""#,
        }
        identity_role: Option<String> = "role to read IAM Identity Center with, if it is in another account" {
            scope: Scope::Shared,
            sample: &["IDC_ROLE_ARN"],
            check: check::role_arn,
            example: r#""arn:aws:iam::123456789012:role/identity-reader""#,
        }
        identity_external_id: Option<String> = "external id that the trust policy of `identity_role` demands" {
            scope: Scope::Shared,
            check: check::external_id,
            example: r#""example-external-id""#,
        }
        team_groups: Vec<String> = "groups of IAM Identity Center that are teams, by name; `*` is any text, `?` one character" {
            scope: Scope::Shared,
            default: Some("*"),
            note: "Of several groups of a user, the one with the fewest members counts. A team in the roster wins. An empty list: none.",
        }
        roster: Option<String> = "roster in S3, one person per row: s3://bucket/key" {
            check: check::object,
            note: "For `deploy`; `people import` takes a file. Its names win over those of the directory.",
            example: r#""s3://example-people/roster.csv""#,
        }
        identity_schedule: String = "when names are read in the deployment" {
            default: Some("cron(30 3 * * ? *)"),
            sample: &["IDENTITY_MAP_REFRESH_SCHEDULE"],
            check: schedule::check,
            note: "After `schedule` and before `refresh_at`, in `time_zone`.",
        }
        seat_groups: Vec<String> = "groups of IAM Identity Center whose members have a seat, by name as `team_groups`" {
            scope: Scope::Shared,
            note: "People in the roster have a seat, too.",
            example: r#"["kiro-*"]"#,
        }
        viewer_admins: Vec<String> = "people who see everybody with `--viewer` or `row_rules`, by e-mail address, user name or id" {
            scope: Scope::Shared,
            check: check::viewers,
            note: "Managers see their teams, all others themselves. A user name of Quick Sight is possible, too.",
            example: r#"["alice@example.com"]"#,
        }
        row_rules: RowRules = "restrict the rows of the dashboard in Quick Sight; the user names there are e-mail addresses or user names of the identity map" {
            default: Some("off"),
            note: "Managers see their teams, all others themselves, `viewer_admins` everybody; owners of the dashboard see all rows, too. Needs `identity_mapping`.",
        }
        row_rules_prefix: Option<String> = "what the user names of Quick Sight begin with: the role of federated users and `/`" {
            check: check::user_prefix,
            note: "For `row_rules`.",
            example: r#""KiroViewer/""#,
        }
    }
    "E-mail addresses" {
        hash_emails: bool = "views show the SHA-256 of an e-mail address instead of it" {
            scope: Scope::Shared,
            default: Some("false"),
            sample: &["HASH_EMAILS"],
        }
        hash_salt: Option<String> = "32 or more characters mixed into that hash; else that of the deployed views, else a random one" {
            scope: Scope::Shared,
            persistence: Persistence::SecretInViews,
            note: "Without it, addresses can be guessed from their hashes. `openssl rand -hex 32` makes one; another salt gives other hashes.",
            example: r#""""#,
        }
    }
}
