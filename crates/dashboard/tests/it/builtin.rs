//! The built-in dashboard.

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, Spec, builtin_text};

#[test]
fn the_page_says_which_pickers_act_and_which_do_not() {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let spec = Spec::builtin(&catalogue, &Settings::default()).unwrap();
    let page = spec.page(Language::En);
    let visual = |id: &str| {
        let mut visuals = page.sheets.iter().flat_map(|sheet| &sheet.visuals);
        visuals.find(|visual| visual.id == id).unwrap().clone()
    };
    assert_eq!(
        visual("a-credits").acts,
        [
            "date", "tier", "client", "account", "region", "team", "user"
        ]
    );
    assert_eq!(visual("a-credits").not_affected_by, ["model"]);
    assert_eq!(
        visual("p-movers").not_affected_by,
        ["date", "model", "client", "account", "region"]
    );
    assert_eq!(visual("a-models").not_affected_by, [""; 0]);
    assert_eq!(visual("h-sources").acts, ["client", "account", "region"]);
    assert_eq!(
        visual("b-tiers").not_affected_by,
        ["model", "client", "account", "region"]
    );
    assert_eq!(visual("h-limits").not_affected_by, [""; 0]);
}

#[test]
fn every_measure_of_the_product_is_used() {
    let text = builtin_text();
    let measures = text
        .split("\nmeasures:\n")
        .nth(1)
        .unwrap()
        .split("\nbuckets:\n")
        .next()
        .unwrap();
    let names = measures
        .lines()
        .filter(|line| line.starts_with("  ") && !line.trim_start().starts_with('#'));
    for name in names.filter_map(|line| line.trim_start().split(':').next()) {
        let word = |part: &&str| *part == name;
        let uses = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(word)
            .count();
        assert!(uses > 1, "nothing uses `{name}`");
    }
}
