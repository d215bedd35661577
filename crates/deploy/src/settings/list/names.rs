//! The prefix, Region, profile and tags of a deployment.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting, ValueKind};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        default: Some("kiro-analytics"),
        persistence: Persistence::None,
        check: check::prefix,
        ..Setting::text(
            "prefix",
            &["KIRO_ANALYTICS_PREFIX", "STACK_PREFIX"],
            "prefix of all names; another prefix is another deployment",
        )
    },
    Setting {
        persistence: Persistence::None,
        check: check::region,
        ..Setting::text(
            "region",
            &["KIRO_ANALYTICS_REGION"],
            "the Region to deploy to; else AWS_REGION or the profile's",
        )
    },
    Setting {
        persistence: Persistence::None,
        ..Setting::text(
            "profile",
            &["KIRO_ANALYTICS_PROFILE"],
            "the profile to sign in with; else AWS_PROFILE",
        )
    },
    Setting {
        kind: ValueKind::Table,
        check: check::tags,
        ..Setting::text(
            "tags",
            &["KIRO_ANALYTICS_TAGS"],
            "additional tags on everything that is created",
        )
    },
];
