//! The distinct texts of one column.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, StringViewArray};
use arrow::buffer::Buffer;

/// How many recent views are remembered; a power of two.
const REMEMBERED: usize = 1 << 14;

/// Gives every distinct text a code, in the order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct DictionaryBuilder {
    codes: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    recent: Recent,
}

impl DictionaryBuilder {
    /// Appends the codes of all texts of `array`; what stands for NULL has no meaning.
    pub(crate) fn encode(&mut self, array: &StringViewArray, codes: &mut Vec<u32>) {
        self.recent.begin(array);
        codes.reserve(array.len());
        for (row, &view) in array.views().iter().enumerate() {
            let code = match self.recent.code(view) {
                Some(code) => code,
                None if array.is_null(row) => 0,
                None => {
                    let code = self.code(array.value(row));
                    self.recent.remember(view, code);
                    code
                }
            };
            codes.push(code);
        }
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.codes.insert(text, code);
        code
    }

    /// The texts, by code.
    pub(crate) fn finish(self) -> StringViewArray {
        if self.texts.is_empty() {
            return StringViewArray::from_iter_values([""]);
        }
        StringViewArray::from_iter_values(self.texts.iter())
    }
}

/// Codes of views seen lately, so that a text is hashed once and not once per row. A short text lies in its view; the
/// view of a long one points into the buffers of its array and means the same only as long as these are the same.
#[derive(Debug, Default)]
struct Recent {
    /// Held, so that no other buffer can appear at the same address.
    buffers: Vec<Buffer>,
    generation: u32,
    slots: Box<[Slot]>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    view: u128,
    code: u32,
    generation: u32,
}

/// No view of a text looks like this: its length would be negative.
const EMPTY: Slot = Slot {
    view: u128::MAX,
    code: 0,
    generation: 0,
};

impl Recent {
    fn begin(&mut self, array: &StringViewArray) {
        if self.slots.is_empty() {
            self.slots = vec![EMPTY; REMEMBERED].into_boxed_slice();
        }
        let buffers = array.data_buffers();
        let same = self.buffers.len() == buffers.len()
            && self
                .buffers
                .iter()
                .zip(buffers)
                .all(|(known, buffer)| known.as_ptr() == buffer.as_ptr());
        if !same {
            self.generation = self.generation.wrapping_add(1);
            self.buffers = buffers.to_vec();
        }
    }

    fn code(&self, view: u128) -> Option<u32> {
        let slot = self.slots[position(view)];
        (slot.view == view && (slot.generation == self.generation || is_inline(view)))
            .then_some(slot.code)
    }

    fn remember(&mut self, view: u128, code: u32) {
        self.slots[position(view)] = Slot {
            view,
            code,
            generation: self.generation,
        };
    }
}

/// The first four bytes of a view are the text's length; up to twelve bytes lie in the view itself.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the length is the low half of the low half"
)]
fn is_inline(view: u128) -> bool {
    view as u32 <= 12
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a hash keeps what bits it needs"
)]
fn position(view: u128) -> usize {
    let mixed = (view as u64 ^ (view >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 50) as usize % REMEMBERED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_codes_across_batches_and_buffers() {
        let long = "a text that is longer than twelve bytes";
        let mut dictionary = DictionaryBuilder::default();
        let mut codes = Vec::new();
        dictionary.encode(
            &StringViewArray::from(vec![Some("b"), None, Some(long), Some("b")]),
            &mut codes,
        );
        dictionary.encode(
            &StringViewArray::from(vec![Some(long), Some("another text, also a long one")]),
            &mut codes,
        );
        dictionary.encode(
            &StringViewArray::from(vec![Some("another text, also a long one"), Some(long)]),
            &mut codes,
        );
        let texts = dictionary.finish();
        let read: Vec<_> = codes
            .iter()
            .map(|&code| texts.value(code as usize))
            .collect();
        assert_eq!(texts.len(), 3);
        assert_eq!((read[0], read[2], read[3], read[4]), ("b", long, "b", long));
        assert_eq!(
            (read[5], read[6], read[7]),
            (read[5], "another text, also a long one", long)
        );
    }
}
