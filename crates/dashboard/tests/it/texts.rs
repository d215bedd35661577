//! The texts of the three languages: none missing, none unused, placeholders alike.

use std::collections::BTreeSet;

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, Spec, Texts};

fn texts(language: Language) -> Texts {
    Texts::builtin(language).unwrap_or_else(|error| panic!("{language}: {error}"))
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}

#[test]
fn every_language_has_the_same_keys_and_placeholders() {
    let english = texts(Language::En);
    let keys: BTreeSet<&str> = english.keys().collect();
    for language in [Language::Zh, Language::Ko] {
        let other = texts(language);
        assert_eq!(other.keys().collect::<BTreeSet<_>>(), keys, "{language}");
        for key in &keys {
            let (a, b) = (english.get(key).unwrap(), other.get(key).unwrap());
            assert!(!b.trim().is_empty(), "{language}: {key} is empty");
            assert_eq!(placeholders(a), placeholders(b), "{language}: {key}");
        }
    }
}

#[test]
fn no_text_is_missing_and_none_is_unused() {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let spec = Spec::builtin(&catalogue, &Settings::default()).unwrap();
    let needed = spec.needed_texts();
    let english = texts(Language::En);
    let missing: Vec<&String> = needed
        .iter()
        .filter(|key| english.get(key).is_none())
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    // Names of values belong to a meaning that exists.
    let known = |key: &str| {
        needed.contains(key)
            || spec
                .meanings()
                .any(|meaning| key.starts_with(&format!("value.{meaning}.")))
    };
    let unused: Vec<&str> = english.keys().filter(|key| !known(key)).collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
}

#[test]
fn chinese_and_korean_are_not_english() {
    let english = texts(Language::En);
    for (language, script) in [
        (Language::Zh, '\u{4e00}'..='\u{9fff}'),
        (Language::Ko, '\u{ac00}'..='\u{d7a3}'),
    ] {
        let other = texts(language);
        let untranslated: Vec<&str> = other
            .keys()
            .filter(|key| !key.starts_with("value.client."))
            .filter(|key| !other.get(key).unwrap().chars().any(|c| script.contains(&c)))
            .filter(|key| english.get(key).unwrap().chars().any(char::is_alphabetic))
            .collect();
        assert!(untranslated.is_empty(), "{language}: {untranslated:?}");
    }
}

#[test]
fn a_label_of_the_settings_is_the_text_in_every_language_and_a_default_label_in_none() {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let json = r#"{"names": {"client_labels": {"KIRO_CREW": "Crew"}, "model_labels": {"glm_5": "GLM 5"}}}"#;
    let spec = Spec::builtin(&catalogue, &serde_json::from_str(json).unwrap()).unwrap();
    for language in Language::ALL {
        let named = spec.texts(language);
        assert_eq!(named.get("value.client.KIRO_CREW"), Some("Crew"));
        assert_eq!(named.get("value.model.glm_5"), Some("GLM 5"));
        let plugin = "value.client.PLUGIN";
        assert_eq!(named.get(plugin), texts(language).get(plugin));
    }
}
