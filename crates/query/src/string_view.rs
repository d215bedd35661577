//! One element of a string view array: a short string inline, or the location of a long one.
//!
//! Source: Arrow columnar format, "Variable-size Binary View Layout".

use arrow::buffer::Buffer;

/// Maximum length in bytes of a string that is stored in the view itself.
pub(crate) const MAX_INLINE_BYTES: usize = 12;

/// From the lowest bytes: the length, the first four bytes of the string, the buffer index, the offset in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StringView(pub(crate) u128);

#[expect(
    clippy::cast_possible_truncation,
    reason = "a view is four numbers of 32 bits"
)]
impl StringView {
    pub(crate) fn length(self) -> usize {
        self.0 as u32 as usize
    }

    pub(crate) fn is_inline(self) -> bool {
        self.length() <= MAX_INLINE_BYTES
    }

    /// Returns the index of the buffer of a long string.
    pub(crate) fn buffer(self) -> usize {
        (self.0 >> 64) as u32 as usize
    }

    /// Returns the offset of a long string in its buffer, in bytes.
    pub(crate) fn offset(self) -> usize {
        (self.0 >> 96) as usize
    }

    /// Returns the view for another list of buffers. `indices` maps the old index of a buffer to the new one.
    pub(crate) fn with_buffer_indices(self, indices: &[u32]) -> Self {
        if self.is_inline() {
            return self;
        }
        let index = indices.get(self.buffer()).copied().unwrap_or(u32::MAX);
        Self(self.0 & !(u128::from(u32::MAX) << 64) | (u128::from(index) << 64))
    }

    /// Compares two strings of the same buffers by their bytes.
    pub(crate) fn is_greater_than(self, other: Self, buffers: &[Buffer]) -> bool {
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
    fn strings_are_ordered_by_their_bytes() {
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
        for (index, &view) in array.views().iter().enumerate() {
            for (other_index, &other) in array.views().iter().enumerate() {
                let is_greater = StringView(view).is_greater_than(StringView(other), buffers);
                assert_eq!(is_greater, index > other_index, "{index} {other_index}");
            }
        }
    }

    #[test]
    fn only_a_long_string_has_a_buffer_index() {
        let array = StringViewArray::from_iter_values(["short", "long enough for a buffer"]);
        let [short, long] = [0, 1].map(|row| StringView(array.views()[row]));
        assert_eq!(short.with_buffer_indices(&[7]), short);
        assert_eq!(
            (
                long.with_buffer_indices(&[7]).buffer(),
                long.with_buffer_indices(&[7]).offset()
            ),
            (7, long.offset())
        );
        assert_eq!(
            long.with_buffer_indices(&[7])
                .with_buffer_indices(&[0, 0, 0, 0, 0, 0, 0, 0]),
            long
        );
    }
}
