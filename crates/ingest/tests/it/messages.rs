//! No cell in a message: exports full of markers, and everything that a run says about them.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kiro_ingest::{ExportOutcome, InMemoryStore, ObjectStore, Progress, RunInput, normalize_input};
use kiro_report::Dataset;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::kiro_exports::{FOLDER, IDE, TWO_USERS, options, runtime};
use crate::parts;

const MARKER: &str = "mark3r@example.com";

/// Everything that was logged in this process.
fn log() -> &'static Arc<Mutex<String>> {
    static LOG: OnceLock<Arc<Mutex<String>>> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Arc::<Mutex<String>>::default();
        tracing::subscriber::set_global_default(Log(Arc::clone(&log))).unwrap();
        log
    })
}

struct Log(Arc<Mutex<String>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("kiro")
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(String::new());
        attributes.record(&mut line);
        self.add(&line);
        Id::from_u64(1)
    }
    fn record(&self, _span: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        self.add(&line);
    }
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.add(&line);
    }
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

impl Log {
    fn add(&self, line: &Line) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(log, "{}", line.0).unwrap();
    }
}

/// Keeps what a caller is told about each export.
#[derive(Default)]
struct Outcomes(Mutex<String>);

impl Progress for Outcomes {
    fn found(&self, _exports: u64, _bytes: u64) {}
    fn finished(&self, outcome: &ExportOutcome) {
        let mut outcomes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(outcomes, "{outcome:?}").unwrap();
    }
}

/// Markers in every place of a file: the header, rows, cut quotes, rows where a header should be, records too long.
fn exports() -> Vec<String> {
    let row = TWO_USERS.lines().nth(1).unwrap();
    let marked = row.replace("KIRO_IDE", MARKER);
    vec![
        format!("{MARKER},{MARKER}\n{row}\n"),
        format!("{marked}\n{marked}\n"),
        format!("{MARKER};UserId;Date\n"),
        format!("sep={MARKER}\n{TWO_USERS}"),
        format!("sep=;{MARKER}\n{TWO_USERS}"),
        format!("Date,{MARKER}\n{row}\n"),
        format!("UserId,{MARKER}_messages\n{row}\n"),
        format!("{TWO_USERS}{marked}\n{row},{MARKER}\n"),
        format!("{TWO_USERS}{MARKER},u1\n2026-07-10,,{MARKER}\n"),
        format!(
            "Date,UserId,{MARKER},{MARKER},{MARKER}_messages\n2026-07-10,u1,{MARKER},{MARKER},{MARKER}\n"
        ),
        format!("Date,UserId,\"Note\n2026-07-10,u1,{MARKER}\n2026-07-10,u2,\"x\n"),
        format!("Date,UserId,Credits_Used,New_User\n2026-07-10,{MARKER},{MARKER},{MARKER}\n"),
        format!("{TWO_USERS}2026-07-10,\"{MARKER}\n"),
        format!("{TWO_USERS}2026-07-10,{}\n", MARKER.repeat(1 << 20)),
        format!("{TWO_USERS}UserId,Date,Chat_AICodeLines,{MARKER}\n"),
        format!("<html>{MARKER}"),
        format!("{{\"{MARKER}\": 1}}"),
    ]
}

#[test]
fn no_cell_is_in_errors_outcomes_issues_or_logs() {
    let log = log();
    let source = InMemoryStore::new();
    source.put(IDE, TWO_USERS);
    for (number, content) in exports().into_iter().enumerate() {
        source.put(format!("{FOLDER}/{number}.csv").as_str(), content.clone());
        source.put(format!("loose/{number}.csv").as_str(), content);
    }
    let destination = InMemoryStore::new();
    let outcomes = Arc::new(Outcomes::default());
    let stores: [Arc<dyn ObjectStore>; 2] = [Arc::new(source), Arc::new(destination.clone())];
    let [source, to] = stores;
    let input = RunInput::new(vec![kiro_ingest::ExportSource::all_of(source)]);
    let options = options();
    let run = normalize_input(&input, to, &options, outcomes.clone());
    let summary = runtime().block_on(run).unwrap();
    assert!(
        summary.files_failed > 20 && summary.files_processed > 5,
        "{summary:?}"
    );
    let mut shown = format!("{summary:?}");
    for failure in &summary.failures {
        write!(shown, "{failure:?}").unwrap();
    }
    shown += &outcomes.0.lock().unwrap();
    for column in ["kind", "column_name", "src_path"] {
        write!(
            shown,
            "{:?}",
            parts::texts(&destination, Dataset::Issues, column)
        )
        .unwrap();
    }
    let logged = log.lock().unwrap().clone();
    assert!(logged.contains("Export failed") && logged.contains("Export normalized"));
    shown += &logged;
    assert!(!shown.to_lowercase().contains("mark3r"), "{shown}");
}
