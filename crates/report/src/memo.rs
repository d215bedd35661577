//! Remembers the last value of a column that seldom changes.

/// The last raw cell of a column and its value.
#[derive(Debug, Default)]
pub(crate) struct Memo<T> {
    raw: Vec<u8>,
    value: T,
}

impl<T> Memo<T> {
    /// The value of a cell, computed only if the cell differs from the one before.
    #[inline]
    pub(crate) fn get(&mut self, raw: &[u8], compute: impl FnOnce(&[u8]) -> T) -> &T {
        if self.raw != raw || raw.is_empty() {
            self.value = compute(raw);
            self.raw.clear();
            self.raw.extend_from_slice(raw);
        }
        &self.value
    }
}
