//! The page without data: sheets, visuals, pickers, colours and texts, in one language.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::alias::column_alias;
use crate::checked_spec::Spec;
use crate::spec::{Area, Colour, Kind, Orientation, PickerKind, Show, Stack, Visual, Window};
use crate::text::{Language, Texts};

/// The dashboard as `GET /api/dashboard` returns it. Labels of figures are keys of `texts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageModel {
    pub title: String,
    pub language: Language,
    pub languages: Vec<Language>,
    /// The length of the window, in days, when no dates are chosen.
    pub default_days: u32,
    pub colours: PageColours,
    pub pickers: Vec<PagePicker>,
    pub sheets: Vec<PageSheet>,
    pub texts: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageColours {
    pub palette: Vec<Colour>,
    /// Meaning, then value.
    pub meanings: BTreeMap<String, BTreeMap<String, Colour>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PagePicker {
    pub id: String,
    pub kind: PickerKind,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// The empty value can be chosen.
    pub empty: bool,
    /// The value is a user: visuals with `show` depend on it.
    pub user: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageSheet {
    pub id: String,
    pub title: String,
    pub pickers: Vec<String>,
    pub visuals: Vec<PageVisual>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageVisual {
    pub id: String,
    pub kind: Kind,
    pub title: String,
    /// How the number is computed.
    pub subtitle: String,
    pub layout: Area,
    pub window: Window,
    /// The pickers of the sheet that act on the visual.
    pub acts: Vec<String>,
    /// The other pickers of the sheet.
    pub not_affected_by: Vec<String>,
    pub stack: Stack,
    pub orientation: Orientation,
    pub compare: bool,
    pub trend: bool,
    pub show: Show,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click: Option<PageClick>,
    /// Rows are searched, sorted and paged: tables and pivots.
    pub paged: bool,
}

/// A click on a row: the value of column `from` becomes `picker`'s, and `sheet` opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageClick {
    pub sheet: String,
    pub picker: String,
    pub from: String,
}

/// The page with these texts.
pub(crate) fn page_model(spec: &Spec, texts: Texts, language: Language) -> PageModel {
    let text = |key: &str| texts.get(key).unwrap_or(key).to_owned();
    let pickers = spec.document.pickers.iter().map(|picker| PagePicker {
        id: picker.id.value.clone(),
        kind: picker.kind,
        label: text(&format!("picker.{}", picker.id.value)),
        meaning: picker.meaning.as_ref().map(|meaning| meaning.value.clone()),
        empty: picker.empty,
        user: spec.is_user_picker(picker),
    });
    let sheets = spec.document.sheets.iter().map(|sheet| {
        let pickers: Vec<String> = sheet
            .pickers
            .iter()
            .map(|picker| picker.value.clone())
            .collect();
        PageSheet {
            id: sheet.id.value.clone(),
            title: text(&format!("sheet.{}", sheet.id.value)),
            visuals: sheet
                .visuals
                .iter()
                .map(|visual| page_visual(spec, visual, &pickers, &text))
                .collect(),
            pickers,
        }
    });
    PageModel {
        title: text("dashboard.title"),
        language,
        languages: Language::ALL.to_vec(),
        default_days: spec.default_days(),
        colours: page_colours(spec),
        pickers: pickers.collect(),
        sheets: sheets.collect(),
        texts: texts
            .into_map()
            .into_iter()
            .filter(|(key, _)| !key.starts_with("quicksight."))
            .collect(),
    }
}

fn page_visual(
    spec: &Spec,
    visual: &Visual,
    pickers: &[String],
    text: &impl Fn(&str) -> String,
) -> PageVisual {
    let acting = spec.acting_pickers(&visual.id).unwrap_or_default();
    let (acts, not_affected_by): (Vec<String>, Vec<String>) = pickers
        .iter()
        .cloned()
        .partition(|picker| acting.contains(&picker.as_str()));
    let key = |part| format!("visual.{}.{part}", visual.id.value);
    PageVisual {
        id: visual.id.value.clone(),
        kind: visual.kind.value,
        title: text(&key("title")),
        subtitle: text(&key("subtitle")),
        layout: visual.layout.value,
        window: spec.window_of(visual),
        acts,
        not_affected_by: if visual.kind.value == Kind::Text {
            Vec::new()
        } else {
            not_affected_by
        },
        stack: visual.stack,
        orientation: visual.orientation,
        compare: visual.compare,
        trend: visual.trend,
        show: visual.show,
        click: visual.click.as_ref().map(|click| PageClick {
            sheet: click.sheet.value.clone(),
            picker: click.picker.value.clone(),
            from: column_alias(&click.from),
        }),
        paged: matches!(visual.kind.value, Kind::Table | Kind::Pivot),
    }
}

fn page_colours(spec: &Spec) -> PageColours {
    let colours = &spec.document.colours;
    let mut meanings: BTreeMap<String, BTreeMap<String, Colour>> = colours
        .meanings
        .iter()
        .map(|(meaning, values)| {
            (
                meaning.clone(),
                values
                    .iter()
                    .map(|(value, colour)| (value.clone(), colour.value.clone()))
                    .collect(),
            )
        })
        .collect();
    let measures = meanings.entry("measure".to_owned()).or_default();
    for (name, measure) in &spec.document.measures {
        let pinned = measure
            .colour
            .as_ref()
            .and_then(|colour| spec.pinned_colour(&colour.value));
        measures.extend(pinned.map(|colour| (name.clone(), colour.clone())));
    }
    PageColours {
        palette: colours
            .palette
            .iter()
            .map(|colour| colour.value.clone())
            .collect(),
        meanings,
    }
}
