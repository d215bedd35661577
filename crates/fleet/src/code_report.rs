//! The CSV text of the legacy report (`by_user_analytic`).

use chrono::{Datelike, NaiveDate};

use crate::activity::CodeUse;
use crate::coding::COUNTERS;
use crate::csv_text::{IdSpelling, push_count};
use crate::dice::{Dice, Purpose};
use crate::layout::Site;
use crate::user::User;

const HEADERS: [&str; COUNTERS] = [
    "Chat_AICodeLines",
    "Chat_MessagesInteracted",
    "Chat_MessagesSent",
    "CodeFix_AcceptanceEventCount",
    "CodeFix_AcceptedLines",
    "CodeFix_GeneratedLines",
    "CodeFix_GenerationEventCount",
    "CodeReview_FailedEventCount",
    "CodeReview_FindingsCount",
    "CodeReview_SucceededEventCount",
    "Dev_AcceptanceEventCount",
    "Dev_AcceptedLines",
    "Dev_GeneratedLines",
    "Dev_GenerationEventCount",
    "DocGeneration_AcceptedFileUpdates",
    "DocGeneration_AcceptedFilesCreations",
    "DocGeneration_AcceptedLineAdditions",
    "DocGeneration_AcceptedLineUpdates",
    "DocGeneration_EventCount",
    "DocGeneration_RejectedFileCreations",
    "DocGeneration_RejectedFileUpdates",
    "DocGeneration_RejectedLineAdditions",
    "DocGeneration_RejectedLineUpdates",
    "InlineChat_AcceptanceEventCount",
    "InlineChat_AcceptedLineAdditions",
    "InlineChat_AcceptedLineDeletions",
    "InlineChat_DismissalEventCount",
    "InlineChat_DismissedLineAdditions",
    "InlineChat_DismissedLineDeletions",
    "InlineChat_RejectedLineAdditions",
    "InlineChat_RejectedLineDeletions",
    "InlineChat_RejectionEventCount",
    "InlineChat_TotalEventCount",
    "Inline_AICodeLines",
    "Inline_AcceptanceCount",
    "Inline_SuggestionsCount",
    "TestGeneration_AcceptedLines",
    "TestGeneration_AcceptedTests",
    "TestGeneration_EventCount",
    "TestGeneration_GeneratedLines",
    "TestGeneration_GeneratedTests",
    "Transformation_EventCount",
    "Transformation_LinesGenerated",
    "Transformation_LinesIngested",
];

/// The most rows Kiro puts into one legacy file; a bigger day is split.
pub(crate) const MAX_ROWS_PER_FILE: usize = 1_000;

/// Everything about a file that is not in its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeReport<'a> {
    pub(crate) users: &'a [User],
    pub(crate) seed: u64,
    pub(crate) site: Site,
    pub(crate) day: u32,
    pub(crate) date: NaiveDate,
    /// The Amazon Q days, when inline chat had no columns yet.
    pub(crate) without_inline_chat: bool,
    pub(crate) mixed_spellings: bool,
}

impl CodeReport<'_> {
    pub(crate) fn render(&self, rows: &[CodeUse], out: &mut Vec<u8>) {
        out.extend_from_slice(b"UserId,Date");
        for header in HEADERS.iter().filter(|header| self.has(header)) {
            out.push(b',');
            out.extend_from_slice(header.as_bytes());
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
                let mut dice = Dice::new(
                    self.seed,
                    Purpose::Spelling,
                    u64::from(code.user),
                    u64::from(self.day) * 8 + 7,
                );
                IdSpelling::draw(&mut dice, &user.id)
            } else {
                IdSpelling::Plain
            };
            spelling.push(out, self.site.identity_store(), &user.id);
            out.push(b',');
            out.extend_from_slice(date.as_bytes());
            for (count, _) in code
                .counters
                .iter()
                .zip(HEADERS)
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
