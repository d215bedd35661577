//! Access besides that of the deployment itself.

use crate::settings::check;
use crate::settings::setting::{Persistence, Setting, ValueKind};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        persistence: Persistence::Parameter("PermissionsBoundaryArn"),
        check: check::policy,
        ..Setting::text(
            "permissions_boundary",
            &["KIRO_ANALYTICS_PERMISSIONS_BOUNDARY"],
            "permissions boundary of the roles that are created",
        )
    },
    Setting {
        kind: ValueKind::Choice(&["auto", "on", "off"]),
        default: Some("auto"),
        ..Setting::text(
            "lake_formation",
            &["KIRO_ANALYTICS_LAKE_FORMATION"],
            "grant access in Lake Formation: if it is in force, always, never",
        )
    },
    Setting {
        kind: ValueKind::List,
        check: check::iam_principals,
        ..Setting::text(
            "query_principals",
            &["KIRO_ANALYTICS_QUERY_PRINCIPALS"],
            "IAM roles and users that get query access in Lake Formation, besides you and Quick Sight",
        )
    },
];
