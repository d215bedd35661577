//! The columns of the raw datasets, each declared once.
//!
//! What reads exports, writes parts, makes the tables of the catalogue and generates synthetic exports takes names, types,
//! headers and meanings from here. A new column of the current report whose cells are parsed by their type alone is one
//! more entry of [`PLAIN_COLUMNS`].

use crate::dataset_column::ColumnEncoding::{Constant, ConstantIfKnown, Delta, Plain};
use crate::dataset_column::ValueType::{Amount, Boolean, Count, Date, Text};
use crate::dataset_column::{DatasetColumn, PartField, ValueType};

pub(crate) const FACTS: &[&[DatasetColumn]] =
    &[&KEY, &CLIENT, PLAIN_COLUMNS, &ORIGIN, &EXTRA, &LINE, &PART];

pub(crate) const MODELS: &[&[DatasetColumn]] = &[&KEY, &CLIENT, &MODEL, &ORIGIN, &LINE, &PART];

pub(crate) const CODE: &[&[DatasetColumn]] = &[&KEY, CODE_COUNTERS, &ORIGIN, &EXTRA, &LINE, &PART];

pub(crate) const ISSUES: &[&[DatasetColumn]] = &[&ISSUE, &PART];

/// The header of a model's column is the model's name and this.
pub const MODEL_SUFFIX: &str = "_messages";

const KEY: [DatasetColumn; 2] = [
    DatasetColumn::new("activity_date", Date, "day of the activity").headers(&["Date"]),
    DatasetColumn::new("user_id", Text, "canonical user id").headers(&["UserId"]),
];

const CLIENT: [DatasetColumn; 2] = [
    DatasetColumn::new(
        "client_type",
        Text,
        "KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says",
    )
    .headers(&["Client_Type"]),
    DatasetColumn::new(
        "subscription_tier",
        Text,
        "canonical tier code of that day; NULL if blank",
    )
    .headers(&["Subscription_Tier"])
    .nullable(),
];

/// The columns of the current report whose cells are parsed by their type alone. NULL if blank or unreadable.
///
/// Their order is the order in parts and tables; every reader finds a column by its name.
pub const PLAIN_COLUMNS: &[DatasetColumn] = &[
    plain(
        "chat_conversations",
        Count,
        &["Chat_Conversations"],
        "conversations that day",
    ),
    plain(
        "total_messages",
        Count,
        &["Total_Messages"],
        "messages to and from Kiro: prompts, tool calls and responses",
    ),
    plain(
        "credits_used",
        Amount,
        &["Credits_Used"],
        "credits used that day",
    )
    .encoding(Plain),
    plain(
        "overage_cap",
        Amount,
        &["Overage_Cap"],
        "overage on: limit set by the administrator; off: a preset of the plan",
    ),
    plain(
        "overage_credits_used",
        Amount,
        &["Overage_Credits_Used"],
        "overage credits, of the day or of the month so far",
    ),
    plain(
        "overage_enabled",
        Boolean,
        &["Overage_Enabled"],
        "whether overage is on for the user",
    ),
    plain(
        "usage_limit",
        Amount,
        &["Usage_Limit"],
        "the plan's credits per month",
    ),
    plain(
        "new_user",
        Boolean,
        &["New_User"],
        "the subscription was activated that day",
    ),
    plain(
        "profile_id",
        Text,
        &["ProfileId"],
        "ARN of the Kiro profile",
    ),
    plain(
        "email",
        Text,
        &["User_Email", "Email"],
        "address as exported",
    ),
];

const MODEL: [DatasetColumn; 2] = [
    DatasetColumn::new("model_name", Text, "header without `_messages`"),
    DatasetColumn::new(
        "messages",
        Count,
        "messages served by the model, above zero",
    ),
];

/// A counter of the legacy report: its name is its header in lower case.
macro_rules! counter {
    ($header:literal $(or $other:literal)*, $meaning:literal) => {{
        const NAME: [u8; $header.len()] = {
            let mut name = [0; $header.len()];
            name.copy_from_slice($header.as_bytes());
            name.make_ascii_lowercase();
            name
        };
        match std::str::from_utf8(&NAME) {
            Ok(name) => plain(name, Count, &[$header $(, $other)*], $meaning),
            Err(_) => panic!("a header is ASCII"),
        }
    }};
}

/// The counters of the legacy report, in the order of its header.
pub const CODE_COUNTERS: &[DatasetColumn] = &[
    counter!("Chat_AICodeLines", "lines suggested in chat and taken over"),
    counter!(
        "Chat_MessagesInteracted",
        "chat messages with a positive interaction"
    ),
    counter!("Chat_MessagesSent", "chat messages to and from"),
    counter!("CodeFix_AcceptanceEventCount", "code-review fixes accepted"),
    counter!("CodeFix_AcceptedLines", "lines of accepted fixes"),
    counter!("CodeFix_GeneratedLines", "lines suggested as fixes"),
    counter!("CodeFix_GenerationEventCount", "fixes suggested"),
    counter!(
        "CodeReview_FailedEventCount",
        "issues found for which no fix could be suggested"
    ),
    counter!("CodeReview_FindingsCount", "issues found"),
    counter!(
        "CodeReview_SucceededEventCount",
        "issues found with a suggested fix"
    ),
    counter!("Dev_AcceptanceEventCount", "/dev: features accepted"),
    counter!("Dev_AcceptedLines", "/dev: lines accepted"),
    counter!("Dev_GeneratedLines", "/dev: lines suggested"),
    counter!("Dev_GenerationEventCount", "/dev: features suggested"),
    counter!(
        "DocGeneration_AcceptedFileUpdates",
        "/doc: file updates accepted"
    ),
    counter!(
        "DocGeneration_AcceptedFilesCreations",
        "/doc: file creations accepted"
    ),
    counter!(
        "DocGeneration_AcceptedLineAdditions",
        "/doc: line additions accepted"
    ),
    counter!(
        "DocGeneration_AcceptedLineUpdates",
        "/doc: line updates accepted"
    ),
    counter!("DocGeneration_EventCount", "times /doc was used"),
    counter!(
        "DocGeneration_RejectedFileCreations",
        "/doc: file creations rejected"
    ),
    counter!(
        "DocGeneration_RejectedFileUpdates",
        "/doc: file updates rejected"
    ),
    counter!(
        "DocGeneration_RejectedLineAdditions",
        "/doc: line additions rejected"
    ),
    counter!(
        "DocGeneration_RejectedLineUpdates",
        "/doc: line updates rejected"
    ),
    counter!(
        "InlineChat_AcceptanceEventCount",
        "inline-chat suggestions accepted"
    ),
    counter!(
        "InlineChat_AcceptedLineAdditions",
        "lines added by accepted inline-chat suggestions"
    ),
    counter!(
        "InlineChat_AcceptedLineDeletions",
        "lines deleted by accepted inline-chat suggestions"
    ),
    counter!(
        "InlineChat_DismissalEventCount",
        "inline-chat suggestions neither accepted nor rejected"
    ),
    counter!(
        "InlineChat_DismissedLineAdditions",
        "added lines of dismissed inline-chat suggestions"
    ),
    counter!(
        "InlineChat_DismissedLineDeletions",
        "deleted lines of dismissed inline-chat suggestions"
    ),
    counter!(
        "InlineChat_RejectedLineAdditions",
        "added lines of rejected inline-chat suggestions"
    ),
    counter!(
        "InlineChat_RejectedLineDeletions",
        "deleted lines of rejected inline-chat suggestions"
    ),
    counter!(
        "InlineChat_RejectionEventCount",
        "inline-chat suggestions rejected"
    ),
    // Until 2025, and in kiro.dev's list of columns, it has the other name.
    counter!(
        "InlineChat_TotalEventCount" or "InlineChat_EventCount",
        "inline-chat uses"
    ),
    counter!("Inline_AICodeLines", "accepted lines of inline suggestions"),
    counter!("Inline_AcceptanceCount", "inline suggestions accepted"),
    counter!("Inline_SuggestionsCount", "inline suggestions shown"),
    counter!("TestGeneration_AcceptedLines", "/test: lines accepted"),
    counter!("TestGeneration_AcceptedTests", "/test: tests accepted"),
    counter!("TestGeneration_EventCount", "times /test was used"),
    counter!("TestGeneration_GeneratedLines", "/test: lines suggested"),
    counter!("TestGeneration_GeneratedTests", "/test: tests suggested"),
    counter!(
        "Transformation_EventCount",
        "times /transform was used, without the CLI"
    ),
    counter!(
        "Transformation_LinesGenerated",
        "/transform: lines suggested, without the CLI"
    ),
    counter!(
        "Transformation_LinesIngested",
        "/transform: lines given, without the CLI and SQL conversions"
    ),
];

const ORIGIN: [DatasetColumn; 2] = [
    DatasetColumn::new(
        "source_account",
        Text,
        "account: from the export's folders, its name, the profile or a column; '' if unknown",
    )
    .headers(&["source_account", "account", "account_id", "accountid"])
    .encoding(ConstantIfKnown(PartField::SourceAccount)),
    DatasetColumn::new(
        "source_region",
        Text,
        "Region: from the export's folders, the profile or a column; '' if unknown",
    )
    .headers(&["source_region", "region", "aws_region"])
    .encoding(ConstantIfKnown(PartField::SourceRegion)),
];

const EXTRA: [DatasetColumn; 1] =
    [DatasetColumn::new("extra", Text, "cells of unknown columns, a JSON object").nullable()];

const ISSUE: [DatasetColumn; 4] = [
    DatasetColumn::new("kind", Text, "what is wrong"),
    DatasetColumn::new("column_name", Text, "the column concerned, if one is").nullable(),
    DatasetColumn::new("row_rejected", Boolean, "whether the row was left out"),
    LINE[0].nullable(),
];

const LINE: [DatasetColumn; 1] =
    [DatasetColumn::new("line", Count, "line in the export, from 1").encoding(Delta)];

const PART: [DatasetColumn; 5] = [
    constant("src_path", PartField::SourcePath, "key of the export"),
    constant(
        "export_ts",
        PartField::ExportTime,
        "when the export was made, YYYYMMDDHHMM",
    ),
    constant(
        "part_id",
        PartField::PartId,
        "the part's 16 hexadecimal digits",
    ),
    constant(
        "processed_ts",
        PartField::ProcessedTime,
        "when the part was written, UTC, YYYYMMDDHHMMSS",
    ),
    constant(
        "modified_ts",
        PartField::ModifiedTime,
        "when the export was last modified, UTC, YYYYMMDDHHMMSS and six digits of the second",
    ),
];

/// A column of an export whose cells are parsed by their type alone.
const fn plain(
    name: &'static str,
    value_type: ValueType,
    headers: &'static [&'static str],
    meaning: &'static str,
) -> DatasetColumn {
    DatasetColumn::new(name, value_type, meaning)
        .headers(headers)
        .nullable()
}

const fn constant(name: &'static str, field: PartField, meaning: &'static str) -> DatasetColumn {
    DatasetColumn::new(name, Text, meaning).encoding(Constant(field))
}
