//! Where the exports are, and how they are read.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting, ValueKind};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        kind: ValueKind::List,
        check: check::exports,
        ..Setting::text(
            "exports",
            &["KIRO_ANALYTICS_EXPORTS"],
            "the buckets, and prefixes in them, that Kiro writes its reports to: s3://bucket/prefix",
        )
    },
    Setting {
        kind: ValueKind::List,
        check: check::accounts,
        ..Setting::text(
            "accounts",
            &["KIRO_ANALYTICS_ACCOUNTS"],
            "accounts whose exports are there; else the account deployed to",
        )
    },
    Setting {
        kind: ValueKind::List,
        persistence: Persistence::Parameter("SourceKmsKeyArns"),
        check: check::kms_keys,
        ..Setting::text(
            "exports_kms_keys",
            &["KIRO_ANALYTICS_EXPORTS_KMS_KEYS", "KMS_KEY_ARN"],
            "KMS keys that the exports are encrypted with",
        )
    },
    Setting {
        kind: ValueKind::Flag,
        default: Some("false"),
        persistence: Persistence::Parameter("ReadOnArrival"),
        ..Setting::text(
            "read_on_arrival",
            &["KIRO_ANALYTICS_READ_ON_ARRIVAL"],
            "also read each export when it arrives",
        )
    },
];
