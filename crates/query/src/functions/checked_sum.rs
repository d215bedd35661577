//! `sum(x)`: exact for bigints, an error where the result is no bigint, as in Trino.
//!
//! The `sum` of `DataFusion` 55 wraps around. All other types are summed by it.

use std::mem::{size_of, size_of_val};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array};
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::functions_aggregate::sum::Sum;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, SetMonotonicity,
    Signature,
};

use super::selected_rows::selected_rows;
use crate::predicate::true_values;

/// Digits of a partial sum: enough for 2^63 rows of bigints.
const STATE_PRECISION: u8 = 38;
const STATE_TYPE: DataType = DataType::Decimal128(STATE_PRECISION, 0);
/// The sum of a group without a value.
const NO_VALUE: i128 = i128::MIN;

#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct CheckedSum {
    sum: Sum,
}

fn is_checked(args: &AccumulatorArgs) -> bool {
    !args.is_distinct && args.return_field.data_type() == &DataType::Int64
}

fn checked(sum: i128) -> Result<i64> {
    i64::try_from(sum).map_err(|_| {
        let (than, limit) = if sum > 0 {
            ("larger", i64::MAX)
        } else {
            ("smaller", i64::MIN)
        };
        DataFusionError::Execution(format!("a sum is {than} than {limit}"))
    })
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &str {
        self.sum.name()
    }

    fn signature(&self) -> &Signature {
        self.sum.signature()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.sum.return_type(arg_types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if is_checked(&args) {
            return Ok(Box::new(IntegerSum::default()));
        }
        self.sum.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if args.is_distinct || args.return_type() != &DataType::Int64 {
            return self.sum.state_fields(args);
        }
        let name = format_state_name(args.name, "sum");
        Ok(vec![Field::new(name, STATE_TYPE, true).into()])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.sum.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        if is_checked(&args) {
            return Ok(Box::new(IntegerSums::default()));
        }
        self.sum.create_groups_accumulator(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if is_checked(&args) {
            return Ok(Box::new(IntegerSum::default()));
        }
        self.sum.create_sliding_accumulator(args)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.sum.set_monotonicity(data_type)
    }
}

/// The sum of one group or window frame.
#[derive(Debug, Default)]
struct IntegerSum {
    sum: i128,
    values: usize,
}

impl Accumulator for IntegerSum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Int64Type>();
        self.sum += values.iter().flatten().map(i128::from).sum::<i128>();
        self.values += values.len() - values.null_count();
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Int64Type>();
        self.sum -= values.iter().flatten().map(i128::from).sum::<i128>();
        self.values -= values.len() - values.null_count();
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = (self.values > 0).then(|| checked(self.sum)).transpose()?;
        Ok(ScalarValue::Int64(sum))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let sum = (self.values > 0).then_some(self.sum);
        Ok(vec![ScalarValue::Decimal128(sum, STATE_PRECISION, 0)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = states[0].as_primitive::<Decimal128Type>();
        self.sum += sums.iter().flatten().sum::<i128>();
        self.values += sums.len() - sums.null_count();
        Ok(())
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The sum of each group; [`NO_VALUE`] for a group without a value.
#[derive(Debug, Default)]
struct IntegerSums {
    sums: Vec<i128>,
}

impl IntegerSums {
    fn add(
        &mut self,
        value_of: impl Fn(usize) -> i128,
        selected: Option<&arrow::buffer::BooleanBuffer>,
        group_indices: &[usize],
        total_num_groups: usize,
    ) {
        self.sums.resize(total_num_groups, NO_VALUE);
        let mut add = |row: usize| {
            let sum = &mut self.sums[group_indices[row]];
            let value = value_of(row);
            *sum = if *sum == NO_VALUE {
                value
            } else {
                *sum + value
            };
        };
        match selected {
            None => (0..group_indices.len()).for_each(add),
            Some(selected) => selected.set_indices().for_each(&mut add),
        }
    }
}

impl GroupsAccumulator for IntegerSums {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let integers = values[0].as_primitive::<Int64Type>();
        let selected = selected_rows(integers.nulls(), filter);
        let integers = integers.values();
        let value_of = |row: usize| i128::from(integers[row]);
        self.add(value_of, selected.as_ref(), group_indices, total_num_groups);
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = emit_to.take_needed(&mut self.sums);
        let sums = sums.into_iter().map(|sum| {
            let sum = (sum != NO_VALUE).then_some(sum);
            sum.map(checked).transpose()
        });
        Ok(Arc::new(sums.collect::<Result<Int64Array>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = emit_to.take_needed(&mut self.sums).into_iter();
        let sums: Decimal128Array = sums.map(|sum| (sum != NO_VALUE).then_some(sum)).collect();
        Ok(vec![Arc::new(sums.with_data_type(STATE_TYPE))])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        let sums = values[0].as_primitive::<Decimal128Type>();
        let selected = selected_rows(sums.nulls(), None);
        let values = sums.values();
        self.add(
            |row| values[row],
            selected.as_ref(),
            group_indices,
            total_num_groups,
        );
        Ok(())
    }

    /// Returns the values themselves, for input in which most groups have one row.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let integers = values[0].as_primitive::<Int64Type>();
        let sums = integers.unary::<_, Decimal128Type>(i128::from);
        let sums: ArrayRef = Arc::new(sums.with_data_type(STATE_TYPE));
        let Some(filter) = filter else {
            return Ok(vec![sums]);
        };
        let excluded = BooleanArray::new(!&true_values(filter), None);
        Ok(vec![nullif(&sums, &excluded)?])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: i64 = i64::MAX;

    fn integers(values: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(values.to_vec()))
    }

    #[test]
    fn sums_are_exact_and_too_large_ones_are_errors() {
        let mut groups = IntegerSums::default();
        let values = integers(&[Some(MAX), Some(5), Some(-5), None, Some(7)]);
        groups
            .update_batch(&[values], &[0, 0, 0, 1, 2], None, 3)
            .unwrap();
        let sums = groups.evaluate(EmitTo::All).unwrap();
        let sums: Vec<_> = sums.as_primitive::<Int64Type>().iter().collect();
        assert_eq!(sums, [Some(MAX), None, Some(7)]);
        for (values, expected) in [
            ([MAX, 1], "a sum is larger than 9223372036854775807"),
            ([i64::MIN, -1], "a sum is smaller than -9223372036854775808"),
        ] {
            let values = integers(&values.map(Some));
            groups
                .update_batch(&[Arc::clone(&values)], &[0, 0], None, 1)
                .unwrap();
            let error = groups.evaluate(EmitTo::All).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
            let mut one = IntegerSum::default();
            one.update_batch(&[values]).unwrap();
            let error = one.evaluate().unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
        }
    }

    #[test]
    fn partial_sums_may_be_larger_than_the_sum() {
        let mut part = IntegerSums::default();
        part.update_batch(
            &[integers(&[Some(MAX), Some(MAX), None])],
            &[0, 0, 1],
            None,
            2,
        )
        .unwrap();
        let filter = BooleanArray::from(vec![Some(true), None]);
        let rest = integers(&[Some(-MAX), Some(1)]);
        let rest = part.convert_to_state(&[rest], Some(&filter)).unwrap();
        let mut whole = IntegerSums::default();
        whole
            .merge_batch(&part.state(EmitTo::All).unwrap(), &[0, 1], 2)
            .unwrap();
        whole.merge_batch(&rest, &[0, 0], 2).unwrap();
        let sums = whole.evaluate(EmitTo::All).unwrap();
        let sums: Vec<_> = sums.as_primitive::<Int64Type>().iter().collect();
        assert_eq!(sums, [Some(MAX), None]);
    }

    #[test]
    fn a_window_frame_forgets_what_leaves_it() {
        let mut frame = IntegerSum::default();
        frame
            .update_batch(&[integers(&[Some(MAX), Some(3), None])])
            .unwrap();
        frame.retract_batch(&[integers(&[Some(MAX)])]).unwrap();
        assert_eq!(frame.evaluate().unwrap(), ScalarValue::Int64(Some(3)));
        frame.retract_batch(&[integers(&[Some(3)])]).unwrap();
        assert_eq!(frame.evaluate().unwrap(), ScalarValue::Int64(None));
    }
}
