//! The accumulators: sets of integers, and lists of integers as their state.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray};
use arrow::buffer::{BooleanBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::bit_table::BitTable;
use super::integer_set::IntegerSet;
use crate::functions::selected_rows::selected_rows;

/// The field of the integers in the lists of the state.
pub(super) fn list_item() -> FieldRef {
    Field::new_list_field(DataType::Int64, false).into()
}

/// Returns a list array with one set per row.
fn sets_to_lists(groups: &[IntegerSet]) -> ListArray {
    let mut integers = Vec::new();
    let lengths = groups.iter().map(|group| {
        let before = integers.len();
        group.append_to(&mut integers);
        integers.len() - before
    });
    lists(lengths.collect(), integers)
}

fn lists(lengths: Vec<usize>, integers: Vec<i64>) -> ListArray {
    let offsets = OffsetBuffer::from_lengths(lengths);
    ListArray::new(
        list_item(),
        offsets,
        Arc::new(Int64Array::from(integers)),
        None,
    )
}

impl Accumulator for IntegerSet {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let integers = values[0].as_primitive::<Int64Type>();
        integers
            .iter()
            .flatten()
            .for_each(|integer| self.insert(integer));
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
        let lists = sets_to_lists(std::slice::from_ref(self));
        Ok(vec![ScalarValue::List(lists.into())])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.len())))
    }

    fn size(&self) -> usize {
        self.bytes()
    }
}

/// One set per group: in one table of bits while it is large enough for all integers.
#[derive(Debug)]
pub(super) enum GroupSets {
    Table(BitTable),
    Sets(Vec<IntegerSet>),
}

impl Default for GroupSets {
    fn default() -> Self {
        Self::Table(BitTable::default())
    }
}

impl GroupSets {
    /// Extends the sets to these integers and this number of groups.
    fn extend_to(&mut self, integers: &Int64Array, groups: usize) {
        if let Self::Table(table) = self
            && !table.extend_to(integers, groups)
        {
            *self = Self::Sets(table.sets());
        }
        if let Self::Sets(sets) = self {
            sets.resize_with(groups, IntegerSet::default);
        }
    }

    /// Adds pairs of group and integer.
    fn insert(&mut self, pairs: impl Iterator<Item = (usize, i64)>) {
        match self {
            Self::Table(table) => pairs.for_each(|(group, integer)| table.insert(group, integer)),
            Self::Sets(sets) => pairs.for_each(|(group, integer)| sets[group].insert(integer)),
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

impl GroupsAccumulator for GroupSets {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let integers = values[0].as_primitive::<Int64Type>();
        self.extend_to(integers, total_num_groups);
        let pair = |row: usize| (group_indices[row], integers.value(row));
        match selected_rows(integers.nulls(), filter) {
            None => self.insert((0..integers.len()).map(pair)),
            Some(selected) => self.insert(selected.set_indices().map(pair)),
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let counts = match self.take(emit_to) {
            Self::Table(table) => table.counts(),
            Self::Sets(sets) => sets.iter().map(IntegerSet::len).collect(),
        };
        Ok(Arc::new(Int64Array::from(counts)))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let lists = match self.take(emit_to) {
            Self::Table(table) => {
                let mut integers = Vec::new();
                lists(table.append_to(&mut integers), integers)
            }
            Self::Sets(sets) => sets_to_lists(&sets),
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
        let integers = lists.values().as_primitive::<Int64Type>();
        self.extend_to(integers, total_num_groups);
        let groups = lists.offsets().lengths().zip(group_indices);
        let groups = groups.flat_map(|(length, &group)| std::iter::repeat_n(group, length));
        let first = lists.value_offsets().first().copied().unwrap_or_default();
        let listed = &integers.values()[offset(first)..];
        self.insert(groups.zip(listed.iter().copied()));
        Ok(())
    }

    /// Returns one list per row, for input in which most groups have one row.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let integers = values[0].as_primitive::<Int64Type>();
        let selected = selected_rows(integers.nulls(), filter)
            .unwrap_or_else(|| BooleanBuffer::new_set(integers.len()));
        let listed = selected.set_indices().map(|row| integers.value(row));
        let lengths = selected.iter().map(usize::from);
        Ok(vec![Arc::new(lists(lengths.collect(), listed.collect()))])
    }

    fn size(&self) -> usize {
        match self {
            Self::Table(table) => table.bytes(),
            Self::Sets(sets) => sets.iter().map(IntegerSet::bytes).sum(),
        }
    }
}

/// Converts an offset of an array, which is never negative.
fn offset(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::bits;
    use super::*;

    fn counted(groups: &mut GroupSets) -> Vec<i64> {
        let counts = groups.evaluate(EmitTo::All).unwrap();
        counts.as_primitive::<Int64Type>().values().to_vec()
    }

    /// Rows of two groups: integers once and twice, on both sides of the first and last bit, and a NULL.
    fn rows() -> (ArrayRef, Vec<usize>) {
        let integers = vec![
            Some(700),
            Some(3),
            Some(700),
            Some(64),
            Some(-1),
            Some(-1),
            Some(i64::MAX),
            None,
            Some(0),
            Some(bits::LIMIT),
            Some(bits::LIMIT - 1),
        ];
        (
            Arc::new(Int64Array::from(integers)),
            vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
        )
    }

    #[test]
    fn every_integer_counts_once_in_its_group() {
        let (integers, groups_of) = rows();
        let mut groups = GroupSets::default();
        groups
            .update_batch(&[integers], &groups_of, None, 3)
            .unwrap();
        assert_eq!(counted(&mut groups), [5, 3, 0]);
    }

    #[test]
    fn a_row_for_which_the_filter_is_false_or_null_is_not_counted() {
        let (integers, groups_of) = rows();
        let filter: BooleanArray = (0..11)
            .map(|row| [Some(true), Some(false), None][row % 3])
            .collect();
        let mut groups = GroupSets::default();
        groups
            .update_batch(&[integers], &groups_of, Some(&filter), 2)
            .unwrap();
        assert_eq!(counted(&mut groups), [3, 1]);
    }

    #[test]
    fn merged_states_count_every_integer_once() {
        let (integers, groups_of) = rows();
        let mut first = GroupSets::default();
        first
            .update_batch(&[Arc::clone(&integers)], &groups_of, None, 2)
            .unwrap();
        let state = first.state(EmitTo::All).unwrap();
        let single = first
            .convert_to_state(&[Arc::clone(&integers)], None)
            .unwrap();
        let mut whole = GroupSets::default();
        whole.merge_batch(&state, &[0, 1], 2).unwrap();
        whole.merge_batch(&single, &groups_of, 2).unwrap();
        whole.merge_batch(&single, &[1; 11], 2).unwrap();
        assert_eq!(counted(&mut whole), [5, 8]);

        let mut one = IntegerSet::default();
        Accumulator::merge_batch(&mut one, &state).unwrap();
        assert_eq!(
            Accumulator::evaluate(&mut one).unwrap(),
            ScalarValue::Int64(Some(8))
        );
    }

    #[test]
    fn integers_near_each_other_are_in_a_table_until_one_is_far_away() {
        let mut groups = GroupSets::default();
        let mut add = |integers: &[i64], groups_of: &[usize], total: usize| {
            let integers: ArrayRef = Arc::new(Int64Array::from(integers.to_vec()));
            groups
                .update_batch(&[integers], groups_of, None, total)
                .unwrap();
            matches!(groups, GroupSets::Table(_))
        };
        assert!(add(&[], &[], 1));
        assert!(add(&[20_000, 20_001, 20_000], &[0, 0, 0], 2));
        assert!(add(&[20_400, 19_000, 20_000], &[1, 1, 2], 3));
        assert!(!add(&[-1, 20_001], &[2, 0], 4));
        let first = groups.take(EmitTo::First(1));
        assert!(matches!(first, GroupSets::Sets(sets) if sets[0].len() == 2));
        assert_eq!(counted(&mut groups), [2, 2, 0]);
    }

    #[test]
    fn the_first_groups_of_a_table_are_removed() {
        let mut groups = GroupSets::default();
        let integers: ArrayRef = Arc::new(Int64Array::from(vec![70, 3, 700, 700, 5]));
        groups
            .update_batch(&[integers], &[0, 0, 1, 1, 2], None, 3)
            .unwrap();
        let first = groups.evaluate(EmitTo::First(2)).unwrap();
        assert_eq!(first.as_primitive::<Int64Type>().values(), &[2, 1]);
        let integers: ArrayRef = Arc::new(Int64Array::from(vec![5, 6, 1]));
        groups
            .update_batch(&[integers], &[0, 0, 1], None, 2)
            .unwrap();
        assert_eq!(counted(&mut groups), [2, 1]);
    }
}
