//! The tables over Parquet parts: what `kiro_ingest` writes, column by column and in its order.

use crate::column::{Column, ColumnType};
use crate::relation::{Relation, Source};

type Declared = (&'static str, ColumnType, &'static str);

use ColumnType::{Bigint, Boolean, Date, Double, Varchar};

// What more than one table has.
const DAY: Declared = ("activity_date", Date, "day of the activity");
const USER: Declared = ("user_id", Varchar, "canonical user id");
const CLIENT: Declared = (
    "client_type",
    Varchar,
    "KIRO_IDE, KIRO_CLI, PLUGIN, or what the export says",
);
const TIER: Declared = (
    "subscription_tier",
    Varchar,
    "canonical tier code of that day; NULL if blank",
);
const ACCOUNT: Declared = (
    "source_account",
    Varchar,
    "account in the export's key; '' for a loose file",
);
const REGION: Declared = (
    "source_region",
    Varchar,
    "Region in the export's key; '' for a loose file",
);
const EXTRA: Declared = ("extra", Varchar, "cells of unknown columns, a JSON object");

const FACTS: &[Declared] = &[
    DAY,
    USER,
    CLIENT,
    TIER,
    ("chat_conversations", Bigint, "conversations that day"),
    (
        "total_messages",
        Bigint,
        "messages to and from Kiro: prompts, tool calls and responses",
    ),
    ("credits_used", Double, "credits used that day"),
    (
        "overage_cap",
        Double,
        "overage on: limit set by the administrator; off: a preset of the plan",
    ),
    (
        "overage_credits_used",
        Double,
        "overage credits, of the day or of the month so far",
    ),
    (
        "overage_enabled",
        Boolean,
        "whether overage is on for the user",
    ),
    ("usage_limit", Double, "the plan's credits per month"),
    (
        "new_user",
        Boolean,
        "the subscription was activated that day",
    ),
    ("profile_id", Varchar, "ARN of the Kiro profile"),
    ("email", Varchar, "address as exported"),
    ACCOUNT,
    REGION,
    EXTRA,
];

const MODELS: &[Declared] = &[
    DAY,
    USER,
    CLIENT,
    TIER,
    ("model_name", Varchar, "header without `_messages`"),
    (
        "messages",
        Bigint,
        "messages served by the model, above zero",
    ),
    ACCOUNT,
    REGION,
];

const CODE_BEFORE: &[Declared] = &[DAY, USER];

const CODE_AFTER: &[Declared] = &[ACCOUNT, REGION, EXTRA];

/// The counters of the legacy report, in its order, under their lower-cased header names.
pub(crate) const COUNTERS: &[(&str, &str)] = &[
    ("chat_aicodelines", "lines suggested in chat and taken over"),
    (
        "chat_messagesinteracted",
        "chat messages with a positive interaction",
    ),
    ("chat_messagessent", "chat messages to and from"),
    ("codefix_acceptanceeventcount", "code-review fixes accepted"),
    ("codefix_acceptedlines", "lines of accepted fixes"),
    ("codefix_generatedlines", "lines suggested as fixes"),
    ("codefix_generationeventcount", "fixes suggested"),
    (
        "codereview_failedeventcount",
        "issues found for which no fix could be suggested",
    ),
    ("codereview_findingscount", "issues found"),
    (
        "codereview_succeededeventcount",
        "issues found with a suggested fix",
    ),
    ("dev_acceptanceeventcount", "/dev: features accepted"),
    ("dev_acceptedlines", "/dev: lines accepted"),
    ("dev_generatedlines", "/dev: lines suggested"),
    ("dev_generationeventcount", "/dev: features suggested"),
    (
        "docgeneration_acceptedfileupdates",
        "/doc: file updates accepted",
    ),
    (
        "docgeneration_acceptedfilescreations",
        "/doc: file creations accepted",
    ),
    (
        "docgeneration_acceptedlineadditions",
        "/doc: line additions accepted",
    ),
    (
        "docgeneration_acceptedlineupdates",
        "/doc: line updates accepted",
    ),
    ("docgeneration_eventcount", "times /doc was used"),
    (
        "docgeneration_rejectedfilecreations",
        "/doc: file creations rejected",
    ),
    (
        "docgeneration_rejectedfileupdates",
        "/doc: file updates rejected",
    ),
    (
        "docgeneration_rejectedlineadditions",
        "/doc: line additions rejected",
    ),
    (
        "docgeneration_rejectedlineupdates",
        "/doc: line updates rejected",
    ),
    (
        "inlinechat_acceptanceeventcount",
        "inline-chat suggestions accepted",
    ),
    (
        "inlinechat_acceptedlineadditions",
        "lines added by accepted inline-chat suggestions",
    ),
    (
        "inlinechat_acceptedlinedeletions",
        "lines deleted by accepted inline-chat suggestions",
    ),
    (
        "inlinechat_dismissaleventcount",
        "inline-chat suggestions neither accepted nor rejected",
    ),
    (
        "inlinechat_dismissedlineadditions",
        "added lines of dismissed inline-chat suggestions",
    ),
    (
        "inlinechat_dismissedlinedeletions",
        "deleted lines of dismissed inline-chat suggestions",
    ),
    (
        "inlinechat_rejectedlineadditions",
        "added lines of rejected inline-chat suggestions",
    ),
    (
        "inlinechat_rejectedlinedeletions",
        "deleted lines of rejected inline-chat suggestions",
    ),
    (
        "inlinechat_rejectioneventcount",
        "inline-chat suggestions rejected",
    ),
    ("inlinechat_totaleventcount", "inline-chat uses"),
    ("inline_aicodelines", "accepted lines of inline suggestions"),
    ("inline_acceptancecount", "inline suggestions accepted"),
    ("inline_suggestionscount", "inline suggestions shown"),
    ("testgeneration_acceptedlines", "/test: lines accepted"),
    ("testgeneration_acceptedtests", "/test: tests accepted"),
    ("testgeneration_eventcount", "times /test was used"),
    ("testgeneration_generatedlines", "/test: lines suggested"),
    ("testgeneration_generatedtests", "/test: tests suggested"),
    (
        "transformation_eventcount",
        "times /transform was used, without the CLI",
    ),
    (
        "transformation_linesgenerated",
        "/transform: lines suggested, without the CLI",
    ),
    (
        "transformation_linesingested",
        "/transform: lines given, without the CLI and SQL conversions",
    ),
];

const ISSUES: &[Declared] = &[
    ("kind", Varchar, "what is wrong"),
    ("column_name", Varchar, "the column concerned, if one is"),
    ("row_rejected", Boolean, "whether the row was left out"),
];

const BOOKKEEPING: &[Declared] = &[
    ("line", Bigint, "line in the export, from 1"),
    ("src_path", Varchar, "key of the export"),
    (
        "export_ts",
        Varchar,
        "when the export was made, YYYYMMDDHHMM",
    ),
    ("part_id", Varchar, "the part's 16 hexadecimal digits"),
    (
        "processed_ts",
        Varchar,
        "when the part was written, UTC, YYYYMMDDHHMMSS",
    ),
    (
        "export_date",
        Varchar,
        "partition: day of the export, YYYY-MM-DD",
    ),
];

const IDENTITY: &[Declared] = &[
    ("idc_user_id", Varchar, "canonical user id"),
    ("idc_username", Varchar, "user name in the directory"),
    ("idc_display_name", Varchar, "display name in the directory"),
    ("idc_email", Varchar, "primary address in the directory"),
    (
        "team",
        Varchar,
        "team, cost centre or whatever groups people",
    ),
];

/// Every table of parts.
pub(crate) fn all(database: &str) -> Vec<Relation> {
    let partitioned = |name: &str, meaning: &str, dataset, columns: Vec<Column>| Relation {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        columns: columns.into_iter().chain(declared(BOOKKEEPING)).collect(),
        source: Source::Parts {
            dataset,
            partitioned: true,
        },
        depends_on: Vec::new(),
        by_day: false,
        database: database.to_owned(),
    };
    let counters = COUNTERS
        .iter()
        .map(|(name, meaning)| column(name, Bigint, meaning));
    let code = declared(CODE_BEFORE)
        .chain(counters)
        .chain(declared(CODE_AFTER))
        .collect();
    vec![
        partitioned(
            "report_facts_raw",
            "every row of every user_report export, superseded ones too",
            "facts",
            declared(FACTS).collect(),
        ),
        partitioned(
            "report_models_raw",
            "messages per model of every user_report row, superseded ones too",
            "models",
            declared(MODELS).collect(),
        ),
        partitioned(
            "report_code_raw",
            "every row of every by_user_analytic export, superseded ones too",
            "code",
            code,
        ),
        partitioned(
            "report_issues_raw",
            "what the normalizer found wrong in exports, superseded ones too",
            "issues",
            declared(ISSUES).collect(),
        ),
        Relation {
            name: "identity_map".to_owned(),
            meaning: "names, addresses and teams by user id; empty unless identity mapping is on"
                .to_owned(),
            columns: declared(IDENTITY).collect(),
            source: Source::Parts {
                dataset: "identity",
                partitioned: false,
            },
            depends_on: Vec::new(),
            by_day: false,
            database: database.to_owned(),
        },
    ]
}

fn declared(columns: &'static [Declared]) -> impl Iterator<Item = Column> {
    columns
        .iter()
        .map(|(name, column_type, meaning)| column(name, *column_type, meaning))
}

fn column(name: &str, column_type: ColumnType, meaning: &str) -> Column {
    Column {
        name: name.to_owned(),
        column_type,
        meaning: meaning.to_owned(),
    }
}
