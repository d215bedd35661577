//! Which steps of a deployment to plan and apply.

use crate::step::{ErrorCategory, Step, StepError};
use crate::steps;

/// The selected steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// From this step on, by number or name.
    pub from: Option<String>,
    /// Only this step.
    pub only: Option<String>,
}

/// A step and its number, from 1.
pub(super) type NumberedStep = (usize, Box<dyn Step>);

impl Selection {
    /// The selected steps with their numbers.
    pub(super) fn of(&self, all: Vec<Box<dyn Step>>) -> Result<Vec<NumberedStep>, StepError> {
        let known: Vec<String> = (1..)
            .zip(&all)
            .map(|(number, step)| format!("{number} {}", step.name()))
            .collect();
        let position = |selected: &str| {
            let selected = selected.replace('-', "_");
            let found = (1..)
                .zip(&all)
                .find(|(number, step)| number.to_string() == selected || step.name() == selected);
            found.map(|(number, _)| number).ok_or_else(|| {
                StepError::failed(
                    ErrorCategory::Usage,
                    format!("there is no step `{selected}`"),
                    format!("the steps are: {}", known.join(", ")),
                )
            })
        };
        let (from, to) = match (&self.only, &self.from) {
            (Some(only), _) => (position(only)?, position(only)?),
            (None, Some(from)) => (position(from)?, all.len()),
            (None, None) => (1, all.len()),
        };
        let numbered = (1..).zip(all);
        Ok(numbered
            .filter(|(number, _)| (from..=to).contains(number))
            .collect())
    }
}

/// The steps by number, name and title.
pub fn list() -> Vec<(usize, &'static str, &'static str)> {
    let steps = steps::all();
    let numbered = (1..).zip(steps.iter());
    numbered
        .map(|(number, step)| (number, step.name(), step.title()))
        .collect()
}
