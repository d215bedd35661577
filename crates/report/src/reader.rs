//! One export, from bytes that arrive in pieces to typed rows.

use std::sync::Arc;

use crate::date_reader::DateReader;
use crate::header::{Header, Line, MAX_COLUMNS};
use crate::header_names::HeaderNames;
use crate::read_error::Separator;
use crate::records::RecordReader;
use crate::row_parser::RowParser;
use crate::signature::Signature;
use crate::{DateOrder, Issue, IssueKind, ReadError, ReadOptions, ReportKind, RowSink};

/// Reads one export.
///
/// Rows and issues do not depend on how the bytes are cut.
#[derive(Debug)]
pub struct ReportReader {
    options: ReadOptions,
    kind: Option<ReportKind>,
    records: RecordReader,
    /// The first bytes were checked.
    is_text: bool,
    header: Option<Header>,
    names: HeaderNames,
    dates: DateReader,
    parser: RowParser,
}

impl ReportReader {
    /// A reader of an export of which this is known.
    pub fn new(options: ReadOptions) -> Self {
        let mut records = RecordReader::new();
        // One more than a header may have, so that the next one shows.
        records.keep_cells(MAX_COLUMNS + 1);
        Self {
            kind: options.kind,
            records,
            is_text: false,
            header: None,
            names: HeaderNames::default(),
            dates: DateReader::new(options.dates.clone()),
            parser: RowParser::new(Arc::clone(&options.names)),
            options,
        }
    }

    /// The kind of the export; `None` until the header has been read, if the options have none.
    pub fn kind(&self) -> Option<ReportKind> {
        self.kind
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

    /// What the rows show about the order of day and month, if that changes the day of a row that was read: read the export
    /// again with this order in [`DateRules`](crate::DateRules), and forget the rows of this pass. Known after
    /// [`Self::finish`].
    pub fn order_for_second_pass(&self) -> Option<DateOrder> {
        self.dates.order_for_second_pass()
    }

    fn advance(&mut self, sink: &mut impl RowSink) -> Result<(), ReadError> {
        if !self.is_text && !self.check_start()? {
            return Ok(());
        }
        let mut header = match self.header.take() {
            Some(header) => header,
            None => match self.first_header(sink)? {
                Some(header) => header,
                None => return Ok(()),
            },
        };
        while self.records.advance()? {
            if !header.duplicates.is_empty() {
                // Names must not be replaced by those of other columns.
                if Line::of(&self.records.current(), &self.options.names) == Some(Line::Header) {
                    header = self.bind(sink)?;
                    continue;
                }
                for (original, duplicate) in &header.duplicates {
                    self.records.fall_back(*original, *duplicate);
                }
            }
            let record = self.records.current();
            // A line of blanks only is a blank line.
            if record.len() == 1 && record.cell(0).trim_ascii().is_empty() {
                continue;
            }
            let Err(rejection) = self.parser.parse(record, &header, &mut self.dates, sink) else {
                continue;
            };
            match Line::of(&record, &self.options.names) {
                Some(Line::Header) => header = self.bind(sink)?,
                Some(Line::CommaSeparator) => {}
                Some(Line::OtherSeparator(separator)) if separator != Separator::Other => {
                    return Err(ReadError::OtherSeparator {
                        line: record.line(),
                        separator,
                    });
                }
                Some(Line::OtherSeparator(_) | Line::Blank) | None => {
                    sink.issue(rejection.into_issue(&header, record.line()));
                }
            }
        }
        self.header = Some(header);
        Ok(())
    }

    /// Skips lines before the header and binds it; `None` if it has not come yet.
    fn first_header(&mut self, sink: &mut impl RowSink) -> Result<Option<Header>, ReadError> {
        while self.records.advance()? {
            let record = self.records.current();
            match Line::of(&record, &self.options.names) {
                Some(Line::Blank | Line::CommaSeparator) => {}
                Some(Line::OtherSeparator(separator)) => {
                    return Err(ReadError::OtherSeparator {
                        line: record.line(),
                        separator,
                    });
                }
                // What is no header says so when it is bound.
                Some(Line::Header) | None => return self.bind(sink).map(Some),
            }
        }
        Ok(None)
    }

    /// Binds the current record as a header.
    fn bind(&mut self, sink: &mut impl RowSink) -> Result<Header, ReadError> {
        let record = self.records.current();
        let (header, news) =
            Header::bind(&record, self.kind, &self.options.names, &mut self.names)?;
        self.kind = Some(header.kind);
        sink.models(news.models);
        news.issues.into_iter().for_each(|issue| sink.issue(issue));
        Ok(header)
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
        self.is_text = true;
        Ok(true)
    }
}
