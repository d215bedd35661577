//! Decides which words of an export are Kiro's and which could name a person.
//!
//! A client, a plan or a model is kept if this version or the settings know it. A new one is kept if it is written as Kiro
//! writes such names, at least three people have it, and none of its words is part of the name, the address or the id of a
//! user. All others could name a person.

use std::collections::{HashMap, HashSet};

use kiro_catalog::Catalogue;
use kiro_dashboard_sql::{ResultSet, Value};

use crate::dashboard_service::{DashboardError, DashboardService};

/// The columns of users and persons that name people and teams.
const NAME_COLUMNS: [&str; 12] = [
    "user_id",
    "person_id",
    "user_label",
    "username",
    "display_name",
    "email",
    "idc_email",
    "idc_username",
    "idc_display_name",
    "team",
    "cost_center",
    "manager",
];
/// Users of the data, and people who are not in it.
const NAME_RELATIONS: [&str; 2] = ["user_dim", "identities"];
/// Minimum number of people who have a new word.
const MIN_PEOPLE: i64 = 3;
/// Shorter words are parts of too many names.
const MIN_WORD_LETTERS: usize = 3;

/// The first word of known model names. Models of other families are not kept.
const MODEL_FAMILIES: [&str; 12] = [
    "auto", "claude", "deepseek", "gemini", "glm", "gpt", "kimi", "llama", "minimax", "mistral",
    "nova", "qwen",
];
/// The other words of model names that name no person.
const MODEL_WORDS: [&str; 35] = [
    "chat",
    "code",
    "coder",
    "fast",
    "flash",
    "haiku",
    "high",
    "instant",
    "instruct",
    "large",
    "latest",
    "lite",
    "low",
    "luna",
    "max",
    "medium",
    "micro",
    "mini",
    "nano",
    "next",
    "oss",
    "plus",
    "premier",
    "preview",
    "pro",
    "reasoning",
    "small",
    "sol",
    "sonnet",
    "terra",
    "thinking",
    "turbo",
    "ultra",
    "opus",
    "codex",
];
/// The first word of the plans that Kiro could add.
const PLAN_WORDS: [&str; 14] = [
    "free",
    "pro",
    "plus",
    "max",
    "power",
    "team",
    "teams",
    "business",
    "enterprise",
    "student",
    "trial",
    "individual",
    "standard",
    "ultra",
];
/// Ways to choose a model.
const ROUTING_MODES: [&str; 2] = ["auto", "simple_task"];

/// Clients, plans and models that are kept, by kind: `client`, `tier` and `model`.
#[derive(Debug, Default)]
pub(crate) struct KeptWords(HashMap<String, HashSet<String>>);

impl KeptWords {
    /// Reads the configured names, and the new ones in the data that name no person.
    ///
    /// # Errors
    ///
    /// If the data cannot be read.
    pub(crate) async fn read(service: &DashboardService) -> Result<Self, DashboardError> {
        let relation = |name| service.spec().qualified_name(name);
        let mut kept = Self::default();
        let configured = format!("SELECT kind, name, label FROM {}", relation("known_names"));
        for row in service.rows(&configured).await?.rows {
            if let [Value::Text(kind), names @ ..] = row.as_slice() {
                for name in names.iter().filter_map(text) {
                    kept.insert(kind, name);
                }
            }
        }
        // The views show plans by label, and announce them by code.
        let words = [
            ("client", "client_type", "base_user_activity"),
            ("tier", "subscription_tier", "base_user_activity"),
            ("tier", "subscription_tier", "report_facts"),
            ("model", "model_name", "model_usage"),
        ];
        let words = words.map(|(kind, column, source)| {
            format!(
                "SELECT '{kind}' AS kind, {column} AS word, COUNT(DISTINCT user_id) AS people FROM {} GROUP BY {column}",
                relation(source)
            )
        });
        let words = service.rows(&words.join("\nUNION ALL\n")).await?;
        let new = new_words(&words, &kept);
        if !new.is_empty() {
            let mut names = HashSet::new();
            for source in NAME_RELATIONS {
                let people = format!(
                    "SELECT {} FROM {}",
                    name_columns(service.catalogue(), source).join(", "),
                    relation(source)
                );
                let people = service.rows(&people).await?;
                for text in people.rows.iter().flatten().filter_map(text) {
                    names.extend(parts(text));
                }
            }
            for (kind, word) in new {
                if !names_a_person(&kind, &word, &names) {
                    kept.insert(&kind, &word);
                }
            }
        }
        Ok(kept)
    }

    pub(crate) fn contains(&self, kind: &str, word: &str) -> bool {
        self.0.get(kind).is_some_and(|words| words.contains(word))
    }

    /// Returns true for a word of any kind.
    pub(crate) fn contains_any(&self, word: &str) -> bool {
        self.0.values().any(|words| words.contains(word))
    }

    fn insert(&mut self, kind: &str, word: &str) {
        let words = self.0.entry(kind.to_owned()).or_default();
        words.insert(word.to_owned());
    }
}

/// The columns of a relation that name people and teams.
fn name_columns<'a>(catalogue: &'a Catalogue, relation: &str) -> Vec<&'a str> {
    let columns = catalogue.relation(relation);
    let columns = columns.map_or(&[][..], |people| &people.columns);
    let names = columns.iter().map(|column| column.name.as_str());
    names.filter(|name| NAME_COLUMNS.contains(name)).collect()
}

/// The words that enough people have and that are written as Kiro writes them.
fn new_words(words: &ResultSet, kept: &KeptWords) -> Vec<(String, String)> {
    let rows = words.rows.iter();
    let new = rows.filter_map(|row| match row.as_slice() {
        [Value::Text(kind), Value::Text(word), Value::Whole(people)] => {
            let is_new = *people >= MIN_PEOPLE
                && !kept.contains(kind, word)
                && is_written_as_kiro_does(kind, word);
            is_new.then(|| (kind.clone(), word.clone()))
        }
        _ => None,
    });
    new.collect()
}

fn is_written_as_kiro_does(kind: &str, word: &str) -> bool {
    match kind {
        "client" => {
            let is_code =
                |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            let rest = word.strip_prefix("KIRO_").unwrap_or_default();
            !rest.is_empty() && rest.bytes().all(is_code)
        }
        "tier" => {
            let first = parts(word).next().unwrap_or_default();
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b" +_".contains(&byte);
            PLAN_WORDS.contains(&first.as_str()) && word.bytes().all(is_word)
        }
        "model" => family_of(word).is_some() && word.bytes().any(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// Returns true if a word that is not Kiro's own is part of the name of a user.
fn names_a_person(kind: &str, word: &str, names: &HashSet<String>) -> bool {
    let is_known = |part: &str| match kind {
        "client" => part == "kiro",
        "tier" => PLAN_WORDS.contains(&part),
        _ => MODEL_FAMILIES.contains(&part) || MODEL_WORDS.contains(&part),
    };
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut unknown = parts(word).filter(|part| !is_known(part) && !is_number(part));
    unknown.any(|part| {
        names.contains(&part)
            || (part.len() >= MIN_WORD_LETTERS && names.iter().any(|name| name.contains(&part)))
    })
}

/// The words of a text, in lower case.
fn parts(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
}

/// The family of a model's name, if all its characters are plain.
fn family_of(model: &str) -> Option<&str> {
    let is_plain = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter)
    };
    let family = model
        .split(|letter: char| !letter.is_ascii_lowercase())
        .next()?;
    (MODEL_FAMILIES.contains(&family) && model.chars().all(is_plain)).then_some(family)
}

/// Returns true for a model of a known family whose other words are known, or numbers such as `4.5` and `v3`.
pub(crate) fn is_model(text: &str) -> bool {
    let Some(family) = family_of(text) else {
        return ROUTING_MODES.contains(&text);
    };
    let is_version = |part: &str| {
        let letters = part.bytes().filter(|byte| !byte.is_ascii_digit()).count();
        part.len() > letters && (letters <= 1 || part.len() <= 3)
    };
    text[family.len()..]
        .split(['.', '_', '-'])
        .all(|part| part.is_empty() || MODEL_WORDS.contains(&part) || is_version(part))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{is_model, is_written_as_kiro_does, names_a_person};

    #[test]
    fn models_are_recognized_by_their_words() {
        for model in [
            "auto",
            "simple_task",
            "claude_sonnet_4.5",
            "claude_opus_4.8",
            "gpt_5.6_luna",
            "qwen3_coder_next",
            "glm-5",
            "gpt_4o",
            "deepseek_v3",
            "minimax_m2",
        ] {
            assert!(is_model(model), "{model}");
        }
        for other in [
            "",
            "jane",
            "autonoe",
            "auto_jane",
            "claude_dupont",
            "claude_dupont_1990",
            "claude.doe@corp.example",
            "claude doe",
            "Claude_sonnet_4.5",
            "jane_4.5",
            "4",
        ] {
            assert!(!is_model(other), "{other}");
        }
    }

    #[test]
    fn a_new_word_has_the_form_of_its_kind() {
        for (kind, word) in [
            ("client", "KIRO_CREW"),
            ("client", "KIRO_MOBILE_2"),
            ("tier", "Pro Ultra"),
            ("tier", "Enterprise"),
            ("tier", "PRO_ULTRA"),
            ("model", "claude_fable_5"),
        ] {
            assert!(is_written_as_kiro_does(kind, word), "{word}");
        }
        for (kind, word) in [
            ("client", "KIRO_"),
            ("client", "JANE_DOE"),
            ("client", "Kiro_Jane"),
            ("tier", "Jane Doe"),
            ("tier", "Pro (jane@corp.example)"),
            ("model", "claude_dupont"),
            ("model", "jane_5"),
            ("report", "KIRO_IDE"),
        ] {
            assert!(!is_written_as_kiro_does(kind, word), "{word}");
        }
    }

    #[test]
    fn a_word_that_is_part_of_a_user_s_name_names_a_person() {
        let names: HashSet<String> = ["jane", "mfable", "pro", "kiro", "bo"]
            .map(str::to_owned)
            .into();
        for (kind, word, expected) in [
            ("client", "KIRO_JANE", true),
            ("client", "KIRO_CREW", false),
            ("client", "KIRO_BO", true),
            ("tier", "Pro Ultra", false),
            ("tier", "Pro Jane", true),
            ("model", "claude_fable_5", true),
            ("model", "claude_saga_5", false),
        ] {
            assert_eq!(names_a_person(kind, word, &names), expected, "{word}");
        }
    }
}
