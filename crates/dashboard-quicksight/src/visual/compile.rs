//! One visual of the file as one visual of `QuickSight`, with the same id, title and subtitle.

use kiro_dashboard::spec::{Kind, Sheet, Visual};
use serde_json::{Value, json};

use super::bar::bar;
use super::donut::donut;
use super::heatmap::heatmap;
use super::kpi::kpi;
use super::line::line;
use super::pivot::pivot;
use super::scatter::scatter;
use super::table::table;
use crate::action::actions;
use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};
use crate::fallback::explains_below;
use crate::titles::{heading, subtitle, title};

pub(crate) fn compile_visual(
    compiler: &mut Compiler<'_>,
    sheet: &Sheet,
    visual: &Visual,
) -> Result<Value> {
    check_supported(visual)?;
    let chart = match visual.kind.value {
        Kind::Kpi => kpi(compiler, visual)?,
        Kind::Bar => bar(compiler, visual)?,
        Kind::Line | Kind::Area => line(compiler, visual)?,
        Kind::Donut => donut(compiler, visual)?,
        Kind::Heatmap => heatmap(compiler, visual)?,
        Kind::Scatter => scatter(compiler, visual)?,
        Kind::Table | Kind::Status => table(compiler, visual)?,
        Kind::Pivot => pivot(compiler, visual)?,
        Kind::Text => return Err(QuickSightError::unresolved(&visual.id)),
    };
    let subtitle_options = if explains_below(visual) {
        json!({"Visibility": "HIDDEN"})
    } else {
        json!({"Visibility": "VISIBLE", "FormatText": {"PlainText": subtitle(compiler, visual)}})
    };
    let mut body = json!({
        "VisualId": visual.id.value,
        "Title": {"Visibility": "VISIBLE", "FormatText": heading(compiler, sheet, visual)},
        "Subtitle": subtitle_options,
        "ChartConfiguration": chart.configuration,
        "VisualContentAltText": format!("{}. {}", title(compiler, visual), subtitle(compiler, visual)),
    });
    if let Some(options) = chart.conditional_formatting {
        body["ConditionalFormatting"] = json!({"ConditionalFormattingOptions": options});
    }
    if !chart.hierarchies.is_empty() {
        body["ColumnHierarchies"] = json!(chart.hierarchies);
    }
    let actions = actions(compiler, sheet, visual, &chart.dimensions)?;
    if !actions.is_empty() {
        body["Actions"] = json!(actions);
    }
    Ok(json!({ chart.kind: body }))
}

/// Refuses what `QuickSight` cannot show.
fn check_supported(visual: &Visual) -> Result<()> {
    let tabular = matches!(visual.kind.value, Kind::Table | Kind::Status | Kind::Pivot);
    let comparable = match visual.kind.value {
        Kind::Kpi => true,
        Kind::Table | Kind::Status => visual.transpose,
        Kind::Line | Kind::Area | Kind::Bar => visual.by.len() == 1 && visual.measures.len() == 1,
        _ => false,
    };
    let reason = if visual.limit.is_some() && tabular {
        "a table has no limit of rows: leave `limit` out"
    } else if visual.compare && !comparable {
        "the period before can be shown for a number, a chart of one measure over time, or a transposed table"
    } else if visual.cumulative && !matches!(visual.kind.value, Kind::Line | Kind::Area | Kind::Bar)
    {
        "running totals need a chart"
    } else {
        return Ok(());
    };
    Err(QuickSightError::unsupported(&visual.id, reason))
}
