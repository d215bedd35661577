//! Which values of a column are there.

use super::run_length::{encode_codes, encode_run};

/// The rows of one page of a column: how many, and which of them have no value.
#[derive(Debug, Default)]
pub(super) struct Levels {
    rows: usize,
    missing: usize,
    /// One level per row, kept only once both sorts have occurred.
    mixed: Vec<u32>,
}

impl Levels {
    pub(super) fn push(&mut self, is_present: bool) {
        // All the same so far, and this one too.
        if self.missing == if is_present { 0 } else { self.rows } {
            self.rows += 1;
            self.missing += usize::from(!is_present);
            return;
        }
        let was_uniform = self.missing == 0 || self.missing == self.rows;
        let was_present = self.missing == 0;
        if !was_uniform || (self.rows > 0 && was_present != is_present) {
            if was_uniform {
                self.mixed.resize(self.rows, u32::from(was_present));
            }
            self.mixed.resize(self.rows + 1, u32::from(is_present));
        }
        self.rows += 1;
        self.missing += usize::from(!is_present);
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn missing(&self) -> usize {
        self.missing
    }

    /// The definition levels of a data page of version 1, with their length in front.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        if self.missing == 0 || self.missing == self.rows {
            encode_run(u32::from(self.missing == 0), self.rows, 1, out);
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
        self.missing = 0;
        self.mixed.clear();
    }
}
