//! What is asked of the generator, and what it answers.

use std::path::PathBuf;

use chrono::NaiveDate;

/// How often people show up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// Weekends, public holidays, leave, people who join and people who stop.
    Realistic,
    /// Everybody on every day on one client: `users * days` rows, for benchmarks.
    EveryDay,
}

/// Which fleet to write. Equal options give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetOptions {
    /// How many people there are.
    pub users: u32,
    /// How many days of exports, ending on `last_day`.
    pub days: u32,
    /// Everything random is derived from it.
    pub seed: u64,
    /// The last activity day.
    pub last_day: NaiveDate,
    /// Re-exports, a split day, mixed spellings of ids, an unknown column, foreign objects, one broken file.
    pub anomalies: bool,
    /// How often people show up.
    pub attendance: Attendance,
}

impl FleetOptions {
    /// A believable fleet with all its edge_cases.
    pub const fn new(users: u32, days: u32, seed: u64, last_day: NaiveDate) -> Self {
        Self {
            users,
            days,
            seed,
            last_day,
            anomalies: true,
            attendance: Attendance::Realistic,
        }
    }

    /// The first activity day.
    pub fn first_day(&self) -> NaiveDate {
        let back = chrono::Days::new(u64::from(self.days.saturating_sub(1)));
        self.last_day
            .checked_sub_days(back)
            .unwrap_or(NaiveDate::MIN)
    }
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FleetSummary {
    /// Export files, including the broken one.
    pub files: u64,
    /// Bytes of all export files.
    pub bytes: u64,
    /// Rows of the current report, including those a re-export corrects later.
    pub rows: u64,
    /// Rows of the legacy report.
    pub code_rows: u64,
    /// People who occur in at least one row.
    pub users: u32,
    /// Keys of the files that no reader can read to the end, on purpose.
    pub broken_files: Vec<String>,
    /// Objects that are not exports (validation object, prompt log).
    pub foreign_files: u64,
}

/// Why the fleet could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// A fleet needs at least one user and one day, and a date range the calendar has.
    #[error(
        "a fleet needs 1 to 1000000 users and 1 to 20000 days, found {users} users and {days} days"
    )]
    Size {
        /// As asked for.
        users: u32,
        /// As asked for.
        days: u32,
    },
    /// A file or folder could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
