//! The choice of all pickers, and its canonical query string.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use kiro_dashboard::Spec;
use kiro_dashboard::spec::PickerKind;

use crate::span::Span;

/// Maximum length of a value.
const MAX_VALUE_BYTES: usize = 512;
/// Maximum number of values per picker.
const MAX_VALUES: usize = 200;

/// The choice of all pickers. A picker without values restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// By picker; no set is empty, so that equal choices are equal.
    values: BTreeMap<String, BTreeSet<String>>,
}

/// Why a query string is not a selection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    #[error("expected a date such as `2026-08-31` for `{key}`, found `{found}`")]
    Date { key: &'static str, found: String },
    #[error("expected `from` not to be after `to`, found `{from}` and `{to}`")]
    Order { from: NaiveDate, to: NaiveDate },
    #[error("expected percent-encoded UTF-8, found `{found}`")]
    Encoding { found: String },
    #[error(
        "expected values of at most {MAX_VALUE_BYTES} bytes without control characters for `{key}`"
    )]
    Value { key: String },
    #[error("expected at most {MAX_VALUES} values for `{key}`")]
    TooMany { key: String },
}

impl Selection {
    /// The choice of these days alone.
    pub fn of_days(days: Option<Span>) -> Self {
        Self {
            from: days.map(|days| days.from),
            to: days.map(|days| days.to),
            ..Self::default()
        }
    }

    /// Reads a query string such as `from=2026-08-01&tier=Pro&tier=Power`. Keys of no picker are ignored.
    pub fn parse(spec: &Spec, query: &str) -> Result<Self, SelectionError> {
        let mut pairs = Vec::new();
        for pair in query
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(key)?, decode(value)?));
        }
        Self::from_pairs(spec, pairs)
    }

    /// Reads decoded pairs. Keys of no picker are ignored, and empty values of pickers that cannot be empty.
    pub fn from_pairs(
        spec: &Spec,
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SelectionError> {
        let mut selection = Self::default();
        for (key, value) in pairs {
            let picker = spec.picker(&key).ok();
            if value.is_empty() && !picker.is_some_and(|picker| picker.empty) {
                continue;
            }
            if value.len() > MAX_VALUE_BYTES || value.chars().any(char::is_control) {
                return Err(SelectionError::Value { key });
            }
            match (key.as_str(), picker.map(|picker| picker.kind)) {
                ("from", _) => selection.from = Some(date("from", &value)?),
                ("to", _) => selection.to = Some(date("to", &value)?),
                (_, None | Some(PickerKind::Dates)) => {}
                (_, Some(PickerKind::One)) => selection.choose(&key, [value]),
                (_, Some(PickerKind::Many)) => {
                    let values = selection.values.entry(key.clone()).or_default();
                    values.insert(value);
                    if values.len() > MAX_VALUES {
                        return Err(SelectionError::TooMany { key });
                    }
                }
            }
        }
        match (selection.from, selection.to) {
            (Some(from), Some(to)) if from > to => Err(SelectionError::Order { from, to }),
            _ => Ok(selection),
        }
    }

    /// Replaces the values of a picker. Without values, the choice is removed.
    pub fn choose(&mut self, picker: &str, values: impl IntoIterator<Item = String>) {
        let values: BTreeSet<String> = values.into_iter().collect();
        if values.is_empty() {
            self.values.remove(picker);
        } else {
            self.values.insert(picker.to_owned(), values);
        }
    }

    /// The chosen values of a picker; dates have none.
    pub fn values(&self, picker: &str) -> Vec<&str> {
        let values = self.values.get(picker).into_iter().flatten();
        values.map(String::as_str).collect()
    }

    /// Returns true if a picker has chosen values.
    pub fn is_chosen(&self, picker: &str) -> bool {
        self.values.contains_key(picker)
    }

    /// The selection with every value replaced; `replacement` takes the picker and the value.
    #[must_use]
    pub fn map_values(&self, replacement: impl Fn(&str, &str) -> String) -> Self {
        let mut mapped = Self {
            values: BTreeMap::new(),
            ..*self
        };
        for (picker, values) in &self.values {
            mapped.choose(
                picker,
                values.iter().map(|value| replacement(picker, value)),
            );
        }
        mapped
    }

    /// The canonical query string: keys in the order of the pickers, values sorted.
    pub fn canonical(&self, spec: &Spec) -> String {
        self.canonical_for(spec, |_| true)
    }

    /// The canonical query string of the pickers for which `acts` returns true: equal strings give equal figures. Keep in step
    /// with `canonical` of the page's `state.js`.
    pub fn canonical_for(&self, spec: &Spec, acts: impl Fn(&str) -> bool) -> String {
        let mut query = String::new();
        let pickers = spec.document().pickers.iter();
        for picker in pickers.filter(|picker| acts(&picker.id)) {
            if picker.kind == PickerKind::Dates {
                for (key, day) in [("from", self.from), ("to", self.to)] {
                    if let Some(day) = day {
                        push(&mut query, key, &day.to_string());
                    }
                }
            }
            for value in self.values(&picker.id) {
                push(&mut query, &picker.id, value);
            }
        }
        query
    }

    /// The chosen days, else `default_days` up to the last day of the data; none without data.
    pub(crate) fn span(&self, data: Option<Span>, default_days: u32) -> Option<Span> {
        let to = self.to.or(data.map(|days| days.to)).or(self.from)?;
        let back = Days::new(u64::from(default_days.saturating_sub(1)));
        let from = self
            .from
            .unwrap_or_else(|| to.checked_sub_days(back).unwrap_or(to));
        Some(Span {
            from: from.min(to),
            to,
        })
    }
}

fn date(key: &'static str, value: &str) -> Result<NaiveDate, SelectionError> {
    let day = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
    day.filter(|_| value.len() == 10 && value.is_ascii())
        .ok_or_else(|| SelectionError::Date {
            key,
            found: value.to_owned(),
        })
}

fn push(query: &mut String, key: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(key);
    query.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _always_ok = write!(query, "%{byte:02X}");
        }
    }
}

fn decode(text: &str) -> Result<String, SelectionError> {
    let fail = || SelectionError::Encoding {
        found: text.chars().take(64).collect(),
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    rest.next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                        .ok_or_else(fail)
                };
                let value = digit()? * 16 + digit()?;
                u8::try_from(value).map_err(|_| fail())?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| fail())
}

#[cfg(test)]
mod tests {
    use kiro_catalog::{Catalogue, RenderOptions, Settings};
    use kiro_dashboard::builtin_text;

    use super::*;

    /// The built-in dashboard with pickers of any id.
    fn spec() -> Spec {
        let more = "pickers:
  - {id: zone_2, kind: many, label: Zone, columns: [source_region], empty: true, options: {dataset: health, value: source_region}}
  - {id: profile, kind: one, label: Profile, columns: [profile_id], options: {dataset: activity, value: profile_id}}
";
        let text = builtin_text().replacen("pickers:\n", more, 1);
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        Spec::load(&text, "mine.yaml", &catalogue, &Settings::default())
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn one_selection_has_one_spelling() {
        let spec = spec();
        for (spelled, canonical) in [
            (
                "user=u-1&tier=Pro%2B&tier=Pro&to=2026-08-31&from=2026-08-01&client=KIRO_IDE&sort=x",
                "from=2026-08-01&to=2026-08-31&tier=Pro&tier=Pro%2B&client=KIRO_IDE&user=u-1",
            ),
            // Pickers are in the order of the file.
            (
                "account=1&profile=arn%3Aaws&zone_2=b&zone_2=a&zone_2=b",
                "zone_2=a&zone_2=b&profile=arn%3Aaws&account=1",
            ),
            // Of one value, the last.
            ("profile=a&user=u-1&profile=b", "profile=b&user=u-1"),
            // The empty value is one where the picker has it, else nothing.
            ("zone_2=&tier=&account=&profile=", "zone_2=&account="),
            ("", ""),
        ] {
            let selection = Selection::parse(&spec, spelled).unwrap();
            assert_eq!(selection.canonical(&spec), canonical, "{spelled}");
            assert_eq!(Selection::parse(&spec, canonical).unwrap(), selection);
        }
    }

    #[test]
    fn the_picker_of_dates_has_any_id() {
        let text = builtin_text()
            .replace(
                "{id: date, kind: dates",
                "{id: period, label: Period, kind: dates",
            )
            .replace("pickers: [date, ", "pickers: [period, ")
            .replace("ignore: [date", "ignore: [period");
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let spec = Spec::load(&text, "mine.yaml", &catalogue, &Settings::default())
            .unwrap_or_else(|errors| panic!("{errors}"));
        let selection = Selection::parse(&spec, "to=2026-08-31&tier=Pro").unwrap();
        for (acting, expected) in [
            ("period", "to=2026-08-31"),
            ("tier", "tier=Pro"),
            ("date", ""),
        ] {
            let found = selection.canonical_for(&spec, |picker| picker == acting);
            assert_eq!(found, expected, "{acting}");
        }
    }

    #[test]
    fn every_picker_has_its_values() {
        let spec = spec();
        let pickers = spec.document().pickers.iter();
        for picker in pickers.filter(|picker| picker.kind != PickerKind::Dates) {
            let id = picker.id.as_str();
            let mut selection = Selection::parse(&spec, &format!("{id}=x")).unwrap();
            assert!(selection.is_chosen(id), "{id}");
            assert_eq!(selection.values(id), ["x"], "{id}");
            let mapped = selection.map_values(|picker, value| format!("{picker}-{value}"));
            assert_eq!(mapped.values(id), [format!("{id}-x")]);
            selection.choose(id, []);
            assert_eq!(selection, Selection::default(), "{id}");
        }
        for unknown in ["cost_center=x", "date=x", "zone=x"] {
            let selection = Selection::parse(&spec, unknown).unwrap();
            assert_eq!(selection, Selection::default(), "{unknown}");
        }
    }

    #[test]
    fn odd_values_survive_the_round_trip() {
        let spec = spec();
        for value in [
            "O'Brien \\ \"x\"",
            "日本 & 한국",
            "100%",
            "a+b=c",
            "--'; DROP TABLE x; --",
        ] {
            let mut selection = Selection::default();
            selection.choose("profile", [value.to_owned()]);
            selection.choose("zone_2", [value.to_owned(), String::new()]);
            let canonical = selection.canonical(&spec);
            assert_eq!(
                Selection::parse(&spec, &canonical).unwrap(),
                selection,
                "{value}"
            );
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        let spec = spec();
        for (query, reason) in [
            (
                "from=yesterday",
                "expected a date such as `2026-08-31` for `from`, found `yesterday`",
            ),
            (
                "to=2026-02-30",
                "expected a date such as `2026-08-31` for `to`, found `2026-02-30`",
            ),
            (
                "to=2026-2-3",
                "expected a date such as `2026-08-31` for `to`, found `2026-2-3`",
            ),
            (
                "from=2026-02-03&to=2026-02-01",
                "expected `from` not to be after `to`, found `2026-02-03` and `2026-02-01`",
            ),
            ("tier=%zz", "expected percent-encoded UTF-8, found `%zz`"),
            ("tier=%ff", "expected percent-encoded UTF-8, found `%ff`"),
            (
                "profile=%00",
                "expected values of at most 512 bytes without control characters for `profile`",
            ),
            (
                "user=%00",
                "expected values of at most 512 bytes without control characters for `user`",
            ),
        ] {
            let error = Selection::parse(&spec, query).unwrap_err();
            assert_eq!(error.to_string(), reason);
        }
    }

    #[test]
    fn without_dates_the_window_ends_with_the_data() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let data = Span {
            from: day("2026-01-01"),
            to: day("2026-08-30"),
        };
        let span = Selection::default().span(Some(data), 30).unwrap();
        assert_eq!(
            span,
            Span {
                from: day("2026-08-01"),
                to: day("2026-08-30")
            }
        );
        assert_eq!(Selection::default().span(None, 30), None);
    }
}
