//! Prompts for texts.

use crate::prompt::line;

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
