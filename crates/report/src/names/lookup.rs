//! The rules about names, checked and ready for lookups.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::{NameProblem, NameProblemKind, NameRules};
use crate::column_name::name_key;
use crate::header::{DATE_KEY, USER_KEY};
use crate::{Dataset, MODEL_SUFFIX, tier_code};

const MAX_LETTERS: usize = 200;
/// [`MODEL_SUFFIX`] in the form of [`name_key`].
const SUFFIX_KEY: &str = "messages";

/// Lookups of the configured names. Without rules, each name stands for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Headers in the form of [`name_key`].
    headers: HashMap<String, String>,
    /// The keys of `headers` that stand for the user and for the date: both make a record a header.
    user_aliases: Vec<String>,
    date_aliases: Vec<String>,
    /// Clients in upper case.
    clients: HashMap<String, String>,
    tiers: HashMap<String, String>,
    /// Models in lower case, without the suffix.
    models: HashMap<String, String>,
    /// Headers in the form of [`name_key`], without the suffix.
    excluded: HashSet<String>,
}

impl Names {
    /// Checks the rules.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub fn new(rules: &NameRules) -> Result<Self, Vec<NameProblem>> {
        let mut problems = Vec::new();
        let headers = headers(&rules.header_aliases, &mut problems);
        let aliases_of = |key| {
            let aliases = headers.iter().filter(|(_, name)| *name == key);
            aliases.map(|(alias, _)| alias.clone()).collect()
        };
        let names = Self {
            user_aliases: aliases_of(USER_KEY),
            date_aliases: aliases_of(DATE_KEY),
            headers,
            clients: aliases(&CLIENTS, &rules.client_aliases, &mut problems),
            tiers: aliases(&TIERS, &rules.tier_aliases, &mut problems),
            models: aliases(&MODELS, &rules.model_aliases, &mut problems),
            excluded: excluded(&rules.excluded_models, &mut problems),
        };
        if problems.is_empty() {
            Ok(names)
        } else {
            Err(problems)
        }
    }

    /// The key of a column's header, in the form of [`name_key`].
    pub(crate) fn header(&self, name: &str) -> String {
        let key = name_key(name);
        self.headers.get(&key).cloned().unwrap_or(key)
    }

    /// The keys of other headers of the user column.
    pub(crate) fn user_aliases(&self) -> &[String] {
        &self.user_aliases
    }

    /// The keys of other headers of the date column.
    pub(crate) fn date_aliases(&self) -> &[String] {
        &self.date_aliases
    }

    /// Returns true for the key of a header that looks like a model's and is none.
    pub(crate) fn is_excluded(&self, key: &str) -> bool {
        self.excluded.contains(without_suffix(key))
    }

    /// The client of a text in upper case.
    pub(crate) fn client<'t>(&'t self, text: Cow<'t, str>) -> Cow<'t, str> {
        // Nearly all runs have no aliases of clients, and each row asks.
        if self.clients.is_empty() {
            return text;
        }
        let name = self.clients.get(text.as_ref());
        name.map_or(text, |name| Cow::Borrowed(name))
    }

    /// The tier code of a text.
    pub(crate) fn tier(&self, text: &str) -> Option<Cow<'static, str>> {
        let code = tier_code(text)?;
        let name = self.tiers.get(code.as_ref());
        Some(name.map_or(code, |name| Cow::Owned(name.clone())))
    }

    /// The model of a name in lower case.
    pub(crate) fn model<'t>(&'t self, name: &'t str) -> &'t str {
        self.models.get(name).map_or(name, String::as_str)
    }
}

/// How the names of one kind are written.
struct NameKind {
    /// The key of the rules.
    section: &'static str,
    /// The form in which spellings are compared.
    fold: fn(&str) -> String,
    is_canonical: fn(&str) -> bool,
    /// What `is_canonical` accepts.
    expected: &'static str,
}

const CLIENTS: NameKind = NameKind {
    section: "client_aliases",
    fold: |text| text.trim().to_uppercase(),
    is_canonical: is_code,
    expected: "a client of upper-case letters, digits and `_` such as `KIRO_WEB`",
};

const TIERS: NameKind = NameKind {
    section: "tier_aliases",
    fold: |text| tier_code(text).map_or_else(String::new, Cow::into_owned),
    is_canonical: |text| is_code(text) && tier_code(text).is_some_and(|code| code == text),
    expected: "a tier code of upper-case letters, digits and `_` such as `PRO_PLUS`",
};

const MODELS: NameKind = NameKind {
    section: "model_aliases",
    fold: |text| text.trim().to_lowercase(),
    is_canonical: |text| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        text.bytes().all(is_plain) && !text.ends_with(MODEL_SUFFIX)
    },
    expected: "a model of lower-case letters, digits, `.`, `_` and `-` without `_messages`, such as `claude_sonnet_5`",
};

fn is_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.bytes().all(is_plain)
}

fn aliases(
    kind: &NameKind,
    rules: &BTreeMap<String, String>,
    problems: &mut Vec<NameProblem>,
) -> HashMap<String, String> {
    let mut direct = HashMap::new();
    let mut push = |alias: &str, problem| {
        problems.push(NameProblem {
            key: format!("{}.{alias}", kind.section),
            kind: problem,
        });
    };
    for (alias, name) in rules {
        let folded = (kind.fold)(alias);
        if !is_text(alias) || !is_text(name) || folded.is_empty() {
            push(alias, NameProblemKind::BadText);
        } else if !(kind.is_canonical)(name) {
            let found = name.clone();
            let expected = kind.expected;
            push(alias, NameProblemKind::NotCanonical { expected, found });
        } else if let Some(first) = direct.insert(folded, name.clone())
            && first != *name
        {
            let second = name.clone();
            push(alias, NameProblemKind::TwoNames { first, second });
        }
    }
    let mut resolved = HashMap::with_capacity(direct.len());
    for alias in rules.keys() {
        let folded = (kind.fold)(alias);
        match resolve(&folded, &direct).map(str::to_owned) {
            // A name that stands for itself is no alias.
            Ok(name) if name == folded => {}
            Ok(name) => {
                resolved.insert(folded, name);
            }
            Err(names) => push(alias, NameProblemKind::Cycle { names }),
        }
    }
    resolved
}

/// Follows aliases to the name that has none.
///
/// # Errors
///
/// The names of a cycle.
fn resolve<'n>(
    alias: &'n str,
    direct: &'n HashMap<String, String>,
) -> Result<&'n str, Vec<String>> {
    let mut seen = vec![alias];
    loop {
        let last = seen[seen.len() - 1];
        match direct.get(last).map(String::as_str) {
            Some(next) if next == last => return Ok(last),
            Some(next) if seen.contains(&next) => {
                seen.push(next);
                return Err(seen.into_iter().map(str::to_owned).collect());
            }
            Some(next) => seen.push(next),
            None => return Ok(last),
        }
    }
}

fn headers(
    rules: &BTreeMap<String, String>,
    problems: &mut Vec<NameProblem>,
) -> HashMap<String, String> {
    let mut headers = HashMap::new();
    for (alias, header) in rules {
        let (key, name) = (name_key(alias), name_key(header));
        let problem = if !is_text(alias) || !is_text(header) {
            NameProblemKind::BadText
        } else if !is_known_header(&name) {
            let found = header.clone();
            NameProblemKind::UnknownColumn { found }
        } else if is_known_header(&key) {
            NameProblemKind::KnownColumn
        } else {
            match headers.insert(key, name.clone()) {
                Some(first) if first != name => {
                    let second = name;
                    NameProblemKind::TwoNames { first, second }
                }
                _ => continue,
            }
        };
        problems.push(NameProblem {
            key: format!("header_aliases.{alias}"),
            kind: problem,
        });
    }
    headers
}

fn excluded(rules: &[String], problems: &mut Vec<NameProblem>) -> HashSet<String> {
    let mut excluded = HashSet::new();
    for header in rules {
        let key = name_key(header);
        let model = without_suffix(&key);
        let problem = if !is_text(header) || model.is_empty() {
            NameProblemKind::BadText
        } else if is_known_header(&key) || is_known_header(&format!("{model}{SUFFIX_KEY}")) {
            NameProblemKind::KnownColumn
        } else {
            excluded.insert(model.to_owned());
            continue;
        };
        problems.push(NameProblem {
            key: "excluded_models".to_owned(),
            kind: problem,
        });
    }
    excluded
}

fn without_suffix(key: &str) -> &str {
    key.strip_suffix(SUFFIX_KEY).unwrap_or(key)
}

fn is_known_header(key: &str) -> bool {
    let columns = [Dataset::Facts, Dataset::Code].into_iter();
    columns
        .flat_map(Dataset::columns)
        .any(|column| column.has_header(key))
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= MAX_LETTERS
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(section: &str, pairs: &[(&str, &str)]) -> NameRules {
        let pairs: BTreeMap<&str, &str> = pairs.iter().copied().collect();
        serde_json::from_value(serde_json::json!({ section: pairs })).unwrap()
    }

    fn problems(rules: &NameRules) -> Vec<String> {
        let problems = Names::new(rules).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_alias_is_found_in_any_case_and_followed_to_its_end() {
        let pairs = [("Kiro Browser", "KIRO_B"), ("kiro_b", "KIRO_WEB")];
        let names = Names::new(&rules("client_aliases", &pairs)).unwrap();
        for (text, client) in [
            ("KIRO BROWSER", "KIRO_WEB"),
            ("KIRO_B", "KIRO_WEB"),
            ("KIRO_WEB", "KIRO_WEB"),
            ("KIRO_IDE", "KIRO_IDE"),
        ] {
            assert_eq!(names.client(Cow::Borrowed(text)), client);
        }
        let pairs = [("Kiro Pro Plus (annual)", "PRO_PLUS")];
        let names = Names::new(&rules("tier_aliases", &pairs)).unwrap();
        for (text, tier) in [
            ("KIRO_PRO_PLUS_ANNUAL", Some("PRO_PLUS")),
            ("Pro+ Annual", Some("PRO_PLUS")),
            ("Pro", Some("PRO")),
            ("-", None),
        ] {
            assert_eq!(names.tier(text).as_deref(), tier, "{text}");
        }
        let pairs = [("Claude-Sonnet-5", "claude_sonnet_5")];
        let names = Names::new(&rules("model_aliases", &pairs)).unwrap();
        assert_eq!(names.model("claude-sonnet-5"), "claude_sonnet_5");
        assert_eq!(names.model("claude_opus_5"), "claude_opus_5");
    }

    #[test]
    fn a_name_that_stands_for_itself_is_no_alias() {
        let names = Names::new(&rules("client_aliases", &[("KIRO_B", "KIRO_B")])).unwrap();
        assert_eq!(names, Names::default());
    }

    #[test]
    fn a_wrong_rule_is_named_by_its_key() {
        type Case = (
            &'static str,
            &'static [(&'static str, &'static str)],
            &'static [&'static str],
        );
        let cases: [Case; 9] = [
            (
                "client_aliases",
                &[("A", "B"), ("B", "A")],
                &[
                    "`client_aliases.A`: is the alias of itself: A, B, A",
                    "`client_aliases.B`: is the alias of itself: B, A, B",
                ],
            ),
            (
                "client_aliases",
                &[("A", " ")],
                &[
                    "`client_aliases.A`: expected a text of 1 to 200 characters without control characters",
                ],
            ),
            (
                "client_aliases",
                &[("A", "Kiro Web")],
                &[
                    "`client_aliases.A`: expected a client of upper-case letters, digits and `_` such as `KIRO_WEB`, found `Kiro Web`",
                ],
            ),
            (
                "client_aliases",
                &[("A", "B"), ("a", "C")],
                &["`client_aliases.a`: is the alias of two names: `B` and `C`"],
            ),
            (
                "tier_aliases",
                &[("Pro+", "Pro")],
                &[
                    "`tier_aliases.Pro+`: expected a tier code of upper-case letters, digits and `_` such as `PRO_PLUS`, found `Pro`",
                ],
            ),
            (
                "model_aliases",
                &[("a", "b_messages")],
                &[
                    "`model_aliases.a`: expected a model of lower-case letters, digits, `.`, `_` and `-` without `_messages`, such as `claude_sonnet_5`, found `b_messages`",
                ],
            ),
            (
                "header_aliases",
                &[("Mail", "User_Mail")],
                &[
                    "`header_aliases.Mail`: expected the header of a known column such as `User_Email`, found `User_Mail`",
                ],
            ),
            (
                "header_aliases",
                &[("Date", "UserId")],
                &["`header_aliases.Date`: is the header of a known column"],
            ),
            (
                "header_aliases",
                &[("Mail-Box", "User_Email"), ("mail box", "UserId")],
                &["`header_aliases.mail box`: is the alias of two names: `useremail` and `userid`"],
            ),
        ];
        for (section, pairs, expected) in cases {
            assert_eq!(problems(&rules(section, pairs)), expected);
        }
    }

    #[test]
    fn only_a_column_that_looks_like_a_model_can_be_excluded() {
        let excluded = |headers: &[&str]| NameRules {
            excluded_models: headers.iter().map(|one| (*one).to_owned()).collect(),
            ..NameRules::default()
        };
        for header in ["Tool-Call Messages", "tool_call"] {
            let names = Names::new(&excluded(&[header])).unwrap();
            assert!(names.is_excluded("toolcallmessages"), "{header}");
            assert!(!names.is_excluded("glm5messages"), "{header}");
        }
        assert_eq!(
            problems(&excluded(&["Total_Messages", "total", "_messages"])),
            [
                "`excluded_models`: is the header of a known column",
                "`excluded_models`: is the header of a known column",
                "`excluded_models`: expected a text of 1 to 200 characters without control characters",
            ]
        );
    }
}
