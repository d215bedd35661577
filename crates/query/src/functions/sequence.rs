//! `sequence(first, last, step)`: an array of days, both ends included.

use std::sync::Arc;

use arrow::array::builder::{Date32Builder, ListBuilder};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Field, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::date::Unit;

/// Steps of whole days or months, upwards, with the limits that Trino sets.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    signature: Signature,
}

/// Trino makes no longer sequence, so the views must not rely on one.
const MOST_ENTRIES: i64 = 10_000;

impl Sequence {
    pub(crate) fn new() -> Self {
        let step = DataType::Interval(IntervalUnit::MonthDayNano);
        Self {
            signature: Signature::exact(
                vec![DataType::Date32, DataType::Date32, step],
                Volatility::Immutable,
            ),
        }
    }
}

impl ScalarUDFImpl for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new_list_field(
            DataType::Date32,
            true,
        ))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [first, last, step] = arrays.as_slice() else {
            return exec_err!("sequence takes a first day, a last day and a step");
        };
        let (first, last) = (
            first.as_primitive::<Date32Type>(),
            last.as_primitive::<Date32Type>(),
        );
        let step = step.as_primitive::<IntervalMonthDayNanoType>();
        let mut lists = ListBuilder::new(Date32Builder::new());
        for row in 0..first.len() {
            let is_known = first.is_valid(row) && last.is_valid(row) && step.is_valid(row);
            if is_known {
                append(
                    lists.values(),
                    first.value(row),
                    last.value(row),
                    step.value(row),
                )?;
            }
            lists.append(is_known);
        }
        Ok(ColumnarValue::Array(Arc::new(lists.finish())))
    }
}

/// The days from `first` to `last`; months are counted from `first`, so that no day drifts.
fn append(
    days: &mut Date32Builder,
    first: i32,
    last: i32,
    step: IntervalMonthDayNano,
) -> Result<()> {
    let (unit, step) = match (step.months, step.days, step.nanoseconds) {
        (0, step, 0) if step > 0 => (Unit::Day, step),
        (step, 0, 0) if step > 0 => (Unit::Month, step),
        _ => return exec_err!("a sequence of days takes a step of days or of months, above zero"),
    };
    for entry in 0.. {
        let day = unit.add(first, entry * i64::from(step))?;
        if day > last {
            break;
        }
        if entry == MOST_ENTRIES {
            return exec_err!("a sequence of more than {MOST_ENTRIES} entries");
        }
        days.append_value(day);
    }
    Ok(())
}
