//! What a page needs before any data: sheets, visuals, pickers, colours and texts, in one language.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::load::Spec;
use crate::spec::{
    Area, Colour, Kind, Orientation, PickerKind, Show, Stack, Visual, Window, Words,
};
use crate::text::{Language, Texts};

/// The dashboard as the page gets it. Labels elsewhere are keys of `texts`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageModel {
    pub title: String,
    pub language: Language,
    pub languages: Vec<Language>,
    /// The length of the window when no dates are chosen.
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
    /// How the number is made.
    pub subtitle: String,
    pub layout: Area,
    pub window: Window,
    /// The pickers of the sheet that act on it, and those that do not.
    pub acts: Vec<String>,
    pub not_affected_by: Vec<String>,
    pub stack: Stack,
    pub orientation: Orientation,
    pub compare: bool,
    pub trend: bool,
    pub show: Show,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click: Option<PageClick>,
    /// The names of the columns that a pivot or table can be searched and sorted by are those of its figure.
    pub paged: bool,
}

/// A click on a row: the value of column `from` becomes `picker`'s, and `sheet` opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageClick {
    pub sheet: String,
    pub picker: String,
    pub from: String,
}

impl Spec {
    /// The page in one language.
    pub fn page(&self, language: Language) -> PageModel {
        let texts = self.texts(language);
        let text = |key: &str| texts.get(key).unwrap_or(key).to_owned();
        let pickers = self.document.pickers.iter().map(|picker| PagePicker {
            id: picker.id.value.clone(),
            kind: picker.kind,
            label: text(&format!("picker.{}", picker.id.value)),
            meaning: picker.meaning.as_ref().map(|meaning| meaning.value.clone()),
        });
        let sheets = self.document.sheets.iter().map(|sheet| {
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
                    .map(|visual| self.page_visual(visual, &pickers, &text))
                    .collect(),
                pickers,
            }
        });
        PageModel {
            title: text("dashboard.title"),
            language,
            languages: Language::ALL.to_vec(),
            default_days: self.default_days(),
            colours: self.page_colours(),
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
        &self,
        visual: &Visual,
        pickers: &[String],
        text: &impl Fn(&str) -> String,
    ) -> PageVisual {
        let acting = self.acting_pickers(&visual.id).unwrap_or_default();
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
            window: self.window_of(visual),
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
                from: crate::sql::alias(&click.from),
            }),
            paged: matches!(visual.kind.value, Kind::Table | Kind::Pivot),
        }
    }

    fn page_colours(&self) -> PageColours {
        let colours = &self.document.colours;
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
        for (name, measure) in &self.document.measures {
            let pinned = measure
                .colour
                .as_ref()
                .and_then(|colour| self.pinned(&colour.value));
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

    /// The colour that `meaning.value` names.
    pub(crate) fn pinned(&self, name: &str) -> Option<&Colour> {
        let (meaning, value) = name.split_once('.')?;
        Some(
            &self
                .document
                .colours
                .meanings
                .get(meaning)?
                .get(value)?
                .value,
        )
    }

    /// Every key that the dashboard needs a text for, with the text that its own file brings.
    pub(crate) fn text_keys(&self) -> Vec<(String, Option<&Words>)> {
        let document = &self.document;
        let mut keys = vec![("dashboard.title".to_owned(), document.title.as_ref())];
        keys.extend(
            document
                .pickers
                .iter()
                .map(|picker| (format!("picker.{}", picker.id.value), None)),
        );
        keys.extend(
            document
                .measures
                .iter()
                .map(|(name, at)| (format!("measure.{name}"), at.label.as_ref())),
        );
        for (name, bucket) in &document.buckets {
            keys.push((format!("bucket.{name}"), bucket.label.as_ref()));
            let rules = bucket.rules.iter();
            keys.extend(rules.map(|rule| {
                (
                    format!("value.{}.{}", bucket.meaning.value, rule.name.value),
                    rule.label.as_ref(),
                )
            }));
        }
        for sheet in &document.sheets {
            keys.push((format!("sheet.{}", sheet.id.value), sheet.title.as_ref()));
            for visual in &sheet.visuals {
                keys.push((
                    format!("visual.{}.title", visual.id.value),
                    visual.title.as_ref(),
                ));
                keys.push((
                    format!("visual.{}.subtitle", visual.id.value),
                    visual.subtitle.as_ref(),
                ));
            }
        }
        keys
    }

    /// The keys of all texts that the page of this dashboard may show, apart from those of the page itself.
    pub fn needed_texts(&self) -> BTreeSet<String> {
        let own = self.text_keys().into_iter().map(|(key, _)| key);
        let columns = self
            .shown_columns()
            .into_iter()
            .map(|column| format!("column.{column}"));
        own.chain(columns)
            .chain(
                FIXED_TEXTS
                    .iter()
                    .chain(&crate::quicksight::TEXTS)
                    .map(|key| (*key).to_owned()),
            )
            .collect()
    }

    /// The meanings that values can have.
    pub fn meanings(&self) -> impl Iterator<Item = &str> {
        self.document.colours.meanings.keys().map(String::as_str)
    }

    /// The columns whose names stand on the page.
    pub(crate) fn shown_columns(&self) -> BTreeSet<&str> {
        let mut columns = BTreeSet::new();
        for visual in self.visuals() {
            let dimensions = visual
                .by
                .iter()
                .filter_map(|dimension| dimension.column.as_ref());
            let details = visual
                .details
                .iter()
                .filter_map(|detail| detail.column.as_ref());
            columns.extend(
                dimensions
                    .chain(details)
                    .map(|column| column.value.as_str()),
            );
        }
        let users = self
            .document
            .datasets
            .values()
            .filter_map(|dataset| dataset.user.as_ref());
        columns.extend(users.map(|user| user.label.value.as_str()));
        columns
    }
}

/// Texts that figures refer to whatever the dashboard.
const FIXED_TEXTS: [&str; 26] = [
    "column.measure",
    "column.value",
    "column.previous",
    "column.period_total",
    "grain.week",
    "grain.month",
    "grain.weekday",
    "value.none",
    "value.other",
    "note.threshold_at_least",
    "note.threshold_at_most",
    "note.threshold_over",
    "note.threshold_under",
    "note.threshold_exactly",
    "note.zero",
    "note.no_previous",
    "empty.no_data.reason",
    "empty.no_data.hint",
    "empty.no_rows.reason",
    "empty.no_rows.hint",
    "empty.narrowed.reason",
    "empty.narrowed.hint",
    "empty.no_user.reason",
    "empty.no_user.hint",
    "empty.all_zero.reason",
    "empty.all_zero.hint",
];

/// The product's texts and those of the file itself; what has none is named after itself.
pub(crate) fn complete_texts(spec: &Spec, mut texts: Texts, language: Language) -> Texts {
    for (key, words) in spec.text_keys() {
        if let Some(words) = words.and_then(|words| words.in_language(language)) {
            texts.insert(key, words.to_owned());
        }
    }
    for column in spec.shown_columns() {
        let key = format!("column.{column}");
        if texts.get(&key).is_none() {
            texts.insert(key, column.replace('_', " "));
        }
    }
    for name in spec.document.measures.keys() {
        let text = texts.get(&format!("measure.{name}")).map(str::to_owned);
        texts.insert(
            format!("value.measure.{name}"),
            text.unwrap_or_else(|| name.clone()),
        );
    }
    texts
}

impl Words {
    fn in_language(&self, language: Language) -> Option<&str> {
        match self {
            Self::One(words) => Some(words),
            Self::PerLanguage(words) => {
                let known = words
                    .get(language.code())
                    .or_else(|| words.get(Language::En.code()));
                known.or_else(|| words.values().next()).map(String::as_str)
            }
        }
    }
}
