//! What an anonymous report may say: numbers, days, and the words that Kiro, AWS or the dashboard have for things. Every
//! other text is replaced by a pseudonym, because it may name a person: a folder, a column of a hand-made file, a plan.

use std::collections::{BTreeSet, HashMap, HashSet};

use kiro_curate::Catalogue;
use kiro_dashboard::spec::Format;
use kiro_dashboard::PageModel;
use kiro_dashboard_sql::{ChoiceRow, ColumnRole, Figure, FigureColumn, OTHER, Selection, Value};
use kiro_report::MODEL_SUFFIX;

use crate::report::export_path::{ExportPath, is_account, is_digits, is_region};
use crate::report::{Pseudonyms, ReportOptions};

/// Columns that name a person, and are replaced by the pseudonym.
const NAMES: [&str; 2] = ["user_id", "user_label"];
/// Columns that tell more about a person, and are left out.
const DETAILS: [&str; 7] = [
    "email",
    "idc_email",
    "idc_username",
    "idc_display_name",
    "user_email",
    "display_name",
    "profile_id",
];
/// Headers of exports that no column of the catalogue is called.
const HEADERS: [&str; 4] = ["date", "userid", "user_email", "profileid"];
/// What the names of models begin with. A new family is a pseudonym until it stands here.
const MODEL_FAMILIES: [&str; 12] = [
    "auto", "claude", "deepseek", "gemini", "glm", "gpt", "kimi", "llama", "minimax", "mistral",
    "nova", "qwen",
];

/// Takes people out of figures and pickers.
pub(crate) struct Mask<'a> {
    pseudonyms: &'a Pseudonyms,
    /// By meaning, the values that the dashboard has a word or a colour for.
    words: HashMap<String, HashSet<String>>,
    /// Columns that exports and views are known to have.
    headers: HashSet<String>,
}

/// How the texts of a column are told apart from names.
#[derive(Debug, Clone, Copy)]
enum Rule<'a> {
    Person,
    Nothing,
    Path,
    Header,
    Model,
    Account,
    Region,
    /// Words of this meaning.
    Word(&'a str),
    /// Anything that any rule lets pass: the column of a pivot does not tell what it was made of.
    Any,
}

impl<'a> Rule<'a> {
    fn of(column: &'a FigureColumn) -> Self {
        let name = column.name.as_str();
        if column.role == ColumnRole::UserId || NAMES.contains(&name) {
            return Self::Person;
        }
        if DETAILS.contains(&name) {
            return Self::Nothing;
        }
        match name {
            "src_path" => Self::Path,
            "column_name" => Self::Header,
            "model_name" => Self::Model,
            "source_account" => Self::Account,
            "source_region" => Self::Region,
            _ => Self::Word(column.meaning.as_deref().unwrap_or_default()),
        }
    }

    /// What a pseudonym begins with.
    fn noun(self) -> &'static str {
        match self {
            Self::Person => "User",
            Self::Path => "Export",
            Self::Header => "Column",
            Self::Model => "Model",
            Self::Account => "Account",
            Self::Region => "Region",
            Self::Word("client") => "Client",
            Self::Word("tier") => "Plan",
            Self::Nothing | Self::Word(_) | Self::Any => "Text",
        }
    }
}

impl<'a> Mask<'a> {
    /// The mask of a report, if it is an anonymous one.
    pub(crate) fn of(
        options: &'a ReportOptions,
        page: &PageModel,
        catalogue: &Catalogue,
    ) -> Option<Self> {
        let pseudonyms = options.pseudonyms.as_ref()?;
        let mut words: HashMap<String, HashSet<String>> = HashMap::new();
        for (meaning, values) in &page.colours.meanings {
            words.insert(meaning.clone(), values.keys().cloned().collect());
        }
        for key in page.texts.keys() {
            // `value.<meaning>.<value>`; the rows of some figures are measures, `measure.<name>`.
            let word = match key.split_once('.') {
                Some(("value", word)) => word.split_once('.'),
                word => word.filter(|(group, _)| *group == "measure"),
            };
            if let Some((meaning, value)) = word {
                let known = words.entry(meaning.to_owned()).or_default();
                known.insert(value.to_owned());
            }
        }
        let columns = catalogue.relations().iter().flat_map(|one| &one.columns);
        let columns = columns.map(|column| column.name.as_str());
        Some(Self {
            pseudonyms,
            words,
            headers: columns.chain(HEADERS).map(str::to_owned).collect(),
        })
    }

    /// Takes every person out of a figure.
    pub(crate) fn hide(&self, figure: &mut Figure) {
        let columns = &figure.columns;
        let rules: Vec<Rule<'_>> = columns.iter().map(Rule::of).collect();
        let id = columns
            .iter()
            .position(|column| column.role == ColumnRole::UserId || column.name == "user_id");
        let previous = figure.previous.as_mut().map(|part| &mut part.rows);
        let rows = std::iter::once(&mut figure.rows).chain(previous).flatten();
        for row in rows.chain(&mut figure.totals) {
            let person = id.and_then(|id| row.get(id)).cloned().unwrap_or_default();
            for (rule, cell) in rules.iter().zip(row) {
                if matches!(rule, Rule::Person) {
                    *cell = person.clone();
                }
                self.hide_cell(*rule, cell);
            }
        }
        let trend = figure.trend.iter_mut().flat_map(|part| &mut part.rows);
        for cell in trend.flatten() {
            self.hide_cell(Rule::Any, cell);
        }
        for column in &mut figure.columns {
            if column.label_format == Some(Format::Text) {
                column.label = self.shown(Rule::Any, &column.label);
                column.name.clone_from(&column.label);
            }
        }
    }

    /// A value that a picker offers.
    pub(crate) fn choice(&self, picker: &str, choice: &ChoiceRow) -> ChoiceRow {
        let detail = choice.detail.as_deref();
        ChoiceRow {
            value: self.shown(picked(picker), &choice.value),
            label: None,
            detail: detail.map(|detail| self.shown(Rule::Word("tier"), detail)),
        }
    }

    /// A selection with the values that its pickers offer.
    pub(crate) fn selection(&self, selection: &Selection) -> Selection {
        let many = |picker, values: &BTreeSet<String>| {
            let values = values.iter();
            values
                .map(|value| self.shown(picked(picker), value))
                .collect()
        };
        Selection {
            tier: many("tier", &selection.tier),
            client: many("client", &selection.client),
            user: selection
                .user
                .as_deref()
                .map(|user| self.shown(picked("user"), user)),
            ..selection.clone()
        }
    }

    fn hide_cell(&self, rule: Rule<'_>, cell: &mut Value) {
        match (rule, &*cell) {
            (Rule::Nothing, _) => *cell = Value::Null,
            (_, Value::Text(text)) => *cell = Value::Text(self.shown(rule, text)),
            _ => {}
        }
    }

    /// A text as the report shows it.
    fn shown(&self, rule: Rule<'_>, text: &str) -> String {
        match rule {
            _ if text.is_empty() || text == OTHER => text.to_owned(),
            Rule::Path => ExportPath::of(text, |client| self.is_word("client", client))
                .shown(|noun, text| self.pseudonyms.of(noun, text)),
            _ if self.is_harmless(rule, text) => text.to_owned(),
            _ => self.pseudonyms.of(rule.noun(), text),
        }
    }

    fn is_harmless(&self, rule: Rule<'_>, text: &str) -> bool {
        match rule {
            Rule::Person | Rule::Nothing | Rule::Path => false,
            Rule::Header => self.is_header(text),
            Rule::Model => is_model(text),
            Rule::Account => is_account(text),
            Rule::Region => is_region(text),
            Rule::Word(meaning) => self.is_word(meaning, text) || is_day(text),
            Rule::Any => {
                is_model(text)
                    || is_day(text)
                    || self.words.values().any(|words| words.contains(text))
            }
        }
    }

    fn is_word(&self, meaning: &str, text: &str) -> bool {
        self.words
            .get(meaning)
            .is_some_and(|words| words.contains(text))
    }

    fn is_header(&self, text: &str) -> bool {
        let header = text.replace([' ', '-'], "_");
        // Columns without a name are called by their place.
        let place = header.strip_prefix("column_").unwrap_or_default();
        self.headers.contains(&header)
            || header.strip_suffix(MODEL_SUFFIX).is_some_and(is_model)
            || is_digits(place)
    }
}

/// The rule for what a picker offers: that of its columns.
fn picked(picker: &str) -> Rule<'_> {
    match picker {
        "user" => Rule::Person,
        meaning => Rule::Word(meaning),
    }
}

fn is_model(text: &str) -> bool {
    let family: &str = text
        .split(|letter: char| !letter.is_ascii_lowercase())
        .next()
        .unwrap_or_default();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    MODEL_FAMILIES.contains(&family) && text.chars().all(is_plain)
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_model;

    #[test]
    fn models_are_told_by_their_family() {
        for model in [
            "auto",
            "claude_sonnet_4.5",
            "gpt_5.6_luna",
            "qwen3_coder_next",
            "glm-5",
        ] {
            assert!(is_model(model), "{model}");
        }
        for other in [
            "",
            "jane",
            "autonoe",
            "claude.doe@corp.example",
            "claude doe",
            "4",
        ] {
            assert!(!is_model(other), "{other}");
        }
    }
}
