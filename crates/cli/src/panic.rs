//! Reports a panic as a bug of the program, with what to send.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

static HAPPENED: AtomicBool = AtomicBool::new(false);

/// Prints a message for people instead of Rust's own; a backtrace still comes with `RUST_BACKTRACE=1`.
pub(crate) fn explain_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        HAPPENED.store(true, Ordering::SeqCst);
        usual(panic);
        let mut out = std::io::stderr().lock();
        let version = env!("CARGO_PKG_VERSION");
        writeln!(
            out,
            "error: kiro-analytics {version} has a bug\n\
             hint: please report the lines above together with the command you typed, as an issue of the project"
        )
        .unwrap_or_default();
    }));
}

/// Whether any thread has panicked: the exit code is then 101, whatever else went well.
pub(crate) fn has_happened() -> bool {
    HAPPENED.load(Ordering::SeqCst)
}
