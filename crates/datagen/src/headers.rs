//! The headers of both reports, spelled as the datasets' declaration has them.

use kiro_report::{Dataset, MODEL_SUFFIX};

/// The base columns of the current report, in the order of its files.
pub(crate) const BASE: [&str; 11] = headers([
    "activity_date",
    "user_id",
    "client_type",
    "chat_conversations",
    "credits_used",
    "overage_cap",
    "overage_credits_used",
    "overage_enabled",
    "profile_id",
    "subscription_tier",
    "total_messages",
]);

/// The columns that say who a user is.
pub(crate) const IDENTITY: [&str; 2] = headers(["new_user", "email"]);

/// The column of the plan's credits.
pub(crate) const QUOTA: [&str; 1] = headers(["usage_limit"]);

/// A column that no reader knows.
pub(crate) const UNKNOWN: &str = "Tool_Calls";

/// The headers of these columns.
const fn headers<const N: usize>(columns: [&str; N]) -> [&'static str; N] {
    let mut headers = [""; N];
    let mut at = 0;
    while at < N {
        headers[at] = Dataset::Facts.column(columns[at]).headers[0];
        at += 1;
    }
    headers
}

/// Appends the header of a model's column, after a comma.
pub(crate) fn push_model(out: &mut Vec<u8>, model: &str) {
    push_more(out, &[model]);
    out.extend_from_slice(MODEL_SUFFIX.as_bytes());
}

/// Appends headers, each after a comma.
pub(crate) fn push_more(out: &mut Vec<u8>, headers: &[&str]) {
    for header in headers {
        out.push(b',');
        out.extend_from_slice(header.as_bytes());
    }
}
