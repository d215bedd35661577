//! `count_distinct_integers(x)`: how many different whole numbers, a bit for each of a group.
//!
//! The engine's own way is a hash table over all groups, or a second grouping that carries every other aggregate along.
//! What the views count are user numbers and days: small numbers close to each other.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray};
use arrow::buffer::{BooleanBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

mod bits;
mod numbers;
mod table;

use numbers::Numbers;
use table::Table;

use super::counted_rows::counted_rows;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct CountDistinctIntegers {
    signature: Signature,
}

impl CountDistinctIntegers {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::exact(vec![DataType::Int64], Volatility::Immutable),
        }
    }
}

impl AggregateUDFImpl for CountDistinctIntegers {
    fn name(&self) -> &'static str {
        "count_distinct_integers"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let numbers = DataType::List(item());
        Ok(vec![Field::new(args.name, numbers, false).into()])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Numbers::default()))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

fn item() -> FieldRef {
    Field::new_list_field(DataType::Int64, false).into()
}

/// One set per row of a list array.
fn as_lists(groups: &[Numbers]) -> ListArray {
    let mut numbers = Vec::new();
    let lengths = groups.iter().map(|group| {
        let before = numbers.len();
        group.write_to(&mut numbers);
        numbers.len() - before
    });
    lists(lengths.collect(), numbers)
}

fn lists(lengths: Vec<usize>, numbers: Vec<i64>) -> ListArray {
    let offsets = OffsetBuffer::from_lengths(lengths);
    ListArray::new(item(), offsets, Arc::new(Int64Array::from(numbers)), None)
}

impl Accumulator for Numbers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = values[0].as_primitive::<Int64Type>();
        numbers
            .iter()
            .flatten()
            .for_each(|number| self.insert(number));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = states[0].as_list::<i32>();
        for list in lists.iter().flatten() {
            self.update_batch(&[list])?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let lists = as_lists(std::slice::from_ref(self));
        Ok(vec![ScalarValue::List(lists.into())])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.len())))
    }

    fn size(&self) -> usize {
        self.bytes()
    }
}

/// A set per group: bits in a table as long as there is room for all numbers in it.
#[derive(Debug)]
enum Groups {
    Table(Table),
    Sets(Vec<Numbers>),
}

impl Default for Groups {
    fn default() -> Self {
        Self::Table(Table::default())
    }
}

impl Groups {
    /// Makes room for these numbers, and so many groups.
    fn fit(&mut self, numbers: &Int64Array, groups: usize) {
        if let Self::Table(table) = self
            && !table.fit(numbers, groups)
        {
            *self = Self::Sets(table.sets());
        }
        if let Self::Sets(sets) = self {
            sets.resize_with(groups, Numbers::default);
        }
    }

    /// Adds pairs of group and number.
    fn insert(&mut self, pairs: impl Iterator<Item = (usize, i64)>) {
        match self {
            Self::Table(table) => pairs.for_each(|(group, number)| table.insert(group, number)),
            Self::Sets(sets) => pairs.for_each(|(group, number)| sets[group].insert(number)),
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Self {
        match self {
            Self::Table(table) => Self::Table(match emit_to {
                EmitTo::All => std::mem::take(table),
                EmitTo::First(groups) => table.take(groups),
            }),
            Self::Sets(sets) => Self::Sets(emit_to.take_needed(sets)),
        }
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let numbers = values[0].as_primitive::<Int64Type>();
        self.fit(numbers, total_num_groups);
        let pair = |row: usize| (group_indices[row], numbers.value(row));
        match counted_rows(numbers.nulls(), filter) {
            None => self.insert((0..numbers.len()).map(pair)),
            Some(counted) => self.insert(counted.set_indices().map(pair)),
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let counts = match self.take(emit_to) {
            Self::Table(table) => table.counts(),
            Self::Sets(sets) => sets.iter().map(Numbers::len).collect(),
        };
        Ok(Arc::new(Int64Array::from(counts)))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let lists = match self.take(emit_to) {
            Self::Table(table) => {
                let mut numbers = Vec::new();
                lists(table.write_to(&mut numbers), numbers)
            }
            Self::Sets(sets) => as_lists(&sets),
        };
        Ok(vec![Arc::new(lists)])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        let lists = values[0].as_list::<i32>();
        let numbers = lists.values().as_primitive::<Int64Type>();
        self.fit(numbers, total_num_groups);
        let groups = lists.offsets().lengths().zip(group_indices);
        let groups = groups.flat_map(|(length, &group)| std::iter::repeat_n(group, length));
        let first = lists.value_offsets().first().copied().unwrap_or_default();
        let listed = &numbers.values()[offset(first)..];
        self.insert(groups.zip(listed.iter().copied()));
        Ok(())
    }

    /// For groups of about one row each: a list per row.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let numbers = values[0].as_primitive::<Int64Type>();
        let counted = counted_rows(numbers.nulls(), filter)
            .unwrap_or_else(|| BooleanBuffer::new_set(numbers.len()));
        let listed = counted.set_indices().map(|row| numbers.value(row));
        let lengths = counted.iter().map(usize::from);
        Ok(vec![Arc::new(lists(lengths.collect(), listed.collect()))])
    }

    fn size(&self) -> usize {
        match self {
            Self::Table(table) => table.bytes(),
            Self::Sets(sets) => sets.iter().map(Numbers::bytes).sum(),
        }
    }
}

/// Offsets of an array are never negative.
fn offset(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(groups: &mut Groups) -> Vec<i64> {
        let counts = groups.evaluate(EmitTo::All).unwrap();
        counts.as_primitive::<Int64Type>().values().to_vec()
    }

    /// Rows of two groups: each number once, some twice, on both sides of where bits begin and end, and none.
    fn rows() -> (ArrayRef, Vec<usize>) {
        let numbers = vec![
            Some(700),
            Some(3),
            Some(700),
            Some(64),
            Some(-1),
            Some(-1),
            Some(i64::MAX),
            None,
            Some(0),
            Some(bits::MOST),
            Some(bits::MOST - 1),
        ];
        (
            Arc::new(Int64Array::from(numbers)),
            vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
        )
    }

    #[test]
    fn every_number_counts_once_in_its_group() {
        let (numbers, places) = rows();
        let mut groups = Groups::default();
        groups.update_batch(&[numbers], &places, None, 3).unwrap();
        assert_eq!(counted(&mut groups), [5, 3, 0]);
    }

    #[test]
    fn a_row_that_the_filter_leaves_out_or_does_not_know_is_not_counted() {
        let (numbers, places) = rows();
        let filter: BooleanArray = (0..11)
            .map(|row| [Some(true), Some(false), None][row % 3])
            .collect();
        let mut groups = Groups::default();
        groups
            .update_batch(&[numbers], &places, Some(&filter), 2)
            .unwrap();
        assert_eq!(counted(&mut groups), [3, 1]);
    }

    #[test]
    fn what_parts_have_counted_adds_up() {
        let (numbers, places) = rows();
        let mut first = Groups::default();
        first
            .update_batch(&[Arc::clone(&numbers)], &places, None, 2)
            .unwrap();
        let state = first.state(EmitTo::All).unwrap();
        let single = first
            .convert_to_state(&[Arc::clone(&numbers)], None)
            .unwrap();
        let mut whole = Groups::default();
        whole.merge_batch(&state, &[0, 1], 2).unwrap();
        whole.merge_batch(&single, &places, 2).unwrap();
        whole.merge_batch(&single, &[1; 11], 2).unwrap();
        assert_eq!(counted(&mut whole), [5, 8]);

        let mut one = Numbers::default();
        Accumulator::merge_batch(&mut one, &state).unwrap();
        assert_eq!(
            Accumulator::evaluate(&mut one).unwrap(),
            ScalarValue::Int64(Some(8))
        );
    }

    #[test]
    fn numbers_near_each_other_are_counted_in_a_table_until_one_is_far_away() {
        let mut groups = Groups::default();
        let mut add = |numbers: &[i64], places: &[usize], total: usize| {
            let numbers: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
            groups
                .update_batch(&[numbers], places, None, total)
                .unwrap();
            matches!(groups, Groups::Table(_))
        };
        assert!(add(&[], &[], 1));
        assert!(add(&[20_000, 20_001, 20_000], &[0, 0, 0], 2));
        assert!(add(&[20_400, 19_000, 20_000], &[1, 1, 2], 3));
        assert!(!add(&[-1, 20_001], &[2, 0], 4));
        let first = groups.take(EmitTo::First(1));
        assert!(matches!(first, Groups::Sets(sets) if sets[0].len() == 2));
        assert_eq!(counted(&mut groups), [2, 2, 0]);
    }

    #[test]
    fn the_first_groups_of_a_table_are_taken_out() {
        let mut groups = Groups::default();
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![70, 3, 700, 700, 5]));
        groups
            .update_batch(&[numbers], &[0, 0, 1, 1, 2], None, 3)
            .unwrap();
        let first = groups.evaluate(EmitTo::First(2)).unwrap();
        assert_eq!(first.as_primitive::<Int64Type>().values(), &[2, 1]);
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![5, 6, 1]));
        groups
            .update_batch(&[numbers], &[0, 0, 1], None, 2)
            .unwrap();
        assert_eq!(counted(&mut groups), [2, 1]);
    }
}
