//! One HTML file: the page's script and style, the figures, and a policy that allows nothing else.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use kiro_dashboard::Language;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::api::DashboardResponse;
use crate::assets;
use crate::dashboard_service::DashboardService;
use crate::report::anonymize::Anonymizer;
use crate::report::embed::{
    FigureIndex, FigureRenderer, PickerOptions, ReportDates, ReportFigures,
};
use crate::report::{ReportError, ReportOptions, ReportSummary};
use crate::status::{ReadState, Status};

/// Decompresses the page's scripts and runs them. The file's policy contains the hash of each script.
const LOADER: &str = include_str!("../../assets/js/report-loader.js");
/// The only data version of a report.
const DATA_VERSION: &str = "report";

/// The data of the report's page.
#[derive(Serialize)]
struct ReportData<'a> {
    facts: Facts,
    /// By language.
    dashboards: BTreeMap<&'static str, DashboardResponse>,
    status: Status,
    offered: &'a PickerOptions,
    /// Positions in the pool.
    figures: &'a FigureIndex,
    pool: &'a [Box<RawValue>],
}

/// The report's footer.
#[derive(Serialize)]
struct Facts {
    from: String,
    to: String,
    version: String,
    language: Language,
}

/// Writes the dashboard as one HTML file. Replaces an existing file atomically.
///
/// # Errors
///
/// If a sheet is unknown, a figure cannot be computed, or the file cannot be written.
pub async fn write_html(
    out: &Path,
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<ReportSummary, ReportError> {
    let (html, summary) = render(service, options).await?;
    replace_file(out, &html).map_err(|source| ReportError::Write {
        path: out.to_path_buf(),
        source,
    })?;
    Ok(ReportSummary {
        path: out.to_path_buf(),
        ..summary
    })
}

/// The same file as its content. The same data and options always give the same bytes, but for random pseudonyms.
///
/// # Errors
///
/// If a sheet is unknown, or a figure cannot be computed.
pub async fn render_html(
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<Vec<u8>, ReportError> {
    Ok(render(service, options).await?.0)
}

/// The HTML, and a summary without a path.
async fn render(
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<(Vec<u8>, ReportSummary), ReportError> {
    let data = service.days().await?;
    let mut page = service.spec().page(options.language);
    options.retain_sheets(&mut page)?;
    let dates = ReportDates::new(data.days, page.default_days, options);

    let anonymizer = Anonymizer::read(options, &page, service).await?;
    let mut figures = ReportFigures::new(FigureRenderer {
        service,
        options,
        dates: &dates,
        anonymizer: anonymizer.as_ref(),
    });
    let offered = figures.fill(&page).await?;
    let (index, pool) = figures.finish();

    let text = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let data = ReportData {
        facts: Facts {
            from: text(dates.days.map(|days| days.from)),
            to: text(dates.days.map(|days| days.to)),
            version: options.version.clone(),
            language: options.language,
        },
        dashboards: dashboards(service, options, &dates)?,
        status: Status {
            version: options.version.clone(),
            state: if dates.days.is_some() {
                ReadState::Ready
            } else {
                ReadState::Empty
            },
            newest_day: dates.days.map(|days| days.to),
            data_version: DATA_VERSION.to_owned(),
            ..Status::default()
        },
        offered: &offered,
        figures: &index,
        pool: &pool,
    };
    let html = document(&page.title, &serde_json::to_vec(&data)?);
    let summary = ReportSummary {
        path: PathBuf::new(),
        bytes: html.len() as u64,
        sheets: page.sheets.len(),
        visuals: page.sheets.iter().map(|sheet| sheet.visuals.len()).sum(),
        figures: index.values().map(BTreeMap::len).sum(),
        days: dates.days,
    };
    Ok((html, summary))
}

/// The page's model in every language.
fn dashboards(
    service: &DashboardService,
    options: &ReportOptions,
    dates: &ReportDates,
) -> Result<BTreeMap<&'static str, DashboardResponse>, ReportError> {
    let dashboards = Language::ALL.into_iter().map(|language| {
        let mut page = service.spec().page(language);
        page.default_days = dates.default_days;
        options.retain_sheets(&mut page)?;
        let dashboard = DashboardResponse::new(page, dates.days, DATA_VERSION.to_owned());
        Ok((language.code(), dashboard))
    });
    dashboards.collect()
}

/// Writes a temporary file in the same folder, then renames it: readers of `out` see the whole new file or the old one. Only
/// its owner can read it.
fn replace_file(out: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-").suffix(".part");
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.persist(out).map_err(|error| error.error)?;
    Ok(())
}

/// The HTML: the style, two compressed blocks of code and data, and the loader. Only scripts with a known hash may run.
fn document(title: &str, data: &[u8]) -> Vec<u8> {
    let plain = |name| {
        assets::file(name)
            .map(|file| String::from_utf8_lossy(file.plain))
            .unwrap_or_default()
    };
    let (theme, charts, page, style) = (
        plain("theme-init.js"),
        plain("echarts.js"),
        plain("app.js"),
        plain("app.css"),
    );
    let code = serde_json::json!({ "charts": charts, "page": page }).to_string();
    let scripts: Vec<String> = [&*theme, LOADER, &*charts, &*page]
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
         <style>{style}</style>\n<script>{theme}</script>\n</head>\n<body>\n<div id=\"app\"></div>\n\
         <noscript>This report draws charts in the browser and needs JavaScript.</noscript>\n\
         <script type=\"application/octet-stream\" id=\"report-code\">{}</script>\n\
         <script type=\"application/octet-stream\" id=\"report-data\">{}</script>\n\
         <script>{LOADER}</script>\n</body>\n</html>\n",
        compressed(code.as_bytes()),
        compressed(data),
    )
    .into_bytes()
}

/// Compresses bytes to base64 text, which cannot end the HTML element that contains it.
fn compressed(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let bytes = encoder.write_all(bytes).and_then(|()| encoder.finish());
    STANDARD.encode(bytes.unwrap_or_default())
}

/// The hash of a script or style in a content security policy.
fn source_hash(text: &str) -> String {
    format!(
        "'sha256-{}'",
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}
