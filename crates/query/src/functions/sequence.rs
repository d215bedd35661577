//! `sequence(first, last, step)`: an array of dates or numbers, both ends included.

use arrow::array::Array;
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::functions_nested::range::gen_series_udf;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use std::sync::Arc;

/// The engine's own `generate_series`, with the limits that Trino sets.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    series: Arc<ScalarUDF>,
}

impl Sequence {
    pub(crate) fn new() -> Self {
        Self {
            series: gen_series_udf(),
        }
    }
}

/// Trino makes no longer sequence, so the views must not rely on one.
const MOST_ENTRIES: i32 = 10_000;

impl ScalarUDFImpl for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn signature(&self) -> &Signature {
        self.series.signature()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.series.return_type(arg_types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<arrow::datatypes::FieldRef> {
        self.series.return_field_from_args(args)
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        self.series.coerce_types(arg_types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let result = self.series.invoke_with_args(args)?;
        let lists = result.to_array(rows)?;
        let longest = match lists.data_type() {
            DataType::List(_) => {
                let lists = arrow::array::AsArray::as_list::<i32>(&lists);
                (0..lists.len())
                    .map(|row| lists.value_length(row))
                    .max()
                    .unwrap_or(0)
            }
            _ => 0,
        };
        if longest > MOST_ENTRIES {
            return exec_err!("a sequence of {longest} entries is longer than {MOST_ENTRIES}");
        }
        Ok(result)
    }
}
