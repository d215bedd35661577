//! What a Kiro export is: object keys, headers, typed rows, tiers, user ids.
//!
//! Pure: bytes in, typed rows and issues out. No files, no clock, no Parquet. Memory is bounded by the longest record, not
//! by the length of the export.

mod activity_date;
mod cell;
mod column_name;
mod dataset;
mod dataset_column;
mod dataset_columns;
mod date_reader;
mod date_rules;
mod export_key;
mod export_path;
mod export_time;
mod extra;
mod header;
mod header_names;
mod identity_map_columns;
mod issue;
mod key_set;
mod line;
mod memo;
mod names;
mod number;
mod object_key;
mod origin;
mod plain_values;
mod read_error;
mod read_options;
mod reader;
mod records;
mod report_folders;
mod report_kind;
mod row;
mod row_parser;
mod signature;
mod tier;
mod user_id;

pub use dataset::Dataset;
pub use dataset_column::{ColumnEncoding, DatasetColumn, PartField, ValueType};
pub use dataset_columns::{CODE_COUNTERS, MODEL_SUFFIX, PLAIN_COLUMNS};
pub use date_rules::{DateOrder, DateRules};
pub use export_key::{ExportKey, NotAnExport, TimeSource};
pub use export_path::{ACCOUNT_ROOT, LOG_ROOTS, is_account_root};
pub use export_time::ExportTime;
pub use identity_map_columns::{IDENTITY_MAP_COLUMNS, IdentityMapColumn};
pub use issue::{Issue, IssueKind};
pub use names::{NameProblem, NameProblemKind, NameRules, Names};
pub use number::{BadNumber, parse_amount, parse_count};
pub use object_key::ObjectKey;
pub use plain_values::{PLAIN_SLOTS, PlainSlot, PlainValues};
pub use read_error::{FoundColumns, ReadError, Separator};
pub use read_options::ReadOptions;
pub use reader::ReportReader;
pub use records::{MAX_RECORD_BYTES, Record, RecordReader};
pub use report_folders::report_folders;
pub use report_kind::ReportKind;
pub use row::{CodeRow, FactRow, ModelMessages, RowSink};
pub use signature::Signature;
pub use tier::tier_code;
pub use user_id::UserId;
