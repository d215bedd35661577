//! Texts that many columns share: users and labels occur in most views, in every slice. One copy of each is kept, so
//! that the same text is mostly at the same address, which is quicker to recognise than its letters.

use std::sync::{Mutex, PoisonError};

use arrow::array::{StringViewArray, make_view};
use arrow::buffer::Buffer;
use hashbrown::HashMap;

use crate::text_view::INLINE_BYTES;

/// A column with more texts than this keeps them for itself; nothing is ever forgotten here.
const MOST_TEXTS: usize = 1 << 16;

/// All texts of an engine that are long enough to share.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    shared: Mutex<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    places: HashMap<Box<str>, Place>,
    blocks: Vec<Buffer>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    block: usize,
    offset: u32,
}

impl Interner {
    /// The texts as an array in which those that are known already lie where they lay.
    pub(crate) fn array<'a>(
        &self,
        texts: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> StringViewArray {
        let bytes: usize = texts.clone().map(str::len).sum();
        if texts.len() > MOST_TEXTS || u32::try_from(bytes).is_err() {
            return StringViewArray::from_iter_values(texts);
        }
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let new_block = shared.blocks.len();
        let mut new_bytes: Vec<u8> = Vec::new();
        let mut places = Vec::with_capacity(texts.len());
        for text in texts.clone() {
            if text.len() <= INLINE_BYTES {
                places.push(Place {
                    block: 0,
                    offset: 0,
                });
                continue;
            }
            let known = shared.places.get(text).copied();
            places.push(known.unwrap_or_else(|| {
                let offset = u32::try_from(new_bytes.len()).unwrap_or(u32::MAX);
                let place = Place {
                    block: new_block,
                    offset,
                };
                new_bytes.extend_from_slice(text.as_bytes());
                shared.places.insert(text.into(), place);
                place
            }));
        }
        if !new_bytes.is_empty() {
            new_bytes.shrink_to_fit();
            shared.blocks.push(Buffer::from_vec(new_bytes));
        }
        // The array lists only the blocks that it uses.
        let mut positions: HashMap<usize, u32> = HashMap::new();
        let mut buffers = Vec::new();
        let views: Vec<u128> = texts
            .zip(places)
            .map(|(text, place)| {
                if text.len() <= INLINE_BYTES {
                    return make_view(text.as_bytes(), 0, 0);
                }
                let position = *positions.entry(place.block).or_insert_with(|| {
                    buffers.push(shared.blocks[place.block].clone());
                    u32::try_from(buffers.len() - 1).unwrap_or(u32::MAX)
                });
                make_view(text.as_bytes(), position, place.offset)
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
    fn the_same_text_lies_at_one_place() {
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
