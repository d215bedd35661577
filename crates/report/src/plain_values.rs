//! The values of the plain columns of one row.

use crate::ValueType;
use crate::dataset_columns::PLAIN_COLUMNS;

/// The values of one row in [`PLAIN_COLUMNS`]: one array per type, addressed by [`PLAIN_SLOTS`].
///
/// `Text` is `&str`, or what represents a text, such as its length.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlainValues<Text> {
    pub counts: [Option<i64>; COUNTS],
    pub amounts: [Option<f64>; AMOUNTS],
    pub booleans: [Option<bool>; BOOLEANS],
    pub texts: [Option<Text>; TEXTS],
}

/// Where [`PlainValues`] holds the value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainSlot {
    Count(usize),
    Amount(usize),
    Boolean(usize),
    Text(usize),
}

/// The slot of each of [`PLAIN_COLUMNS`].
pub const PLAIN_SLOTS: [PlainSlot; PLAIN_COLUMNS.len()] = {
    let mut slots = [PlainSlot::Count(0); PLAIN_COLUMNS.len()];
    let mut index = 0;
    while index < slots.len() {
        let value_type = PLAIN_COLUMNS[index].value_type;
        let slot = slots_before(value_type, index);
        slots[index] = match value_type {
            ValueType::Count => PlainSlot::Count(slot),
            ValueType::Amount => PlainSlot::Amount(slot),
            ValueType::Boolean => PlainSlot::Boolean(slot),
            ValueType::Text => PlainSlot::Text(slot),
            ValueType::Date => panic!("a date has a rule of its own"),
        };
        index += 1;
    }
    slots
};

const COUNTS: usize = slots_before(ValueType::Count, PLAIN_COLUMNS.len());
const AMOUNTS: usize = slots_before(ValueType::Amount, PLAIN_COLUMNS.len());
const BOOLEANS: usize = slots_before(ValueType::Boolean, PLAIN_COLUMNS.len());
const TEXTS: usize = slots_before(ValueType::Text, PLAIN_COLUMNS.len());

/// How many of the first `end` plain columns have this type.
const fn slots_before(value_type: ValueType, end: usize) -> usize {
    let (mut slots, mut index) = (0, 0);
    while index < end {
        if PLAIN_COLUMNS[index].value_type as u8 == value_type as u8 {
            slots += 1;
        }
        index += 1;
    }
    slots
}

impl<Text: Copy> PlainValues<Text> {
    /// The same values with something else for each text, in their order.
    pub fn map_texts<Other>(&self, mut other: impl FnMut(Text) -> Other) -> PlainValues<Other> {
        PlainValues {
            counts: self.counts,
            amounts: self.amounts,
            booleans: self.booleans,
            texts: self.texts.map(|text| text.map(&mut other)),
        }
    }
}
