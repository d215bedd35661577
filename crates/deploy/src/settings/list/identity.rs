//! The names of users, and how their addresses are hashed.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting, ValueKind};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        check: check::identity_store,
        ..Setting::text(
            "identity_store",
            &["KIRO_ANALYTICS_IDENTITY_STORE", "IDENTITY_STORE_ID"],
            "Identity Store with the names of users",
        )
    },
    Setting {
        check: check::region,
        ..Setting::text(
            "identity_region",
            &["KIRO_ANALYTICS_IDENTITY_REGION", "IDC_REGION"],
            "its Region, if it is another one",
        )
    },
    Setting {
        check: check::role_arn,
        ..Setting::text(
            "identity_role",
            &["KIRO_ANALYTICS_IDENTITY_ROLE", "IDC_ROLE_ARN"],
            "role to read it with, if it is in another account",
        )
    },
    Setting {
        is_shared: true,
        kind: ValueKind::Flag,
        default: Some("false"),
        ..Setting::text(
            "hash_emails",
            &["KIRO_ANALYTICS_HASH_EMAILS", "HASH_EMAILS"],
            "views show the SHA-256 of an e-mail address instead of it",
        )
    },
    Setting {
        is_shared: true,
        persistence: Persistence::SecretInViews,
        ..Setting::text(
            "hash_salt",
            &["KIRO_ANALYTICS_HASH_SALT"],
            "32 or more characters mixed into that hash; else that of the deployed views, else a random one",
        )
    },
];
