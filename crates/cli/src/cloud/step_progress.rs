//! Progress of a deployment: one line that changes on a terminal, one line per step elsewhere.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kiro_deploy::progress::Progress;

use crate::command_error::note;

/// Draws on standard error.
pub(crate) struct StepProgress {
    bar: ProgressBar,
    state: Mutex<State>,
    /// Prints steps without a terminal, too.
    tells_steps: bool,
}

#[derive(Default)]
struct State {
    step: String,
    doing: String,
    count: String,
}

impl StepProgress {
    /// For planning: leaves nothing on the screen.
    pub(crate) fn of_plan() -> Self {
        Self::new(false)
    }

    /// For doing.
    pub(crate) fn of_work() -> Self {
        Self::new(true)
    }

    fn new(tells_steps: bool) -> Self {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {wide_msg}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self {
            bar,
            state: Mutex::default(),
            tells_steps,
        }
    }

    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let parts = [&state.step, &state.doing, &state.count];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        self.bar.set_message(parts.join("  "));
    }
}

impl Progress for StepProgress {
    fn begin(&self, number: usize, of: usize, title: &str) {
        let line = format!("[{number}/{of}] {title}");
        if self.tells_steps {
            self.note(&line);
        }
        self.change(|state| {
            *state = State {
                step: line,
                ..State::default()
            }
        });
    }

    fn doing(&self, what: &str) {
        self.change(|state| what.clone_into(&mut state.doing));
    }

    fn count(&self, done: u64, of: Option<u64>, what: &str) {
        self.change(|state| {
            state.count = match of {
                Some(of) => format!("{done}/{of} {what}"),
                None => format!("{done} {what}"),
            }
        });
    }

    fn note(&self, line: &str) {
        self.bar.suspend(|| note(line));
    }
}
