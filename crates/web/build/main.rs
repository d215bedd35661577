//! Prepares the page's files: joins the modules into one script, finds the chart library, compresses every file, and puts
//! a digest of all contents into the files' URLs.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the protocol of build programs"
)]

mod bundle;
mod chart_library;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The parts of the stylesheet. Later ones override earlier ones.
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
    let script = bundle::join(&assets.join("js"), "app.js")?;
    let files: [(&str, Vec<u8>); 5] = [
        ("app.js", script.into_bytes()),
        ("app.css", styles(&assets.join("css"))?),
        ("theme-init.js", fs::read(assets.join("js/theme-init.js"))?),
        ("echarts.js", chart_library::read()?),
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
    let version = hex::encode(&version.finalize()[..8]);
    writeln!(list, "pub(super) const VERSION: &str = {version:?};")?;
    fs::write(out.join("files.rs"), list)?;
    Ok(())
}

fn styles(folder: &Path) -> std::io::Result<Vec<u8>> {
    let parts = STYLES.map(|name| fs::read(folder.join(name).with_extension("css")));
    let parts: Vec<Vec<u8>> = parts.into_iter().collect::<Result<_, _>>()?;
    Ok(parts.join(&b'\n'))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
