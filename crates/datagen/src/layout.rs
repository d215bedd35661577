//! The layout of exports: accounts, Regions, clients, and Kiro's object keys.

use chrono::{Datelike, NaiveDate};

/// One account with its Region and profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Main,
    Second,
}

impl Site {
    pub(crate) const ALL: [Self; 2] = [Self::Main, Self::Second];

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Main => 0,
            Self::Second => 1,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Main => Self::Second,
            Self::Second => Self::Main,
        }
    }

    pub(crate) const fn account(self) -> &'static str {
        match self {
            Self::Main => "123456789012",
            Self::Second => "210987654321",
        }
    }

    pub(crate) const fn region(self) -> &'static str {
        match self {
            Self::Main => "us-east-1",
            Self::Second => "eu-central-1",
        }
    }

    pub(crate) const fn profile_arn(self) -> &'static str {
        match self {
            Self::Main => "arn:aws:codewhisperer:us-east-1:123456789012:profile/EXAMPLEPROFILE",
            Self::Second => {
                "arn:aws:codewhisperer:eu-central-1:210987654321:profile/EXAMPLEPROFILEB"
            }
        }
    }

    /// The identity store, which some files write before a user id.
    pub(crate) const fn identity_store(self) -> &'static str {
        match self {
            Self::Main => "d-0123456789",
            Self::Second => "d-9876543210",
        }
    }
}

/// A client of Kiro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Ide,
    Cli,
    Plugin,
}

impl Client {
    pub(crate) const ALL: [Self; 3] = [Self::Ide, Self::Cli, Self::Plugin];

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Ide => 0,
            Self::Cli => 1,
            Self::Plugin => 2,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ide => "KIRO_IDE",
            Self::Cli => "KIRO_CLI",
            Self::Plugin => "PLUGIN",
        }
    }
}

/// The folder `yyyy/mm/dd`.
fn day_folder(date: NaiveDate) -> String {
    format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day())
}

/// The digits `yyyymmdd` in a name.
pub(crate) fn digits(date: NaiveDate) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// An object of the current report. `time` is the `HHMM` of its name, `suffix` is before `.csv`.
pub(crate) fn user_report_key(
    site: Site,
    client: Client,
    date: NaiveDate,
    time: &str,
    suffix: &str,
) -> String {
    let (account, region) = (site.account(), site.region());
    format!(
        "AWSLogs/{account}/KiroLogs/user_report/{region}/{}/00/{}_{account}_user_report_{}{time}{suffix}.csv",
        day_folder(date),
        client.name(),
        digits(date)
    )
}

/// An object of the legacy report under Kiro's own folder.
pub(crate) fn code_report_key(site: Site, date: NaiveDate, suffix: &str) -> String {
    let (account, region) = (site.account(), site.region());
    format!(
        "AWSLogs/{account}/KiroLogs/by_user_analytic/{region}/{}/00/{account}_by_user_analytic_{}0000_report{suffix}.csv",
        day_folder(date),
        digits(date)
    )
}

/// An object of the legacy report from the Amazon Q days: another folder, a real hour, a random string.
pub(crate) fn amazon_q_key(site: Site, date: NaiveDate, random: &str, suffix: &str) -> String {
    let (account, region) = (site.account(), site.region());
    format!(
        "AWSLogs/{account}/QDeveloperLogs/by_user_analytic/{region}/{}/02/{account}_by_user_analytic_{}0200_{random}{suffix}.csv",
        day_folder(date),
        digits(date)
    )
}

/// The object that a delivery permission check leaves.
pub(crate) fn validation_key(site: Site) -> String {
    format!(
        "AWSLogs/{}/KiroLogs/5f0c1d2e-8a7b-4c3d-9e1f-0a1b2c3d4e5f",
        site.account()
    )
}

/// A prompt log that shares the parent folder with the reports.
pub(crate) fn prompt_log_key(site: Site, date: NaiveDate) -> String {
    let (account, region) = (site.account(), site.region());
    format!(
        "AWSLogs/{account}/KiroLogs/GenerateAssistantResponse/{region}/{}/14/{account}_GenerateAssistantResponse_{}1400_EXAMPLE.json.gz",
        day_folder(date),
        digits(date)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_layout_of_real_buckets() {
        let date = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        assert_eq!(
            user_report_key(Site::Main, Client::Ide, date, "0000", ""),
            "AWSLogs/123456789012/KiroLogs/user_report/us-east-1/2026/07/01/00/\
             KIRO_IDE_123456789012_user_report_202607010000.csv"
        );
        assert_eq!(
            code_report_key(Site::Second, date, "_part_2"),
            "AWSLogs/210987654321/KiroLogs/by_user_analytic/eu-central-1/2026/07/01/00/\
             210987654321_by_user_analytic_202607010000_report_part_2.csv"
        );
        assert_eq!(
            amazon_q_key(Site::Main, date, "a1b2", ""),
            "AWSLogs/123456789012/QDeveloperLogs/by_user_analytic/us-east-1/2026/07/01/02/\
             123456789012_by_user_analytic_202607010200_a1b2.csv"
        );
    }
}
