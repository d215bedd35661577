//! The CSV text of the legacy report (`by_user_analytic`).

use chrono::{Datelike, NaiveDate};
use kiro_report::{CODE_COUNTERS, Dataset};

use crate::activity::CodeActivity;
use crate::csv_text::{IdSpelling, push_count};
use crate::headers;
use crate::layout::Site;
use crate::rng::{Purpose, Rng};
use crate::user::User;

const USER_ID: &str = Dataset::Code.column("user_id").headers[0];
const ACTIVITY_DATE: &str = Dataset::Code.column("activity_date").headers[0];

/// Maximum number of rows of a legacy file. Kiro splits a larger day.
pub(crate) const MAX_ROWS_PER_FILE: usize = 1_000;

/// The properties of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeReport<'a> {
    pub(crate) users: &'a [User],
    pub(crate) seed: u64,
    pub(crate) site: Site,
    pub(crate) day: u32,
    pub(crate) date: NaiveDate,
    /// As in the days of Amazon Q, before inline chat had columns.
    pub(crate) without_inline_chat: bool,
    pub(crate) mixed_spellings: bool,
}

impl CodeReport<'_> {
    pub(crate) fn render(&self, rows: &[CodeActivity], out: &mut Vec<u8>) {
        out.extend_from_slice(USER_ID.as_bytes());
        headers::push_more(out, &[ACTIVITY_DATE]);
        for header in counter_headers().filter(|header| self.has(header)) {
            headers::push_more(out, &[header]);
        }
        out.push(b'\n');
        let date = format!(
            "{:02}-{:02}-{:04}",
            self.date.month(),
            self.date.day(),
            self.date.year()
        );
        for code in rows {
            let Some(user) = self.users.get(code.user as usize) else {
                continue;
            };
            let spelling = if self.mixed_spellings {
                let mut rng = Rng::new(
                    self.seed,
                    Purpose::Spelling,
                    u64::from(code.user),
                    u64::from(self.day) * 8 + 7,
                );
                IdSpelling::draw(&mut rng, &user.id)
            } else {
                IdSpelling::Plain
            };
            spelling.push(out, self.site.identity_store(), &user.id);
            out.push(b',');
            out.extend_from_slice(date.as_bytes());
            for (count, _) in code
                .counters
                .iter()
                .zip(counter_headers())
                .filter(|(_, header)| self.has(header))
            {
                out.push(b',');
                push_count(out, u64::from(*count));
            }
            out.push(b'\n');
        }
    }

    fn has(&self, header: &str) -> bool {
        !(self.without_inline_chat && header.starts_with("InlineChat_"))
    }
}

fn counter_headers() -> impl Iterator<Item = &'static str> {
    CODE_COUNTERS.iter().map(|counter| counter.headers[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amazon_q_days_have_ten_columns_less() {
        let report = CodeReport {
            users: &[],
            seed: 1,
            site: Site::Main,
            day: 0,
            date: NaiveDate::MIN,
            without_inline_chat: false,
            mixed_spellings: false,
        };
        let columns = |report: CodeReport| {
            let mut out = Vec::new();
            report.render(&[], &mut out);
            out.split(|byte| *byte == b',').count()
        };
        assert_eq!(columns(report), 46);
        assert_eq!(
            columns(CodeReport {
                without_inline_chat: true,
                ..report
            }),
            36
        );
    }
}
