//! One HTML file: the page's own script and style, the figures, and a policy that allows nothing else.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{StreamExt as _, stream};
use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard::{Figure, Language, PageModel, PageVisual, Selection, TableView};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::api::DashboardAnswer;
use crate::assets;
use crate::desk::Desk;
use crate::report::plan::{Dates, Offered, Ring, bounds, keep_sheets, key, rings};
use crate::report::{ReportError, ReportOptions, ReportSummary};
use crate::status::{Exports, State, Status};

/// Unpacks the page's scripts and runs them. Their hashes stand in the file's policy.
const BOOT: &str = include_str!("../../assets/js/boot.js");
/// So many figures are computed at the same time.
const FIGURES_AT_ONCE: usize = 4;
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
    figures: &'a BTreeMap<String, BTreeMap<String, usize>>,
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
    let dates = Dates::new(data, page.default_days, options);

    let mut album = Album {
        desk,
        options,
        dates: &dates,
        pool: Pool::default(),
        figures: BTreeMap::new(),
    };
    let mut offered = Offered {
        date: dates.offered.clone(),
        ..Offered::default()
    };
    for ring in rings(desk, &page).await? {
        if !album.add_ring(&page, &ring).await? {
            break;
        }
        match ring.filter {
            Some(("tier", choice)) => offered.tier.push(choice),
            Some((_, choice)) => offered.client.push(choice),
            None => {}
        }
    }

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
        figures: &album.figures,
        pool: &album.pool.texts,
    };
    let html = document(&page.title, &serde_json::to_vec(&content)?);
    let fail = |source| ReportError::Write {
        path: out.to_path_buf(),
        source,
    };
    tokio::fs::write(out, &html).await.map_err(fail)?;
    Ok(ReportSummary {
        path: out.to_path_buf(),
        bytes: html.len() as u64,
        sheets: page.sheets.len(),
        visuals: page.sheets.iter().map(|sheet| sheet.visuals.len()).sum(),
        figures: album.figures.values().map(BTreeMap::len).sum(),
        days: dates.days,
    })
}

/// The figures of a report.
struct Album<'a> {
    desk: &'a Desk,
    options: &'a ReportOptions,
    dates: &'a Dates,
    pool: Pool,
    figures: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Album<'_> {
    /// Computes every figure of a ring; whether it fits into the report.
    async fn add_ring(&mut self, page: &PageModel, ring: &Ring) -> Result<bool, ReportError> {
        let mut wanted: Vec<(&PageVisual, String, Selection)> = Vec::new();
        for span in &self.dates.offered {
            let selection = ring.narrow(self.dates.selection(*span));
            for visual in page
                .sheets
                .iter()
                .flat_map(|sheet| &sheet.visuals)
                .filter(|visual| visual.show != Show::User)
            {
                if visual.kind == Kind::Text {
                    continue;
                }
                let key = key(visual, &selection);
                let is_known = self
                    .figures
                    .get(&visual.id)
                    .is_some_and(|known| known.contains_key(&key));
                if is_known
                    || wanted
                        .iter()
                        .any(|(other, known, _)| other.id == visual.id && *known == key)
                {
                    continue;
                }
                wanted.push((visual, key, selection.clone()));
            }
        }
        let mut figures = stream::iter(&wanted)
            .map(|(visual, _, selection)| self.figure(visual, selection))
            .buffered(FIGURES_AT_ONCE);
        let (mut pool, mut places) = (Pool::default(), Vec::new());
        while let Some(figure) = figures.next().await {
            places.push(pool.add(&figure?)?);
            // The dates alone are always there; a filter that does not fit is left out.
            if ring.filter.is_some() && self.pool.bytes + pool.bytes > self.options.most_bytes {
                return Ok(false);
            }
        }
        drop(figures);
        let places_in_all = self.pool.take_over(pool);
        for ((visual, key, _), place) in wanted.iter().zip(places) {
            let place = places_in_all.get(place).copied().unwrap_or_default();
            self.figures
                .entry(visual.id.clone())
                .or_default()
                .insert(key.clone(), place);
        }
        Ok(true)
    }

    async fn figure(
        &self,
        visual: &PageVisual,
        selection: &Selection,
    ) -> Result<Figure, ReportError> {
        // The page of a report knows the days of the report, the desk those of the data.
        let mut asked = selection.clone();
        if let Some(days) = self.dates.days.filter(|_| asked.to.is_none()) {
            let back = chrono::Days::new(u64::from(self.dates.default_days.saturating_sub(1)));
            asked.from = Some(days.to.checked_sub_days(back).unwrap_or(days.from));
            asked.to = Some(days.to);
        }
        let view = TableView {
            limit: Some(self.options.most_rows),
            ..TableView::default()
        };
        let figure = self.desk.figure(&visual.id, asked, view).await;
        let mut figure = figure.map_err(|source| ReportError::Figure {
            visual: visual.id.clone(),
            source: Box::new(source),
        })?;
        if let Some(pseudonyms) = &self.options.pseudonyms {
            pseudonyms.hide(&mut figure);
        }
        Ok(figure)
    }
}

/// Every different figure once.
#[derive(Default)]
struct Pool {
    texts: Vec<Box<RawValue>>,
    places: HashMap<[u8; 32], usize>,
    bytes: usize,
}

impl Pool {
    fn add(&mut self, figure: &Figure) -> Result<usize, ReportError> {
        let text = serde_json::to_string(figure)?;
        Ok(self.add_text(RawValue::from_string(text)?))
    }

    fn add_text(&mut self, text: Box<RawValue>) -> usize {
        let digest = Sha256::digest(text.get().as_bytes()).into();
        if let Some(place) = self.places.get(&digest) {
            return *place;
        }
        self.bytes += text.get().len();
        self.texts.push(text);
        self.places.insert(digest, self.texts.len() - 1);
        self.texts.len() - 1
    }

    /// Takes the figures of another pool; where each of them stands now.
    fn take_over(&mut self, other: Self) -> Vec<usize> {
        other
            .texts
            .into_iter()
            .map(|text| self.add_text(text))
            .collect()
    }
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
