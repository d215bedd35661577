//! One element of an array of text views: a short text itself, or where a long one lies.
//!
//! Source: Arrow columnar format, "Variable-size Binary View Layout".

use arrow::buffer::Buffer;

/// A text of at most so many bytes lies in the view itself.
pub(crate) const INLINE_BYTES: usize = 12;

/// From its lowest bytes on: the length, the first four bytes of the text, the buffer, the offset in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextView(pub(crate) u128);

#[expect(
    clippy::cast_possible_truncation,
    reason = "a view is four numbers of 32 bits"
)]
impl TextView {
    pub(crate) fn length(self) -> usize {
        self.0 as u32 as usize
    }

    pub(crate) fn is_inline(self) -> bool {
        self.length() <= INLINE_BYTES
    }

    /// The buffer that a long text lies in.
    pub(crate) fn buffer(self) -> usize {
        (self.0 >> 64) as u32 as usize
    }

    /// Where in its buffer a long text begins.
    pub(crate) fn offset(self) -> usize {
        (self.0 >> 96) as usize
    }

    /// The same text, for a list of buffers in which the buffer of its array has another place.
    pub(crate) fn moved(self, places: &[u32]) -> Self {
        if self.is_inline() {
            return self;
        }
        let place = places.get(self.buffer()).copied().unwrap_or(u32::MAX);
        Self(self.0 & !(u128::from(u32::MAX) << 64) | (u128::from(place) << 64))
    }

    /// Whether this text comes after the other one, which lies in the same buffers.
    pub(crate) fn is_after(self, other: Self, buffers: &[Buffer]) -> bool {
        let (own, others) = (self.0.to_le_bytes(), other.0.to_le_bytes());
        self.bytes(&own, buffers) > other.bytes(&others, buffers)
    }

    fn bytes<'a>(self, view: &'a [u8; 16], buffers: &'a [Buffer]) -> &'a [u8] {
        let length = self.length();
        if self.is_inline() {
            return &view[4..4 + length];
        }
        let buffer = buffers.get(self.buffer()).map_or(&[][..], |buffer| buffer);
        buffer
            .get(self.offset()..self.offset() + length)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::StringViewArray;

    use super::*;

    #[test]
    fn texts_are_in_the_order_of_their_bytes() {
        let texts = [
            "",
            "a",
            "abcdefghijkl",
            "abcdefghijklm",
            "abcdefghijklmn",
            "abcz",
            "b",
            "é and so on and on",
        ];
        let array = StringViewArray::from_iter_values(texts);
        let buffers = array.data_buffers();
        for (place, &view) in array.views().iter().enumerate() {
            for (other_place, &other) in array.views().iter().enumerate() {
                let is_after = TextView(view).is_after(TextView(other), buffers);
                assert_eq!(is_after, place > other_place, "{place} {other_place}");
            }
        }
    }

    #[test]
    fn only_a_long_text_has_a_buffer_to_be_moved_from() {
        let array = StringViewArray::from_iter_values(["short", "long enough for a buffer"]);
        let [short, long] = [0, 1].map(|row| TextView(array.views()[row]));
        assert_eq!(short.moved(&[7]), short);
        assert_eq!(
            (long.moved(&[7]).buffer(), long.moved(&[7]).offset()),
            (7, long.offset())
        );
        assert_eq!(long.moved(&[7]).moved(&[0, 0, 0, 0, 0, 0, 0, 0]), long);
    }
}
