//! Titles and subtitles of visuals.

use kiro_dashboard::spec::{Sheet, Show, Visual};
use serde_json::{Value, json};

use crate::compiler::Compiler;
use crate::picker_form::parameter_name;

/// The content of a text box: title and text.
pub(crate) fn text_box(compiler: &Compiler<'_>, visual: &Visual) -> String {
    format!(
        "<text-box><inline font-size=\"16px\"><b>{}</b></inline><br/><inline font-size=\"14px\">{}</inline></text-box>",
        escaped(&title(compiler, visual)),
        escaped(&subtitle(compiler, visual)),
    )
}

/// The title of a visual. The first visual for one user adds the user's name, also if the user has no rows.
pub(crate) fn heading(compiler: &Compiler<'_>, sheet: &Sheet, visual: &Visual) -> Value {
    let title = title(compiler, visual);
    let mut for_one = sheet.visuals.iter().filter(|one| one.show == Show::User);
    let is_first = for_one
        .next()
        .is_some_and(|one| one.id.value == visual.id.value);
    match compiler.spec.user_picker().filter(|_| is_first) {
        Some(picker) => json!({"RichText": format!(
            "<visual-title>{}: <b><parameter>${{{}}}</parameter></b></visual-title>",
            escaped(&title),
            parameter_name(compiler.spec, picker),
        )}),
        None => json!({"PlainText": title}),
    }
}

pub(crate) fn title(compiler: &Compiler<'_>, visual: &Visual) -> String {
    compiler.text(&format!("visual.{}.title", visual.id.value))
}

pub(crate) fn subtitle(compiler: &Compiler<'_>, visual: &Visual) -> String {
    compiler.text(&format!("visual.{}.subtitle", visual.id.value))
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
