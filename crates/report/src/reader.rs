//! One export, from bytes that arrive in pieces to typed rows.

use crate::header::Header;
use crate::records::RecordReader;
use crate::row_parser::RowParser;
use crate::signature::{BYTE_ORDER_MARK, Signature};
use crate::{Issue, IssueKind, ReadError, ReportKind, RowSink};

/// Reads one export.
///
/// Rows and issues do not depend on how the bytes are cut.
#[derive(Debug)]
pub struct ReportReader {
    kind: Option<ReportKind>,
    records: RecordReader,
    /// The first bytes were checked.
    is_text: bool,
    header: Option<Header>,
    parser: RowParser,
    data_rows: u64,
}

impl ReportReader {
    /// A reader of an export of this kind. `None`: the header decides.
    pub fn new(kind: Option<ReportKind>) -> Self {
        Self {
            kind,
            records: RecordReader::new(),
            is_text: false,
            header: None,
            parser: RowParser::default(),
            data_rows: 0,
        }
    }

    /// The kind of the export; `None` until the header has been read, if [`Self::new`] got none.
    pub fn kind(&self) -> Option<ReportKind> {
        self.header.as_ref().map(|header| header.kind).or(self.kind)
    }

    /// The records so far that are neither a header nor blank: usable rows and rejected ones.
    pub fn data_rows(&self) -> u64 {
        self.data_rows
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    ///
    /// If the export cannot be read. Nothing can be read after an error.
    pub fn read(&mut self, bytes: &[u8], sink: &mut impl RowSink) -> Result<(), ReadError> {
        self.records.push(bytes);
        self.advance(sink)
    }

    /// Reads the rest, after the last bytes.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn finish(&mut self, sink: &mut impl RowSink) -> Result<(), ReadError> {
        self.records.end();
        self.advance(sink)?;
        if self.header.is_none() {
            sink.issue(Issue {
                kind: IssueKind::EmptyExport,
                column: None,
                line: None,
            });
        }
        Ok(())
    }

    fn advance(&mut self, sink: &mut impl RowSink) -> Result<(), ReadError> {
        if !self.is_text && !self.check_start()? {
            return Ok(());
        }
        if self.header.is_none() {
            let Some(record) = self.records.next_record()? else {
                return Ok(());
            };
            let mut header = Header::bind(&record, self.kind)?;
            self.records.keep_cells(header.names.len());
            sink.models(std::mem::take(&mut header.model_names));
            header.issues.drain(..).for_each(|issue| sink.issue(issue));
            self.header = Some(header);
        }
        let Some(header) = &self.header else {
            return Ok(());
        };
        while self.records.advance()? {
            for (original, duplicate) in &header.duplicates {
                self.records.fall_back(*original, *duplicate);
            }
            let record = self.records.current();
            // A line of blanks only is a blank line.
            if record.len() > 1 || !record.cell(0).trim_ascii().is_empty() {
                self.data_rows += u64::from(!record.is_blank());
                self.parser.parse(record, header, sink);
            }
        }
        Ok(())
    }

    /// Checks the first bytes. `false` if there are too few of them yet.
    fn check_start(&mut self) -> Result<bool, ReadError> {
        let start = self.records.unread();
        if start.len() < Signature::BYTES && !self.records.has_ended() {
            return Ok(false);
        }
        if let Some(signature) = Signature::of(start) {
            return Err(ReadError::NotText(signature));
        }
        if start.starts_with(BYTE_ORDER_MARK) {
            self.records.skip(BYTE_ORDER_MARK.len());
        }
        self.is_text = true;
        Ok(true)
    }
}
