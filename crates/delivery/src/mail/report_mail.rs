//! The words of the mail with a report.

use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::destination::Link;
use crate::report_file::ReportFile;
use crate::report_name::{Audience, ReportName};

/// What a mail says about a report, in English.
#[derive(Debug, Clone)]
pub struct ReportMail {
    pub name: ReportName,
    /// The first and the last day, both inclusive.
    pub days: (NaiveDate, NaiveDate),
    /// A few numbers of the report, one per line: `Active users: 12`.
    pub headlines: Vec<String>,
    pub copy: ReportCopy,
}

/// How the report reaches a reader.
#[derive(Debug, Clone)]
pub enum ReportCopy {
    Attached(ReportFile),
    Linked(Link),
}

impl ReportMail {
    /// `Kiro weekly report 2026-W48: Payments`.
    pub fn subject(&self) -> String {
        let period = self.name.period;
        let subject = format!("Kiro {} {period}", period.noun());
        match &self.name.audience {
            Audience::Fleet => subject,
            Audience::Teams(teams) => format!("{subject}: {}", teams.join(", ")),
        }
    }

    /// The plain text.
    pub fn text(&self) -> String {
        let (from, to) = self.days;
        let mut text = format!("Kiro usage, {from} to {to}");
        if let Audience::Teams(teams) = &self.name.audience {
            write!(text, ", {}", teams.join(", ")).unwrap_or_default();
        }
        text += "\n\n";
        for headline in &self.headlines {
            writeln!(text, "{headline}").unwrap_or_default();
        }
        if !self.headlines.is_empty() {
            text.push('\n');
        }
        match &self.copy {
            ReportCopy::Attached(_) => {
                text += "The report is attached. Save it and open it in a browser: it needs no network.\n";
            }
            ReportCopy::Linked(link) => {
                writeln!(text, "The report:\n{}", link.target).unwrap_or_default();
                if let Some(end) = link.expires_at {
                    let end = end.format("%Y-%m-%d %H:%M");
                    writeln!(
                        text,
                        "\nThe link works until {end} UTC, for everybody who has it."
                    )
                    .unwrap_or_default();
                }
            }
        }
        text
    }

    /// The file to attach.
    pub fn attachment(&self) -> Option<&ReportFile> {
        match &self.copy {
            ReportCopy::Attached(file) => Some(file),
            ReportCopy::Linked(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::Period;

    fn mail(audience: Audience, copy: ReportCopy) -> ReportMail {
        let period = Period::Week {
            year: 2026,
            week: 48,
        };
        ReportMail {
            name: ReportName {
                period,
                audience,
                is_anonymous: false,
                sheets: Vec::new(),
                language: "en".to_owned(),
            },
            days: period.days(),
            headlines: vec![
                "Active users: 12".to_owned(),
                "Credits used: 1,234.5".to_owned(),
            ],
            copy,
        }
    }

    #[test]
    fn a_mail_says_for_when_of_whom_and_where_the_report_is() {
        let attached = ReportFile::html("a.html".to_owned(), "");
        let fleet = mail(Audience::Fleet, ReportCopy::Attached(attached));
        assert_eq!(fleet.subject(), "Kiro weekly report 2026-W48");
        assert_eq!(
            fleet.text(),
            "Kiro usage, 2026-11-23 to 2026-11-29\n\nActive users: 12\nCredits used: 1,234.5\n\n\
             The report is attached. Save it and open it in a browser: it needs no network.\n"
        );
        let link = Link {
            target: "https://example.com/a.html?X".to_owned(),
            expires_at: DateTime::from_timestamp(1_800_000_000, 0),
        };
        let teams = Audience::Teams(vec!["Payments".to_owned()]);
        let team = mail(teams, ReportCopy::Linked(link));
        assert_eq!(team.subject(), "Kiro weekly report 2026-W48: Payments");
        assert_eq!(
            team.text(),
            "Kiro usage, 2026-11-23 to 2026-11-29, Payments\n\nActive users: 12\nCredits used: 1,234.5\n\n\
             The report:\nhttps://example.com/a.html?X\n\nThe link works until 2027-01-15 08:00 UTC, for everybody who has it.\n"
        );
        assert!(team.attachment().is_none() && !format!("{team:?}").contains("?X"));
    }
}
