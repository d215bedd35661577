//! One HTML file: the page's own script and style, the figures, and a policy that allows nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use kiro_dashboard::Language;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::api::DashboardAnswer;
use crate::assets;
use crate::desk::Desk;
use crate::report::album::{Album, Places};
use crate::report::mask::Mask;
use crate::report::plan::{Dates, Offered, bounds, keep_sheets};
use crate::report::{ReportError, ReportOptions, ReportSummary};
use crate::status::{Exports, State, Status};

/// Unpacks the page's scripts and runs them. Their hashes stand in the file's policy.
const BOOT: &str = include_str!("../../assets/js/boot.js");
/// The name of the only data version of a report.
const DATA_VERSION: &str = "report";

/// Everything the page of a report reads.
#[derive(Serialize)]
struct ReportData<'a> {
    facts: Facts,
    dashboards: BTreeMap<&'static str, DashboardAnswer>,
    status: Status,
    offered: &'a Offered,
    /// Visual, then selection, then place in the pool.
    figures: &'a Places,
    pool: &'a [Box<RawValue>],
}

/// What the page says about the report.
#[derive(Serialize)]
struct Facts {
    from: String,
    to: String,
    version: String,
    language: Language,
}

/// Writes the dashboard into one file.
pub async fn write_html(
    out: &Path,
    desk: &Desk,
    options: &ReportOptions,
) -> Result<ReportSummary, ReportError> {
    let data = desk.days().await?;
    let mut page = desk.spec().page(options.language);
    keep_sheets(&mut page, &options.sheets)?;
    let dates = Dates::new(data.days, page.default_days, options);

    let mask = Mask::of(options, &page, desk.catalogue());
    let mut album = Album::new(desk, options, &dates, mask.as_ref());
    let offered = album.fill(&page).await?;
    let (places, pool) = album.finish();

    let dashboards = Language::ALL.into_iter().map(|language| {
        let mut page = desk.spec().page(language);
        page.default_days = dates.default_days;
        // The sheets were checked above.
        let kept = keep_sheets(&mut page, &options.sheets);
        kept.map(|()| {
            (
                language.code(),
                DashboardAnswer::new(page, dates.days, DATA_VERSION.to_owned()),
            )
        })
    });
    let (from, to) = bounds(&dates);
    let text = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let content = ReportData {
        facts: Facts {
            from: text(from),
            to: text(to),
            version: options.version.clone(),
            language: options.language,
        },
        dashboards: dashboards.collect::<Result<_, _>>()?,
        status: Status {
            version: options.version.clone(),
            state: if dates.days.is_some() {
                State::Ready
            } else {
                State::Empty
            },
            exports: Exports::default(),
            newest_day: to,
            data_version: DATA_VERSION.to_owned(),
            ..Status::default()
        },
        offered: &offered,
        figures: &places,
        pool: &pool,
    };
    let html = document(&page.title, &serde_json::to_vec(&content)?);
    let fail = |source| ReportError::Write {
        path: out.to_path_buf(),
        source,
    };
    replace(out, &html).map_err(fail)?;
    Ok(ReportSummary {
        path: out.to_path_buf(),
        bytes: html.len() as u64,
        sheets: page.sheets.len(),
        visuals: page.sheets.iter().map(|sheet| sheet.visuals.len()).sum(),
        figures: places.values().map(BTreeMap::len).sum(),
        days: dates.days,
    })
}

/// Writes a file beside its place and then moves it there: who opens `out` sees all of it, or what was there before.
fn replace(out: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(out).map_err(|error| error.error)?;
    Ok(())
}

/// The file: two packed blocks of data, the style, and a script whose hash is the only one allowed to begin.
fn document(title: &str, data: &[u8]) -> Vec<u8> {
    let plain = |name| {
        assets::file(name)
            .map(|file| String::from_utf8_lossy(file.plain))
            .unwrap_or_default()
    };
    let (early, charts, page, style) = (
        plain("early.js"),
        plain("echarts.js"),
        plain("app.js"),
        plain("app.css"),
    );
    let code = serde_json::json!({ "charts": charts, "page": page }).to_string();
    let scripts: Vec<String> = [&*early, BOOT, &*charts, &*page]
        .iter()
        .map(|script| source_hash(script))
        .collect();
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data: blob:; base-uri 'none'; form-action 'none'",
        scripts.join(" "),
        source_hash(&style),
    );
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n\
         <style>{style}</style>\n<script>{early}</script>\n</head>\n<body>\n<div id=\"app\"></div>\n\
         <noscript>This report draws charts in the browser and needs JavaScript.</noscript>\n\
         <script type=\"application/octet-stream\" id=\"report-code\">{}</script>\n\
         <script type=\"application/octet-stream\" id=\"report-data\">{}</script>\n\
         <script>{BOOT}</script>\n</body>\n</html>\n",
        packed(code.as_bytes()),
        packed(data),
    )
    .into_bytes()
}

/// Compressed and in letters: nothing in it can end the element that it stands in.
fn packed(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    STANDARD.encode(written.unwrap_or_default())
}

fn source_hash(text: &str) -> String {
    format!(
        "'sha256-{}'",
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}
