//! Standard output: buffered, an error if it does not take everything, and no error if its reader has gone.

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::command_error::CommandError;

static READER_HAS_GONE: AtomicBool = AtomicBool::new(false);

/// Standard output that remembers a closed pipe: formatters in between turn the error into text.
#[derive(Debug)]
pub(crate) struct Answer(Stdout);

impl Write for Answer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(remember)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(remember)
    }
}

fn remember(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        READER_HAS_GONE.store(true, Ordering::SeqCst);
    }
}

/// Returns true if standard output was closed by its reader (`| head`): that is no error.
pub(crate) fn reader_has_gone() -> bool {
    READER_HAS_GONE.load(Ordering::SeqCst)
}

/// Buffered standard output. Flush it when the answer is complete.
pub(crate) fn stdout() -> BufWriter<Answer> {
    BufWriter::with_capacity(1 << 16, Answer(io::stdout()))
}

/// One JSON document, indented.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), CommandError> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}
