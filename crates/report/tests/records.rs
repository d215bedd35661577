//! The record reader: cut anywhere, compared with the `csv` crate, bounded.

#![expect(clippy::unwrap_used, reason = "tests")]

use kiro_report::{MAX_RECORD_BYTES, ReadError, RecordReader};
use proptest::prelude::*;

type Read = Result<Vec<(u64, Vec<Vec<u8>>)>, ReadError>;

/// Reads all records, giving the bytes in pieces of these lengths, then the rest.
fn read(bytes: &[u8], cuts: &[usize]) -> Read {
    let mut reader = RecordReader::new();
    let mut records = Vec::new();
    let mut rest = bytes;
    for cut in cuts {
        let (piece, tail) = rest.split_at((*cut).min(rest.len()));
        rest = tail;
        reader.push(piece);
        collect(&mut reader, &mut records)?;
    }
    reader.push(rest);
    collect(&mut reader, &mut records)?;
    reader.end();
    collect(&mut reader, &mut records)?;
    Ok(records)
}

fn collect(
    reader: &mut RecordReader,
    records: &mut Vec<(u64, Vec<Vec<u8>>)>,
) -> Result<(), ReadError> {
    while let Some(record) = reader.next_record()? {
        let cells = (0..record.len())
            .map(|position| record.cell(position).to_vec())
            .collect();
        records.push((record.line(), cells));
    }
    Ok(())
}

fn read_with_csv(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
        .byte_records()
        .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
        .collect()
}

fn csv_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just("a".to_owned()),
        2 => Just(",".to_owned()),
        2 => Just("\"".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\"\"".to_owned()),
        1 => Just("\"b,\nc\"".to_owned()),
        1 => Just(" ".to_owned()),
        1 => Just("\u{e4}".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn cutting_the_bytes_elsewhere_changes_nothing(bytes in csv_like(), cuts in prop::collection::vec(0_usize..5, 0..80)) {
        prop_assert_eq!(read(&bytes, &cuts), read(&bytes, &[]));
    }

    #[test]
    fn records_are_those_of_the_csv_crate(bytes in csv_like()) {
        match read(&bytes, &[]) {
            Ok(records) => {
                let cells: Vec<_> = records.into_iter().map(|(_, cells)| cells).collect();
                prop_assert_eq!(cells, read_with_csv(&bytes));
            }
            Err(error) => prop_assert!(matches!(error, ReadError::UnclosedQuote { .. }), "{:?}", error),
        }
    }
}

#[test]
fn a_record_knows_the_line_it_begins_on() {
    let read = |text: &str| -> Vec<u64> {
        read(text.as_bytes(), &[])
            .unwrap()
            .iter()
            .map(|(line, _)| *line)
            .collect()
    };
    assert_eq!(read("a\nb\n\n\nc"), [1, 2, 5]);
    assert_eq!(read("a\r\nb\r\n\r\nc\r\n"), [1, 2, 4]);
    assert_eq!(read("a\rb\r\rc"), [1, 2, 4]);
    assert_eq!(read("\"a\nb\r\nc\",d\ne"), [1, 4]);
    assert_eq!(read("\n\n\"a\"\nb"), [3, 4]);
}

#[test]
fn a_quote_that_never_closes_names_the_line_it_began_on() {
    let error = |text: &str| read(text.as_bytes(), &[]).unwrap_err();
    assert_eq!(
        error("a,b\n1,\"2\n3,4\n5,6\n"),
        ReadError::UnclosedQuote { line: 2 }
    );
    assert_eq!(
        error("a,b\n\"1\n1\",\"2\n3,4\n"),
        ReadError::UnclosedQuote { line: 3 }
    );
    assert_eq!(error("\""), ReadError::UnclosedQuote { line: 1 });
    assert_eq!(error("a,\"b\"\""), ReadError::UnclosedQuote { line: 1 });
}

#[test]
fn a_record_without_end_is_given_up_with_bounded_memory() {
    let piece = vec![b'x'; 1 << 20];
    for (start, expected) in [
        (&b"a,b\n"[..], ReadError::RecordTooLong { line: 2 }),
        (b"a,b\n\"", ReadError::UnclosedQuote { line: 2 }),
        (b"a,b\n\"\n\"x,", ReadError::RecordTooLong { line: 2 }),
    ] {
        let mut reader = RecordReader::new();
        reader.push(start);
        let error = (0..200).find_map(|pushed| {
            reader.push(&piece);
            let failed = loop {
                match reader.next_record() {
                    Ok(None) => break None,
                    Ok(Some(_)) => {}
                    Err(error) => break Some(error),
                }
            };
            assert!(
                pushed <= MAX_RECORD_BYTES >> 20,
                "still reading after {pushed} MiB"
            );
            failed
        });
        assert_eq!(error, Some(expected));
    }
}

#[test]
fn the_longest_record_is_the_same_however_the_bytes_are_cut() {
    for (length, ok) in [
        (MAX_RECORD_BYTES - 1, true),
        (MAX_RECORD_BYTES, false),
        (MAX_RECORD_BYTES + 1, false),
    ] {
        let mut bytes = vec![b'x'; length];
        bytes.push(b'\n');
        let whole = read(&bytes, &[]);
        assert_eq!(whole.is_ok(), ok, "{length}");
        assert_eq!(read(&bytes, &[MAX_RECORD_BYTES - 1, 1, 1, 1]), whole);
    }
}
