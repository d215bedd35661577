//! `date_trunc(unit, date)` returns a date, as in Trino. Other types are passed to the function of `DataFusion`.

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

use super::date::DateUnit;

/// Maximum range of days of an array whose results are looked up in a table.
const MAX_LOOKUP_DAYS: u32 = 4096;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct DateTrunc {
    signature: Signature,
    builtin: Arc<ScalarUDF>,
}

impl DateTrunc {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
            builtin: datetime::date_trunc(),
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
        let fields = fields_with_udf(&fields.collect::<Vec<_>>(), self.builtin.as_ref())?;
        let types = fields.iter().map(|field| field.data_type().clone());
        Ok(types.collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        exec_err!("the return type of date_trunc depends on its fields")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        match args.arg_fields {
            [_, date] if date.data_type() == &DataType::Date32 => {
                let field = Field::new(self.name(), DataType::Date32, date.is_nullable());
                Ok(field.into())
            }
            _ => self.builtin.return_field_from_args(args),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [unit, ColumnarValue::Scalar(ScalarValue::Date32(day))] => {
                let unit = DateUnit::parse(Some(unit))?;
                let truncated = day.map(|day| unit.truncate(day)).transpose()?;
                Ok(ColumnarValue::Scalar(ScalarValue::Date32(truncated)))
            }
            [unit, ColumnarValue::Array(days)] if days.data_type() == &DataType::Date32 => {
                let truncated = truncate(DateUnit::parse(Some(unit))?, days.as_primitive())?;
                Ok(ColumnarValue::Array(Arc::new(truncated)))
            }
            _ => self.builtin.invoke_with_args(args),
        }
    }
}

/// Truncates all days. Most arrays have few distinct days.
fn truncate(unit: DateUnit, days: &Date32Array) -> Result<Date32Array> {
    let (Some(first), Some(last)) = (min(days), max(days)) else {
        return Ok(days.clone());
    };
    if last.abs_diff(first) >= MAX_LOOKUP_DAYS {
        return days.try_unary::<_, Date32Type, DataFusionError>(|day| unit.truncate(day));
    }
    let lookup = (first..=last).map(|day| unit.truncate(day));
    let lookup = lookup.collect::<Result<Vec<i32>>>()?;
    // The value of a NULL has no meaning and may be outside the table.
    Ok(days.unary(|day| {
        let truncated = lookup.get(day.wrapping_sub(first).cast_unsigned() as usize);
        truncated.copied().unwrap_or(first)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_near_and_far_apart_and_nulls_are_truncated_alike() {
        let near = Date32Array::from(vec![Some(20_000), None, Some(20_040), Some(-1)]);
        let near = near.slice(0, 3);
        let far = Date32Array::from(vec![Some(20_000), None, Some(20_040), Some(-20_000)]);
        for unit in [
            DateUnit::Day,
            DateUnit::Week,
            DateUnit::Month,
            DateUnit::Quarter,
            DateUnit::Year,
        ] {
            let (near, far) = (
                truncate(unit, &near).unwrap(),
                truncate(unit, &far).unwrap(),
            );
            let expected = [
                Some(unit.truncate(20_000).unwrap()),
                None,
                Some(unit.truncate(20_040).unwrap()),
            ];
            assert_eq!(near.iter().collect::<Vec<_>>(), expected, "{unit:?}");
            assert_eq!(far.iter().take(3).collect::<Vec<_>>(), expected, "{unit:?}");
        }
        let none = Date32Array::from(vec![None, None]);
        assert_eq!(truncate(DateUnit::Month, &none).unwrap(), none);
    }
}
