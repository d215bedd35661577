//! Writes the exports day by day: rows are generated, rendered and written before the next day begins.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::activity::{ClientActivity, CodeActivity, DayActivity, Simulation};
use crate::calendar::{Calendar, Generation};
use crate::code_report::{self, CodeReport};
use crate::edge_cases::{self, EdgeCases};
use crate::layout::{self, Client, Site};
use crate::options::{FleetError, FleetOptions, FleetSummary};
use crate::rng::{Purpose, Rng};
use crate::user::User;
use crate::user_report::UserReport;

/// Maximum number of rows of a file of the current report. A larger day is split.
const MAX_ROWS_PER_FILE: usize = 3_000;

/// Writes `options.days` days of exports below `root`, and calls `progress` with the number of finished days.
///
/// Files of the same name are overwritten; other files below `root` stay.
///
/// # Errors
///
/// If there are too few or too many users or days, or a file cannot be written.
pub fn write_fleet(
    options: &FleetOptions,
    root: &Path,
    progress: &dyn Fn(u64),
) -> Result<FleetSummary, FleetError> {
    options.check()?;
    let &FleetOptions {
        users, days, seed, ..
    } = options;
    let calendar = Calendar::new(options.first_day(), days);
    let users: Vec<User> = (0..users)
        .map(|index| User::new(index, seed, calendar))
        .collect();
    let mut simulation = Simulation::new(&users, calendar, seed, options.attendance);
    let mut rows = DayActivity::default();
    let mut writer = FleetWriter {
        root,
        options,
        calendar,
        edge_cases: options.anomalies.then(|| EdgeCases::of(calendar)),
        users: &users,
        seen: vec![false; users.len()],
        summary: FleetSummary::default(),
        text: Vec::new(),
        folder: PathBuf::new(),
    };
    if options.anomalies {
        writer.foreign_objects()?;
    }
    for day in 0..days {
        simulation.run_day(day, &mut rows);
        for site in Site::ALL {
            for client in Client::ALL {
                writer.user_report(day, site, client, rows.of(site, client))?;
            }
            writer.code_report(day, site, rows.code_of(site))?;
        }
        writer.broken_export(day)?;
        progress(u64::from(day) + 1);
    }
    Ok(writer.finish())
}

struct FleetWriter<'a> {
    root: &'a Path,
    options: &'a FleetOptions,
    calendar: Calendar,
    edge_cases: Option<EdgeCases>,
    users: &'a [User],
    seen: Vec<bool>,
    summary: FleetSummary,
    text: Vec<u8>,
    /// The last created folder.
    folder: PathBuf,
}

impl FleetWriter<'_> {
    fn finish(mut self) -> FleetSummary {
        let seen = self.seen.iter().filter(|seen| **seen).count();
        self.summary.users = u32::try_from(seen).unwrap_or(u32::MAX);
        self.summary
    }

    fn user_report(
        &mut self,
        day: u32,
        site: Site,
        client: Client,
        rows: &[ClientActivity],
    ) -> Result<(), FleetError> {
        if rows.is_empty() {
            return Ok(());
        }
        let date = self.calendar.date(day);
        let generation = self.calendar.generation(site, day);
        let newest = if !self.options.anomalies {
            Generation::Quota
        } else if edge_cases::is_without_identity(self.calendar, client, day) {
            Generation::Models
        } else {
            Generation::Unknown
        };
        let on = |pick: fn(&EdgeCases) -> u32| {
            self.edge_cases
                .as_ref()
                .is_some_and(|cases| pick(cases) == day)
        };
        let is_main_ide = site == Site::Main && client == Client::Ide;
        let report = UserReport {
            users: self.users,
            seed: self.options.seed,
            site,
            client,
            day,
            days: self.calendar.days(),
            date,
            generation: generation.min(newest),
            mixed_spellings: self.options.anomalies && day >= self.calendar.at(50),
            too_low: false,
            documented_tiers: site == Site::Second && on(|cases| cases.documented_tiers),
        };
        let key = |time, suffix: &str| layout::user_report_key(site, client, date, time, suffix);
        let is_windows_text = site == Site::Second && on(|cases| cases.windows_text);
        if is_main_ide && on(|cases| cases.re_exported) {
            let first = UserReport {
                too_low: true,
                ..report
            };
            self.rows_file(&first, rows, &key("0000", ""), is_windows_text)?;
            return self.rows_file(&report, rows, &key("0600", ""), is_windows_text);
        }
        let rows_per_file = if is_main_ide && on(|cases| cases.split) {
            rows.len().div_ceil(2)
        } else {
            MAX_ROWS_PER_FILE
        };
        if rows.len() <= rows_per_file && rows_per_file == MAX_ROWS_PER_FILE {
            return self.rows_file(&report, rows, &key("0000", ""), is_windows_text);
        }
        for (part, rows) in (1..).zip(rows.chunks(rows_per_file)) {
            self.rows_file(
                &report,
                rows,
                &key("0000", &format!("_part_{part}")),
                is_windows_text,
            )?;
        }
        Ok(())
    }

    fn rows_file(
        &mut self,
        report: &UserReport<'_>,
        rows: &[ClientActivity],
        key: &str,
        windows: bool,
    ) -> Result<(), FleetError> {
        for row in rows {
            if let Some(seen) = self.seen.get_mut(row.user as usize) {
                *seen = true;
            }
        }
        self.summary.rows += rows.len() as u64;
        self.text.clear();
        report.render(rows, &mut self.text);
        if windows {
            self.text = edge_cases::windows_text(&self.text);
        }
        self.export(key)
    }

    fn code_report(
        &mut self,
        day: u32,
        site: Site,
        rows: &[CodeActivity],
    ) -> Result<(), FleetError> {
        if rows.is_empty() {
            return Ok(());
        }
        let date: NaiveDate = self.calendar.date(day);
        let is_amazon_q = day < self.calendar.at(125);
        let report = CodeReport {
            users: self.users,
            seed: self.options.seed,
            site,
            day,
            date,
            without_inline_chat: is_amazon_q,
            mixed_spellings: self.options.anomalies,
        };
        let random = Rng::new(
            self.options.seed,
            Purpose::File,
            u64::from(day),
            site.index() as u64,
        )
        .number();
        let random = format!("{:08x}", random >> 32);
        let is_split = rows.len() > code_report::MAX_ROWS_PER_FILE;
        for (part, rows) in (1..).zip(rows.chunks(code_report::MAX_ROWS_PER_FILE)) {
            let suffix = if is_split {
                format!("_part_{part}")
            } else {
                String::new()
            };
            let key = if is_amazon_q {
                layout::amazon_q_key(site, date, &random, &suffix)
            } else {
                layout::code_report_key(site, date, &suffix)
            };
            self.summary.code_rows += rows.len() as u64;
            self.text.clear();
            report.render(rows, &mut self.text);
            self.export(&key)?;
        }
        Ok(())
    }

    fn broken_export(&mut self, day: u32) -> Result<(), FleetError> {
        if self.edge_cases.is_none_or(|cases| cases.broken != day) {
            return Ok(());
        }
        let (site, date) = (Site::Second, self.calendar.date(day));
        let key = layout::user_report_key(site, Client::Plugin, date, "0600", "");
        self.text = edge_cases::never_closed_quote(site, date);
        self.export(&key)?;
        self.summary.broken_files.push(key);
        Ok(())
    }

    fn foreign_objects(&mut self) -> Result<(), FleetError> {
        let prompt_log = layout::prompt_log_key(Site::Main, self.calendar.date(0));
        for (key, bytes) in [
            (
                layout::validation_key(Site::Main),
                edge_cases::VALIDATION_OBJECT,
            ),
            (
                layout::validation_key(Site::Second),
                edge_cases::VALIDATION_OBJECT,
            ),
            (prompt_log, edge_cases::PROMPT_LOG),
        ] {
            self.text.clear();
            self.text.extend_from_slice(bytes);
            self.write(&key)?;
            self.summary.foreign_files += 1;
        }
        Ok(())
    }

    fn export(&mut self, key: &str) -> Result<(), FleetError> {
        self.write(key)?;
        self.summary.files += 1;
        self.summary.bytes += self.text.len() as u64;
        Ok(())
    }

    fn write(&mut self, key: &str) -> Result<(), FleetError> {
        let path: PathBuf = key
            .split('/')
            .fold(self.root.to_path_buf(), |path, part| path.join(part));
        if let Some(folder) = path.parent().filter(|folder| *folder != self.folder) {
            private_folders()
                .create(folder)
                .map_err(|source| FleetError::Write {
                    path: folder.to_path_buf(),
                    source,
                })?;
            self.folder = folder.to_path_buf();
        }
        write_private(&path, &self.text).map_err(|source| FleetError::Write { path, source })
    }
}

/// Creates folders that only their owner can read, like those of real exports.
pub(crate) fn private_folders() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

pub(crate) fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text)
}
