//! Interns the texts of dictionaries: ids and labels of users occur in most views, in every time partition. An equal text
//! is stored once, mostly at one address, which is quicker to compare than its bytes.

use std::sync::{Mutex, PoisonError};

use arrow::array::{StringViewArray, make_view};
use arrow::buffer::Buffer;
use hashbrown::HashMap;

use crate::string_view::MAX_INLINE_BYTES;

/// A dictionary with more texts is not interned: interned texts are never freed.
const MAX_TEXTS: usize = 1 << 16;

/// The interned texts of an engine. Short texts are not among them: a string view holds them inline.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    interned: Mutex<InternedTexts>,
}

#[derive(Debug, Default)]
struct InternedTexts {
    locations: HashMap<Box<str>, TextLocation>,
    blocks: Vec<Buffer>,
}

#[derive(Debug, Clone, Copy)]
struct TextLocation {
    block: usize,
    offset: u32,
}

impl Interner {
    /// Returns the texts as an array. Texts that are interned already are not copied.
    pub(crate) fn array<'a>(
        &self,
        texts: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> StringViewArray {
        let bytes: usize = texts.clone().map(str::len).sum();
        if texts.len() > MAX_TEXTS || u32::try_from(bytes).is_err() {
            return StringViewArray::from_iter_values(texts);
        }
        let mut interned = self.interned.lock().unwrap_or_else(PoisonError::into_inner);
        let new_block = interned.blocks.len();
        let mut new_bytes: Vec<u8> = Vec::new();
        let mut locations = Vec::with_capacity(texts.len());
        for text in texts.clone() {
            if text.len() <= MAX_INLINE_BYTES {
                locations.push(TextLocation {
                    block: 0,
                    offset: 0,
                });
                continue;
            }
            let known = interned.locations.get(text).copied();
            locations.push(known.unwrap_or_else(|| {
                let offset = u32::try_from(new_bytes.len()).unwrap_or(u32::MAX);
                let location = TextLocation {
                    block: new_block,
                    offset,
                };
                new_bytes.extend_from_slice(text.as_bytes());
                interned.locations.insert(text.into(), location);
                location
            }));
        }
        if !new_bytes.is_empty() {
            new_bytes.shrink_to_fit();
            interned.blocks.push(Buffer::from_vec(new_bytes));
        }
        // The array holds only the blocks that it uses.
        let mut positions: HashMap<usize, u32> = HashMap::new();
        let mut buffers = Vec::new();
        let views: Vec<u128> = texts
            .zip(locations)
            .map(|(text, location)| {
                if text.len() <= MAX_INLINE_BYTES {
                    return make_view(text.as_bytes(), 0, 0);
                }
                let position = *positions.entry(location.block).or_insert_with(|| {
                    buffers.push(interned.blocks[location.block].clone());
                    u32::try_from(buffers.len() - 1).unwrap_or(u32::MAX)
                });
                make_view(text.as_bytes(), position, location.offset)
            })
            .collect();
        StringViewArray::new(views.into(), buffers, None)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;

    #[test]
    fn an_equal_text_has_one_address() {
        let interner = Interner::default();
        let texts = [
            "short",
            "a text of more than twelve bytes",
            "another text of more than twelve bytes",
        ];
        let first = interner.array(texts.into_iter());
        let second =
            interner.array([texts[2], "", "a third, which is new and long", texts[1]].into_iter());
        assert_eq!(first.iter().flatten().collect::<Vec<_>>(), texts);
        assert_eq!(second.value(0), texts[2]);
        assert_eq!(second.value(2), "a third, which is new and long");
        assert_eq!(second.value(0).as_ptr(), first.value(2).as_ptr());
        assert_eq!(second.value(3).as_ptr(), first.value(1).as_ptr());
        assert_eq!(
            interner.array(["a", "b"].into_iter()).data_buffers().len(),
            0
        );
        assert_eq!(second.null_count(), 0);
    }
}
