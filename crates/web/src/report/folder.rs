//! One CSV file per visual.

use std::path::Path;

use kiro_dashboard::spec::{Kind, Show};
use kiro_dashboard_sql::{Selection, TableView};

use crate::desk::Desk;
use crate::report::mask::Mask;
use crate::report::plan::{Dates, keep_sheets};
use crate::report::{ReportError, ReportOptions, ReportSummary};
use crate::{csv_text, page_texts};

/// Writes `<out>/<sheet>/<visual>.csv` for everything that the report's days hold.
pub async fn write_csv_folder(
    out: &Path,
    desk: &Desk,
    options: &ReportOptions,
) -> Result<ReportSummary, ReportError> {
    let data = desk.days().await?;
    let mut page = desk.spec().page(options.language);
    keep_sheets(&mut page, &options.sheets)?;
    let dates = Dates::new(data.days, page.default_days, options);
    page_texts::complete(&mut page.texts, options.language);
    let selection = Selection {
        from: options.days.map(|days| days.from),
        to: options.days.map(|days| days.to),
        ..Selection::default()
    };
    let mask = Mask::of(options, &page, desk.catalogue());
    let (mut bytes, mut figures) = (0, 0);
    for sheet in &page.sheets {
        let folder = out.join(&sheet.id);
        tokio::fs::create_dir_all(&folder)
            .await
            .map_err(|source| ReportError::Write {
                path: folder.clone(),
                source,
            })?;
        for visual in sheet
            .visuals
            .iter()
            .filter(|visual| visual.show != Show::User && visual.kind != Kind::Text)
        {
            let figure = desk
                .figure(&visual.id, selection.clone(), TableView::default())
                .await;
            let mut figure = figure.map_err(|source| ReportError::Figure {
                visual: visual.id.clone(),
                source: Box::new(source),
            })?;
            if let Some(mask) = &mask {
                mask.hide(&mut figure);
            }
            let text = csv_text::write(&figure, &page.texts)?;
            let path = folder.join(format!("{}.csv", visual.id));
            bytes += text.len() as u64;
            figures += 1;
            tokio::fs::write(&path, text)
                .await
                .map_err(|source| ReportError::Write {
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
        days: dates.days,
    })
}
