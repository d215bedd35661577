//! CSV records out of bytes that arrive in pieces.
//!
//! `csv-core` splits them: comma, doubled quotes, `\n`, `\r\n` or `\r`, a quote is only special at the start of a cell, what
//! follows a closing quote belongs to the cell, blank lines are no records. This layer adds the line that a record begins
//! on, an error for a quote that never closes, and a maximum length of a record. It skips byte order marks at the start of a
//! record: files that were joined have them in the middle.

use std::ops::Range;

use csv_core::ReadRecordResult;

use crate::ReadError;
use crate::cell::{content, text_content, trim};
use crate::signature::BYTE_ORDER_MARK;

/// A longer record is an error.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Splits bytes into records.
#[derive(Debug)]
pub struct RecordReader {
    /// Counts the lines, too.
    csv: csv_core::Reader,
    buffer: Vec<u8>,
    cursor: usize,
    cells: CellBuffer,
    /// The line that the record begins on, and its bytes so far; `None` between records.
    record_line: u64,
    record_bytes: Option<usize>,
    /// The last byte was a `\r` that ended a line: a `\n` now belongs to it.
    after_return: bool,
    ended: bool,
}

/// The cells of the current record, unquoted and unescaped, one after the other.
#[derive(Debug)]
struct CellBuffer {
    bytes: Vec<u8>,
    written: usize,
    /// The end of each cell in `bytes`. Beyond `keep`, of cells that are only counted.
    ends: Vec<usize>,
    /// The end of the last complete cell.
    last_end: usize,
    count: usize,
    keep: usize,
}

/// One record: its cells, unquoted and unescaped.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    /// The same bytes if all are UTF-8, checked once per record instead of once per cell.
    text: Option<&'a str>,
    ends: &'a [usize],
    count: usize,
    line: u64,
}

impl<'a> Record<'a> {
    /// The cell at a position; empty beyond the last one.
    #[inline]
    pub fn cell(&self, position: usize) -> &'a [u8] {
        &self.bytes[self.range(position)]
    }

    /// The cell at a position as text, without blanks and literal quotes around it; `None` when it is not UTF-8.
    #[inline]
    pub(crate) fn text(&self, position: usize) -> Option<&'a str> {
        // Bytes of two cells can make one letter, which is not a letter of either.
        let text = self.text.and_then(|text| text.get(self.range(position)));
        text.or_else(|| std::str::from_utf8(self.cell(position)).ok())
            .map(text_content)
    }

    #[inline]
    fn range(&self, position: usize) -> Range<usize> {
        let Some(end) = self.ends.get(position) else {
            return 0..0;
        };
        let start = position
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        start..*end
    }

    /// The number of cells.
    #[inline]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Never true: a blank line is not a record.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The line it begins on, counted from 1.
    #[inline]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl Default for RecordReader {
    fn default() -> Self {
        Self::new()
    }
}

impl RecordReader {
    /// A reader without bytes.
    pub fn new() -> Self {
        let mut csv = csv_core::Reader::new();
        // It skips a byte order mark in its first bytes, if they are enough. A blank line takes that place.
        csv.read_record(b"\n", &mut [0], &mut [0]);
        csv.set_line(1);
        Self {
            csv,
            buffer: Vec::new(),
            cursor: 0,
            cells: CellBuffer {
                bytes: Vec::new(),
                written: 0,
                ends: Vec::new(),
                last_end: 0,
                count: 0,
                keep: usize::MAX,
            },
            record_line: 1,
            record_bytes: None,
            after_return: false,
            ended: false,
        }
    }

    /// Keeps this many cells of each following record. The others are only counted.
    pub fn keep_cells(&mut self, keep: usize) {
        self.cells.keep = keep;
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.cursor);
        self.cursor = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// No more bytes will come.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns true after [`Self::end`].
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The bytes that were pushed and not read yet.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.buffer[self.cursor..]
    }

    /// The next record, or `None` when more bytes are needed (or, after [`Self::end`], when there are no more records).
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        Ok(if self.advance()? {
            Some(self.current())
        } else {
            None
        })
    }

    /// Replaces a blank cell of the last record by the content of another one.
    pub(crate) fn fall_back(&mut self, original: usize, duplicate: usize) {
        let record = self.current();
        if duplicate < record.ends.len() && content(trim(record.cell(original))).is_empty() {
            let blank = record.range(original);
            let content = record.cell(duplicate).to_vec();
            let kept = record.ends.len();
            for end in &mut self.cells.ends[original..kept] {
                *end = *end + content.len() - blank.len();
            }
            self.cells.written = self.cells.written + content.len() - blank.len();
            self.cells.bytes.splice(blank, content);
        }
    }

    /// The last record.
    #[inline]
    pub(crate) fn current(&self) -> Record<'_> {
        let cells = &self.cells;
        let bytes = &cells.bytes[..cells.written];
        Record {
            bytes,
            text: std::str::from_utf8(bytes).ok(),
            ends: &cells.ends[..cells.count.min(cells.keep)],
            count: cells.count,
            line: self.record_line,
        }
    }

    /// Reads up to the end of a record; `false` if more bytes are needed.
    pub(crate) fn advance(&mut self) -> Result<bool, ReadError> {
        let Some(before) = self.record_bytes.or_else(|| self.start_record()) else {
            return Ok(false);
        };
        let unread = &self.buffer[self.cursor..];
        let allowed = unread.len().min(MAX_RECORD_BYTES - before);
        let (read, is_complete) = self.cells.read(&mut self.csv, &unread[..allowed]);
        self.cursor += read;
        if is_complete {
            self.after_return = unread[read - 1] == b'\r';
            if self.after_return {
                self.csv.set_line(self.csv.line() + 1);
            }
            self.record_bytes = None;
            return Ok(true);
        }
        self.record_bytes = Some(before + read);
        let is_too_long = read < unread.len();
        if is_too_long || self.ended {
            self.close_record(is_too_long)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Skips line ends and byte order marks. Returns the bytes of the record that begins at the cursor, none yet.
    fn start_record(&mut self) -> Option<usize> {
        while let Some(byte) = self.buffer.get(self.cursor) {
            let belongs_to_return = std::mem::take(&mut self.after_return);
            match byte {
                b'\n' if belongs_to_return => {}
                b'\n' | b'\r' => {
                    self.csv.set_line(self.csv.line() + 1);
                    self.after_return = *byte == b'\r';
                }
                0xef => {
                    let unread = &self.buffer[self.cursor..];
                    if unread.starts_with(BYTE_ORDER_MARK) {
                        self.cursor += BYTE_ORDER_MARK.len();
                        continue;
                    }
                    if !self.ended && BYTE_ORDER_MARK.starts_with(unread) {
                        return None;
                    }
                    return Some(self.begin_record());
                }
                _ => return Some(self.begin_record()),
            }
            self.cursor += 1;
        }
        None
    }

    /// The bytes of the new record: none yet.
    #[inline]
    fn begin_record(&mut self) -> usize {
        self.record_line = self.csv.line();
        self.cells.clear();
        0
    }

    /// Closes a record that has no line end. Only an open quote can prevent that.
    fn close_record(&mut self, is_too_long: bool) -> Result<(), ReadError> {
        self.record_bytes = None;
        let (_, is_complete) = self.cells.read(&mut self.csv, b"\n");
        if !is_complete {
            let cell = &self.cells.bytes[self.cells.last_end..self.cells.written];
            let lines = cell.split(|byte| *byte == b'\n').count() as u64;
            return Err(ReadError::UnclosedQuote {
                line: self.csv.line() + 1 - lines,
            });
        }
        if is_too_long {
            return Err(ReadError::RecordTooLong {
                line: self.record_line,
            });
        }
        Ok(())
    }
}

impl CellBuffer {
    fn clear(&mut self) {
        self.written = 0;
        self.last_end = 0;
        self.count = 0;
    }

    /// Reads bytes up to the end of the record. Returns how many were read, and whether the record is complete.
    fn read(&mut self, csv: &mut csv_core::Reader, bytes: &[u8]) -> (usize, bool) {
        let mut read = 0;
        // No bytes would mean the end of the file to `csv-core`.
        while read < bytes.len() {
            let free = self.count.min(self.keep);
            let ends = &mut self.ends[free..];
            let (result, new_read, new_written, new_ends) =
                csv.read_record(&bytes[read..], &mut self.bytes[self.written..], ends);
            if let Some(last) = new_ends.checked_sub(1) {
                self.last_end = ends[last];
            }
            read += new_read;
            self.written += new_written;
            self.count += new_ends;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return (read, true),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.bytes.resize(self.written * 2 + 1024, 0),
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.count.min(self.keep) * 2 + 64, 0);
                }
            }
        }
        (read, false)
    }
}
