//! CSV records out of bytes that arrive in pieces.
//!
//! The dialect is that of RFC 4180 as common readers take it (and as the `csv` crate does, which the tests compare
//! with): comma, doubled quotes, `\n`, `\r\n` or `\r`, a quote is only special at the start of a cell, what follows a
//! closing quote belongs to the cell, blank lines do not count as records. Unlike those readers it knows the line a
//! record begins on, refuses a quote that never closes, and bounds the length of a record.

use memchr::memchr2;

use crate::ReadError;

/// A longer record is an error.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Splits bytes into records.
#[derive(Debug)]
pub struct RecordReader {
    buffer: Vec<u8>,
    /// The start of the current record, and of the current cell within it (after its opening quote).
    record: usize,
    cell: usize,
    cursor: usize,
    state: State,
    /// The current cell has doubled quotes, or something after its closing quote.
    needs_unescape: bool,
    cells: Vec<Cell>,
    /// The number of cells of the record, and the maximum number to keep.
    count: usize,
    keep: usize,
    /// The line at the cursor, that of the record, and that of the opening quote.
    line: u64,
    record_line: u64,
    quote_line: u64,
    /// The last byte was a `\r` that ended a record: a `\n` now belongs to it.
    after_return: bool,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    RecordStart,
    CellStart,
    Plain,
    Quoted,
    QuoteSeen,
    AfterQuote,
}

/// From and to, counted from the start of the record.
#[derive(Debug, Clone, Copy)]
struct Cell {
    start: u32,
    end: u32,
}

/// One record: its cells, unquoted and unescaped.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    /// The same bytes if all are UTF-8, checked once per record instead of once per cell.
    text: Option<&'a str>,
    cells: &'a [Cell],
    count: usize,
    line: u64,
}

impl<'a> Record<'a> {
    /// The cell at a position; empty beyond the last one.
    #[inline]
    pub fn cell(&self, position: usize) -> &'a [u8] {
        self.cells.get(position).map_or(&[], |cell| {
            &self.bytes[cell.start as usize..cell.end as usize]
        })
    }

    /// The cell at a position as text, without blanks around it; `None` when it is not UTF-8.
    #[inline]
    pub(crate) fn text(&self, position: usize) -> Option<&'a str> {
        let Some(cell) = self.cells.get(position) else {
            return Some("");
        };
        let text = match self.text {
            Some(text) => text.get(cell.start as usize..cell.end as usize),
            None => std::str::from_utf8(self.cell(position)).ok(),
        };
        text.map(str::trim)
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
        Self {
            buffer: Vec::new(),
            record: 0,
            cell: 0,
            cursor: 0,
            state: State::RecordStart,
            needs_unescape: false,
            cells: Vec::new(),
            count: 0,
            keep: usize::MAX,
            line: 1,
            record_line: 1,
            quote_line: 1,
            after_return: false,
            ended: false,
        }
    }

    /// Keeps this many cells of each following record. The others are only counted.
    pub fn keep_cells(&mut self, keep: usize) {
        self.keep = keep;
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let read = if self.state == State::RecordStart {
            self.cursor
        } else {
            self.record
        };
        if read > 0 {
            self.buffer.drain(..read);
            self.cursor -= read;
            self.record = self.record.saturating_sub(read);
            self.cell = self.cell.saturating_sub(read);
        }
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

    /// Skips bytes before the first record.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.cursor += bytes;
    }

    /// The next record, or `None` when more bytes are needed (or, after [`Self::end`], when there are no more records).
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        Ok(if self.scan()? {
            Some(self.current())
        } else {
            None
        })
    }

    /// Replaces a blank cell of the last record by the content of another one.
    pub(crate) fn fall_back(&mut self, original: usize, duplicate: usize) {
        if crate::cell::trim(self.current().cell(original)).is_empty()
            && let (Some(duplicate), Some(original)) = (
                self.cells.get(duplicate).copied(),
                self.cells.get_mut(original),
            )
        {
            *original = duplicate;
        }
    }

    /// The last record.
    #[inline]
    pub(crate) fn current(&self) -> Record<'_> {
        let bytes = &self.buffer[self.record..self.cursor];
        Record {
            bytes,
            text: std::str::from_utf8(bytes).ok(),
            cells: &self.cells,
            count: self.count,
            line: self.record_line,
        }
    }

    /// Finds the end of a record; `false` if more bytes are needed.
    fn scan(&mut self) -> Result<bool, ReadError> {
        loop {
            match self.state {
                State::RecordStart => {
                    if !self.start_record() {
                        return Ok(false);
                    }
                }
                State::CellStart => match self.buffer[..self.reach()].get(self.cursor) {
                    Some(b'"') => self.open_quote(),
                    Some(_) => {
                        self.cell = self.cursor;
                        self.state = State::Plain;
                    }
                    None => {
                        self.cell = self.cursor;
                        return self.end_of_bytes();
                    }
                },
                State::Plain => {
                    if self.scan_plain() {
                        return Ok(true);
                    }
                    if self.state == State::Plain {
                        return self.end_of_bytes();
                    }
                }
                State::Quoted => {
                    if !self.scan_quoted() {
                        return self.end_of_bytes();
                    }
                }
                State::QuoteSeen => match self.buffer[..self.reach()].get(self.cursor) {
                    Some(b'"') => {
                        self.needs_unescape = true;
                        self.cursor += 1;
                        self.state = State::Quoted;
                    }
                    Some(b',' | b'\n' | b'\r') => {
                        if self.close_cell() {
                            return Ok(true);
                        }
                    }
                    Some(_) => {
                        self.needs_unescape = true;
                        self.state = State::AfterQuote;
                    }
                    None => return self.end_of_bytes(),
                },
                State::AfterQuote => {
                    let reach = self.reach();
                    let special = self.buffer[self.cursor..reach]
                        .iter()
                        .position(|byte| is_special(*byte));
                    self.cursor = special.map_or(reach, |offset| self.cursor + offset);
                    if special.is_none() {
                        return self.end_of_bytes();
                    }
                    if self.close_cell() {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// The end of the bytes that may belong to the current record.
    fn reach(&self) -> usize {
        self.buffer.len().min(self.record + MAX_RECORD_BYTES)
    }

    /// Skips line ends; `true` if a record begins at the cursor.
    fn start_record(&mut self) -> bool {
        while let Some(byte) = self.buffer.get(self.cursor) {
            let belongs_to_return = std::mem::take(&mut self.after_return);
            match byte {
                b'\n' if belongs_to_return => {}
                b'\n' => self.line += 1,
                b'\r' => {
                    self.line += 1;
                    self.after_return = true;
                }
                _ => {
                    self.record = self.cursor;
                    self.record_line = self.line;
                    self.cells.clear();
                    self.count = 0;
                    self.state = State::CellStart;
                    return true;
                }
            }
            self.cursor += 1;
        }
        false
    }

    fn open_quote(&mut self) {
        self.quote_line = self.line;
        self.cursor += 1;
        self.cell = self.cursor;
        self.state = State::Quoted;
    }

    /// The inner loop: cell after cell without quotes. `true` at the end of a record; otherwise a quoted cell begins
    /// (and the state says so), or the bytes are used up.
    fn scan_plain(&mut self) -> bool {
        let reach = self.reach();
        let record = self.record;
        let bytes = &self.buffer[..reach];
        let mut cell = self.cell;
        let mut cursor = self.cursor;
        while let Some(byte) = bytes.get(cursor) {
            // Letters and digits all lie above the comma.
            if *byte > b',' || !is_special(*byte) {
                cursor += 1;
                continue;
            }
            if self.count < self.keep {
                self.cells.push(Cell::new(cell - record, cursor - record));
            }
            self.count += 1;
            cursor += 1;
            cell = cursor;
            if *byte != b',' {
                self.line += 1;
                self.after_return = *byte == b'\r';
                self.cursor = cursor;
                self.state = State::RecordStart;
                return true;
            }
            if bytes.get(cursor).is_none_or(|byte| *byte == b'"') {
                self.cursor = cursor;
                self.state = State::CellStart;
                return false;
            }
        }
        self.cell = cell;
        self.cursor = cursor;
        false
    }

    /// Finds the closing quote; `false` when the bytes are used up.
    fn scan_quoted(&mut self) -> bool {
        let bytes = &self.buffer[..self.reach()];
        while let Some(offset) = memchr2(b'"', b'\n', &bytes[self.cursor..]) {
            self.cursor += offset + 1;
            if bytes[self.cursor - 1] == b'"' {
                self.state = State::QuoteSeen;
                return true;
            }
            self.line += 1;
        }
        self.cursor = bytes.len();
        false
    }

    /// At the comma or line end after a quoted cell. `true` at the end of a record.
    fn close_cell(&mut self) -> bool {
        let byte = self.buffer[self.cursor];
        self.push_cell();
        self.cursor += 1;
        if byte == b',' {
            self.state = State::CellStart;
            return false;
        }
        self.line += 1;
        self.after_return = byte == b'\r';
        self.state = State::RecordStart;
        true
    }

    /// The cell that ends at the cursor.
    fn push_cell(&mut self) {
        let end = match self.state {
            State::QuoteSeen | State::AfterQuote if self.needs_unescape => {
                self.cell + unescape(&mut self.buffer[self.cell..self.cursor])
            }
            State::QuoteSeen => self.cursor - 1,
            _ => self.cursor,
        };
        self.needs_unescape = false;
        if self.count < self.keep {
            self.cells
                .push(Cell::new(self.cell - self.record, end - self.record));
        }
        self.count += 1;
    }

    /// Handles the end of the bytes within a record: waits for more, ends the record, or fails.
    fn end_of_bytes(&mut self) -> Result<bool, ReadError> {
        let too_long = self.buffer.len() > self.record + MAX_RECORD_BYTES;
        if !too_long && !self.ended {
            return Ok(false);
        }
        if self.state == State::Quoted {
            return Err(ReadError::UnclosedQuote {
                line: self.quote_line,
            });
        }
        if too_long {
            return Err(ReadError::RecordTooLong {
                line: self.record_line,
            });
        }
        self.push_cell();
        self.state = State::RecordStart;
        Ok(true)
    }
}

impl Cell {
    /// Offsets within a record, which [`MAX_RECORD_BYTES`] keeps far below 32 bits.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a record is at most 16 MiB"
    )]
    fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b',' | b'\n' | b'\r')
}

/// Undoes doubled quotes in place, from after the opening quote; what follows the closing quote is kept as it is.
/// Returns the new length.
fn unescape(raw: &mut [u8]) -> usize {
    let (mut read, mut written, mut quoted) = (0, 0, true);
    while read < raw.len() {
        if quoted && raw[read] == b'"' {
            read += 1;
            if raw.get(read) != Some(&b'"') {
                quoted = false;
                continue;
            }
        }
        raw[written] = raw[read];
        written += 1;
        read += 1;
    }
    written
}
