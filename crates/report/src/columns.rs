//! The columns we know, as data: a new spelling or a new total is one more line here.

/// A column of the current report that is no model column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Date,
    UserId,
    ClientType,
    ChatConversations,
    CreditsUsed,
    OverageCap,
    OverageCreditsUsed,
    OverageEnabled,
    ProfileId,
    SubscriptionTier,
    TotalMessages,
    NewUser,
    Email,
    UsageLimit,
}

impl Field {
    pub(crate) const COUNT: usize = 14;

    /// Both reports have it, so it does not tell which of them a header belongs to.
    pub(crate) fn is_shared(self) -> bool {
        matches!(self, Self::Date | Self::UserId)
    }
}

/// Every accepted header of a field, lower-cased and with `_` for blanks and hyphens.
pub(crate) const FIELD_HEADERS: [(&str, Field); 16] = [
    ("date", Field::Date),
    ("userid", Field::UserId),
    ("user_id", Field::UserId),
    ("client_type", Field::ClientType),
    ("chat_conversations", Field::ChatConversations),
    ("credits_used", Field::CreditsUsed),
    ("overage_cap", Field::OverageCap),
    ("overage_credits_used", Field::OverageCreditsUsed),
    ("overage_enabled", Field::OverageEnabled),
    ("profileid", Field::ProfileId),
    ("subscription_tier", Field::SubscriptionTier),
    ("total_messages", Field::TotalMessages),
    ("new_user", Field::NewUser),
    ("user_email", Field::Email),
    ("email", Field::Email),
    ("usage_limit", Field::UsageLimit),
];

/// What a model column ends in.
pub const MODEL_SUFFIX: &str = "_messages";

/// Columns that end like a model column and are none.
pub const NOT_MODELS: [&str; 1] = ["total_messages"];

/// The counters of the legacy report, lower-cased, in the order of its header.
pub const CODE_COUNTERS: [&str; 44] = [
    "chat_aicodelines",
    "chat_messagesinteracted",
    "chat_messagessent",
    "codefix_acceptanceeventcount",
    "codefix_acceptedlines",
    "codefix_generatedlines",
    "codefix_generationeventcount",
    "codereview_failedeventcount",
    "codereview_findingscount",
    "codereview_succeededeventcount",
    "dev_acceptanceeventcount",
    "dev_acceptedlines",
    "dev_generatedlines",
    "dev_generationeventcount",
    "docgeneration_acceptedfileupdates",
    "docgeneration_acceptedfilescreations",
    "docgeneration_acceptedlineadditions",
    "docgeneration_acceptedlineupdates",
    "docgeneration_eventcount",
    "docgeneration_rejectedfilecreations",
    "docgeneration_rejectedfileupdates",
    "docgeneration_rejectedlineadditions",
    "docgeneration_rejectedlineupdates",
    "inlinechat_acceptanceeventcount",
    "inlinechat_acceptedlineadditions",
    "inlinechat_acceptedlinedeletions",
    "inlinechat_dismissaleventcount",
    "inlinechat_dismissedlineadditions",
    "inlinechat_dismissedlinedeletions",
    "inlinechat_rejectedlineadditions",
    "inlinechat_rejectedlinedeletions",
    "inlinechat_rejectioneventcount",
    "inlinechat_totaleventcount",
    "inline_aicodelines",
    "inline_acceptancecount",
    "inline_suggestionscount",
    "testgeneration_acceptedlines",
    "testgeneration_acceptedtests",
    "testgeneration_eventcount",
    "testgeneration_generatedlines",
    "testgeneration_generatedtests",
    "transformation_eventcount",
    "transformation_linesgenerated",
    "transformation_linesingested",
];
