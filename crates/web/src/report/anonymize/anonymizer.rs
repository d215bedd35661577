//! Anonymizes a report. Numbers, days, and the terms of Kiro, AWS and the dashboard are kept. Every other text is replaced
//! by a pseudonym, because it may name a person: a folder, a column of a file that users wrote, a plan that nobody knows.

use std::collections::{HashMap, HashSet};

use kiro_catalog::Catalogue;
use kiro_dashboard::spec::Format;
use kiro_dashboard::{PageModel, Spec, column_alias};
use kiro_dashboard_sql::{ChoiceRow, ColumnRole, Figure, FigureColumn, OTHER, Selection, Value};
use kiro_report::MODEL_SUFFIX;

use crate::dashboard_service::DashboardService;
use crate::report::anonymize::export_path::{ExportPath, is_account, is_digits, is_region};
use crate::report::anonymize::words::{KeptWords, is_model};
use crate::report::{Pseudonyms, ReportError, ReportOptions};

/// Columns that name a user: replaced by the user's pseudonym.
const USER_COLUMNS: [&str; 3] = ["person_id", "user_id", "user_label"];
/// Columns with details of a user: emptied.
const USER_DETAIL_COLUMNS: [&str; 9] = [
    "email",
    "idc_email",
    "idc_username",
    "idc_display_name",
    "user_email",
    "username",
    "display_name",
    "attributes",
    "profile_id",
];
/// Columns of exports that are not columns of the catalogue.
const EXPORT_COLUMNS: [&str; 4] = ["date", "userid", "user_email", "profileid"];
/// Anonymizes figures and picker options.
pub(crate) struct Anonymizer<'a> {
    pseudonyms: &'a Pseudonyms,
    spec: &'a Spec,
    /// The values that the dashboard has a text or a colour for, by meaning.
    terms: HashMap<String, HashSet<String>>,
    /// The known columns of exports and views.
    column_names: HashSet<String>,
    /// Clients, plans and models that are in the settings or name no person.
    words: KeptWords,
}

/// Which texts of a column are kept.
#[derive(Debug, Clone, Copy)]
enum TextRule<'a> {
    /// No text is kept: replaced by the pseudonym of the user.
    User,
    /// No text is kept: emptied.
    UserDetail,
    ExportPath,
    ColumnName,
    Model,
    Account,
    Region,
    /// No text is kept: a team can have the name of a person.
    Team,
    /// No text is kept.
    CostCenter,
    /// No text is kept: it names a person.
    Manager,
    /// Terms of this meaning.
    Term(&'a str),
    /// Models, days, and terms of any meaning: the columns of a pivot have no meaning.
    AnyTerm,
}

impl<'a> TextRule<'a> {
    fn of(column: &'a FigureColumn) -> Self {
        if column.role == ColumnRole::UserId {
            return Self::User;
        }
        Self::of_column(&column.name, column.meaning.as_deref())
    }

    /// The rule for a column of this name.
    fn of_column(name: &str, meaning: Option<&'a str>) -> Self {
        if USER_COLUMNS.contains(&name) {
            return Self::User;
        }
        if USER_DETAIL_COLUMNS.contains(&name) {
            return Self::UserDetail;
        }
        match name {
            "src_path" => Self::ExportPath,
            "column_name" => Self::ColumnName,
            "model_name" => Self::Model,
            "source_account" => Self::Account,
            "source_region" => Self::Region,
            "team" => Self::Team,
            "cost_center" => Self::CostCenter,
            "manager" => Self::Manager,
            // A client, a plan or a model: the column `kind` says which.
            "name" => Self::AnyTerm,
            _ => Self::Term(meaning.unwrap_or_default()),
        }
    }

    /// The first word of a pseudonym.
    fn noun(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::ExportPath => "Export",
            Self::ColumnName => "Column",
            Self::Model => "Model",
            Self::Account => "Account",
            Self::Region => "Region",
            Self::Team => "Team",
            Self::CostCenter => "Cost centre",
            Self::Manager => "Manager",
            Self::Term("client") => "Client",
            Self::Term("tier") => "Plan",
            Self::UserDetail | Self::Term(_) | Self::AnyTerm => "Text",
        }
    }
}

impl<'a> Anonymizer<'a> {
    /// Creates the anonymizer of a report. None if the report names users.
    ///
    /// # Errors
    ///
    /// If the names in the data cannot be read.
    pub(crate) async fn read(
        options: &'a ReportOptions,
        page: &PageModel,
        service: &'a DashboardService,
    ) -> Result<Option<Self>, ReportError> {
        let Some(pseudonyms) = &options.pseudonyms else {
            return Ok(None);
        };
        let words = KeptWords::read(service).await;
        Ok(Some(Self {
            pseudonyms,
            spec: service.spec(),
            terms: terms(page),
            column_names: column_names(service.catalogue()),
            words: words.map_err(|source| ReportError::Names(Box::new(source)))?,
        }))
    }

    /// Anonymizes every text of a figure.
    pub(crate) fn anonymize(&self, figure: &mut Figure) {
        let columns = &figure.columns;
        let rules: Vec<TextRule<'_>> = columns.iter().map(TextRule::of).collect();
        let id = columns
            .iter()
            .position(|column| column.role == ColumnRole::UserId || column.name == "user_id");
        let previous = figure.previous.as_mut().map(|part| &mut part.rows);
        let rows = std::iter::once(&mut figure.rows).chain(previous).flatten();
        for row in rows.chain(&mut figure.totals) {
            let user = id.and_then(|id| row.get(id)).cloned().unwrap_or_default();
            for (rule, cell) in rules.iter().zip(row) {
                if matches!(rule, TextRule::User) {
                    *cell = user.clone();
                }
                self.anonymize_cell(*rule, cell);
            }
        }
        let trend = figure.trend.iter_mut().flat_map(|part| &mut part.rows);
        for cell in trend.flatten() {
            self.anonymize_cell(TextRule::AnyTerm, cell);
        }
        for column in &mut figure.columns {
            if column.label_format == Some(Format::Text) {
                column.label = self.shown(TextRule::AnyTerm, &column.label);
                column.name.clone_from(&column.label);
            }
        }
    }

    /// Anonymizes an option of a picker.
    pub(crate) fn choice(&self, picker: &str, choice: &ChoiceRow) -> ChoiceRow {
        let detail = choice.detail.as_deref();
        let detail = detail.and_then(|detail| match self.detail_rule(picker) {
            TextRule::UserDetail => None,
            rule => Some(self.shown(rule, detail)),
        });
        ChoiceRow {
            value: self.shown(self.picker_rule(picker), &choice.value),
            label: None,
            detail,
        }
    }

    /// Anonymizes the values of a selection, as the options of its pickers are.
    pub(crate) fn selection(&self, selection: &Selection) -> Selection {
        selection.map_values(|picker, value| self.shown(self.picker_rule(picker), value))
    }

    /// The rule for the values of a picker: that of their column.
    fn picker_rule(&self, id: &str) -> TextRule<'a> {
        let Ok(picker) = self.spec.picker(id) else {
            return TextRule::Term("");
        };
        if self.spec.is_user_picker(picker) {
            return TextRule::User;
        }
        let meaning = picker
            .meaning
            .as_ref()
            .map(|meaning| meaning.value.as_str());
        let options = picker.options.as_ref();
        let column = options.map(|options| column_alias(&options.value));
        TextRule::of_column(&column.unwrap_or_default(), meaning)
    }

    /// The rule for the details of a picker's values: that of their column, with the meaning of a picker over it.
    fn detail_rule(&self, id: &str) -> TextRule<'a> {
        let picker = self.spec.picker(id).ok();
        let options = picker.and_then(|picker| picker.options.as_ref());
        let Some(column) = options.and_then(|options| options.detail.as_ref()) else {
            return TextRule::Term("");
        };
        let mut pickers = self.spec.document().pickers.iter();
        let over = pickers.find(|picker| {
            let mut columns = picker.columns.iter();
            columns.any(|one| one.value == column.value)
        });
        let meaning = over.and_then(|picker| picker.meaning.as_ref());
        let meaning = meaning.map(|meaning| meaning.value.as_str());
        TextRule::of_column(&column_alias(column), meaning)
    }

    fn anonymize_cell(&self, rule: TextRule<'_>, cell: &mut Value) {
        match (rule, &*cell) {
            (TextRule::UserDetail, _) => *cell = Value::Null,
            (_, Value::Text(text)) => *cell = Value::Text(self.shown(rule, text)),
            _ => {}
        }
    }

    /// The text as the report shows it.
    fn shown(&self, rule: TextRule<'_>, text: &str) -> String {
        match rule {
            _ if text.is_empty() || text == OTHER => text.to_owned(),
            TextRule::ExportPath => ExportPath::of(text, |client| self.is_term("client", client))
                .shown(|noun, text| self.pseudonyms.of(noun, text)),
            _ if self.is_kept(rule, text) => text.to_owned(),
            _ => self.pseudonyms.of(rule.noun(), text),
        }
    }

    fn is_kept(&self, rule: TextRule<'_>, text: &str) -> bool {
        match rule {
            TextRule::User
            | TextRule::UserDetail
            | TextRule::ExportPath
            | TextRule::Team
            | TextRule::CostCenter
            | TextRule::Manager => false,
            TextRule::ColumnName => self.is_column_name(text),
            TextRule::Model => self.is_model(text),
            TextRule::Account => is_account(text),
            TextRule::Region => is_region(text),
            TextRule::Term(meaning) => self.is_term(meaning, text) || is_day(text),
            TextRule::AnyTerm => {
                is_model(text)
                    || self.words.contains_any(text)
                    || is_day(text)
                    || self.terms.values().any(|terms| terms.contains(text))
            }
        }
    }

    fn is_term(&self, meaning: &str, text: &str) -> bool {
        let terms = self.terms.get(meaning);
        terms.is_some_and(|terms| terms.contains(text)) || self.words.contains(meaning, text)
    }

    fn is_model(&self, text: &str) -> bool {
        is_model(text) || self.words.contains("model", text)
    }

    fn is_column_name(&self, text: &str) -> bool {
        let header = text.replace([' ', '-'], "_");
        // A column without a name is called by its position.
        let position = header.strip_prefix("column_").unwrap_or_default();
        self.column_names.contains(&header)
            || header
                .strip_suffix(MODEL_SUFFIX)
                .is_some_and(|model| self.is_model(model))
            || is_digits(position)
    }
}

/// The values that the dashboard has a text or a colour for, by meaning.
fn terms(page: &PageModel) -> HashMap<String, HashSet<String>> {
    let mut terms: HashMap<String, HashSet<String>> = HashMap::new();
    for (meaning, values) in &page.colours.meanings {
        terms.insert(meaning.clone(), values.keys().cloned().collect());
    }
    for key in page.texts.keys() {
        // `value.<meaning>.<value>`, or `measure.<name>` in figures whose rows are measures.
        let term = match key.split_once('.') {
            Some(("value", term)) => term.split_once('.'),
            term => term.filter(|(group, _)| *group == "measure"),
        };
        if let Some((meaning, value)) = term {
            let known = terms.entry(meaning.to_owned()).or_default();
            known.insert(value.to_owned());
        }
    }
    terms
}

/// The known columns of exports and views.
fn column_names(catalogue: &Catalogue) -> HashSet<String> {
    let columns = catalogue.relations().iter().flat_map(|one| &one.columns);
    let columns = columns.map(|column| column.name.as_str());
    columns.chain(EXPORT_COLUMNS).map(str::to_owned).collect()
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok()
}
