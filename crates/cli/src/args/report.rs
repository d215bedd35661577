//! `report`: the dashboard as a file, or below an address under a name of its own.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, ValueEnum, ValueHint};
use kiro_delivery::PeriodChoice;

use super::{AudienceArgs, DataArgs, MailArgs, Output, date};
use crate::location::{Location, LocationError};

/// Write the dashboard into one file that can be mailed
///
/// The file is the page with its figures in it: it needs no server and no network, opens in any browser, and its pickers
/// work with one value each. --format csv writes a folder instead, with one CSV file per visual.
///
/// --out names the file. --to writes below a folder or a bucket instead, under a name that says for when and of whom:
/// PLACE/weekly/2026-W48/fleet/kiro-2026-W48.html. It writes only what is new or has changed, and deletes nothing, so
/// cron can run it every day.
///
/// The last week, month or quarter is the newest one that has ended today, in UTC, whether or not the data reach its end.
/// If they do not, a remark says so, and a later run replaces the report.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kiro-analytics report --out report.html
  kiro-analytics report --out july.html --period 2026-07 --anonymize
  kiro-analytics report --out budget.html --sheet budget,economics --language ko
  kiro-analytics report --out figures --format csv --from 2026-07-01 --until 2026-07-15
  kiro-analytics report --out payments.html --team Payments
  kiro-analytics report --to s3://BUCKET/REPORTS --period last-week --format html,csv
  kiro-analytics report --to /srv/reports --period last-month --each-team
  kiro-analytics report --to /srv/reports --period last-week --mail ann@example.com,bo@example.com
")]
pub(crate) struct ReportArgs {
    /// File to write; with --format csv: folder, created if missing
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, required_unless_present = "to")]
    pub(crate) out: Option<PathBuf>,

    /// Folder or bucket (`s3://BUCKET/PREFIX`) to write below, under a name of its own; a day counts as --until
    #[arg(long, value_name = "PLACE", value_hint = ValueHint::DirPath)]
    pub(crate) to: Vec<DayOrPlace>,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// Whole days of the calendar: last-week, last-month, last-quarter, 2026-W48, 2026-11 or 2026-Q4. Weeks begin on
    /// Monday
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "until"])]
    pub(crate) period: Option<PeriodChoice>,

    /// The first day, YYYY-MM-DD, inclusive [default: the first one of the data]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) from: Option<NaiveDate>,

    /// The last day, YYYY-MM-DD, inclusive [default: the newest one of the data]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) until: Option<NaiveDate>,

    /// Only these sheets, by their ids; a wrong one lists them all
    #[arg(long = "sheet", value_name = "ID", num_args = 1.., value_delimiter = ',')]
    pub(crate) sheets: Vec<String>,

    #[command(flatten)]
    pub(crate) audience: AudienceArgs,

    /// With --to: a report of everybody, and one per team
    #[arg(long, requires = "to", conflicts_with_all = ["team", "viewer"])]
    pub(crate) each_team: bool,

    /// Replace people by pseudonyms, the same for one person throughout; with --hash-salt the same in every report
    #[arg(long)]
    pub(crate) anonymize: bool,

    /// Language that the report opens in; the page can switch
    #[arg(long, value_enum, default_value_t)]
    pub(crate) language: ReportLanguage,

    /// What to write; with --to also both: html,csv
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        visible_alias = "formats",
        value_delimiter = ',',
        default_value = "html"
    )]
    pub(crate) format: Vec<ReportFormat>,

    #[command(flatten)]
    pub(crate) mail: MailArgs,

    /// Write the dashboard that this YAML file describes instead of the built-in one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dashboard: Option<PathBuf>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// One file with pages, charts and pickers
    #[default]
    Html,
    /// A folder with one CSV file per visual
    Csv,
}

impl From<ReportFormat> for kiro_delivery::ReportFormat {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Html => Self::Html,
            ReportFormat::Csv => Self::Csv,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportLanguage {
    /// English
    #[default]
    En,
    /// 中文
    Zh,
    /// 한국어
    Ko,
}

/// The value of `--to`, which was the last day before it was a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DayOrPlace {
    Day(NaiveDate),
    Place(Location),
}

/// A text is neither.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DayOrPlaceError {
    #[error("{0}")]
    Day(String),
    #[error(transparent)]
    Place(#[from] LocationError),
}

impl FromStr for DayOrPlace {
    type Err = DayOrPlaceError;

    fn from_str(text: &str) -> Result<Self, DayOrPlaceError> {
        let has_shape_of_day = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if has_shape_of_day {
            return date(text).map(Self::Day).map_err(DayOrPlaceError::Day);
        }
        Ok(Self::Place(text.parse()?))
    }
}

impl ReportArgs {
    /// The place of `--to`, if there is one. The last one counts.
    pub(crate) fn place(&self) -> Option<&Location> {
        self.to.iter().rev().find_map(|to| match to {
            DayOrPlace::Place(place) => Some(place),
            DayOrPlace::Day(_) => None,
        })
    }

    /// The last day, by `--until` or `--to`.
    pub(crate) fn last_day(&self) -> Option<NaiveDate> {
        self.until.or_else(|| {
            self.to.iter().rev().find_map(|to| match to {
                DayOrPlace::Day(day) => Some(*day),
                DayOrPlace::Place(_) => None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_and_everything_else_a_place() {
        let day = "2026-09-30".parse::<DayOrPlace>().unwrap();
        assert_eq!(
            day,
            DayOrPlace::Day(NaiveDate::from_ymd_opt(2026, 9, 30).unwrap())
        );
        for place in ["./2026-09-30", "reports", "2026-09"] {
            let location = Location::Folder(place.into());
            assert_eq!(
                place.parse::<DayOrPlace>().unwrap(),
                DayOrPlace::Place(location)
            );
        }
        for wrong in ["2026-13-01", "gs://bucket"] {
            assert!(wrong.parse::<DayOrPlace>().is_err(), "{wrong}");
        }
    }
}
