//! The texts that a dashboard needs, and those that its own file has.

use std::collections::BTreeSet;

use crate::checked_spec::Spec;
use crate::spec::{At, LocalizedText};
use crate::text::{Language, Texts};

/// A text that a part of the file needs.
pub(crate) struct TextKey<'a> {
    pub(crate) key: String,
    /// The text in the file itself.
    pub(crate) own: Option<&'a LocalizedText>,
    /// Line and column of the part, both counted from 1.
    pub(crate) location: (u64, u64),
}

impl<'a> TextKey<'a> {
    fn new<T>(key: String, own: Option<&'a LocalizedText>, part: &At<T>) -> Self {
        Self {
            key,
            own,
            location: (part.line, part.column),
        }
    }
}

/// The texts that the file's parts need.
pub(crate) fn text_keys(spec: &Spec) -> Vec<TextKey<'_>> {
    let document = &spec.document;
    let mut keys = vec![TextKey {
        key: "dashboard.title".to_owned(),
        own: document.title.as_ref(),
        location: (1, 1),
    }];
    for picker in &document.pickers {
        let id = &picker.id;
        let key = format!("picker.{}", id.value);
        keys.push(TextKey::new(key, picker.label.as_ref(), id));
    }
    for (name, measure) in &document.measures {
        let key = format!("measure.{name}");
        keys.push(TextKey::new(key, measure.label.as_ref(), measure));
    }
    for (name, bucket) in &document.buckets {
        let key = format!("bucket.{name}");
        keys.push(TextKey::new(key, bucket.label.as_ref(), bucket));
        for rule in &bucket.rules {
            let key = format!("value.{}.{}", bucket.meaning.value, rule.name.value);
            keys.push(TextKey::new(key, rule.label.as_ref(), &rule.name));
        }
    }
    for sheet in &document.sheets {
        let id = &sheet.id;
        keys.push(TextKey::new(
            format!("sheet.{}", id.value),
            sheet.title.as_ref(),
            id,
        ));
        for visual in &sheet.visuals {
            let id = &visual.id;
            for (part, own) in [("title", &visual.title), ("subtitle", &visual.subtitle)] {
                let key = format!("visual.{}.{part}", id.value);
                keys.push(TextKey::new(key, own.as_ref(), id));
            }
        }
    }
    keys
}

/// The keys of all texts that the dashboard can show, except those of the page itself.
pub(crate) fn needed(spec: &Spec) -> BTreeSet<String> {
    let own = text_keys(spec).into_iter().map(|text| text.key);
    let columns = shown_columns(spec).into_iter();
    own.chain(columns.map(|column| format!("column.{column}")))
        .chain(FIXED.iter().map(|key| (*key).to_owned()))
        .collect()
}

/// Adds the file's own texts; columns and measures without a text get their name.
pub(crate) fn complete(spec: &Spec, mut texts: Texts, language: Language) -> Texts {
    for TextKey { key, own, .. } in text_keys(spec) {
        if let Some(own) = own.and_then(|own| in_language(own, language)) {
            texts.insert(key, own.to_owned());
        }
    }
    for column in shown_columns(spec) {
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
    for (key, label) in &spec.labels {
        texts.insert(key.clone(), label.clone());
    }
    texts
}

/// The text of a language, else the English one, else any.
fn in_language(text: &LocalizedText, language: Language) -> Option<&str> {
    match text {
        LocalizedText::One(text) => Some(text),
        LocalizedText::PerLanguage(texts) => {
            let known = texts
                .get(language.code())
                .or_else(|| texts.get(Language::En.code()));
            known.or_else(|| texts.values().next()).map(String::as_str)
        }
    }
}

/// The columns whose names a figure can show.
fn shown_columns(spec: &Spec) -> BTreeSet<&str> {
    let mut columns = BTreeSet::new();
    for visual in spec.visuals() {
        let dimensions = visual.by.iter().filter_map(|by| by.column.as_ref());
        let details = visual.details.iter().filter_map(|by| by.column.as_ref());
        columns.extend(
            dimensions
                .chain(details)
                .map(|column| column.value.as_str()),
        );
    }
    let datasets = spec.document.datasets.values();
    let users = datasets.filter_map(|dataset| dataset.user.as_ref());
    columns.extend(users.map(|user| user.label.value.as_str()));
    columns
}

/// The texts of every dashboard: of figures, and of what only Quick Sight shows.
const FIXED: [&str; 43] = [
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
    "empty.no_people.reason",
    "empty.no_people.hint",
    "empty.no_fees.reason",
    "empty.no_fees.hint",
    "empty.all_zero.reason",
    "empty.all_zero.hint",
    "quicksight.from",
    "quicksight.to",
    "quicksight.everybody",
    "quicksight.open",
    "quicksight.filter",
    "quicksight.current",
    "quicksight.total",
    "quicksight.notes",
    "quicksight.not_affected",
    "quicksight.reset",
    "quicksight.needs_user",
    "quicksight.dates",
    "quicksight.none_hidden",
];
