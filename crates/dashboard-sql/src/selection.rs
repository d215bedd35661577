//! The choice of all pickers, and its canonical query string.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use crate::span::Span;

/// Maximum length of a value.
const MAX_VALUE_BYTES: usize = 512;
/// Maximum number of values per picker.
const MAX_VALUES: usize = 200;

/// The choice of all pickers. An empty picker restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub tier: BTreeSet<String>,
    pub model: BTreeSet<String>,
    pub client: BTreeSet<String>,
    pub account: BTreeSet<String>,
    pub team: BTreeSet<String>,
    pub user: Option<String>,
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
    /// Reads a query string such as `from=2026-08-01&tier=Pro&tier=Power`. Other keys are ignored.
    pub fn parse(query: &str) -> Result<Self, SelectionError> {
        let mut pairs = Vec::new();
        for pair in query
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(key)?, decode(value)?));
        }
        Self::from_pairs(pairs)
    }

    /// Reads decoded pairs. Other keys and empty values are ignored.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SelectionError> {
        let mut selection = Self::default();
        for (key, value) in pairs {
            // Loose files have the account `''`, the legacy report the client `''`: these can be chosen.
            if value.is_empty() && key != "account" && key != "client" {
                continue;
            }
            if value.len() > MAX_VALUE_BYTES || value.chars().any(char::is_control) {
                return Err(SelectionError::Value { key });
            }
            match key.as_str() {
                "from" => selection.from = Some(date("from", &value)?),
                "to" => selection.to = Some(date("to", &value)?),
                "user" => selection.user = Some(value),
                _ => {
                    if let Some(values) = selection.many_mut(&key) {
                        values.insert(value);
                        if values.len() > MAX_VALUES {
                            return Err(SelectionError::TooMany { key });
                        }
                    }
                }
            }
        }
        match (selection.from, selection.to) {
            (Some(from), Some(to)) if from > to => Err(SelectionError::Order { from, to }),
            _ => Ok(selection),
        }
    }

    /// The canonical query string: keys in a fixed order, values sorted, without empty pickers.
    pub fn canonical(&self) -> String {
        self.canonical_for(|_| true)
    }

    /// The canonical query string of the pickers for which `acts` returns true: equal strings give equal figures.
    pub fn canonical_for(&self, acts: impl Fn(&str) -> bool) -> String {
        let mut query = String::new();
        if acts("date") {
            for (key, day) in [("from", self.from), ("to", self.to)] {
                if let Some(day) = day {
                    push(&mut query, key, &day.to_string());
                }
            }
        }
        for key in ["tier", "model", "client", "account"] {
            for value in self.many(key).filter(|_| acts(key)) {
                push(&mut query, key, value);
            }
        }
        if let Some(user) = self.user.as_deref().filter(|_| acts("user")) {
            push(&mut query, "user", user);
        }
        for value in self.many("team").filter(|_| acts("team")) {
            push(&mut query, "team", value);
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

    /// The chosen values of a picker; dates have none.
    pub fn values(&self, picker: &str) -> Vec<&str> {
        if picker == "user" {
            self.user.as_deref().into_iter().collect()
        } else {
            self.many(picker).map(String::as_str).collect()
        }
    }

    fn many(&self, picker: &str) -> impl Iterator<Item = &String> {
        let values = match picker {
            "tier" => Some(&self.tier),
            "model" => Some(&self.model),
            "client" => Some(&self.client),
            "account" => Some(&self.account),
            "team" => Some(&self.team),
            _ => None,
        };
        values.into_iter().flatten()
    }

    fn many_mut(&mut self, picker: &str) -> Option<&mut BTreeSet<String>> {
        match picker {
            "tier" => Some(&mut self.tier),
            "model" => Some(&mut self.model),
            "client" => Some(&mut self.client),
            "account" => Some(&mut self.account),
            "team" => Some(&mut self.team),
            _ => None,
        }
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
    use kiro_dashboard::spec::PICKER_IDS;

    use super::*;

    #[test]
    fn one_selection_has_one_spelling() {
        let spelled =
            "user=u-1&tier=Pro%2B&tier=Pro&to=2026-08-31&from=2026-08-01&client=KIRO_IDE&sort=x";
        let selection = Selection::parse(spelled).unwrap();
        let canonical =
            "from=2026-08-01&to=2026-08-31&tier=Pro&tier=Pro%2B&client=KIRO_IDE&user=u-1";
        assert_eq!(selection.canonical(), canonical);
        assert_eq!(Selection::parse(canonical).unwrap(), selection);
    }

    #[test]
    fn every_picker_has_its_place() {
        for picker in PICKER_IDS.into_iter().filter(|id| *id != "date") {
            let selection = Selection::parse(&format!("{picker}=x")).unwrap();
            assert_eq!(selection.values(picker), ["x"], "{picker}");
        }
    }

    #[test]
    fn odd_values_survive_the_round_trip() {
        for value in [
            "O'Brien \\ \"x\"",
            "日本 & 한국",
            "100%",
            "a+b=c",
            "--'; DROP TABLE x; --",
        ] {
            let selection = Selection {
                user: Some(value.to_owned()),
                ..Selection::default()
            };
            assert_eq!(
                Selection::parse(&selection.canonical()).unwrap(),
                selection,
                "{value}"
            );
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
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
                "user=%00",
                "expected values of at most 512 bytes without control characters for `user`",
            ),
        ] {
            assert_eq!(Selection::parse(query).unwrap_err().to_string(), reason);
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
