//! The parameters of a query string. Every name must be known and every value readable: a misspelled filter is refused, not
//! ignored, because the numbers without it would be those of all users.

use axum::http::StatusCode;
use axum::response::Response;
use kiro_catalog::{did_you_mean, nearest};
use kiro_dashboard::spec::{Order, PickerKind, RESERVED_PICKER_IDS};
use kiro_dashboard::{Language, Spec};
use kiro_dashboard_sql::{Selection, SelectionError, TableView};

use crate::response::error_response;

/// The decoded pairs of a query string.
pub(crate) type Pairs = axum::extract::Query<Vec<(String, String)>>;

/// Longer texts are cut in messages.
const MAX_SHOWN_CHARS: usize = 64;
/// Longer search texts are cut.
const MAX_SEARCH_CHARS: usize = 200;
/// Any request may carry it; the access rules read it.
const TOKEN: &str = "token";

/// The parameters that an endpoint takes.
#[derive(Debug, Default)]
pub(crate) struct ParameterNames<'a> {
    /// Those with one value.
    single: Vec<&'a str>,
    /// Those with several values.
    many: Vec<&'a str>,
    /// Those whose value may be empty.
    may_be_empty: Vec<&'a str>,
}

/// The checked parameters of a request.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// A parameter is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParameterError {
    #[error("unknown parameter `{found}`{}", suggestion(nearest.as_deref(), known))]
    Unknown {
        found: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("expected a value for `{name}`, found none: leave the parameter out to see everything")]
    Empty { name: String },
    #[error("expected one value for `{name}`, found several")]
    Repeated { name: String },
    #[error("expected {expected} for `{name}`, found `{found}`{}", did_you_mean(nearest.as_deref()))]
    Value {
        name: &'static str,
        expected: String,
        found: String,
        nearest: Option<String>,
    },
    #[error(transparent)]
    Selection(#[from] SelectionError),
}

impl ParameterError {
    /// The response with this error.
    pub(crate) fn response(&self) -> Response {
        error_response(StatusCode::BAD_REQUEST, &self.to_string())
    }

    fn value(name: &'static str, expected: &str, found: &str) -> Self {
        Self::Value {
            name,
            expected: expected.to_owned(),
            found: shown(found),
            nearest: None,
        }
    }

    /// The value is none of the known ones.
    pub(crate) fn choice<'a>(
        name: &'static str,
        found: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::Value {
            name,
            expected: format!("one of `{}`", known.join("`, `")),
            found: shown(found),
            nearest: nearest(found, known),
        }
    }
}

impl<'a> ParameterNames<'a> {
    /// Parameters with one value.
    pub(crate) fn single(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            single: names.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Parameters with one value, which may be empty.
    pub(crate) fn optional(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        self.single.extend(&names);
        self.may_be_empty.extend(names);
        self
    }

    /// The parameters of a selection: those of the pickers that the dashboard has.
    pub(crate) fn selection(mut self, spec: &'a Spec) -> Self {
        debug_assert!(
            self.all().all(|name| RESERVED_PICKER_IDS.contains(&name)),
            "a picker could have the id of a parameter"
        );
        for picker in &spec.document().pickers {
            let id = picker.id.value.as_str();
            match picker.kind {
                PickerKind::Dates => self.single.extend(["from", "to"]),
                PickerKind::One => self.single.push(id),
                PickerKind::Many => self.many.push(id),
            }
            if picker.empty {
                self.may_be_empty.push(id);
            }
        }
        self
    }

    fn all(&self) -> impl Iterator<Item = &'a str> {
        self.single.iter().chain(&self.many).copied()
    }
}

impl Parameters {
    /// Checks the names of all parameters, and that each has its number of values.
    pub(crate) fn check(
        pairs: Vec<(String, String)>,
        names: &ParameterNames<'_>,
    ) -> Result<Self, ParameterError> {
        for (place, (name, value)) in pairs.iter().enumerate() {
            if name == TOKEN {
                continue;
            }
            if !names.all().any(|known| known == name) {
                return Err(ParameterError::Unknown {
                    found: shown(name),
                    nearest: nearest(name, names.all()),
                    known: names.all().map(str::to_owned).collect(),
                });
            }
            if value.is_empty() && !names.may_be_empty.contains(&name.as_str()) {
                return Err(ParameterError::Empty { name: name.clone() });
            }
            let is_repeated = pairs[..place].iter().any(|(earlier, _)| earlier == name);
            if is_repeated && names.single.contains(&name.as_str()) {
                return Err(ParameterError::Repeated { name: name.clone() });
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter with one value.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The language; English if there is none.
    pub(crate) fn language(&self) -> Result<Language, ParameterError> {
        let Some(tag) = self.value("lang") else {
            return Ok(Language::default());
        };
        Language::from_tag(tag)
            .ok_or_else(|| ParameterError::choice("lang", tag, Language::ALL.map(Language::code)))
    }

    pub(crate) fn selection(&self, spec: &Spec) -> Result<Selection, ParameterError> {
        Ok(Selection::from_pairs(spec, self.0.iter().cloned())?)
    }

    /// The text to search for.
    pub(crate) fn search(&self) -> String {
        let search = self.value("search").unwrap_or_default().chars();
        search
            .filter(|c| !c.is_control())
            .take(MAX_SEARCH_CHARS)
            .collect()
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>, ParameterError> {
        let value = self.value(name);
        let number = value.map(|text| {
            text.parse()
                .map_err(|_| ParameterError::value(name, "a whole number", text))
        });
        number.transpose()
    }

    /// A flag: `1` or `0`.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, ParameterError> {
        match self.value(name) {
            None | Some("0") => Ok(false),
            Some("1") => Ok(true),
            Some(other) => Err(ParameterError::choice(name, other, ["0", "1"])),
        }
    }

    /// The part of a table.
    pub(crate) fn table_view(&self) -> Result<TableView, ParameterError> {
        Ok(TableView {
            sort: self.value("sort").map(sort).transpose()?,
            search: self.search(),
            offset: self.number("offset")?.unwrap_or(0),
            limit: self.number("limit")?,
        })
    }
}

/// Checks the names in the address of the page: those of the parameters, the sheet and the language.
pub(crate) fn check_page_address(
    spec: &Spec,
    pairs: Vec<(String, String)>,
) -> Result<(), ParameterError> {
    let names = ParameterNames::single(["sheet", "lang"]).selection(spec);
    let parameters = Parameters::check(pairs, &names)?;
    parameters.language()?;
    let sheets = &spec.document().sheets;
    let ids = || sheets.iter().map(|sheet| sheet.id.value.as_str());
    match parameters.value("sheet") {
        Some(sheet) if !ids().any(|id| id == sheet) => {
            Err(ParameterError::choice("sheet", sheet, ids()))
        }
        Some(_) | None => Ok(()),
    }
}

fn sort(text: &str) -> Result<(String, Order), ParameterError> {
    let (column, order) = text.split_once(':').unwrap_or((text, "desc"));
    let order = match order {
        "asc" => Order::Asc,
        "desc" => Order::Desc,
        _ => {
            return Err(ParameterError::value(
                "sort",
                "`<column>:asc` or `<column>:desc`",
                text,
            ));
        }
    };
    Ok((column.to_owned(), order))
}

fn suggestion(nearest: Option<&str>, known: &[String]) -> String {
    match (nearest, known) {
        (Some(_), _) => did_you_mean(nearest),
        (None, []) => ": none is expected".to_owned(),
        (None, known) => format!(", expected one of `{}`", known.join("`, `")),
    }
}

/// A text of a request as messages show it.
fn shown(text: &str) -> String {
    let signs = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    signs.take(MAX_SHOWN_CHARS).collect()
}
