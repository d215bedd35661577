//! `kiro-analytics normalize`: exports in, Parquet parts out, and an account of what happened.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use kiro_config::Config;
use kiro_ingest::{NormalizeOptions, RunSummary, normalize, printable};

use crate::args::{NormalizeArgs, Output, Window};
use crate::command_error::CommandError;
use crate::context::CommandContext;
use crate::exit::Exit;
use crate::format::{count, counted, duration, size};
use crate::location::Location;
use crate::progress::ExportBar;
use crate::{output, people_data};

/// How many failed exports are listed; JSON lists all.
const MAX_FAILURES_SHOWN: usize = 10;

pub(crate) async fn run(
    args: NormalizeArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let started = Instant::now();
    let config = context.settings()?;
    let names = Arc::new(config.views.names.lookups());
    let options = NormalizeOptions {
        since: args.window.since,
        until: args.window.until,
        reprocess: args.reprocess,
        jobs: args.jobs.unwrap_or_else(processors),
        processed_at: now(),
        names,
    };
    let run = Run::new(&args.source, &args.dest, options).await?;
    if let Some(folder) = args.dest.folder()
        && run.summary.files_processed > 0
    {
        let data = folder.to_owned();
        people_data::refresh_map(&Config { data, ..config }).await;
    }
    match args.output {
        Output::Json => output::print_json(&run.summary)?,
        // Nothing found is nothing to tabulate: the error says it all.
        Output::Text if run.summary.files_seen == 0 => {}
        Output::Text => {
            let mut out = output::stdout();
            run.write_text(&mut out, &args.dest, started.elapsed())?;
            out.flush()?;
        }
    }
    run.verdict(&args.source, args.window)
}

/// One run, with its figures.
pub(crate) struct Run {
    pub(crate) summary: RunSummary,
    /// Bytes of the exports that were read.
    pub(crate) read_bytes: u64,
}

impl Run {
    pub(crate) async fn new(
        source: &Location,
        dest: &Location,
        options: NormalizeOptions,
    ) -> Result<Self, CommandError> {
        let (from, to) = (source.open().await?, dest.create().await?);
        let bar = ExportBar::shared();
        let result = normalize(from, to, &options, bar.clone()).await;
        bar.clear();
        Ok(Self {
            summary: result.map_err(|error| {
                let hint = error.hint();
                let failure = if error.is_remote() {
                    CommandError::aws(error)
                } else {
                    CommandError::data(error)
                };
                failure.maybe_hint(hint)
            })?,
            read_bytes: bar.read_bytes(),
        })
    }

    fn write_text(
        &self,
        out: &mut impl Write,
        dest: &Location,
        elapsed: Duration,
    ) -> io::Result<()> {
        let summary = &self.summary;
        let mut rows: Vec<(&str, u64, String)> = vec![
            ("exports", summary.files_seen, "found".to_owned()),
            ("", summary.files_processed, "normalized".to_owned()),
            (
                "",
                summary.files_skipped,
                "unchanged since an earlier run".to_owned(),
            ),
            ("", summary.files_failed, "failed".to_owned()),
            (
                "others",
                summary.files_ignored,
                "ignored: no exports, or outside the dates".to_owned(),
            ),
            (
                "rows",
                summary.fact_rows,
                "facts (user, day and client)".to_owned(),
            ),
            (
                "",
                summary.model_rows,
                "model rows (fact and model)".to_owned(),
            ),
            (
                "",
                summary.code_rows,
                "code rows (user and day, legacy report)".to_owned(),
            ),
            ("", summary.rejected_rows, "rejected".to_owned()),
        ];
        for (index, (kind, found)) in summary.issues.iter().enumerate() {
            let label = if index == 0 { "issues" } else { "" };
            rows.push((label, *found, in_words(kind, *found)));
        }
        let width = rows
            .iter()
            .map(|(_, value, _)| count(*value).len())
            .max()
            .unwrap_or(0);
        for (label, value, words) in rows {
            writeln!(out, "{label:<9}{:>width$}  {words}", count(value))?;
        }
        if summary.files_processed > 0 {
            write!(out, "{:<9}{} of CSV read, ", "size", size(self.read_bytes))?;
            // What a bucket holds would take another listing to know.
            if let Some(folder) = dest.folder() {
                write!(out, "{} of ", size(folder_bytes(folder)))?;
            }
            writeln!(out, "Parquet in `{dest}`")?;
        }
        writeln!(out, "{:<9}{}", "time", duration(elapsed))
    }

    /// Whether the person has to do something.
    fn verdict(&self, source: &Location, window: Window) -> Result<(), CommandError> {
        let summary = &self.summary;
        if summary.files_seen == 0 {
            let error = anyhow::anyhow!(
                "found no export below `{}`, among {}",
                source,
                counted(summary.files_ignored, "other object")
            );
            let hint = if window.since.is_some() || window.until.is_some() {
                "leave out --since and --until to see what is there".to_owned()
            } else {
                "expected …/AWSLogs/<account>/KiroLogs/user_report/<region>/yyyy/mm/dd/00/<name>.csv below it, \
                 or a folder of .csv exports; `kiro-analytics demo` writes an example"
                    .to_owned()
            };
            return Err(CommandError::data(error).hint(hint));
        }
        if summary.failures.is_empty() {
            return Ok(());
        }
        let mut errors: Vec<anyhow::Error> = Vec::new();
        for failure in summary.failures.iter().take(MAX_FAILURES_SHOWN) {
            let cause = anyhow::Error::msg(printable(&failure.error).into_owned());
            let export = printable(&failure.export);
            errors.push(cause.context(format!("failed to normalize `{export}`")));
        }
        let more = summary.failures.len().saturating_sub(MAX_FAILURES_SHOWN);
        if more > 0 {
            errors.push(anyhow::anyhow!(
                "… and {more} more; --output json lists all"
            ));
        }
        let these = if summary.files_failed == 1 {
            "this one"
        } else {
            "these"
        };
        let remedies: BTreeSet<&str> = summary
            .failures
            .iter()
            .filter_map(|failure| failure.hint)
            .collect();
        let remedy = match remedies.first() {
            Some(remedy) if remedies.len() == 1 => (*remedy).to_owned(),
            _ => format!("fix or remove {these} and run the command again"),
        };
        let hint = match summary.files_processed + summary.files_skipped {
            0 => remedy,
            1 => format!("the other export is in place; {remedy}"),
            kept => format!(
                "the other {} are in place; {remedy}",
                counted(kept, "export")
            ),
        };
        let exit = if summary.remote_failures == summary.files_failed {
            Exit::Aws
        } else {
            Exit::Data
        };
        Err(CommandError {
            exit,
            errors,
            hint: Some(hint),
        })
    }
}

/// The meaning of a kind of issue, singular or plural by count.
fn in_words(kind: &str, found: u64) -> String {
    let (noun, meaning) = match kind {
        "missing_user" => ("row", "without a user, left out"),
        "bad_date" => ("row", "without a readable date, left out"),
        "ambiguous_date" => (
            "row",
            "with a date that may be day-first or month-first, left out",
        ),
        "implausible_date" => (
            "row",
            "with a date after the export's own or before Amazon Q, left out",
        ),
        "repeated_key" => (
            "row",
            "of a user, day and client that an earlier row of the file has",
        ),
        "model_sum" => ("row", "whose models do not add up to the total, kept"),
        "bad_value" => ("cell", "with a value the column cannot have, read as empty"),
        "unknown_column" => ("column", "unknown to this version, kept in `extra`"),
        "duplicate_column" => ("column", "given twice in a header"),
        "short_row" => ("row", "with too few cells, kept"),
        "surplus_cells" => ("row", "with too many cells, kept"),
        "invalid_utf8" => ("cell", "not in UTF-8, read as empty"),
        "empty_export" => ("export", "of zero bytes"),
        _ => ("issue", "of a kind this version has no words for"),
    };
    let ending = if found == 1 { "" } else { "s" };
    format!("{noun}{ending} {meaning} ({kind})")
}

/// The size of all files below a folder; what cannot be read counts as nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries
        .filter_map(Result::ok)
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => folder_bytes(&entry.path()),
            Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |meta| meta.len()),
            Ok(_) | Err(_) => 0,
        });
    sizes.sum()
}

pub(crate) fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the clock is read"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kiro_ingest::ExportFailure;

    use super::*;

    fn place(name: &str) -> Location {
        name.parse().unwrap()
    }

    const NO_WINDOW: Window = Window {
        since: None,
        until: None,
    };

    fn run(summary: RunSummary) -> Run {
        Run {
            summary,
            read_bytes: 1_790_850,
        }
    }

    #[test]
    fn the_summary_is_aligned() {
        let run = run(RunSummary {
            files_seen: 1_603,
            files_skipped: 1_602,
            files_failed: 1,
            fact_rows: 12,
            issues: BTreeMap::from([("unknown_column".to_owned(), 3)]),
            ..RunSummary::default()
        });
        let mut out = Vec::new();
        run.write_text(&mut out, &place("data"), Duration::from_millis(1_240))
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with(
                "exports  1,603  found\n             0  normalized\n         1,602  unchanged"
            ),
            "{text}"
        );
        assert!(
            text.contains("issues       3  columns unknown to this version"),
            "{text}"
        );
        assert!(text.ends_with("time     1.2 s\n"), "{text}");
    }

    #[test]
    fn nothing_found_is_a_failure_that_says_what_was_expected() {
        let failure = run(RunSummary {
            files_ignored: 4,
            ..RunSummary::default()
        })
        .verdict(&place("exports"), NO_WINDOW)
        .unwrap_err();
        assert_eq!(failure.exit, Exit::Data);
        assert_eq!(
            failure.errors[0].to_string(),
            "found no export below `exports`, among 4 other objects"
        );
        assert!(failure.hint.unwrap().contains("AWSLogs"));
    }

    #[test]
    fn at_most_ten_failures_are_listed() {
        let failures = (0..13).map(|number| ExportFailure {
            export: format!("{number}.csv"),
            error: "line 2: a quoted field is never closed".to_owned(),
            hint: None,
        });
        let summary = RunSummary {
            files_seen: 14,
            files_processed: 1,
            files_failed: 13,
            failures: failures.collect(),
            ..RunSummary::default()
        };
        let failure = run(summary)
            .verdict(&place("exports"), NO_WINDOW)
            .unwrap_err();
        assert_eq!(failure.errors.len(), 11);
        assert_eq!(
            failure.errors[10].to_string(),
            "… and 3 more; --output json lists all"
        );
        assert_eq!(
            failure.hint.unwrap(),
            "the other export is in place; fix or remove these and run the command again"
        );
    }
}
