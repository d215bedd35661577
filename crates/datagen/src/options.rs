//! Options, summary and errors of the generator.

use std::path::PathBuf;

use chrono::NaiveDate;

/// How often users are active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// With weekends, public holidays, leave, users who join and users who stop.
    Realistic,
    /// Every user on every day on one client: `users * days` rows, for benchmarks.
    EveryDay,
}

/// Options of the synthetic exports. Equal options give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetOptions {
    /// Number of users.
    pub users: u32,
    /// Number of days, ending on `last_day`.
    pub days: u32,
    /// The seed of all random numbers.
    pub seed: u64,
    /// The last activity day.
    pub last_day: NaiveDate,
    /// Re-exports, a split day, mixed spellings of ids, an unknown column, foreign objects, one broken file.
    pub anomalies: bool,
    /// How often users are active.
    pub attendance: Attendance,
}

impl FleetOptions {
    /// Realistic exports with all edge cases.
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

    pub(crate) fn check(&self) -> Result<(), FleetError> {
        let &Self { users, days, .. } = self;
        if (1..=1_000_000).contains(&users) && (1..=20_000).contains(&days) {
            return Ok(());
        }
        Err(FleetError::Size { users, days })
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
    /// Users with at least one row.
    pub users: u32,
    /// Keys of the files that are broken on purpose.
    pub broken_files: Vec<String>,
    /// Objects that are not exports (validation object, prompt log).
    pub foreign_files: u64,
}

/// Why the exports could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// Too few or too many users or days.
    #[error("expected 1 to 1000000 users and 1 to 20000 days, found {users} users and {days} days")]
    Size {
        /// The requested number.
        users: u32,
        /// The requested number.
        days: u32,
    },
    /// A file or folder could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}
