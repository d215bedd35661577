//! `date_trunc(unit, date)` is a date, as in Trino; of anything else it is what the engine makes of it.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array};
use arrow::compute::{max, min};
use arrow::datatypes::{DataType, Date32Type, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::functions::datetime;
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

use super::date::Unit;

/// Days of an array that are looked up instead of worked out, if they are so close to each other.
const MOST_LOOKED_UP: u32 = 4096;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct DateTrunc {
    signature: Signature,
    engines: Arc<ScalarUDF>,
}

impl DateTrunc {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
            engines: datetime::date_trunc(),
        }
    }
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &'static str {
        "date_trunc"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        if let [_, DataType::Date32] = arg_types {
            return Ok(arg_types.to_vec());
        }
        let fields = arg_types
            .iter()
            .map(|data_type| Field::new("argument", data_type.clone(), true).into());
        let fields = fields_with_udf(&fields.collect::<Vec<_>>(), self.engines.as_ref())?;
        let types = fields.iter().map(|field| field.data_type().clone());
        Ok(types.collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        exec_err!("what date_trunc returns is told by its fields")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        match args.arg_fields {
            [_, date] if date.data_type() == &DataType::Date32 => {
                let field = Field::new(self.name(), DataType::Date32, date.is_nullable());
                Ok(field.into())
            }
            _ => self.engines.return_field_from_args(args),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [unit, ColumnarValue::Scalar(ScalarValue::Date32(day))] => {
                let unit = Unit::parse(Some(unit))?;
                let start = day.map(|day| unit.start(day)).transpose()?;
                Ok(ColumnarValue::Scalar(ScalarValue::Date32(start)))
            }
            [unit, ColumnarValue::Array(days)] if days.data_type() == &DataType::Date32 => {
                let starts = starts(Unit::parse(Some(unit))?, days.as_primitive())?;
                Ok(ColumnarValue::Array(Arc::new(starts)))
            }
            _ => self.engines.invoke_with_args(args),
        }
    }
}

/// The first days of the units that the days lie in. Most arrays have few different days.
fn starts(unit: Unit, days: &Date32Array) -> Result<Date32Array> {
    let (Some(first), Some(last)) = (min(days), max(days)) else {
        return Ok(days.clone());
    };
    if last.abs_diff(first) >= MOST_LOOKED_UP {
        return days.try_unary::<_, Date32Type, DataFusionError>(|day| unit.start(day));
    }
    let known = (first..=last).map(|day| unit.start(day));
    let known = known.collect::<Result<Vec<i32>>>()?;
    // What stands for NULL has no meaning.
    Ok(days.unary(|day| {
        let known = known.get(day.wrapping_sub(first).cast_unsigned() as usize);
        known.copied().unwrap_or(first)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_near_and_far_apart_and_none_have_the_same_start() {
        let near = Date32Array::from(vec![Some(20_000), None, Some(20_040), Some(-1)]);
        let near = near.slice(0, 3);
        let far = Date32Array::from(vec![Some(20_000), None, Some(20_040), Some(-20_000)]);
        for unit in [
            Unit::Day,
            Unit::Week,
            Unit::Month,
            Unit::Quarter,
            Unit::Year,
        ] {
            let (near, far) = (starts(unit, &near).unwrap(), starts(unit, &far).unwrap());
            let expected = [
                Some(unit.start(20_000).unwrap()),
                None,
                Some(unit.start(20_040).unwrap()),
            ];
            assert_eq!(near.iter().collect::<Vec<_>>(), expected, "{unit:?}");
            assert_eq!(far.iter().take(3).collect::<Vec<_>>(), expected, "{unit:?}");
        }
        let none = Date32Array::from(vec![None, None]);
        assert_eq!(starts(Unit::Month, &none).unwrap(), none);
    }
}
