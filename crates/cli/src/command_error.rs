//! The error of a command: what failed, why, and the next command to type.

use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use kiro_ingest::printable;

use crate::exit::Exit;

/// Ends a command that did not complete.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) exit: Exit,
    /// Printed in order; empty if the command has printed them itself.
    pub(crate) errors: Vec<anyhow::Error>,
    pub(crate) hint: Option<String>,
}

impl CommandError {
    pub(crate) fn data(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Data, error)
    }

    pub(crate) fn aws(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Aws, error)
    }

    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Usage, error)
    }

    /// Ctrl-C. Nothing half-written is left behind.
    pub(crate) fn interrupted() -> Self {
        Self {
            exit: Exit::Interrupted,
            errors: vec![anyhow::anyhow!("interrupted")],
            hint: Some("what is complete is kept; run the command again to go on".to_owned()),
        }
    }

    fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            errors: vec![error.into()],
            hint: None,
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    pub(crate) fn maybe_hint(self, hint: Option<impl Into<String>>) -> Self {
        Self {
            hint: hint.map(Into::into),
            ..self
        }
    }

    /// `error:`, `caused by:` and `hint:` lines on standard error.
    pub(crate) fn print(&self) {
        let mut out = anstream::stderr().lock();
        // Nothing can report that standard error is closed.
        self.write(&mut out).unwrap_or_default();
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for error in &self.errors {
            let text = printable_lines(&error.to_string(), "  ");
            writeln!(out, "{}: {text}", Label("error", ERROR))?;
            let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
            for (index, cause) in causes.iter().enumerate() {
                let next = causes.get(index + 1);
                if next.is_none_or(|next| !is_repeated_by(cause, next)) {
                    writeln!(out, "  caused by: {}", printable_lines(cause, "    "))?;
                }
            }
        }
        if let Some(hint) = &self.hint {
            writeln!(
                out,
                "{}: {}",
                Label("hint", HINT),
                printable_lines(hint, "  ")
            )?;
        }
        out.flush()
    }
}

/// Returns true if an error contains the text of its cause, as in some libraries. Only the cause is printed then.
fn is_repeated_by(error: &str, cause: &str) -> bool {
    let plain = cause.split_once(": ").map_or(cause, |(_, plain)| plain);
    !plain.is_empty() && error.contains(plain)
}

/// Writing the answer failed: standard output is closed or full.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::data(anyhow::Error::new(error).context("could not write the answer"))
    }
}

/// A remark on standard error that is no error.
pub(crate) fn note(text: impl fmt::Display) {
    let mut out = anstream::stderr().lock();
    writeln!(out, "{}", printable_lines(&text.to_string(), "  ")).unwrap_or_default();
}

/// A text that may contain names of files: its further lines are indented, so that none of them looks like a line of this
/// program, and other control characters are escaped.
fn printable_lines(text: &str, indent: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(printable).collect();
    lines.join(&format!("\n{indent}"))
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

struct Label(&'static str, Style);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.1.render(), self.0, self.1.render_reset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(failure: &CommandError) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        failure.write(&mut out).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn an_error_that_repeats_its_cause_is_left_out() {
        assert!(is_repeated_by(
            "SQL error: ParserError(\"found: SELEC\")",
            "sql parser error: found: SELEC"
        ));
        assert!(!is_repeated_by(
            "could not read `a.csv`",
            "it does not exist"
        ));
    }

    #[test]
    fn a_name_forges_no_line_and_moves_no_cursor() {
        let error = anyhow::anyhow!("could not read `a\nhint: run this\u{1b}[2J`");
        assert_eq!(
            text(&CommandError::data(error).hint("b\nerror: c")),
            "error: could not read `a\n  hint: run this\\u{1b}[2J`\nhint: b\n  error: c\n"
        );
    }

    #[test]
    fn an_error_shows_its_causes_and_the_next_step() {
        let cause = io::Error::other("line 14: a quoted field is never closed");
        let error = anyhow::Error::new(cause).context("failed to normalize `a.csv`");
        let failure = CommandError::data(error).hint("remove it");
        assert_eq!(
            text(&failure),
            "error: failed to normalize `a.csv`\n  caused by: line 14: a quoted field is never closed\nhint: remove it\n"
        );
    }
}
