//! What is wrong with a configured name.

/// A problem of a configured name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}`: {kind}")]
pub struct NameProblem {
    /// The key of the rule, such as `client_aliases.KIRO_BROWSER`.
    pub key: String,
    pub kind: NameProblemKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblemKind {
    #[error("expected a text of 1 to 200 characters without control characters")]
    BadText,
    #[error("expected {expected}, found `{found}`")]
    NotCanonical {
        expected: &'static str,
        found: String,
    },
    #[error("is the alias of itself: {}", .names.join(", "))]
    Cycle { names: Vec<String> },
    #[error("is the alias of two names: `{first}` and `{second}`")]
    TwoNames { first: String, second: String },
    #[error("expected the header of a known column such as `User_Email`, found `{found}`")]
    UnknownColumn { found: String },
    #[error("is the header of a known column")]
    KnownColumn,
}
