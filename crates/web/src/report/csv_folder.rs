//! One CSV file per visual.

use std::path::{Path, PathBuf};

use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard_sql::{Selection, TableView};
use kiro_ingest::{create_private_folder, write_private_file};

use crate::dashboard_service::DashboardService;
use crate::report::anonymize::Anonymizer;
use crate::report::{RenderedFile, ReportError, ReportOptions, ReportSummary};
use crate::{csv_text, page_texts};

/// Writes `<out>/<sheet>/<visual>.csv` for every visual that is not about one user, with the days of the options or all days
/// of the data. Only the owner of the new files and folders can read them.
///
/// # Errors
///
/// If a sheet is unknown, a figure cannot be computed, or a file cannot be written.
pub async fn write_csv_folder(
    out: &Path,
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<ReportSummary, ReportError> {
    let write = |name: &str, text: Vec<u8>| {
        let path = out.join(name);
        let folder = path.parent().unwrap_or(out);
        create_private_folder(folder).map_err(|source| ReportError::Write {
            path: folder.to_path_buf(),
            source,
        })?;
        write_private_file(&path, text).map_err(|source| ReportError::Write {
            path: path.clone(),
            source,
        })
    };
    let summary = each_file(service, options, write).await?;
    Ok(ReportSummary {
        path: out.to_path_buf(),
        ..summary
    })
}

/// The same files as contents, by name.
///
/// # Errors
///
/// If a sheet is unknown, or a figure cannot be computed.
pub async fn render_csv(
    service: &DashboardService,
    options: &ReportOptions,
) -> Result<Vec<RenderedFile>, ReportError> {
    let mut files = Vec::new();
    let add = |name: &str, content: Vec<u8>| {
        files.push(RenderedFile {
            name: name.to_owned(),
            content,
        });
        Ok(())
    };
    each_file(service, options, add).await?;
    Ok(files)
}

/// Passes each file on when it is computed. The summary has no path.
async fn each_file(
    service: &DashboardService,
    options: &ReportOptions,
    mut write: impl FnMut(&str, Vec<u8>) -> Result<(), ReportError>,
) -> Result<ReportSummary, ReportError> {
    let data = service.days().await?;
    let mut page = service.spec().page(options.language);
    options.retain_sheets(&mut page)?;
    page_texts::add_to(&mut page.texts, options.language);
    let days = options.days.or(data.days);
    let selection = Selection::of_days(days);
    let anonymizer = Anonymizer::read(options, &page, service).await?;
    let (mut bytes, mut figures) = (0, 0);
    for sheet in &page.sheets {
        for visual in sheet
            .visuals
            .iter()
            .filter(|visual| visual.show != Show::User && visual.kind != Kind::Text)
        {
            let figure = service
                .figure(&visual.id, selection.clone(), TableView::default())
                .await;
            let mut figure = figure.map_err(|source| ReportError::Figure {
                visual: visual.id.clone(),
                source: Box::new(source),
            })?;
            if let Some(anonymizer) = &anonymizer {
                anonymizer.anonymize(&mut figure);
            }
            let text = csv_text::write(&figure, &page.texts)?;
            bytes += text.len() as u64;
            figures += 1;
            write(&format!("{}/{}.csv", sheet.id, visual.id), text)?;
        }
    }
    Ok(ReportSummary {
        path: PathBuf::new(),
        bytes,
        sheets: page.sheets.len(),
        visuals: page.sheets.iter().map(|sheet| sheet.visuals.len()).sum(),
        figures,
        days,
    })
}
