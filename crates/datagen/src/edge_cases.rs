//! Edge cases of real buckets: a re-export, a split day, a broken file, foreign objects.

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::headers;
use crate::layout::{Client, Site, digits};

/// The days of the edge cases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EdgeCases {
    /// The IDE export of the main account is written twice; the first numbers are too low.
    pub(crate) re_exported: u32,
    /// The IDE export of the main account comes in two complementary parts.
    pub(crate) split: u32,
    /// A late export of the second account ends inside a quoted cell.
    pub(crate) broken: u32,
    /// The second account's files have a byte-order mark and CRLF line ends.
    pub(crate) windows_text: u32,
    /// The second account spells tiers as Kiro's documentation does.
    pub(crate) documented_tiers: u32,
}

impl EdgeCases {
    pub(crate) fn of(calendar: Calendar) -> Self {
        Self {
            re_exported: calendar.midweek_at(600),
            split: calendar.midweek_at(400),
            broken: calendar.midweek_at(700),
            windows_text: calendar.midweek_at(300),
            documented_tiers: calendar.midweek_at(500),
        }
    }
}

/// Returns true if a file lacks `New_User` and `User_Email`: for some time after their first day, every other file does.
pub(crate) fn is_without_identity(calendar: Calendar, client: Client, day: u32) -> bool {
    let since = calendar.at(250);
    let until = calendar.at(400);
    (since..until).contains(&day) && (day + u32::from(client == Client::Cli)).is_multiple_of(2)
}

/// A text that ends inside a quoted cell.
pub(crate) fn never_closed_quote(site: Site, date: NaiveDate) -> Vec<u8> {
    let day = digits(date);
    let (year, rest) = day.split_at(4);
    let (month, day) = rest.split_at(2);
    let profile = site.profile_arn();
    let header = headers::BASE.join(",");
    format!(
        "{header}\n\
         {year}-{month}-{day},\"aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb\",PLUGIN,2,3.5012345678901234,1000.0,0.0,FALSE,\
         \"{profile}\",PRO,17\n\
         {year}-{month}-{day},\"cccccccc-1111-4222-8333-dddddddddddd,PLUGIN,1,0.7712345678901234,1000.0,0.0,FALSE\n"
    )
    .into_bytes()
}

/// The same text with a byte-order mark and CRLF line ends.
pub(crate) fn windows_text(text: &[u8]) -> Vec<u8> {
    let mut out = b"\xef\xbb\xbf".to_vec();
    for byte in text {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// The object of the delivery check: 103 bytes that are no report.
pub(crate) const VALIDATION_OBJECT: &[u8] =
    b"This object was created to validate permissions for the delivery of user activity reports to a bucket.\n";

/// An empty prompt log: the gzip form of `{"records":[]}`.
pub(crate) const PROMPT_LOG: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x4a, 0x4d, 0xce,
    0x2f, 0x4a, 0x29, 0x56, 0xb2, 0x8a, 0x8e, 0xad, 0x05, 0x00, 0xda, 0xd1, 0xd3, 0x8e, 0x0e, 0x00,
    0x00, 0x00,
];
