//! Actions on clicks.

use std::collections::BTreeMap;

use kiro_dashboard::Language;
use serde_json::Value;

use crate::document::{array, text};

#[test]
fn a_click_on_a_person_opens_the_detail_of_that_person() {
    let spec = crate::builtin();
    let document = crate::compiled(Language::En);
    let drawn = document.visuals();
    let mut clicks = 0;
    for visual in spec
        .page(Language::En)
        .sheets
        .iter()
        .flat_map(|sheet| &sheet.visuals)
    {
        let Some(found) = drawn.iter().find(|drawn| drawn.id() == visual.id) else {
            continue;
        };
        let mut opening = array(&found.body["Actions"]).filter(|action| {
            let mut operations = array(&action["ActionOperations"]);
            operations.all(|operation| operation.get("FilterOperation").is_none())
        });
        let action = opening.next();
        assert_eq!(action.is_some(), visual.click.is_some(), "{}", visual.id);
        let Some(action) = action else {
            continue;
        };
        clicks += 1;
        assert_eq!(text(&action["Trigger"]), "DATA_POINT_CLICK");
        let operations: Vec<&Value> = array(&action["ActionOperations"]).collect();
        let set = &operations.last().unwrap()["SetParametersOperation"]["ParameterValueConfigurations"]
            [0];
        assert_eq!(text(&set["DestinationParameterName"]), "User");
        let fields = found.fields();
        let (_, source, _) = fields[text(&set["Value"]["SourceField"])];
        assert_eq!(
            text(&source["Column"]["ColumnName"]),
            "user_label",
            "{}",
            visual.id
        );
        let target =
            operations[0]["NavigationOperation"]["LocalNavigationConfiguration"]["TargetSheetId"]
                .as_str();
        assert_eq!(
            target,
            (found.sheet != "user-detail").then_some("user-detail"),
            "{}",
            visual.id
        );
    }
    assert_eq!(clicks, 20);
}

#[test]
fn a_click_elsewhere_filters_the_sheet_by_the_series_or_the_axis() {
    let document = crate::compiled(Language::En);
    let mut filters = BTreeMap::new();
    for visual in document.visuals() {
        for action in array(&visual.body["Actions"]) {
            let selected = &action["ActionOperations"][0]["FilterOperation"]["SelectedFieldsConfiguration"]
                ["SelectedFields"][0];
            if let Some(selected) = selected.as_str() {
                assert!(text(&action["Name"]).starts_with("Filter the sheet by "));
                filters.insert(visual.id().to_owned(), selected.to_owned());
            }
        }
    }
    for (visual, field) in [
        ("a-credits", "a-credits.by1"),
        ("a-clients", "a-clients.by0"),
        ("e-daily", "e-daily.by0"),
        ("a-weekdays", "a-weekdays.by1"),
    ] {
        assert_eq!(filters[visual], field);
    }
    // Neither buckets, nor clicks that open a user, nor two periods over each other.
    for visual in ["p-segments", "e-top-users", "b-burn", "a-kpi-users"] {
        assert!(!filters.contains_key(visual), "{visual}");
    }
}
