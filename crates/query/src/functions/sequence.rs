//! `sequence(first, last[, step])`: an array of dates, timestamps or integers with both ends, as in Trino.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, IntervalMonthDayNanoArray};
use arrow::compute::kernels::cmp::gt;
use arrow::datatypes::{DataType, Field, Int64Type, IntervalMonthDayNano, IntervalUnit, TimeUnit};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::functions_nested::range::gen_series_udf;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// `generate_series` of `DataFusion` with the default steps and the limits of Trino.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    series: Arc<ScalarUDF>,
    signature: Signature,
}

impl Sequence {
    pub(crate) fn new() -> Self {
        Self {
            series: gen_series_udf(),
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

/// The maximum of Trino: the views must not rely on a longer sequence.
const MAX_ENTRIES: i32 = 10_000;

impl ScalarUDFImpl for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let ([first, last] | [first, last, _]) = arg_types else {
            return plan_err!(
                "`sequence` takes a first and a last value, and perhaps a step; found {} arguments",
                arg_types.len()
            );
        };
        let interval = DataType::Interval(IntervalUnit::MonthDayNano);
        let (end, step) = match if first.is_null() { last } else { first } {
            whole if whole.is_integer() || whole.is_null() => (DataType::Int64, DataType::Int64),
            DataType::Date32 | DataType::Date64 => (DataType::Date32, interval),
            DataType::Timestamp(_, zone) if arg_types.len() == 3 => (
                DataType::Timestamp(TimeUnit::Nanosecond, zone.clone()),
                interval,
            ),
            found => {
                return plan_err!(
                    "`sequence` takes whole numbers, dates, or timestamps and a step; found {found}"
                );
            }
        };
        let types = [end.clone(), end, step];
        Ok(types.into_iter().take(arg_types.len()).collect())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let entry = arg_types.first().cloned().unwrap_or(DataType::Null);
        Ok(DataType::List(Field::new_list_field(entry, true).into()))
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let arrays = args.args.iter().map(|argument| argument.to_array(rows));
        let mut arrays = arrays.collect::<Result<Vec<_>>>()?;
        if let [first, last] = arrays.as_slice() {
            arrays.push(default_steps(first, last)?);
        }
        check_integer_lengths(&arrays)?;
        args.args = arrays.into_iter().map(ColumnarValue::Array).collect();
        let result = self.series.invoke_with_args(args)?.to_array(rows)?;
        let lists = result.as_list::<i32>();
        for row in (0..lists.len()).filter(|row| lists.is_valid(*row)) {
            match lists.value_length(row) {
                0 => return exec_err!("the step of a sequence leads away from its last value"),
                length if length > MAX_ENTRIES => return too_long(i128::from(length)),
                _ => {}
            }
        }
        Ok(ColumnarValue::Array(result))
    }
}

/// Returns a step of 1 or -1 towards the last value.
fn default_steps(first: &ArrayRef, last: &ArrayRef) -> Result<ArrayRef> {
    let is_down = gt(first, last)?;
    let steps = is_down
        .iter()
        .map(|is_down| is_down.map(|is_down| if is_down { -1 } else { 1 }));
    Ok(if first.data_type() == &DataType::Int64 {
        Arc::new(
            steps
                .map(|step| step.map(i64::from))
                .collect::<Int64Array>(),
        )
    } else {
        let steps = steps.map(|step| step.map(|days| IntervalMonthDayNano::new(0, days, 0)));
        Arc::new(steps.collect::<IntervalMonthDayNanoArray>())
    })
}

/// Checks the length of integer sequences before they take memory.
fn check_integer_lengths(arrays: &[ArrayRef]) -> Result<()> {
    let numbers: Vec<&Int64Array> = arrays
        .iter()
        .filter_map(|array| array.as_primitive_opt::<Int64Type>())
        .collect();
    let [first, last, step] = numbers.as_slice() else {
        return Ok(());
    };
    for ((first, last), step) in first.iter().zip(last.iter()).zip(step.iter()) {
        if let (Some(first), Some(last), Some(step)) = (first, last, step)
            && step != 0
        {
            let length = (i128::from(last) - i128::from(first)) / i128::from(step) + 1;
            if length > i128::from(MAX_ENTRIES) {
                return too_long(length);
            }
        }
    }
    Ok(())
}

fn too_long<T>(length: i128) -> Result<T> {
    exec_err!("a sequence of {length} entries is longer than {MAX_ENTRIES}")
}
