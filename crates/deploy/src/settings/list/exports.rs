//! Where the exports are, and how they are read.

use crate::settings::check;
use crate::settings::setting::{Kind, Memory, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        kind: Kind::List,
        check: check::exports,
        ..Setting::text(
            "exports",
            &["KIRO_ANALYTICS_EXPORTS"],
            "the buckets, and prefixes in them, that Kiro writes its reports to: s3://bucket/prefix",
        )
    },
    Setting {
        kind: Kind::List,
        check: check::accounts,
        ..Setting::text(
            "accounts",
            &["KIRO_ANALYTICS_ACCOUNTS"],
            "accounts whose exports lie there; else the account deployed to",
        )
    },
    Setting {
        kind: Kind::List,
        memory: Memory::Parameter("SourceKmsKeyArns"),
        check: check::kms_keys,
        ..Setting::text(
            "exports_kms_keys",
            &["KIRO_ANALYTICS_EXPORTS_KMS_KEYS", "KMS_KEY_ARN"],
            "KMS keys that the exports are encrypted with",
        )
    },
    Setting {
        kind: Kind::Flag,
        default: Some("false"),
        memory: Memory::Parameter("ReadOnArrival"),
        ..Setting::text(
            "read_on_arrival",
            &["KIRO_ANALYTICS_READ_ON_ARRIVAL"],
            "read each export when it arrives, too",
        )
    },
];
