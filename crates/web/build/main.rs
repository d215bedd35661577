//! Prepares the page's files: joins the modules into one script, finds the chart library in its package, compresses
//! everything once, and names it by its content.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cargo talks to build programs this way"
)]

mod bundle;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The chart library, as its package carries it.
const CHARTS_PACKAGE: &str = "charming";
const CHARTS_FILE: &str = "src/asset/echarts-5.5.1.min.js";
const CHARTS_SHA256: &str = "e84270bd0cd5bdf60fefc26d00c2a391cb2e81f4d26a7a9ee16185a54773a3cf";

/// The parts of the stylesheet, in the order in which one overrules another.
const STYLES: [&str; 14] = [
    "base",
    "header",
    "tabs",
    "banner",
    "pickers",
    "panels",
    "cards",
    "headlines",
    "tables",
    "tooltips",
    "dialogs",
    "widths",
    "devices",
    "print",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=assets");
    let assets = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let files: Vec<(&str, Vec<u8>)> = vec![
        (
            "app.js",
            bundle::join(&assets.join("js"), "app.js")?.into_bytes(),
        ),
        ("app.css", styles(&assets.join("css"))?),
        ("theme-init.js", fs::read(assets.join("js/theme-init.js"))?),
        ("echarts.js", charts()?),
        ("mark.svg", fs::read(assets.join("mark.svg"))?),
    ];
    let mut version = Sha256::new();
    let mut list = String::from("pub(super) const FILES: &[File] = &[\n");
    for (name, bytes) in &files {
        version.update(bytes);
        fs::write(out.join(name), bytes)?;
        fs::write(out.join(format!("{name}.gz")), gzip(bytes)?)?;
        writeln!(
            list,
            "    File {{ name: {name:?}, plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\")) }},"
        )?;
    }
    list.push_str("];\n");
    writeln!(
        list,
        "pub(super) const VERSION: &str = {:?};",
        hex(&version.finalize()[..8])
    )?;
    fs::write(out.join("files.rs"), list)?;
    Ok(())
}

fn styles(folder: &Path) -> std::io::Result<Vec<u8>> {
    let parts = STYLES.map(|name| fs::read(folder.join(name).with_extension("css")));
    let parts: Vec<Vec<u8>> = parts.into_iter().collect::<Result<_, _>>()?;
    Ok(parts.join(&b'\n'))
}

/// The chart library out of its package's folder, which cargo knows, and only if it is the file that we know.
fn charts() -> Result<Vec<u8>, Box<dyn Error>> {
    // Without the network where everything is there already: in a vendored tree, or after a full `cargo fetch`.
    let metadata = metadata(&["--offline"]).or_else(|_not_everything_is_there| metadata(&[]))?;
    let manifest = metadata["packages"]
        .as_array()
        .and_then(|packages| {
            packages
                .iter()
                .find(|package| package["name"] == CHARTS_PACKAGE)
        })
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("the package of the chart library is not among the dependencies")?;
    let path = Path::new(manifest).with_file_name(CHARTS_FILE);
    let bytes = fs::read(&path)?;
    let found = hex(&Sha256::digest(&bytes));
    if found == CHARTS_SHA256 {
        Ok(bytes)
    } else {
        Err(format!("`{CHARTS_FILE}` has SHA-256 {found}, expected {CHARTS_SHA256}").into())
    }
}

/// What cargo knows about the packages of this platform.
fn metadata(more: &[&str]) -> Result<serde_json::Value, Box<dyn Error>> {
    let output = Command::new(env::var("CARGO")?)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            &env::var("HOST")?,
            "--manifest-path",
        ])
        .arg(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("Cargo.toml"))
        .args(more)
        .output()?;
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout)?)
    } else {
        Err(format!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
