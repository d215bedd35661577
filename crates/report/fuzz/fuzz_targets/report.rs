//! Reads arbitrary bytes as an export, whole and in pieces.
//!
//! Must hold: no panic; cutting the bytes changes nothing; every record is a row or a rejected row; rows are typed as
//! documented. Run with `cargo +nightly fuzz run -s none report -- -dict=fuzz/dictionary.txt` in `crates/report`:
//! without unsafe code there is nothing for a sanitizer to find, and it is ten times faster without.
#![no_main]

use kiro_report::{CodeRow, FactRow, Issue, ReadError, ReadOptions, ReportKind, ReportReader, RowSink};
use libfuzzer_sys::fuzz_target;

#[derive(Default, PartialEq, Debug)]
struct Kept(Vec<String>);

impl RowSink for Kept {
    fn models(&mut self, names: Vec<String>) {
        self.0.push(format!("{names:?}"));
    }

    fn fact(&mut self, row: &FactRow<'_>) {
        assert!(!row.user_id.as_str().trim().is_empty());
        assert!(row.models.iter().all(|model| model.messages > 0));
        for amount in row.plain.amounts.into_iter().flatten() {
            assert!(amount.is_finite() && amount >= 0.0);
        }
        assert!(
            row.plain
                .counts
                .into_iter()
                .flatten()
                .all(|count| count >= 0)
        );
        assert!(
            row.extra
                .is_none_or(|extra| extra.starts_with('{') && extra.ends_with('}'))
        );
        self.0.push(format!("{row:?}"));
    }

    fn code(&mut self, row: &CodeRow<'_>) {
        assert!(!row.user_id.as_str().trim().is_empty());
        assert!(row.counters.iter().flatten().all(|count| *count >= 0));
        self.0.push(format!("{row:?}"));
    }

    fn issue(&mut self, issue: Issue) {
        self.0.push(format!("{issue:?}"));
    }
}

fn read<'a>(
    kind: Option<ReportKind>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Kept, ReadError> {
    let mut reader = ReportReader::new(ReadOptions {
        kind,
        ..ReadOptions::default()
    });
    let mut kept = Kept::default();
    for piece in pieces {
        reader.read(piece, &mut kept)?;
    }
    reader.finish(&mut kept)?;
    Ok(kept)
}

fuzz_target!(|input: &[u8]| {
    // The first byte decides on the kind and on the cuts.
    let Some((choice, content)) = input.split_first() else {
        return;
    };
    let kind = [
        None,
        Some(ReportKind::UserReport),
        Some(ReportKind::ByUserAnalytic),
    ][usize::from(choice % 3)];
    let whole = read(kind, [content]);
    assert_eq!(
        read(kind, content.chunks(usize::from(choice / 3 % 16) + 1)),
        whole
    );
});
