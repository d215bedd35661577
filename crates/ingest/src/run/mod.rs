//! One run: list both sides, take the difference, normalize what is new, count everything.

mod admission;
mod candidates;
mod error;
mod normalize;
mod options;
mod progress;
mod run_input;
mod summary;

pub use error::{RunError, RunErrorKind};
pub use normalize::{normalize, normalize_input};
pub use options::NormalizeOptions;
pub use progress::{ExportOutcome, ExportStatus, NoProgress, Progress};
pub use run_input::{ExportSource, RunInput};
pub use summary::{ExportFailure, RunSummary};
