//! Measures, buckets and conditions, without SQL and with explicit aggregations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::localized_text::LocalizedText;

/// A number that visuals show.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Default: the text `measure.<name>`.
    pub label: Option<LocalizedText>,
    /// Required if the formula names a column. Default: the dataset of the measures in the formula.
    pub dataset: Option<At<String>>,
    pub is: Formula,
    pub format: Format,
    /// `meaning.value` of a pinned colour.
    pub colour: Option<At<String>>,
    /// Only rows that meet all conditions count.
    #[serde(default)]
    pub only: Vec<Predicate>,
}

impl Measure {
    /// The measures that this one is made of.
    pub fn parts(&self) -> Vec<&At<String>> {
        match &self.is {
            Formula::Ratio { of, per } => vec![of, per],
            Formula::Combine { add, subtract, .. } => add.iter().chain(subtract).collect(),
            Formula::AveragePer { of, .. } | Formula::Scaled { of, .. } => vec![of],
            Formula::CountWhere { all, .. } => {
                all.iter().map(|condition| &condition.measure).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// How a measure is computed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Formula {
    /// The sum of a number column.
    Sum(At<String>),
    /// The number of rows.
    Rows,
    /// The number of different values of a column.
    Distinct(At<String>),
    Max(At<String>),
    Min(At<String>),
    /// The mean over **rows**; the subtitle should say so.
    Average(At<String>),
    /// One measure divided by another; NULL if the divisor is 0.
    Ratio {
        of: At<String>,
        per: At<String>,
    },
    /// A sum of measures minus other measures, at least `at_least`.
    Combine {
        add: Vec<At<String>>,
        #[serde(default)]
        subtract: Vec<At<String>>,
        at_least: Option<f64>,
    },
    /// A measure times a number, such as a price of the configuration.
    Scaled {
        of: At<String>,
        by: At<Threshold>,
    },
    /// The mean of a measure per day (or per user); days without rows do not count.
    AveragePer {
        of: At<String>,
        level: At<Level>,
    },
    /// The number of users (or days) that meet all conditions, each by its own rows inside the window.
    CountWhere {
        level: At<Level>,
        all: Vec<Condition>,
    },
}

/// The key of an inner aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The dataset's user id.
    User,
    /// The dataset's time column.
    Time,
}

/// The format of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A whole number.
    Count,
    /// Credits: at most two decimals.
    Credits,
    /// US dollars.
    Money,
    /// A share, 0.25 = 25 %.
    Percent,
    /// A ratio: three significant digits.
    Ratio,
    Date,
    /// The month that a date lies in.
    Month,
    /// 1 (Monday) to 7.
    Weekday,
    Text,
    /// A number of days.
    Days,
    /// Yes or no.
    Flag,
}

/// Groups of users (or days): the first matching rule decides.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Default: the text `bucket.<name>`.
    pub label: Option<LocalizedText>,
    pub dataset: At<String>,
    pub level: At<Level>,
    /// The meaning that names and colours the rules' names.
    pub meaning: At<String>,
    pub rules: Vec<Rule>,
}

/// One group of a bucket; a rule without conditions matches all others.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: At<String>,
    /// Default: the text `value.<meaning>.<name>`.
    pub label: Option<LocalizedText>,
    #[serde(default)]
    pub any: Vec<Condition>,
    #[serde(default)]
    pub all: Vec<Condition>,
}

/// A measure against a threshold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub measure: At<String>,
    pub op: Comparison,
    pub value: At<Threshold>,
}

/// The operator of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    NotIn,
    IsNull,
    NotNull,
}

impl Comparison {
    /// The operator in SQL and in Quick Sight's expressions; `=` for those that have none.
    pub const fn operator(self) -> &'static str {
        match self {
            Self::Ne => "<>",
            Self::Gt => ">",
            Self::Gte => ">=",
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Eq | Self::In | Self::NotIn | Self::IsNull | Self::NotNull => "=",
        }
    }
}

/// A number, optionally scaled to the length of the window.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Threshold {
    Number(f64),
    Written(WrittenThreshold),
}

/// A threshold with a source or a scale.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenThreshold {
    pub number: Option<f64>,
    /// A number of the configuration, such as `segments.intensive_days`.
    pub setting: Option<String>,
    /// The number of days that the number is for: it is scaled to the window, rounded up, and at least 1.
    pub per_days: Option<u32>,
}

/// A condition on a column of each row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    pub column: At<String>,
    pub op: Comparison,
    /// For a comparison with one value.
    pub value: Option<Literal>,
    /// For `in` and `not_in`.
    #[serde(default)]
    pub values: Vec<Literal>,
    /// For a comparison with another column of the row.
    pub other: Option<At<String>>,
}

/// A value written in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}
