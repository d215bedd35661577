//! Detects files that are not CSV by their first bytes.

/// The format of a file that is not text in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Gzip,
    Zip,
    Zstandard,
    Parquet,
    Utf16,
    /// HTML or XML: what a web server answers instead of a file.
    WebPage,
}

impl Signature {
    /// Number of bytes that decide.
    pub(crate) const BYTES: usize = 4;

    /// The signature at the start of a file; `None` for text.
    pub fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'P', b'K', 3, 4, ..] => Some(Self::Zip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            [b'P', b'A', b'R', b'1', ..] => Some(Self::Parquet),
            [b'<', b'!' | b'?', ..] => Some(Self::WebPage),
            [b'<', tag @ ..] if tag.len() >= 3 && tag[..3].eq_ignore_ascii_case(b"htm") => {
                Some(Self::WebPage)
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Self::Utf16),
            // Without a mark, every other byte of plain letters is zero.
            [a, b, c, d, ..]
                if (*b == 0 && *d == 0 && *a != 0 && *c != 0)
                    || (*a == 0 && *c == 0 && *b != 0 && *d != 0) =>
            {
                Some(Self::Utf16)
            }
            _ => None,
        }
    }

    /// The format, for a message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "a gzip file",
            Self::Zip => "a zip file (or a spreadsheet)",
            Self::Zstandard => "a zstandard file",
            Self::Parquet => "a parquet file",
            Self::Utf16 => "text in UTF-16",
            Self::WebPage => "a web page (`<!doctype html>` or the like)",
        }
    }

    /// What to do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Gzip => "decompress it first, for example with `gunzip`",
            Self::Zip => "unpack it first, or save the sheet as CSV in UTF-8",
            Self::Zstandard => "decompress it first, for example with `unzstd`",
            Self::Parquet => "only the CSV exports are read; move it elsewhere or rename it",
            Self::Utf16 => "convert it to UTF-8, for example with `iconv -f UTF-16 -t UTF-8`",
            Self::WebPage => {
                "the download was answered with a page, perhaps of a sign-in; download the export again"
            }
        }
    }
}

/// The mark that some programs write before UTF-8 text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
