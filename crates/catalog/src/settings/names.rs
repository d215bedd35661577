//! Names of columns, clients, tiers and models: other spellings, what is no model, and how names are shown.

use std::collections::{BTreeMap, BTreeSet};

use kiro_report::{Dataset, NameProblemKind, NameRules, Names};
use serde::{Deserialize, Deserializer, Serialize};

use super::sections::Section;
use crate::nearest::{did_you_mean, nearest};
use crate::sql::text_literal;

const MAX_LABEL_LETTERS: usize = 100;
/// The label of rows without a tier.
const NO_TIER: &str = "Unknown";

/// Configured names. Labels replace the defaults key by key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameSettings {
    pub header_aliases: BTreeMap<String, String>,
    pub client_aliases: BTreeMap<String, String>,
    pub tier_aliases: BTreeMap<String, String>,
    pub model_aliases: BTreeMap<String, String>,
    pub excluded_models: Vec<String>,
    pub routing_modes: Vec<String>,
    #[serde(deserialize_with = "client_labels")]
    pub client_labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "tier_labels")]
    pub tier_labels: BTreeMap<String, String>,
    pub model_labels: BTreeMap<String, String>,
}

/// Clients that Kiro is known to write.
const CLIENTS: [(&str, &str); 4] = [
    ("KIRO_CLI", "Kiro CLI"),
    ("KIRO_IDE", "Kiro IDE"),
    ("KIRO_WEB", "Kiro Web"),
    ("PLUGIN", "IDE plugin"),
];
const TIERS: [(&str, &str); 5] = [
    ("FREE", "Free"),
    ("POWER", "Power"),
    ("PRO", "Pro"),
    ("PRO_MAX", "Pro Max"),
    ("PRO_PLUS", "Pro+"),
];

impl Default for NameSettings {
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            header_aliases: BTreeMap::new(),
            client_aliases: BTreeMap::new(),
            tier_aliases: BTreeMap::new(),
            model_aliases: BTreeMap::new(),
            excluded_models: Vec::new(),
            routing_modes: texts(&["auto", "simple_task"]),
            client_labels: labels(&CLIENTS),
            tier_labels: labels(&TIERS),
            model_labels: BTreeMap::new(),
        }
    }
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, label)| ((*name).to_owned(), (*label).to_owned()))
        .collect()
}

fn client_labels<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    laid_over(&CLIENTS, deserializer)
}

fn tier_labels<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    laid_over(&TIERS, deserializer)
}

fn laid_over<'de, D: Deserializer<'de>>(
    defaults: &[(&str, &str)],
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let mut merged = labels(defaults);
    merged.extend(BTreeMap::<String, String>::deserialize(deserializer)?);
    Ok(merged)
}

impl NameSettings {
    pub(super) const SECTION: Section = Section {
        name: "names",
        meaning: "Names in exports. Aliases and exclusions change what `normalize` writes, labels change what is shown. After a change of an alias or an exclusion, `normalize --reprocess` applies it to exports that were read before. A name that stands for itself is no alias.",
        keys: &[
            (
                "header_aliases",
                "Headers of columns, with the header that Kiro writes: `{ \"E-Mail\" = \"User_Email\" }`.",
            ),
            (
                "client_aliases",
                "Spellings of clients, with the client: `{ \"Kiro Browser\" = \"KIRO_WEB\" }`.",
            ),
            (
                "tier_aliases",
                "Spellings of plans, with the tier code: `{ \"Pro Plus (annual)\" = \"PRO_PLUS\" }`. Case, blanks and `_` do not matter, `+` is `plus`, and a first word `Kiro` is dropped.",
            ),
            (
                "model_aliases",
                "Models, without `_messages`, with the model: `{ \"claude-sonnet-5\" = \"claude_sonnet_5\" }`. Columns of one model add up.",
            ),
            (
                "excluded_models",
                "Headers that end with `_messages` and are no models, such as totals of tool calls: `[\"tool_call_messages\"]`. Their cells are kept in `extra`.",
            ),
            (
                "routing_modes",
                "Columns of models that are a way to choose a model. They count as the others do, and `known_names` marks them.",
            ),
            (
                "client_labels",
                "How clients are shown. Clients without a label are shown by their name.",
            ),
            (
                "tier_labels",
                "How plans are shown, by tier code. Plans without a label are shown by the words of the code.",
            ),
            (
                "model_labels",
                "How models are shown: `{ claude_sonnet_5 = \"Sonnet 5\" }`. Models without a label are shown by their name.",
            ),
        ],
    };

    /// The rules that the normalizer applies.
    pub fn rules(&self) -> NameRules {
        NameRules {
            header_aliases: self.header_aliases.clone(),
            client_aliases: self.client_aliases.clone(),
            tier_aliases: self.tier_aliases.clone(),
            model_aliases: self.model_aliases.clone(),
            excluded_models: self.excluded_models.clone(),
        }
    }

    /// The lookups of the normalizer; none if a rule is wrong, which [`Settings::problems`](super::Settings::problems) reports.
    pub fn lookups(&self) -> Names {
        Names::new(&self.rules()).unwrap_or_default()
    }

    /// The labels of each kind, with the key of their table.
    fn labels(&self) -> [(&'static str, &BTreeMap<String, String>); 3] {
        [
            ("client", &self.client_labels),
            ("tier", &self.tier_labels),
            ("model", &self.model_labels),
        ]
    }

    /// Labels that differ from the defaults: kind (`client`, `tier` or `model`), name and label.
    pub fn configured_labels(&self) -> Vec<(&'static str, &str, &str)> {
        let defaults = Self::default();
        let both = self.labels().into_iter().zip(defaults.labels());
        let changed = both.flat_map(|((kind, labels), (_, defaults))| {
            let changed = labels
                .iter()
                .filter(move |(name, label)| defaults.get(*name) != Some(label));
            changed.map(move |(name, label)| (kind, name.as_str(), label.as_str()))
        });
        changed.collect()
    }

    /// The rows of the view of known names.
    pub(super) fn rows(&self) -> String {
        let aliases = [
            &self.client_aliases,
            &self.tier_aliases,
            &self.model_aliases,
        ];
        let mut rows = Vec::new();
        for ((kind, labels), aliases) in self.labels().into_iter().zip(aliases) {
            let mut names: BTreeSet<&str> = labels.keys().map(String::as_str).collect();
            names.extend(aliases.values().map(String::as_str));
            let is_routing =
                |name: &str| kind == "model" && self.routing_modes.iter().any(|mode| mode == name);
            if kind == "model" {
                names.extend(self.routing_modes.iter().map(String::as_str));
            }
            rows.extend(names.into_iter().map(|name| {
                let label = labels.get(name);
                let label = label.map_or_else(
                    || "CAST(NULL AS varchar)".to_owned(),
                    |label| text_literal(label),
                );
                let (kind, name, routing) =
                    (text_literal(kind), text_literal(name), is_routing(name));
                format!("({kind}, {name}, {label}, {routing})")
            }));
        }
        rows.join(",\n        ")
    }

    pub(super) fn push_problems(&self, problems: &mut Vec<String>) {
        for problem in Names::new(&self.rules()).err().into_iter().flatten() {
            let hint = match &problem.kind {
                NameProblemKind::UnknownColumn { found } => nearest(found, headers()),
                _ => None,
            };
            let hint = did_you_mean(hint.as_deref());
            problems.push(format!("`names.{}`: {}{hint}", problem.key, problem.kind));
        }
        let is_model = |name: &str| {
            let is_plain = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            };
            !name.is_empty() && name.bytes().all(is_plain)
        };
        for mode in self.routing_modes.iter().filter(|mode| !is_model(mode)) {
            problems.push(format!("`names.routing_modes`: expected a model without `_messages` such as `auto`, found `{mode}`"));
        }
        for (kind, labels) in self.labels() {
            let mut names = BTreeMap::new();
            for (name, label) in labels {
                let is_bad = |text: &str| {
                    text.trim().is_empty()
                        || text.chars().count() > MAX_LABEL_LETTERS
                        || text.chars().any(char::is_control)
                };
                let mut push =
                    |text: String| problems.push(format!("`names.{kind}_labels.{name}`: {text}"));
                if is_bad(name) || is_bad(label) {
                    push(format!(
                        "expected a text of 1 to {MAX_LABEL_LETTERS} characters without control characters"
                    ));
                } else if kind == "tier" && label == NO_TIER {
                    push(format!("`{NO_TIER}` is the label of users without a plan"));
                } else if let Some(other) = names.insert(label, name) {
                    push(format!("`{label}` is the label of `{other}` already"));
                }
            }
        }
    }
}

/// The headers of all known columns.
fn headers() -> impl Iterator<Item = &'static str> {
    let columns = [Dataset::Facts, Dataset::Code].into_iter();
    let columns = columns.flat_map(Dataset::columns);
    columns.flat_map(|column| column.headers.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    fn settings(names: &str) -> Settings {
        serde_json::from_str(&format!(r#"{{"names": {names}}}"#)).unwrap()
    }

    #[test]
    fn labels_are_laid_over_the_defaults() {
        let names =
            settings(r#"{"client_labels": {"KIRO_CREW": "Crew", "PLUGIN": "Plug-in"}}"#).names;
        assert_eq!(names.client_labels.len(), 5);
        assert_eq!(
            names.configured_labels(),
            [
                ("client", "KIRO_CREW", "Crew"),
                ("client", "PLUGIN", "Plug-in")
            ]
        );
    }

    #[test]
    fn known_names_are_those_with_labels_the_targets_of_aliases_and_the_routing_modes() {
        let names = settings(
            r#"{"client_aliases": {"Crew": "KIRO_CREW"}, "model_labels": {"glm_5": "GLM '5'"}}"#,
        );
        let rows = names.names.rows();
        assert_eq!(
            rows.split(",\n        ").collect::<Vec<_>>(),
            [
                "('client', 'KIRO_CLI', 'Kiro CLI', false)",
                "('client', 'KIRO_CREW', CAST(NULL AS varchar), false)",
                "('client', 'KIRO_IDE', 'Kiro IDE', false)",
                "('client', 'KIRO_WEB', 'Kiro Web', false)",
                "('client', 'PLUGIN', 'IDE plugin', false)",
                "('tier', 'FREE', 'Free', false)",
                "('tier', 'POWER', 'Power', false)",
                "('tier', 'PRO', 'Pro', false)",
                "('tier', 'PRO_MAX', 'Pro Max', false)",
                "('tier', 'PRO_PLUS', 'Pro+', false)",
                "('model', 'auto', CAST(NULL AS varchar), true)",
                "('model', 'glm_5', 'GLM ''5''', false)",
                "('model', 'simple_task', CAST(NULL AS varchar), true)",
            ]
        );
    }

    #[test]
    fn a_wrong_name_is_a_problem_with_its_key() {
        for (names, expected) in [
            (
                r#"{"header_aliases": {"Mail": "User_Emial"}}"#,
                "`names.header_aliases.Mail`: expected the header of a known column such as `User_Email`, found `User_Emial`; did you mean `User_Email`?",
            ),
            (
                r#"{"client_aliases": {"A": "B", "B": "A"}}"#,
                "`names.client_aliases.A`: is the alias of itself: A, B, A",
            ),
            (
                r#"{"routing_modes": ["Auto"]}"#,
                "`names.routing_modes`: expected a model without `_messages` such as `auto`, found `Auto`",
            ),
            (
                r#"{"tier_labels": {"PRO": "Pro+"}}"#,
                "`names.tier_labels.PRO_PLUS`: `Pro+` is the label of `PRO` already",
            ),
            (
                r#"{"tier_labels": {"PRO": "Unknown"}}"#,
                "`names.tier_labels.PRO`: `Unknown` is the label of users without a plan",
            ),
            (
                r#"{"model_labels": {"auto": " "}}"#,
                "`names.model_labels.auto`: expected a text of 1 to 100 characters without control characters",
            ),
        ] {
            assert_eq!(settings(names).problems()[0], expected);
        }
    }
}
