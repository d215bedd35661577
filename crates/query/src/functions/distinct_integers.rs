//! `count_distinct_integers(x)`: how many different whole numbers, a bit for each of a group.
//!
//! The engine's own way is a hash table over all groups, or a second grouping that carries every other aggregate along.
//! What the views count are user numbers and days: small numbers close to each other.

use std::collections::HashSet;
use std::mem::size_of;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

/// Numbers from zero to below this have a bit.
const MOST_BITS: i64 = 1 << 22;
const WORD_BITS: usize = u64::BITS as usize;

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

/// A set of whole numbers. Most groups of a fine grouping have one.
#[derive(Debug, Default)]
enum Numbers {
    #[default]
    None,
    One(i64),
    Many(Box<Set>),
}

/// Several numbers.
#[derive(Debug, Default)]
struct Set {
    /// The word that `words` begin with.
    first: usize,
    words: Vec<u64>,
    /// Numbers without a bit.
    rest: HashSet<i64>,
}

impl Numbers {
    fn insert(&mut self, number: i64) {
        match self {
            Self::None => *self = Self::One(number),
            Self::One(one) if *one == number => {}
            Self::One(one) => {
                let mut set = Box::<Set>::default();
                set.insert(*one);
                set.insert(number);
                *self = Self::Many(set);
            }
            Self::Many(set) => set.insert(number),
        }
    }

    fn len(&self) -> i64 {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(set) => set.len(),
        }
    }

    /// All of them, in no order that means anything.
    fn write_to(&self, numbers: &mut Vec<i64>) {
        match self {
            Self::None => {}
            Self::One(one) => numbers.push(*one),
            Self::Many(set) => set.write_to(numbers),
        }
    }

    fn bytes(&self) -> usize {
        let set = if let Self::Many(set) = self {
            set.bytes()
        } else {
            0
        };
        size_of::<Self>() + set
    }
}

impl Set {
    fn insert(&mut self, number: i64) {
        let Some(place) = usize::try_from(number).ok().filter(|_| number < MOST_BITS) else {
            self.rest.insert(number);
            return;
        };
        let word = place / WORD_BITS;
        if self.words.is_empty() {
            self.first = word;
        }
        if word < self.first {
            let missing = self.first - word;
            self.words.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = word;
        }
        let index = word - self.first;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        self.words[index] |= 1 << (place % WORD_BITS);
    }

    fn len(&self) -> i64 {
        let bits: i64 = self
            .words
            .iter()
            .map(|word| i64::from(word.count_ones()))
            .sum();
        bits + i64::try_from(self.rest.len()).unwrap_or(i64::MAX)
    }

    /// All of them, in no order that means anything.
    fn write_to(&self, numbers: &mut Vec<i64>) {
        let words = self.words.iter().zip(self.first..);
        for (&word, place) in words {
            let mut left = word;
            while left != 0 {
                let number = place * WORD_BITS + left.trailing_zeros() as usize;
                numbers.push(i64::try_from(number).unwrap_or(i64::MAX));
                left &= left - 1;
            }
        }
        numbers.extend(&self.rest);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.words.capacity() * size_of::<u64>()
            + self.rest.capacity() * 2 * size_of::<i64>()
    }
}

/// One set per row of a list array.
fn as_lists(groups: &[Numbers]) -> ListArray {
    let mut numbers = Vec::new();
    let lengths = groups.iter().map(|group| {
        let before = numbers.len();
        group.write_to(&mut numbers);
        numbers.len() - before
    });
    let offsets = OffsetBuffer::from_lengths(lengths.collect::<Vec<_>>());
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

/// A set per group.
#[derive(Debug, Default)]
struct Groups {
    sets: Vec<Numbers>,
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.sets.resize_with(total_num_groups, Numbers::default);
        let numbers = values[0].as_primitive::<Int64Type>();
        for (row, (&group, &number)) in group_indices.iter().zip(numbers.values()).enumerate() {
            let counts = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if counts && numbers.is_valid(row) {
                self.sets[group].insert(number);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sets = emit_to.take_needed(&mut self.sets);
        Ok(Arc::new(Int64Array::from_iter_values(
            sets.iter().map(Numbers::len),
        )))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sets = emit_to.take_needed(&mut self.sets);
        Ok(vec![Arc::new(as_lists(&sets))])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.sets.resize_with(total_num_groups, Numbers::default);
        let lists = values[0].as_list::<i32>();
        let numbers = lists.values().as_primitive::<Int64Type>().values();
        for (window, &group) in lists.value_offsets().windows(2).zip(group_indices) {
            let (start, end) = (offset(window[0]), offset(window[1]));
            let set = &mut self.sets[group];
            numbers[start..end]
                .iter()
                .for_each(|&number| set.insert(number));
        }
        Ok(())
    }

    /// For groups of about one row each: a list per row.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let numbers = values[0].as_primitive::<Int64Type>();
        let counted = numbers.iter().enumerate().map(|(row, number)| {
            number.filter(|_| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)))
        });
        let counted: Vec<Option<i64>> = counted.collect();
        let offsets =
            OffsetBuffer::from_lengths(counted.iter().map(|number| usize::from(number.is_some())));
        let numbers = Int64Array::from_iter_values(counted.into_iter().flatten());
        let lists = ListArray::new(item(), offsets, Arc::new(numbers), None);
        Ok(vec![Arc::new(lists)])
    }

    fn size(&self) -> usize {
        self.sets.iter().map(Numbers::bytes).sum()
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
            Some(MOST_BITS),
            Some(MOST_BITS - 1),
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
}
