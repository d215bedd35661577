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

/// Asks for a text. Returns the proposal if nothing is typed or there is no terminal.
pub(crate) fn ask_for(question: &str, proposed: &str) -> String {
    let prompt = if proposed.is_empty() {
        format!("{question}: ")
    } else {
        format!("{question} [{proposed}]: ")
    };
    let typed = line(&prompt).filter(|text| !text.is_empty());
    typed.unwrap_or_else(|| proposed.to_owned())
}

/// Returns true if a prompt can be answered.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn line(prompt: &str) -> Option<String> {
    if !is_interactive() {
        return None;
    }
    let mut out = anstream::stderr().lock();
    write!(out, "{prompt}").and_then(|()| out.flush()).ok()?;
    let mut text = String::new();
    let read = io::stdin().lock().read_line(&mut text).ok()?;
    (read > 0).then(|| text.trim().to_owned())
}
