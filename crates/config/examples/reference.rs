//! Writes kiro-analytics.example.toml and docs/settings.md of a checkout: `cargo run -p kiro-config --example reference`.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::write(
        root.join("kiro-analytics.example.toml"),
        kiro_config::example_file(),
    )?;
    fs::write(root.join("docs/settings.md"), kiro_config::settings_page())
}
