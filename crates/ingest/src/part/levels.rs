//! Which rows of a column have a value.

use super::run_length::{encode_codes, encode_run};

/// The rows of one page of a column: how many, and which of them are NULL.
#[derive(Debug, Default)]
pub(super) struct Levels {
    rows: usize,
    nulls: usize,
    /// One level per row, kept only once a page has both values and NULL.
    mixed: Vec<u32>,
}

impl Levels {
    pub(super) fn push(&mut self, is_present: bool) {
        // All the same so far, and this one too.
        if self.nulls == if is_present { 0 } else { self.rows } {
            self.rows += 1;
            self.nulls += usize::from(!is_present);
            return;
        }
        let was_uniform = self.nulls == 0 || self.nulls == self.rows;
        let was_present = self.nulls == 0;
        if !was_uniform || (self.rows > 0 && was_present != is_present) {
            if was_uniform {
                self.mixed.resize(self.rows, u32::from(was_present));
            }
            self.mixed.resize(self.rows + 1, u32::from(is_present));
        }
        self.rows += 1;
        self.nulls += usize::from(!is_present);
    }

    /// Replaces the rows of the page by `rows` values.
    pub(super) fn set_present(&mut self, rows: usize) {
        self.clear();
        self.rows = rows;
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn nulls(&self) -> usize {
        self.nulls
    }

    /// The definition levels of a data page of version 1, with their length in front.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        if self.nulls == 0 || self.nulls == self.rows {
            encode_run(u32::from(self.nulls == 0), self.rows, 1, out);
        } else {
            encode_codes(&self.mixed, 1, out);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a page has a bounded number of rows"
        )]
        let length = (out.len() - start - 4) as u32;
        out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }

    pub(super) fn clear(&mut self) {
        self.rows = 0;
        self.nulls = 0;
        self.mixed.clear();
    }
}
