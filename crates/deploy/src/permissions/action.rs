//! The actions of calls: IAM names some differently from the API.

/// Calls that need no permission.
pub const FREE_CALLS: &[&str] = &["sts:GetCallerIdentity"];

/// Call, tab, action.
const RENAMED_CALLS: &str = include_str!("renamed_calls.tsv");

/// The action that a policy must allow for a call: `s3:ListBucket` for `s3:HeadBucket`.
pub fn action_of_call(call: &str) -> &str {
    let lines = RENAMED_CALLS.lines();
    let mut renamed = lines.filter_map(|line| line.split_once('\t'));
    let renamed = renamed.find(|(name, _)| *name == call);
    renamed.map_or(call, |(_, action)| action)
}
