//! `max_text(x)`: the maximum of strings, for groups whose rows mostly have the same string.
//!
//! The `max` of `DataFusion` 55 looks up the group in a hash map and compares bytes for every row, and allocates a vector
//! per group. Visuals read up to five strings of each user this way, over all rows of the history. The strings of a
//! packed table come from one dictionary: most rows have the same view as the maximum, and no byte is compared.

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

use super::selected_rows::selected_rows;
use crate::predicate::true_values;
use crate::string_view::StringView;

/// The strings of the groups are copied when the retained buffers exceed both limits.
const MAX_RETAINED_BYTES: usize = 16 << 20;
const MAX_BUFFERS: usize = 16;

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
        Ok(Box::new(MaxTexts::default()))
    }
}

/// The maximum of each group, as views into buffers of the input arrays.
#[derive(Debug, Default)]
struct MaxTexts {
    views: Vec<Option<StringView>>,
    buffers: Vec<Buffer>,
    retained_bytes: usize,
}

impl MaxTexts {
    /// Retains the buffers of an array. Returns the index of each among the retained buffers.
    fn retain_buffers(&mut self, array: &StringViewArray) -> Vec<u32> {
        let buffers = array.data_buffers().iter();
        let indices = buffers.map(|buffer| {
            let known = self.buffers.iter().rposition(|known| known.ptr_eq(buffer));
            let index = known.unwrap_or_else(|| {
                self.retained_bytes += buffer.len();
                self.buffers.push(buffer.clone());
                self.buffers.len() - 1
            });
            u32::try_from(index).unwrap_or(u32::MAX)
        });
        indices.collect()
    }

    /// Copies the strings of the groups and drops the retained buffers.
    fn compact(&mut self) -> Result<()> {
        let array = views_to_array(&self.views, &self.buffers)?.gc();
        self.buffers = array.data_buffers().to_vec();
        self.retained_bytes = self.buffers.iter().map(Buffer::len).sum();
        for (old, &view) in self.views.iter_mut().zip(array.views().iter()) {
            *old = old.map(|_| StringView(view));
        }
        Ok(())
    }
}

fn views_to_array(views: &[Option<StringView>], buffers: &[Buffer]) -> Result<StringViewArray> {
    let nulls: NullBuffer = views.iter().map(Option::is_some).collect();
    let views = views.iter().map(|view| view.map_or(0, |view| view.0));
    let views: ScalarBuffer<u128> = views.collect();
    Ok(StringViewArray::try_new(
        views,
        buffers.iter().cloned().collect::<Arc<[_]>>(),
        Some(nulls),
    )?)
}

impl GroupsAccumulator for MaxTexts {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let texts = values[0].as_string_view();
        let indices = self.retain_buffers(texts);
        self.views.resize(total_num_groups, None);
        let mut update = |row: usize| {
            let view = StringView(texts.views()[row]).with_buffer_indices(&indices);
            let max = &mut self.views[group_indices[row]];
            if *max != Some(view) && max.is_none_or(|max| view.is_greater_than(max, &self.buffers))
            {
                *max = Some(view);
            }
        };
        match selected_rows(texts.nulls(), filter) {
            None => (0..texts.len()).for_each(update),
            Some(selected) => selected.set_indices().for_each(&mut update),
        }
        if self.retained_bytes > MAX_RETAINED_BYTES && self.buffers.len() > MAX_BUFFERS {
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

    /// Returns the strings themselves, for input in which most groups have one row.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let Some(filter) = filter else {
            return Ok(vec![Arc::clone(&values[0])]);
        };
        let excluded = BooleanArray::new(!&true_values(filter), None);
        Ok(vec![nullif(&values[0], &excluded)?])
    }

    fn size(&self) -> usize {
        self.retained_bytes + self.views.capacity() * size_of::<Option<StringView>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(values.iter().collect::<StringViewArray>())
    }

    fn maxima(groups: &mut MaxTexts) -> Vec<Option<String>> {
        let array = groups.evaluate(EmitTo::All).unwrap();
        let texts = array.as_string_view().iter();
        texts.map(|text| text.map(str::to_owned)).collect()
    }

    /// Short and long strings, equal ones in different buffers, and a NULL.
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
    fn the_maximum_of_each_group_is_found_across_arrays() {
        let mut groups = MaxTexts::default();
        for array in arrays() {
            groups
                .update_batch(&[array], &[0, 1, 2, 3], None, 5)
                .unwrap();
        }
        assert_eq!(
            maxima(&mut groups),
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
        assert_eq!(maxima(&mut groups), [Some("zoé".to_owned())]);
    }

    #[test]
    fn a_row_for_which_the_filter_is_false_or_null_is_not_read() {
        for last in [None, Some(false)] {
            let filter = BooleanArray::from(vec![Some(true), Some(true), Some(true), last]);
            let [first, second] = arrays();
            let mut groups = MaxTexts::default();
            groups
                .update_batch(&[Arc::clone(&first)], &[0; 4], Some(&filter), 1)
                .unwrap();
            let state = groups.convert_to_state(&[first], Some(&filter)).unwrap();
            groups.merge_batch(&state, &[1; 4], 2).unwrap();
            groups.merge_batch(&[second], &[1; 4], 2).unwrap();
            assert_eq!(
                maxima(&mut groups),
                ["b", "b"].map(|text| Some(text.to_owned()))
            );
        }
    }

    #[test]
    fn states_of_some_groups_are_merged() {
        let mut part = MaxTexts::default();
        part.update_batch(&arrays()[..1], &[0, 1, 2, 3], None, 4)
            .unwrap();
        let first = part.state(EmitTo::First(1)).unwrap();
        let rest = part.state(EmitTo::All).unwrap();
        let mut whole = MaxTexts::default();
        whole.merge_batch(&rest, &[0, 1, 2], 3).unwrap();
        whole.merge_batch(&first, &[0], 3).unwrap();
        let expected = [Some("b"), None, Some("zoé")];
        assert_eq!(
            maxima(&mut whole),
            expected.map(|text| text.map(str::to_owned))
        );
    }

    #[test]
    fn unused_buffers_are_dropped() {
        let long = "x".repeat(1 << 20);
        let mut groups = MaxTexts::default();
        for letter in 0..40 {
            let text = format!("{letter:02}{long}");
            let array = texts(&[Some(&text), Some("a text that is kept for good")]);
            groups.update_batch(&[array], &[0, 1], None, 2).unwrap();
            assert!(groups.size() <= MAX_RETAINED_BYTES + (2 << 20));
        }
        let found = maxima(&mut groups);
        assert_eq!(found[0], Some(format!("39{long}")));
        assert_eq!(found[1].as_deref(), Some("a text that is kept for good"));
    }
}
