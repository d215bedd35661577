//! What a sheet says below its visuals: which controls do not act on which visuals, and what `QuickSight` shows otherwise.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::quicksight::compiler::Compiler;
use crate::quicksight::control::parameter_name;
use crate::quicksight::error::QuickSightError;
use crate::quicksight::fallback::{FallbackKind, fallbacks_of};
use crate::quicksight::visual::explains_below;
use crate::spec::{Kind, PickerKind, Sheet, Show, Visual};

/// A text box: its id, its content, and the rows it takes.
pub(crate) struct Notes {
    pub(crate) id: String,
    pub(crate) content: String,
    pub(crate) rows: u32,
}

impl Compiler<'_> {
    /// The remarks of a sheet; none where there is nothing to say.
    pub(crate) fn notes(&self, sheet: &Sheet) -> Result<Option<Notes>, QuickSightError> {
        let mut lines = Vec::new();
        for visual in sheet.visuals.iter().filter(|visual| explains_below(visual)) {
            lines.push(format!("{}: {}", self.title(visual), self.subtitle(visual)));
        }
        for id in &sheet.pickers {
            let picker = self.spec.picker(id)?;
            if !self.acts_on(sheet, picker) {
                continue;
            }
            let mut titles = Vec::new();
            for visual in sheet
                .visuals
                .iter()
                .filter(|visual| visual.kind.value != Kind::Text)
            {
                if self.spec.acting_column(visual, picker).is_none() {
                    titles.push(self.title(visual));
                }
            }
            if !titles.is_empty() {
                let line = self
                    .text("quicksight.not_affected")
                    .replace("{picker}", &self.text(&format!("picker.{}", id.value)))
                    .replace("{visuals}", &titles.join(" · "));
                lines.push(line);
            }
        }
        for (kind, text) in [
            (FallbackKind::OneUser, "quicksight.needs_user"),
            (FallbackKind::ZeroMeasures, "quicksight.none_hidden"),
        ] {
            let shows = |visual: &Visual| fallbacks_of(self.spec, visual).contains(&kind);
            if sheet.visuals.iter().any(shows) {
                lines.push(self.text(text));
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let mut content = format!(
            "<text-box><inline font-size=\"14px\"><b>{}</b></inline>",
            escaped(&self.text("quicksight.notes"))
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

    /// A visual of text, with its title.
    pub(crate) fn text_box(&self, visual: &Visual) -> String {
        format!(
            "<text-box><inline font-size=\"16px\"><b>{}</b></inline><br/><inline font-size=\"14px\">{}</inline></text-box>",
            escaped(&self.title(visual)),
            escaped(&self.subtitle(visual)),
        )
    }

    /// The title of a visual. The first visual for one user names the user, whose rows may be none.
    pub(crate) fn heading(&self, sheet: &Sheet, visual: &Visual) -> Value {
        let title = self.title(visual);
        let mut for_one = sheet.visuals.iter().filter(|one| one.show == Show::User);
        let is_first = for_one
            .next()
            .is_some_and(|one| one.id.value == visual.id.value);
        let mut pickers = self.spec.document.pickers.iter();
        let picker = pickers.find(|picker| picker.kind == PickerKind::One && is_first);
        match picker {
            Some(picker) => json!({"RichText": format!(
                "<visual-title>{}: <b><parameter>${{{}}}</parameter></b></visual-title>",
                escaped(&title),
                parameter_name(picker),
            )}),
            None => json!({"PlainText": title}),
        }
    }

    pub(crate) fn title(&self, visual: &Visual) -> String {
        self.text(&format!("visual.{}.title", visual.id.value))
    }

    pub(crate) fn subtitle(&self, visual: &Visual) -> String {
        self.text(&format!("visual.{}.subtitle", visual.id.value))
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
