//! Splits the text of a roster into records.

use std::io::{Chain, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::roster_error::RosterError;

/// A line end and a record that are appended to the text. A quote that is never closed swallows them.
const END: &[u8] = b"\n\0end of roster\0";

/// The records of a text with their lines.
pub(crate) struct RosterRecords<'a> {
    text: &'a [u8],
    reader: Reader<Chain<&'a [u8], &'static [u8]>>,
    record: ByteRecord,
}

impl<'a> RosterRecords<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            reader: ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter(text))
                .from_reader(text.chain(END)),
            record: ByteRecord::new(),
        }
    }

    /// The next record and the line that it begins on, counted from 1.
    ///
    /// # Errors
    ///
    /// If a quote is never closed.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &ByteRecord)>, RosterError> {
        // Reading from memory cannot fail, and records may have any length.
        let is_record = self.reader.read_byte_record(&mut self.record);
        let (byte, line) = self
            .record
            .position()
            .map_or((0, 1), |position| (position.byte(), position.line()));
        // The position is that of the blank lines before the record.
        let start = usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let blank = self.text[start..]
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let line = line + blank.filter(|byte| **byte == b'\n').count() as u64;
        if !is_record.unwrap_or(false) {
            return Err(RosterError::UnclosedQuote { line });
        }
        let is_end = self.record.len() == 1 && self.record.get(0) == Some(&END[1..]);
        if is_end {
            return Ok(None);
        }
        let is_cut = self.reader.position().byte() > self.text.len() as u64 + 1;
        if is_cut {
            return Err(RosterError::UnclosedQuote { line });
        }
        Ok(Some((line, &self.record)))
    }
}

/// What separates the cells of the first line, outside of quotes.
fn delimiter(text: &[u8]) -> u8 {
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let first_line = text
        .iter()
        .skip_while(|byte| is_line_end(byte))
        .take_while(|byte| !is_line_end(byte));
    for byte in first_line {
        if *byte == b'"' {
            is_quoted = !is_quoted;
        }
        for (delimiter, count) in &mut counts {
            *count += usize::from(!is_quoted && delimiter == byte);
        }
    }
    let [comma, semicolon, tab] = counts;
    [semicolon, tab]
        .into_iter()
        .fold(
            comma,
            |most, next| if next.1 > most.1 { next } else { most },
        )
        .0
}
