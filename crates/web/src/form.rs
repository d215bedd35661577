//! Reads a form with files (`multipart/form-data`, RFC 7578) piece by piece. A part whose head cannot be read costs itself
//! alone: its content is skipped like that of any other part.

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use memchr::memmem::Finder;

use crate::upload::UploadError;

/// The maximum size of the head of a part.
const MAX_HEAD_BYTES: usize = 16 << 10;
/// The maximum length of a boundary (RFC 2046).
const MAX_BOUNDARY_BYTES: usize = 70;
const LINE_END: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// What the head of a part says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartHead {
    /// A file with this name, as sent.
    File(String),
    /// A field without a file.
    Field,
    /// The head cannot be read.
    Unreadable,
}

/// A form that is being received.
pub(crate) struct Form<S> {
    pieces: S,
    buffer: BytesMut,
    /// The line end and the boundary line without its end.
    delimiter: Finder<'static>,
    delimiter_bytes: usize,
    position: Position,
}

/// What the buffer begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// The content of a part, or what stands before the first part.
    Content,
    /// The end of a boundary line.
    AfterBoundary,
    /// The form is complete.
    End,
}

/// Returns the boundary that a `Content-Type` names.
pub(crate) fn boundary_of(content_type: &str) -> Option<String> {
    let boundary = parameter(content_type, "boundary")?;
    (!boundary.is_empty() && boundary.len() <= MAX_BOUNDARY_BYTES).then_some(boundary)
}

impl<S: Stream<Item = Result<Bytes, UploadError>> + Unpin> Form<S> {
    pub(crate) fn new(boundary: &str, pieces: S) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Self {
            pieces,
            // The first boundary may be at the very beginning.
            buffer: BytesMut::from(LINE_END),
            delimiter_bytes: delimiter.len(),
            delimiter: Finder::new(&delimiter).into_owned(),
            position: Position::Content,
        }
    }

    /// Skips the rest of a part, and reads the head of the next one. None at the end of the form.
    pub(crate) async fn next_part(&mut self) -> Result<Option<PartHead>, UploadError> {
        while self.next_piece().await?.is_some() {}
        if self.position == Position::End {
            return Ok(None);
        }
        while self.buffer.len() < 2 {
            self.read_more().await?;
        }
        if self.buffer.starts_with(b"--") {
            self.position = Position::End;
            return Ok(None);
        }
        self.position = Position::Content;
        // The line end of the boundary stays: a part may have no head, or no content either.
        let Some(end) = self.find_head_end().await? else {
            return Ok(Some(PartHead::Unreadable));
        };
        let head = self.buffer.split_to(end + HEAD_END.len());
        // The content may be empty: the next boundary begins with this line end.
        let mut rest = BytesMut::from(&head[end + LINE_END.len()..]);
        rest.unsplit(std::mem::take(&mut self.buffer));
        self.buffer = rest;
        let is_empty = self.begins_with_delimiter().await?;
        if !is_empty {
            drop(self.buffer.split_to(LINE_END.len()));
        }
        Ok(Some(read_head(&head[..end])))
    }

    /// The next piece of the content of the current part. None at its end.
    pub(crate) async fn next_piece(&mut self) -> Result<Option<Bytes>, UploadError> {
        if self.position != Position::Content {
            return Ok(None);
        }
        loop {
            if let Some(at) = self.delimiter.find(&self.buffer) {
                let piece = self.buffer.split_to(at);
                if !piece.is_empty() {
                    return Ok(Some(piece.freeze()));
                }
                drop(self.buffer.split_to(self.delimiter_bytes));
                self.position = Position::AfterBoundary;
                return Ok(None);
            }
            // The end of the buffer may be the beginning of a delimiter.
            let certain = self.buffer.len().saturating_sub(self.delimiter_bytes - 1);
            if certain > 0 {
                return Ok(Some(self.buffer.split_to(certain).freeze()));
            }
            self.read_more().await?;
        }
    }

    /// The position of the empty line that ends a head. None if the part ends before, or the head is too large.
    async fn find_head_end(&mut self) -> Result<Option<usize>, UploadError> {
        loop {
            let end = memchr::memmem::find(&self.buffer, HEAD_END);
            let next_part = self.delimiter.find(&self.buffer);
            match (end, next_part) {
                (Some(end), None) => return Ok(Some(end).filter(|end| *end <= MAX_HEAD_BYTES)),
                (Some(end), Some(next)) if end < next => {
                    return Ok(Some(end).filter(|end| *end <= MAX_HEAD_BYTES));
                }
                (_, Some(_)) => return Ok(None),
                (None, None) if self.buffer.len() > MAX_HEAD_BYTES => return Ok(None),
                (None, None) => self.read_more().await?,
            }
        }
    }

    async fn begins_with_delimiter(&mut self) -> Result<bool, UploadError> {
        while self.buffer.len() < self.delimiter_bytes {
            self.read_more().await?;
        }
        Ok(self
            .delimiter
            .find(&self.buffer[..self.delimiter_bytes])
            .is_some())
    }

    async fn read_more(&mut self) -> Result<(), UploadError> {
        let piece = self.pieces.next().await.ok_or(UploadError::Incomplete)??;
        self.buffer.extend_from_slice(&piece);
        Ok(())
    }
}

fn read_head(head: &[u8]) -> PartHead {
    let head = String::from_utf8_lossy(head);
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    });
    match disposition {
        Some(disposition) => {
            parameter(disposition, "filename").map_or(PartHead::Field, PartHead::File)
        }
        None => PartHead::Unreadable,
    }
}

/// The value of a parameter of a header such as `form-data; name="export"; filename="a.csv"`.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (value, after) = if let Some(quoted) = value.strip_prefix('"') {
            split_quoted(quoted)
        } else {
            let (value, after) = value.split_once(';').unwrap_or((value, ""));
            (value.trim_end().to_owned(), after)
        };
        let key = key.rsplit(';').next().unwrap_or(key);
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

/// Splits a text after its closing quote. Only a quote can be escaped: Windows names contain backslashes.
fn split_quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return (value, &text[at + 1..]),
            '\\' if signs.next_if(|(_, next)| *next == '"').is_some() => value.push('"'),
            sign => value.push(sign),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    /// The heads and contents of a form that arrives in pieces of `size` bytes.
    async fn parts(body: &[u8], size: usize) -> Result<Vec<(PartHead, Vec<u8>)>, UploadError> {
        let pieces: Vec<_> = body
            .chunks(size)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let mut form = Form::new("edge", stream::iter(pieces));
        let mut parts = Vec::new();
        while let Some(head) = form.next_part().await? {
            let mut content = Vec::new();
            while let Some(piece) = form.next_piece().await? {
                content.extend_from_slice(&piece);
            }
            parts.push((head, content));
        }
        Ok(parts)
    }

    fn file(name: &str) -> PartHead {
        PartHead::File(name.to_owned())
    }

    #[tokio::test]
    async fn parts_are_read_however_the_body_arrives() {
        let long = "x".repeat(MAX_HEAD_BYTES);
        let body = format!(
            "preamble\r\n--edge\r\nContent-Disposition: form-data; name=\"export\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\
             1,2\r\n--edg\r\n3\r\n--edge  \r\ncontent-disposition: form-data; name=note\r\n\r\nhello\r\n\
             --edge\r\nno head at all\r\n\r\nlost\r\n--edge\r\nContent-Disposition: form-data; filename=\"no end\r\n\
             --edge\r\n{long}\r\n\r\ntoo long\r\n\
             --edge\r\n\r\nno head\r\n--edge\r\nContent-Disposition: form-data; filename=\"\0\x07.csv\"\r\n\r\nodd\r\n\
             --edge\r\nContent-Disposition: form-data; filename=\"empty.csv\"\r\n\r\n\r\n\
             --edge\r\nContent-Disposition: form-data; filename=\"b \\\"; c.csv\"; name=export\r\n\r\nlast\r\n--edge--\r\nepilogue"
        );
        for size in [1, 3, 7, 64, body.len()] {
            let parts = parts(body.as_bytes(), size).await.unwrap();
            let heads: Vec<_> = parts.iter().map(|(head, _)| head.clone()).collect();
            assert_eq!(
                heads,
                [
                    file("a.csv"),
                    PartHead::Field,
                    PartHead::Unreadable,
                    PartHead::Unreadable,
                    PartHead::Unreadable,
                    PartHead::Unreadable,
                    file("\0\x07.csv"),
                    file("empty.csv"),
                    file("b \"; c.csv"),
                ],
                "{size}"
            );
            let content = |part: usize| String::from_utf8_lossy(&parts[part].1).into_owned();
            assert_eq!(content(0), "1,2\r\n--edg\r\n3", "{size}");
            assert_eq!(
                [6, 7, 8].map(content),
                ["odd", "", "last"].map(str::to_owned),
                "{size}"
            );
        }
    }

    #[tokio::test]
    async fn a_form_that_ends_early_is_incomplete() {
        for body in [
            "",
            "no boundary",
            "--edge",
            "--edge\r\n",
            "--edge\r\nContent-Disposition: form-data; filename=a.csv\r\n\r\nrest",
        ] {
            assert!(
                matches!(
                    parts(body.as_bytes(), 5).await,
                    Err(UploadError::Incomplete)
                ),
                "{body:?}"
            );
        }
        assert_eq!(parts(b"--edge--", 5).await.unwrap(), []);
    }

    #[test]
    fn the_boundary_is_a_parameter_of_the_content_type() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=edge", Some("edge")),
            (
                "multipart/form-data; charset=utf-8; Boundary=\"a;b\"",
                Some("a;b"),
            ),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
        ] {
            assert_eq!(boundary_of(content_type).as_deref(), expected);
        }
        assert_eq!(
            boundary_of(&format!("a/b; boundary={}", "x".repeat(71))),
            None
        );
    }
}
