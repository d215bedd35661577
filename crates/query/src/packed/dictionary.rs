//! Builds the dictionary of a text column.

use std::sync::Arc;

use arrow::array::{Array, StringViewArray};
use arrow::buffer::Buffer;
use hashbrown::{HashMap, HashSet};

use super::interner::Interner;
use crate::string_view::StringView;

/// Assigns a code to every distinct text, in the order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct DictionaryBuilder {
    codes: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    recent: RecentCodes,
}

impl DictionaryBuilder {
    /// Appends the codes of all texts of `array`. The code of a NULL has no meaning.
    pub(crate) fn encode(&mut self, array: &StringViewArray, codes: &mut Vec<u32>) {
        let addresses = self.recent.retain_buffers(array);
        codes.reserve(array.len());
        for (row, &view) in array.views().iter().enumerate() {
            let key = view_key(view, &addresses);
            let code = match self.recent.code(key) {
                Some(code) => code,
                None if array.is_null(row) => 0,
                None => {
                    let code = self.code(array.value(row));
                    self.recent.insert(key, code);
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

    /// Returns the texts by code.
    pub(crate) fn finish(self, interner: &Interner) -> StringViewArray {
        if self.texts.is_empty() {
            return StringViewArray::from_iter_values([""]);
        }
        interner.array(self.texts.iter().map(AsRef::as_ref))
    }
}

/// Returns a key that identifies the text of a view: a short text is its view, a long one its address and length.
fn view_key(bits: u128, addresses: &[usize]) -> u128 {
    let view = StringView(bits);
    if view.is_inline() {
        return bits;
    }
    match addresses.get(view.buffer()) {
        Some(address) => ((*address as u128 + view.offset() as u128) << 64) | view.length() as u128,
        None => NO_KEY,
    }
}

/// Not the key of any text: none is this long.
const NO_KEY: u128 = u128::MAX;

/// Number of slots, a power of two.
const RECENT_SLOTS: usize = 1 << 14;

/// Maximum bytes of buffers that are retained to keep their addresses valid.
const MAX_RETAINED_BYTES: usize = 32 << 20;

/// A cache of the codes of recent texts, so that a text is not hashed once per row.
#[derive(Debug, Default)]
struct RecentCodes {
    /// Retained, so that no other buffer can have the same address.
    buffers: Vec<Buffer>,
    retained_bytes: usize,
    addresses: HashSet<usize>,
    slots: Box<[(u128, u32)]>,
}

impl RecentCodes {
    /// Retains the buffers of an array and returns their addresses.
    fn retain_buffers(&mut self, array: &StringViewArray) -> Vec<usize> {
        if self.slots.is_empty() || self.retained_bytes > MAX_RETAINED_BYTES {
            *self = Self {
                slots: vec![(NO_KEY, 0); RECENT_SLOTS].into_boxed_slice(),
                ..Self::default()
            };
        }
        let buffers = array.data_buffers().iter();
        buffers
            .map(|buffer| {
                let address = buffer.as_ptr().addr();
                if self.addresses.insert(address) {
                    self.retained_bytes += buffer.len();
                    self.buffers.push(buffer.clone());
                }
                address
            })
            .collect()
    }

    fn code(&self, key: u128) -> Option<u32> {
        let (known, code) = self.slots[slot(key)];
        (known == key && key != NO_KEY).then_some(code)
    }

    fn insert(&mut self, key: u128, code: u32) {
        self.slots[slot(key)] = (key, code);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a hash needs only some of the bits"
)]
fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 50) as usize % RECENT_SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_codes_across_batches_and_buffers() {
        let long = "a text that is longer than twelve bytes";
        let mut dictionary = DictionaryBuilder::default();
        let mut codes = Vec::new();
        for batch in [
            vec![Some("b"), None, Some(long), Some("b")],
            vec![Some(long), Some("another text, also a long one")],
            vec![Some("another text, also a long one"), Some(long), Some("")],
        ] {
            dictionary.encode(&StringViewArray::from(batch), &mut codes);
        }
        let texts = dictionary.finish(&Interner::default());
        let read: Vec<_> = codes
            .iter()
            .map(|&code| texts.value(code as usize))
            .collect();
        assert_eq!(texts.len(), 4);
        assert_eq!((read[0], read[2], read[3], read[4]), ("b", long, "b", long));
        assert_eq!((read[5], read[7]), ("another text, also a long one", long));
        assert_eq!((read[6], read[8]), (read[5], ""));
    }

    #[test]
    fn a_slice_of_an_array_is_read_from_its_start() {
        let array = StringViewArray::from(vec![
            "first text of thirteen and more",
            "second text of thirteen and more",
        ]);
        let mut dictionary = DictionaryBuilder::default();
        let mut codes = Vec::new();
        dictionary.encode(&array.slice(1, 1), &mut codes);
        dictionary.encode(&array, &mut codes);
        assert_eq!(codes, [0, 1, 0]);
    }
}
