//! `max_text(x)`: the last text in order, for groups whose rows mostly have the same text.
//!
//! The engine's own way compares every row's bytes with the largest so far. Texts of packed tables come from one
//! dictionary: the same place in the same buffer is the same text, without a look at its bytes.

use std::mem::size_of;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::functions_aggregate::min_max::max_udaf;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::counted_rows::counted_rows;
use crate::condition::true_rows;
use crate::text_view::TextView;

/// So much may be held in so many buffers to keep what the groups' texts lie in; beyond both they are copied.
const MOST_HELD_BYTES: usize = 16 << 20;
const MOST_BUFFERS: usize = 16;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct MaxText {
    signature: Signature,
}

impl MaxText {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::exact(vec![DataType::Utf8View], Volatility::Immutable),
        }
    }
}

impl AggregateUDFImpl for MaxText {
    fn name(&self) -> &'static str {
        "max_text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Field::new(args.name, DataType::Utf8View, true).into()])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        max_udaf().accumulator(args)
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Largest::default()))
    }
}

/// The largest text of each group, as views into buffers of the arrays that they came in.
#[derive(Debug, Default)]
struct Largest {
    views: Vec<Option<TextView>>,
    buffers: Vec<Buffer>,
    held_bytes: usize,
}

impl Largest {
    /// Where each buffer of the array is among ours, which it joins if it is new.
    fn places(&mut self, array: &StringViewArray) -> Vec<u32> {
        let buffers = array.data_buffers().iter();
        let places = buffers.map(|buffer| {
            let known = self.buffers.iter().rposition(|known| known.ptr_eq(buffer));
            let place = known.unwrap_or_else(|| {
                self.held_bytes += buffer.len();
                self.buffers.push(buffer.clone());
                self.buffers.len() - 1
            });
            u32::try_from(place).unwrap_or(u32::MAX)
        });
        places.collect()
    }

    /// Copies the groups' texts, and lets go of all that lies beside them.
    fn compact(&mut self) -> Result<()> {
        let array = views_to_array(&self.views, &self.buffers)?.gc();
        self.buffers = array.data_buffers().to_vec();
        self.held_bytes = self.buffers.iter().map(Buffer::len).sum();
        for (kept, &view) in self.views.iter_mut().zip(array.views().iter()) {
            *kept = kept.map(|_| TextView(view));
        }
        Ok(())
    }
}

fn views_to_array(views: &[Option<TextView>], buffers: &[Buffer]) -> Result<StringViewArray> {
    let nulls: NullBuffer = views.iter().map(Option::is_some).collect();
    let views = views.iter().map(|view| view.map_or(0, |view| view.0));
    let views: ScalarBuffer<u128> = views.collect();
    Ok(StringViewArray::try_new(
        views,
        buffers.iter().cloned().collect::<Arc<[_]>>(),
        Some(nulls),
    )?)
}

impl GroupsAccumulator for Largest {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let texts = values[0].as_string_view();
        let places = self.places(texts);
        self.views.resize(total_num_groups, None);
        let mut take = |row: usize| {
            let view = TextView(texts.views()[row]).moved(&places);
            let largest = &mut self.views[group_indices[row]];
            if *largest != Some(view)
                && largest.is_none_or(|largest| view.is_after(largest, &self.buffers))
            {
                *largest = Some(view);
            }
        };
        match counted_rows(texts.nulls(), filter) {
            None => (0..texts.len()).for_each(take),
            Some(counted) => counted.set_indices().for_each(&mut take),
        }
        if self.held_bytes > MOST_HELD_BYTES && self.buffers.len() > MOST_BUFFERS {
            self.compact()?;
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let views = emit_to.take_needed(&mut self.views);
        Ok(Arc::new(views_to_array(&views, &self.buffers)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit_to)?])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.update_batch(values, group_indices, None, total_num_groups)
    }

    /// For groups of about one row each: the texts themselves.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let Some(filter) = filter else {
            return Ok(vec![Arc::clone(&values[0])]);
        };
        let left_out = BooleanArray::new(!&true_rows(filter), None);
        Ok(vec![nullif(&values[0], &left_out)?])
    }

    fn size(&self) -> usize {
        self.held_bytes + self.views.capacity() * size_of::<Option<TextView>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(values.iter().collect::<StringViewArray>())
    }

    fn largest(groups: &mut Largest) -> Vec<Option<String>> {
        let array = groups.evaluate(EmitTo::All).unwrap();
        let texts = array.as_string_view().iter();
        texts.map(|text| text.map(str::to_owned)).collect()
    }

    /// Short and long texts, equal ones in other buffers, and none.
    fn arrays() -> [ArrayRef; 2] {
        [
            texts(&[
                Some("b"),
                Some("a text of more than twelve bytes"),
                None,
                Some("zoé"),
            ]),
            texts(&[
                Some("a text of more than twelve letters"),
                Some("a text of more than twelve bytes"),
                None,
                Some(""),
            ]),
        ]
    }

    #[test]
    fn the_last_text_of_each_group_is_found_across_arrays() {
        let mut groups = Largest::default();
        for array in arrays() {
            groups
                .update_batch(&[array], &[0, 1, 2, 3], None, 5)
                .unwrap();
        }
        assert_eq!(
            largest(&mut groups),
            [
                Some("b"),
                Some("a text of more than twelve bytes"),
                None,
                Some("zoé"),
                None
            ]
            .map(|text| text.map(str::to_owned))
        );
        for array in arrays() {
            groups.update_batch(&[array], &[0; 4], None, 1).unwrap();
        }
        assert_eq!(largest(&mut groups), [Some("zoé".to_owned())]);
    }

    #[test]
    fn a_row_that_the_filter_leaves_out_or_does_not_know_is_not_looked_at() {
        for last in [None, Some(false)] {
            let filter = BooleanArray::from(vec![Some(true), Some(true), Some(true), last]);
            let [first, second] = arrays();
            let mut groups = Largest::default();
            groups
                .update_batch(&[Arc::clone(&first)], &[0; 4], Some(&filter), 1)
                .unwrap();
            let state = groups.convert_to_state(&[first], Some(&filter)).unwrap();
            groups.merge_batch(&state, &[1; 4], 2).unwrap();
            groups.merge_batch(&[second], &[1; 4], 2).unwrap();
            assert_eq!(
                largest(&mut groups),
                ["b", "b"].map(|text| Some(text.to_owned()))
            );
        }
    }

    #[test]
    fn what_parts_have_found_is_put_together_a_few_groups_at_a_time() {
        let mut part = Largest::default();
        part.update_batch(&arrays()[..1], &[0, 1, 2, 3], None, 4)
            .unwrap();
        let first = part.state(EmitTo::First(1)).unwrap();
        let rest = part.state(EmitTo::All).unwrap();
        let mut whole = Largest::default();
        whole.merge_batch(&rest, &[0, 1, 2], 3).unwrap();
        whole.merge_batch(&first, &[0], 3).unwrap();
        let expected = [Some("b"), None, Some("zoé")];
        assert_eq!(
            largest(&mut whole),
            expected.map(|text| text.map(str::to_owned))
        );
    }

    #[test]
    fn what_no_group_needs_is_let_go() {
        let long = "x".repeat(1 << 20);
        let mut groups = Largest::default();
        for letter in 0..40 {
            let text = format!("{letter:02}{long}");
            let array = texts(&[Some(&text), Some("a text that is kept for good")]);
            groups.update_batch(&[array], &[0, 1], None, 2).unwrap();
            assert!(groups.size() <= MOST_HELD_BYTES + (2 << 20));
        }
        let found = largest(&mut groups);
        assert_eq!(found[0], Some(format!("39{long}")));
        assert_eq!(found[1].as_deref(), Some("a text that is kept for good"));
    }
}
