//! A field of a visual, and its JSON as a dimension, as a measure, and in options.

use kiro_dashboard::spec::Format;
use serde_json::{Value, json};

use crate::format::{date_format, number_format, text_format};

/// A column, or a calculated field, in one field well of a visual.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) data_set: String,
    pub(crate) column: String,
    /// The name that viewers see.
    pub(crate) label: String,
    pub(crate) shape: Shape,
    /// A date column with a hierarchy of periods that viewers can drill into.
    pub(crate) drills: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Number(Format),
    Date {
        granularity: &'static str,
        format: Format,
    },
    /// A calculated field with its own aggregation.
    Aggregated(Format),
    /// The first or last day of a date column.
    DateMeasure {
        function: &'static str,
        format: Format,
    },
}

impl Field {
    pub(crate) fn dimension(&self) -> Value {
        let (kind, mut body) = match self.shape {
            Shape::Text => (
                "CategoricalDimensionField",
                json!({"FormatConfiguration": text_format()}),
            ),
            Shape::Number(format) | Shape::Aggregated(format) => (
                "NumericalDimensionField",
                json!({"FormatConfiguration": number_format(format)}),
            ),
            Shape::Date {
                granularity,
                format,
            } => (
                "DateDimensionField",
                json!({"DateGranularity": granularity, "FormatConfiguration": date_format(format)}),
            ),
            Shape::DateMeasure { format, .. } => (
                "DateDimensionField",
                json!({"DateGranularity": "DAY", "FormatConfiguration": date_format(format)}),
            ),
        };
        self.identify(&mut body);
        json!({ kind: body })
    }

    /// The dimension of an axis, with the hierarchy of its dates.
    pub(crate) fn axis(&self) -> Value {
        let mut dimension = self.dimension();
        if let Some(id) = self.hierarchy() {
            dimension["DateDimensionField"]["HierarchyId"] = json!(id);
        }
        dimension
    }

    /// The id of the field's hierarchy of periods.
    pub(crate) fn hierarchy(&self) -> Option<&str> {
        let is_date = matches!(self.shape, Shape::Date { .. });
        (self.drills && is_date).then_some(self.id.as_str())
    }

    pub(crate) fn measure(&self) -> Value {
        let (kind, mut body) = match self.shape {
            Shape::DateMeasure { function, format } => (
                "DateMeasureField",
                json!({"AggregationFunction": function, "FormatConfiguration": date_format(format)}),
            ),
            // Aggregated calculated fields take no aggregation of their own.
            Shape::Aggregated(format) | Shape::Number(format) => (
                "NumericalMeasureField",
                json!({"FormatConfiguration": number_format(format)}),
            ),
            Shape::Text | Shape::Date { .. } => (
                "CategoricalMeasureField",
                json!({"AggregationFunction": "DISTINCT_COUNT"}),
            ),
        };
        self.identify(&mut body);
        json!({ kind: body })
    }

    fn identify(&self, body: &mut Value) {
        body["FieldId"] = json!(self.id);
        body["Column"] = self.column_identifier();
    }

    pub(crate) fn column_identifier(&self) -> Value {
        json!({"DataSetIdentifier": self.data_set, "ColumnName": self.column})
    }

    /// The field under its label on an axis or in a legend.
    pub(crate) fn axis_label(&self) -> Value {
        json!({
            "CustomLabel": self.label,
            "ApplyTo": {"FieldId": self.id, "Column": self.column_identifier()},
        })
    }

    /// The field under its label in a tooltip.
    pub(crate) fn tooltip(&self) -> Value {
        json!({"FieldTooltipItem": {"FieldId": self.id, "Label": self.label, "Visibility": "VISIBLE"}})
    }

    pub(crate) fn sort(&self, direction: &str) -> Value {
        json!({"FieldSort": {"FieldId": self.id, "Direction": direction}})
    }
}
