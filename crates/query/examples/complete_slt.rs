//! Writes the actual results into the `.slt` files below `tests/views`. Check them against the exports.
//!
//! `cargo run -p kiro-query --example complete_slt [PART OF A PATH]`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for the tests, built with them"
)]

#[path = "../tests/it/fixture/mod.rs"]
mod fixture;

use fixture::script::EngineUnderTest;
use fixture::{Fixture, scenarios, scripts};
use sqllogictest::{Runner, default_normalizer, default_validator, strict_column_validator};

#[tokio::main]
async fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    for scenario in scenarios() {
        let mut fixture = None;
        for file in scripts(&scenario) {
            if !file.to_string_lossy().contains(&filter) {
                continue;
            }
            if fixture.is_none() {
                fixture = Some(Fixture::normalize(&scenario).await);
            }
            let fixture = fixture.as_ref().unwrap();
            let mut runner = Runner::new(|| async { Ok(EngineUnderTest(fixture.engine())) });
            runner
                .update_test_file(
                    &file,
                    " ",
                    default_validator,
                    default_normalizer,
                    strict_column_validator,
                )
                .await
                .unwrap();
            println!("{}", file.display());
        }
    }
}
