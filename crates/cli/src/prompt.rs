//! Prompts on the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

/// The answer to a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// There is no terminal, or it was closed.
    NoTerminal,
}

/// Asks a question with the default no.
pub(crate) fn ask(question: &str) -> Answer {
    match line(&format!("{question} [y/N] ")) {
        Some(text) if matches!(text.to_lowercase().as_str(), "y" | "yes") => Answer::Yes,
        Some(_) => Answer::No,
        None => Answer::NoTerminal,
    }
}

/// Returns true if a prompt can be answered.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// What is typed after a prompt. `None` without a terminal.
pub(crate) fn line(prompt: &str) -> Option<String> {
    if !is_interactive() {
        return None;
    }
    let mut out = anstream::stderr().lock();
    write!(out, "{prompt}").and_then(|()| out.flush()).ok()?;
    let mut text = String::new();
    let read = io::stdin().lock().read_line(&mut text).ok()?;
    (read > 0).then(|| text.trim().to_owned())
}
