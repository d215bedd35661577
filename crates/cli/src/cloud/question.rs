//! Asking the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// There is no terminal, or it was closed.
    Nobody,
}

/// A question whose answer is no, unless somebody says yes.
pub(crate) fn ask(question: &str) -> Answer {
    match line(&format!("{question} [y/N] ")) {
        Some(text) if matches!(text.to_lowercase().as_str(), "y" | "yes") => Answer::Yes,
        Some(_) => Answer::No,
        None => Answer::Nobody,
    }
}

/// A text; what is proposed if nothing is typed, or if there is nobody.
pub(crate) fn ask_for(question: &str, proposed: &str) -> String {
    let prompt = if proposed.is_empty() {
        format!("{question}: ")
    } else {
        format!("{question} [{proposed}]: ")
    };
    let typed = line(&prompt).filter(|text| !text.is_empty());
    typed.unwrap_or_else(|| proposed.to_owned())
}

/// Whether there is somebody to ask.
pub(crate) fn is_somebody_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn line(prompt: &str) -> Option<String> {
    if !is_somebody_there() {
        return None;
    }
    let mut out = anstream::stderr().lock();
    write!(out, "{prompt}").and_then(|()| out.flush()).ok()?;
    let mut text = String::new();
    let read = io::stdin().lock().read_line(&mut text).ok()?;
    (read > 0).then(|| text.trim().to_owned())
}
