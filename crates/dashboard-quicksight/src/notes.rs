//! The notes below a sheet's visuals: which controls do not act on which visuals, and what differs from the page.

use std::fmt::Write as _;

use kiro_dashboard::spec::{Kind, Sheet, Visual};

use crate::compiler::Compiler;
use crate::control::acts_on;
use crate::error::Result;
use crate::fallback::{FallbackKind, explains_below, fallbacks_of};
use crate::titles::{escaped, subtitle, title};

/// A text box: its id, its content, and the rows it takes.
pub(crate) struct Notes {
    pub(crate) id: String,
    pub(crate) content: String,
    pub(crate) rows: u32,
}

/// The notes of a sheet, if any.
pub(crate) fn sheet_notes(compiler: &Compiler<'_>, sheet: &Sheet) -> Result<Option<Notes>> {
    let mut lines = Vec::new();
    for visual in sheet.visuals.iter().filter(|visual| explains_below(visual)) {
        lines.push(format!(
            "{}: {}",
            title(compiler, visual),
            subtitle(compiler, visual)
        ));
    }
    for picker in compiler.pickers_of(sheet)? {
        if !acts_on(compiler, sheet, picker) {
            continue;
        }
        let mut titles = Vec::new();
        for visual in sheet
            .visuals
            .iter()
            .filter(|visual| visual.kind.value != Kind::Text)
        {
            if compiler.spec.acting_column(visual, picker).is_none() {
                titles.push(title(compiler, visual));
            }
        }
        if !titles.is_empty() {
            let line = compiler
                .text("quicksight.not_affected")
                .replace(
                    "{picker}",
                    &compiler.text(&format!("picker.{}", picker.id.value)),
                )
                .replace("{visuals}", &titles.join(" · "));
            lines.push(line);
        }
    }
    for (kind, text) in [
        (FallbackKind::OneUser, "quicksight.needs_user"),
        (FallbackKind::ZeroMeasures, "quicksight.none_hidden"),
    ] {
        let shows = |visual: &Visual| fallbacks_of(compiler.spec, visual).contains(&kind);
        if sheet.visuals.iter().any(shows) {
            lines.push(compiler.text(text));
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let mut content = format!(
        "<text-box><inline font-size=\"14px\"><b>{}</b></inline>",
        escaped(&compiler.text("quicksight.notes"))
    );
    for line in &lines {
        // Writing to a String cannot fail.
        let _always_ok = write!(
            content,
            "<br/><inline font-size=\"12px\">{}</inline>",
            escaped(line)
        );
    }
    content.push_str("</text-box>");
    let letters: usize = lines
        .iter()
        .map(|line| line.chars().count() / 180 + 1)
        .sum();
    Ok(Some(Notes {
        id: format!("{}-notes", sheet.id.value),
        content,
        rows: u32::try_from(letters).unwrap_or(8) + 2,
    }))
}
