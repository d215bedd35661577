//! One CSV file per visual.

use std::path::Path;

use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard_sql::{Selection, TableView};
use kiro_ingest::{create_private_folder, write_private_file};

use crate::dashboard_service::DashboardService;
use crate::report::anonymize::Anonymizer;
use crate::report::{ReportError, ReportOptions, ReportSummary};
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
    let data = service.days().await?;
    let mut page = service.spec().page(options.language);
    options.retain_sheets(&mut page)?;
    page_texts::add_to(&mut page.texts, options.language);
    let days = options.days.or(data.days);
    let selection = Selection::of_days(days);
    let anonymizer = Anonymizer::read(options, &page, service).await?;
    let (mut bytes, mut figures) = (0, 0);
    for sheet in &page.sheets {
        let folder = out.join(&sheet.id);
        create_private_folder(&folder).map_err(|source| ReportError::Write {
            path: folder.clone(),
            source,
        })?;
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
            let path = folder.join(format!("{}.csv", visual.id));
            bytes += text.len() as u64;
            figures += 1;
            write_private_file(&path, text).map_err(|source| ReportError::Write {
                path: path.clone(),
                source,
            })?;
        }
    }
    Ok(ReportSummary {
        path: out.to_path_buf(),
        bytes,
        sheets: page.sheets.len(),
        visuals: page.sheets.iter().map(|sheet| sheet.visuals.len()).sum(),
        figures,
        days,
    })
}
