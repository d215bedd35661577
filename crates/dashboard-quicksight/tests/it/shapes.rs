//! Snapshots of four kinds of visuals.

use kiro_dashboard::Language;
use serde_json::Value;

/// A headline with a comparison; bars with colours, a sort and a click; a heat map; a pivot.
const VISUALS: [&str; 4] = ["a-kpi-users", "e-top-users", "a-weekdays", "p-user-daily"];

#[test]
fn four_kinds_of_visuals() {
    let visuals = crate::compiled(Language::En).visuals();
    for id in VISUALS {
        let visual = visuals.iter().find(|visual| visual.id() == id).unwrap();
        insta::assert_snapshot!(id, format!("{}\n{}", visual.kind, pretty(visual.body)));
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}
