//! Finds the chart library: a file of a package that cargo fetches but does not compile.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

const PACKAGE: &str = "charming";
const FILE: &str = "src/asset/echarts-5.5.1.min.js";
const SHA256: &str = "e84270bd0cd5bdf60fefc26d00c2a391cb2e81f4d26a7a9ee16185a54773a3cf";
/// The target of the dependency in Cargo.toml.
const TARGET: &str = "x86_64-unknown-none";

/// Reads the chart library, and checks its digest.
pub(crate) fn read() -> Result<Vec<u8>, Box<dyn Error>> {
    // Offline first: after `cargo fetch`, or with vendored packages, no network is needed.
    let metadata = metadata(&["--offline"]).or_else(|_not_fetched| metadata(&[]))?;
    let manifest = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == PACKAGE))
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or_else(|| format!("package `{PACKAGE}` is not among the dependencies"))?;
    let bytes = fs::read(Path::new(manifest).with_file_name(FILE))?;
    let found = hex::encode(Sha256::digest(&bytes));
    if found == SHA256 {
        Ok(bytes)
    } else {
        Err(format!("`{FILE}` has SHA-256 `{found}`, expected `{SHA256}`").into())
    }
}

/// The packages of that target. Cargo fetches missing ones, unless it is offline.
fn metadata(options: &[&str]) -> Result<serde_json::Value, Box<dyn Error>> {
    let output = Command::new(env::var("CARGO")?)
        .args([
            "metadata",
            "--format-version=1",
            "--filter-platform",
            TARGET,
        ])
        .arg("--manifest-path")
        .arg(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("Cargo.toml"))
        .args(options)
        // Flags for the processor of this machine are unknown to that target.
        .env("CARGO_ENCODED_RUSTFLAGS", "")
        .output()?;
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout)?)
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("`cargo metadata` failed: {errors}").into())
    }
}
