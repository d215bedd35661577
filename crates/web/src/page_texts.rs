//! The texts of the page's controls, in all languages. Those of the dashboard come from its spec.

use std::collections::BTreeMap;

use kiro_dashboard::{Language, Texts};

const fn file(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../texts/en.yaml"),
        Language::Zh => include_str!("../texts/zh.yaml"),
        Language::Ko => include_str!("../texts/ko.yaml"),
    }
}

/// Adds the page's texts to those of a dashboard. Texts of the dashboard take precedence.
pub(crate) fn add_to(texts: &mut BTreeMap<String, String>, language: Language) {
    let page = Texts::parse(file(language)).unwrap_or_default();
    for key in page.keys() {
        if let Some(text) = page.get(key) {
            texts
                .entry(key.to_owned())
                .or_insert_with(|| text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn keys(language: Language) -> BTreeSet<String> {
        Texts::parse(file(language))
            .unwrap()
            .keys()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_language_says_the_same_things() {
        let english = keys(Language::En);
        for language in Language::ALL {
            assert_eq!(keys(language), english, "{language}");
        }
    }

    #[test]
    fn the_page_uses_every_text_and_misses_none() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/js");
        let script: String = fs::read_dir(folder)
            .unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        let mut used = BTreeSet::new();
        for call in script.split("t('").skip(1) {
            let key = call.split('\'').next().unwrap();
            if key.contains('.')
                && key.starts_with(|c: char| c.is_ascii_lowercase())
                && key
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || "._0123456789".contains(c))
            {
                used.insert(key.to_owned());
            }
        }
        for row in script.split("row('").skip(1) {
            used.insert(row.split('\'').next().unwrap().to_owned());
        }
        for preset in [
            "last_7",
            "last_30",
            "last_90",
            "this_month",
            "last_month",
            "all",
        ] {
            used.insert(format!("preset.{preset}"));
        }
        let known = keys(Language::En);
        let missing: Vec<_> = used
            .difference(&known)
            // These are texts of the dashboard.
            .filter(|key| !key.starts_with("value.") && !key.starts_with("column."))
            .collect();
        let unused: Vec<_> = known.difference(&used).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "missing {missing:?}, unused {unused:?}"
        );
    }

    #[test]
    fn placeholders_are_the_same_in_every_language() {
        let holes = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect()
        };
        let english = Texts::parse(file(Language::En)).unwrap();
        for language in Language::ALL {
            let other = Texts::parse(file(language)).unwrap();
            for key in english.keys() {
                assert_eq!(
                    holes(english.get(key).unwrap()),
                    holes(other.get(key).unwrap()),
                    "{language} {key}"
                );
            }
        }
    }
}
