//! Calls of the function `identity-map`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::invocation::{failed, invoke_function, wait_until_ready};
use crate::progress::Progress;
use crate::step::{Deployment, ErrorCategory, StepError};

/// What a call asks for besides a new map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameRequest {
    /// Accept an answer of the directory without most of the known users.
    pub accept_shrink: bool,
    /// Ids, addresses or user names of persons to forget.
    pub forget: Vec<String>,
}

/// The counts of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameMapping {
    /// `ok`, or `noop` without data.
    pub status: String,
    /// Users of the data.
    pub users: u64,
    /// Users of the data with a name.
    pub named: u64,
    /// Persons in the map.
    pub rows: u64,
    pub seats: u64,
    /// Persons who have left.
    pub left: u64,
    /// Persons who are shown by a mask.
    pub forgotten: u64,
    /// Persons that the call has named to be forgotten.
    pub forgotten_by_call: u64,
    /// The positions, from 1, of the texts that name no person. The function remembers them.
    pub unmatched: Vec<usize>,
    pub groups: u64,
    pub roster_rows: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionError {
    #[serde(rename = "errorMessage")]
    message: String,
    #[serde(rename = "errorType")]
    kind: String,
}

impl NameMapping {
    /// One line for the user.
    pub fn summary(&self) -> String {
        if self.status == "noop" {
            return "there are no data yet: names follow with the first exports".to_owned();
        }
        let Self {
            users,
            named,
            left,
            forgotten,
            forgotten_by_call,
            ..
        } = self;
        let mut line = format!("{named} of {users} users have a name");
        if *left > 0 {
            line = format!("{line}, {left} have left");
        }
        if *forgotten > 0 {
            line = format!("{line}, {forgotten} are forgotten");
        }
        if *forgotten_by_call > 0 {
            line = format!("{line}; this call named {forgotten_by_call} to forget");
        }
        line
    }

    /// The problem of texts that name no person. It has their positions, as outputs end up in logs.
    pub fn unmatched_problem(&self) -> Option<String> {
        let positions: Vec<String> = self.unmatched.iter().map(ToString::to_string).collect();
        (!positions.is_empty()).then(|| {
            format!(
                "no person has the id, address or user name of `--forget` number {}: it is remembered, and a person that it names later is masked",
                positions.join(", ")
            )
        })
    }

    /// The problem of a map that names no user of the data.
    pub(super) fn problem(&self) -> Option<String> {
        (self.users > 0 && self.named == 0 && self.forgotten < self.users).then(|| {
            format!(
                "none of the {} users of the data is in the directory or the roster: users of an external identity provider need a roster (`roster`), and `identity_store` may be another one",
                self.users
            )
        })
    }
}

/// Makes the map, and waits for it. Retries denials until `permission_timeout`, because the policies of a new role take effect
/// after a while.
///
/// # Errors
///
/// If the function cannot be called, or if it has refused a source. The map is then unchanged.
pub(crate) async fn map_names(
    deployment: &Deployment,
    function: &str,
    request: &NameRequest,
    progress: &dyn Progress,
    permission_timeout: Duration,
) -> Result<NameMapping, StepError> {
    wait_until_ready(deployment, function, progress).await?;
    let event = json!({"accept_shrink": request.accept_shrink, "forget": request.forget});
    let mut denials = deployment.aws.polling(permission_timeout);
    progress.doing("mapping user ids to names");
    loop {
        let payload = invoke_function(deployment, function, &event).await?;
        let error: FunctionError = serde_json::from_slice(&payload).unwrap_or_default();
        if error.message.is_empty() {
            return serde_json::from_slice(&payload)
                .map_err(|_| failed(function, "its response is not that of identity-map"));
        }
        if is_denial(&error.message) && denials.again().await {
            continue;
        }
        return Err(refusal(function, &error));
    }
}

fn is_denial(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("denied") || message.contains("is not allowed")
}

fn refusal(function: &str, error: &FunctionError) -> StepError {
    let category = match error.kind.as_str() {
        "DirectoryShrunken" | "RosterRefused" | "ForgetRefused" => ErrorCategory::Data,
        _ => ErrorCategory::Aws,
    };
    // The function ends its message with the next step.
    let (cause, hint) = error.message.rsplit_once("; ").unwrap_or((
        error.message.as_str(),
        "run the command again; the map is as it was before",
    ));
    StepError::failed(
        category,
        format!("function `{function}` failed: {cause}"),
        hint,
    )
}

#[cfg(test)]
mod tests {
    use super::{FunctionError, NameMapping, refusal};
    use crate::step::ErrorCategory;

    #[test]
    fn a_summary_counts_names_and_those_who_left() {
        let mapping = NameMapping {
            status: "ok".to_owned(),
            users: 430,
            named: 412,
            left: 3,
            ..NameMapping::default()
        };
        assert_eq!(
            mapping.summary(),
            "412 of 430 users have a name, 3 have left"
        );
        assert_eq!(mapping.problem(), None);
        let asked = NameMapping {
            forgotten: 5,
            forgotten_by_call: 1,
            unmatched: vec![2, 3],
            ..mapping.clone()
        };
        assert!(
            asked
                .summary()
                .ends_with("5 are forgotten; this call named 1 to forget")
        );
        assert!(asked.unmatched_problem().unwrap().contains("number 2, 3:"));
        assert_eq!(mapping.unmatched_problem(), None);
        let nobody = NameMapping {
            named: 0,
            ..mapping
        };
        assert!(nobody.problem().unwrap().contains("none of the 430 users"));
    }

    #[test]
    fn a_refused_source_is_a_problem_of_the_data_with_the_functions_hint() {
        let error = FunctionError {
            message: "the answer was refused: 2 of 30; run `x`".to_owned(),
            kind: "DirectoryShrunken".to_owned(),
        };
        let error = refusal("f", &error);
        assert_eq!(error.category(), ErrorCategory::Data);
        assert_eq!(error.hint(), "run `x`");
    }
}
