//! One run: list both sides, take the difference, normalize what is new, count everything.

mod candidates;
mod intake;
mod normalize;
mod options;
mod progress;
mod summary;

pub use intake::{Intake, Source};
pub use normalize::{RunError, RunErrorKind, normalize, normalize_intake};
pub use options::NormalizeOptions;
pub use progress::{ExportOutcome, ExportStatus, NoProgress, Progress};
pub use summary::{Failure, RunSummary};
