//! The columns of every dataset, in their order.

use std::sync::Arc;

use kiro_report::CODE_COUNTERS;
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::schema::types::Type;

/// A folder of parts below the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    Facts,
    Models,
    Code,
    Issues,
}

impl Dataset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Facts, Self::Models, Self::Code, Self::Issues];

    /// The folder's name.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Models => "models",
            Self::Code => "code",
            Self::Issues => "issues",
        }
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueType {
    Text,
    Date,
    Count,
    Amount,
    Boolean,
}

/// How the values of a column are best written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Few distinct values, or many rows for each.
    Coded,
    /// Hardly a value twice.
    Plain,
    /// Climbing from row to row.
    Climbing,
    /// The same in every row of the part.
    Constant(Constant),
}

/// What every row of a part has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Account,
    Region,
    SourcePath,
    ExportTime,
    PartId,
    ProcessedTime,
}

/// The constants of one part.
#[derive(Debug, Clone)]
pub(crate) struct Constants {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) source_path: String,
    pub(crate) export_time: String,
    pub(crate) part_id: String,
    pub(crate) processed_time: String,
}

impl Constants {
    pub(super) fn get(&self, constant: Constant) -> &str {
        match constant {
            Constant::Account => &self.account,
            Constant::Region => &self.region,
            Constant::SourcePath => &self.source_path,
            Constant::ExportTime => &self.export_time,
            Constant::PartId => &self.part_id,
            Constant::ProcessedTime => &self.processed_time,
        }
    }
}

/// One column of a dataset.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnSpec {
    pub(super) name: &'static str,
    pub(super) value_type: ValueType,
    pub(super) nullable: bool,
    pub(super) plan: Plan,
}

const fn column(name: &'static str, value_type: ValueType, plan: Plan) -> ColumnSpec {
    ColumnSpec {
        name,
        value_type,
        nullable: false,
        plan,
    }
}

const fn nullable(name: &'static str, value_type: ValueType, plan: Plan) -> ColumnSpec {
    ColumnSpec {
        name,
        value_type,
        nullable: true,
        plan,
    }
}

const fn constant(name: &'static str, constant: Constant) -> ColumnSpec {
    column(name, ValueType::Text, Plan::Constant(constant))
}

/// The columns of a dataset, in their order.
pub(super) fn columns(dataset: Dataset) -> Vec<ColumnSpec> {
    use Plan::{Climbing, Coded, Plain};
    use ValueType::{Amount, Boolean, Count, Date, Text};

    let account = constant("source_account", Constant::Account);
    let region = constant("source_region", Constant::Region);
    let (mut columns, line) = match dataset {
        Dataset::Facts => {
            let columns = vec![
                column("activity_date", Date, Coded),
                column("user_id", Text, Coded),
                column("client_type", Text, Coded),
                nullable("subscription_tier", Text, Coded),
                nullable("chat_conversations", Count, Coded),
                nullable("total_messages", Count, Coded),
                nullable("credits_used", Amount, Plain),
                nullable("overage_cap", Amount, Coded),
                nullable("overage_credits_used", Amount, Coded),
                nullable("overage_enabled", Boolean, Plain),
                nullable("usage_limit", Amount, Coded),
                nullable("new_user", Boolean, Plain),
                nullable("profile_id", Text, Coded),
                nullable("email", Text, Coded),
                account,
                region,
                nullable("extra", Text, Coded),
            ];
            (columns, column("line", Count, Climbing))
        }
        Dataset::Models => {
            let columns = vec![
                column("activity_date", Date, Coded),
                column("user_id", Text, Coded),
                column("client_type", Text, Coded),
                nullable("subscription_tier", Text, Coded),
                column("model_name", Text, Coded),
                column("messages", Count, Coded),
                account,
                region,
            ];
            (columns, column("line", Count, Climbing))
        }
        Dataset::Code => {
            let mut columns = vec![
                column("activity_date", Date, Coded),
                column("user_id", Text, Coded),
            ];
            columns.extend(CODE_COUNTERS.map(|counter| nullable(counter, Count, Coded)));
            columns.extend([account, region, nullable("extra", Text, Coded)]);
            (columns, column("line", Count, Climbing))
        }
        Dataset::Issues => {
            let columns = vec![
                column("kind", Text, Coded),
                nullable("column_name", Text, Coded),
                column("row_rejected", Boolean, Plain),
            ];
            (columns, nullable("line", Count, Climbing))
        }
    };
    columns.extend([
        line,
        constant("src_path", Constant::SourcePath),
        constant("export_ts", Constant::ExportTime),
        constant("part_id", Constant::PartId),
        constant("processed_ts", Constant::ProcessedTime),
    ]);
    columns
}

/// The Parquet schema of these columns: the types every engine reads.
pub(super) fn parquet_schema(columns: &[ColumnSpec]) -> Result<Type, ParquetError> {
    let fields = columns
        .iter()
        .map(|column| parquet_type(column).map(Arc::new))
        .collect::<Result<_, _>>()?;
    Type::group_type_builder("kiro").with_fields(fields).build()
}

fn parquet_type(column: &ColumnSpec) -> Result<Type, ParquetError> {
    let (physical, logical, converted) = match column.value_type {
        ValueType::Text => (
            PhysicalType::BYTE_ARRAY,
            Some(LogicalType::String),
            ConvertedType::UTF8,
        ),
        ValueType::Date => (
            PhysicalType::INT32,
            Some(LogicalType::Date),
            ConvertedType::DATE,
        ),
        ValueType::Count => (PhysicalType::INT64, None, ConvertedType::NONE),
        ValueType::Amount => (PhysicalType::DOUBLE, None, ConvertedType::NONE),
        ValueType::Boolean => (PhysicalType::BOOLEAN, None, ConvertedType::NONE),
    };
    Type::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_converted_type(converted)
        .with_repetition(if column.nullable {
            Repetition::OPTIONAL
        } else {
            Repetition::REQUIRED
        })
        .build()
}
