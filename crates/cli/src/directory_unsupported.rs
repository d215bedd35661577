//! Takes the place of `directory.rs` in a program that is built without the feature `aws`: no directory is read.

use kiro_config::Config;
use kiro_people::GroupRules;

use crate::command_error::CommandError;
use crate::directory_reading::{DirectoryReading, DirectoryRequest};

pub(crate) const MAX_IDS: usize = 0;

#[expect(
    clippy::unused_async,
    reason = "as in `directory.rs`, which waits for responses"
)]
pub(crate) async fn read(
    _: &Config,
    _: &GroupRules,
    _: DirectoryRequest<'_>,
) -> Result<DirectoryReading, CommandError> {
    let error = anyhow::anyhow!("this program was built without AWS and reads no directory");
    Err(CommandError::usage(error).hint(
        "`kiro-analytics people import` takes the names from a CSV file; `cargo build --release` builds the program with AWS",
    ))
}
