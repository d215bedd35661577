//! The definition has the visuals, filters, places and colours of the file.

use std::collections::{BTreeMap, BTreeSet};

use kiro_dashboard::Language;
use kiro_dashboard::spec::{Kind, Show, Window};
use kiro_dashboard_quicksight::{FallbackKind, Mode, definition, fallbacks, theme};
use serde_json::Value;

use crate::document::{Document, array, text, walk};

fn document(language: Language) -> &'static Document {
    crate::compiled(language)
}

#[test]
fn every_visual_of_the_file_is_there_once_under_its_id_title_and_subtitle() {
    let spec = crate::builtin();
    for language in Language::ALL {
        let document = document(language);
        let page = spec.page(language);
        let sheets: Vec<(&str, &str)> = document
            .sheets()
            .map(|sheet| (text(&sheet["SheetId"]), text(&sheet["Name"])))
            .collect();
        let expected: Vec<(&str, &str)> = page
            .sheets
            .iter()
            .map(|sheet| (sheet.id.as_str(), sheet.title.as_str()))
            .collect();
        assert_eq!(sheets, expected, "{language}");
        let drawn = document.visuals();
        for (sheet, value) in page.sheets.iter().zip(document.sheets()) {
            let mut ids = Vec::new();
            for visual in &sheet.visuals {
                if visual.kind == Kind::Text {
                    let boxes = array(&value["TextBoxes"]);
                    let mut boxes =
                        boxes.filter(|text_box| text(&text_box["SheetTextBoxId"]) == visual.id);
                    let content = text(&boxes.next().unwrap()["Content"]);
                    assert!(
                        content.contains(&visual.title) && content.contains(&visual.subtitle),
                        "{}",
                        visual.id
                    );
                    continue;
                }
                ids.push(visual.id.as_str());
                let found: Vec<_> = drawn
                    .iter()
                    .filter(|drawn| drawn.id() == visual.id)
                    .collect();
                let [found] = found.as_slice() else {
                    panic!("{language}: {} of {}", found.len(), visual.id);
                };
                assert_eq!(title(found.body), visual.title, "{}", visual.id);
                assert!(
                    is_explained(found.body, value, &visual.title, &visual.subtitle),
                    "{}",
                    visual.id
                );
                assert_eq!(found.sheet, sheet.id, "{}", visual.id);
            }
            let drawn: Vec<&str> = drawn
                .iter()
                .filter(|drawn| drawn.sheet == sheet.id)
                .map(crate::document::Drawn::id)
                .collect();
            assert_eq!(drawn, ids, "{language}: {}", sheet.id);
        }
    }
}

/// The title of a visual, without the name of the chosen user.
fn title(body: &Value) -> &str {
    let format = &body["Title"]["FormatText"];
    match format["RichText"].as_str() {
        Some(rich) => rich
            .strip_prefix("<visual-title>")
            .and_then(|rich| rich.split_once(": <b><parameter>"))
            .map_or("", |(title, _)| title),
        None => text(&format["PlainText"]),
    }
}

/// Returns true if the subtitle or the notes of the sheet explain the number.
fn is_explained(body: &Value, sheet: &Value, title: &str, subtitle: &str) -> bool {
    if body["Subtitle"]["Visibility"] == "VISIBLE" {
        return body["Subtitle"]["FormatText"]["PlainText"] == subtitle;
    }
    let escaped = format!("{title}: {subtitle}").replace('&', "&amp;");
    array(&sheet["TextBoxes"]).any(|notes| text(&notes["Content"]).contains(&escaped))
}

/// Sheet and visual, then the filters that act on it.
fn filters_by_visual(document: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let mut filters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (group, _, _) in document.filters() {
        let scope =
            &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
        for visual in array(scope).flat_map(|sheet| array(&sheet["VisualIds"])) {
            let of_visual = filters.entry(text(visual).to_owned()).or_default();
            assert!(of_visual.insert(text(&group["FilterGroupId"]).to_owned()));
        }
    }
    filters
}

#[test]
fn every_picker_acts_on_exactly_the_visuals_that_the_page_says() {
    let spec = crate::builtin();
    let document = document(Language::En);
    let filters = filters_by_visual(document);
    for sheet in &spec.page(Language::En).sheets {
        for visual in &sheet.visuals {
            let none = BTreeSet::new();
            let found = filters.get(&visual.id).unwrap_or(&none);
            let mut expected = BTreeSet::new();
            for picker in &visual.acts {
                let prefix = match (picker.as_str(), visual.window, visual.show) {
                    ("date", Window::Month, _) => "month-",
                    ("date", Window::Year, _) => "year-",
                    ("date", _, _) if visual.compare => "range-",
                    ("date", _, _) => "days-",
                    ("user", _, Show::User) => "only-user-",
                    // The chosen user does not filter the ranking.
                    ("user", _, Show::NoUser) => continue,
                    (other, _, _) => &format!("picker-{other}-"),
                };
                let acting: Vec<&String> =
                    found.iter().filter(|id| id.starts_with(prefix)).collect();
                let [one] = acting.as_slice() else {
                    panic!("{}: {picker} by {acting:?}", visual.id);
                };
                assert_eq!(
                    one.contains("-compared-"),
                    picker == "date" && visual.compare,
                    "{}",
                    visual.id
                );
                expected.insert((*one).clone());
            }
            expected.extend(
                found
                    .iter()
                    .filter(|id| id.starts_with(&format!("where-{}-", visual.id)))
                    .cloned(),
            );
            assert_eq!(*found, expected, "{}", visual.id);
        }
    }
}

#[test]
fn conditions_of_a_visual_are_filters_of_its_own() {
    let document = document(Language::En);
    let own: Vec<(&str, &str, String)> = document
        .filters()
        .into_iter()
        .filter(|(group, ..)| text(&group["FilterGroupId"]).starts_with("where-"))
        .map(|(group, kind, filter)| {
            let what = match kind {
                "CategoryFilter" => {
                    filter["Configuration"]["FilterListConfiguration"]["CategoryValues"].to_string()
                }
                "NumericRangeFilter" => format!(
                    "{} {}",
                    filter["RangeMinimum"]["StaticValue"], filter["IncludeMinimum"]
                ),
                _ => filter["Value"].to_string(),
            };
            (text(&group["FilterGroupId"]), kind, what)
        })
        .collect();
    let expected = [
        ("where-b-idle-0-budget", "CategoryFilter", r#"["idle"]"#),
        ("where-b-idle-1-budget", "NumericEqualityFilter", "0"),
        ("where-b-overage-0-budget", "NumericRangeFilter", "0 false"),
        (
            "where-b-right-sizing-0-budget",
            "CategoryFilter",
            r#"["upgrade","downgrade","paid_twice","review_cap"]"#,
        ),
        (
            "where-e-overage-users-0-economics",
            "NumericRangeFilter",
            "0 false",
        ),
        (
            "where-h-columns-0-health",
            "CategoryFilter",
            r#"["unknown_column","duplicate_column"]"#,
        ),
        ("where-h-new-0-health", "NumericEqualityFilter", "1"),
        (
            "where-h-unreadable-0-health",
            "CategoryFilter",
            r#"["unreadable_export"]"#,
        ),
        ("where-p-new-0-people", "NumericEqualityFilter", "1"),
        ("where-p-silent-0-people", "NumericRangeFilter", "14 true"),
        (
            "where-t-cost-trend-0-teams",
            "CategoryFilter",
            r#"["(none)"]"#,
        ),
        ("where-t-models-0-teams", "CategoryFilter", r#"["(none)"]"#),
        ("where-t-trend-0-teams", "CategoryFilter", r#"["(none)"]"#),
    ];
    let own: Vec<(&str, &str, &str)> = own
        .iter()
        .map(|(id, kind, what)| (*id, *kind, what.as_str()))
        .collect();
    assert_eq!(own, expected);
}

#[test]
fn visuals_are_where_the_file_places_them() {
    let spec = crate::builtin();
    let document = document(Language::En);
    for (sheet, value) in spec.page(Language::En).sheets.iter().zip(document.sheets()) {
        // Visuals that share an area of the file are below each other here.
        if sheet.id == "user-detail" {
            continue;
        }
        let elements: BTreeMap<&str, &Value> =
            array(&value["Layouts"][0]["Configuration"]["GridLayout"]["Elements"])
                .map(|element| (text(&element["ElementId"]), element))
                .collect();
        for visual in &sheet.visuals {
            let element = elements[visual.id.as_str()];
            let place = ["ColumnIndex", "RowIndex", "ColumnSpan", "RowSpan"]
                .map(|name| element[name].as_u64().unwrap());
            let area = visual.layout;
            let expected = [area.x * 3, area.y * 2, area.w * 3, area.h * 2].map(u64::from);
            assert_eq!(place, expected, "{}", visual.id);
        }
    }
}

#[test]
fn the_ranking_is_above_the_visuals_for_one_user() {
    let document = document(Language::En);
    let sheet = document
        .sheets()
        .find(|sheet| text(&sheet["SheetId"]) == "user-detail")
        .unwrap();
    let mut elements: Vec<(u64, &str)> =
        array(&sheet["Layouts"][0]["Configuration"]["GridLayout"]["Elements"])
            .map(|element| {
                (
                    element["RowIndex"].as_u64().unwrap(),
                    text(&element["ElementId"]),
                )
            })
            .collect();
    elements.sort_unstable();
    assert_eq!(
        elements[..4],
        [
            (0, "u-ranking"),
            (21, "u-code-ranking"),
            (37, "u-profile"),
            (41, "u-conversations")
        ]
    );
}

#[test]
fn values_have_the_names_and_colours_of_the_page() {
    let document = document(Language::En);
    let colours = |data_set: &str, column: &str| -> BTreeMap<String, String> {
        let configurations = array(&document.definition["ColumnConfigurations"]);
        let mut of_column = configurations.filter(|one| {
            one["Column"]["DataSetIdentifier"] == data_set && one["Column"]["ColumnName"] == column
        });
        let colours = &of_column.next().unwrap()["ColorsConfiguration"]["CustomColors"];
        array(colours)
            .map(|one| {
                (
                    text(&one["FieldValue"]).to_owned(),
                    text(&one["Color"]).to_owned(),
                )
            })
            .collect()
    };
    assert_eq!(
        colours("base_user_activity", "user_tier")["Pro+"],
        "#E7157B"
    );
    assert_eq!(
        colours("base_user_activity", "Client")["Kiro CLI"],
        "#FF8C00"
    );
    assert_eq!(
        colours("base_user_activity", "Engagement")["Intensive"],
        "#1A237E"
    );
    assert_eq!(colours("user_month", "Warning level")["Used up"], "#B71C1C");
    let drawn = document.visuals();
    let bar = drawn.iter().find(|drawn| drawn.id() == "e-daily").unwrap();
    let map: Vec<&str> = array(&bar.body["ChartConfiguration"]["VisualPalette"]["ColorMap"])
        .map(|one| text(&one["Color"]))
        .collect();
    assert_eq!(map, ["#3F51B5", "#D13212"]);
    let table = drawn.iter().find(|drawn| drawn.id() == "b-tiers").unwrap();
    let mut steps = Vec::new();
    for option in array(&table.body["ConditionalFormatting"]["ConditionalFormattingOptions"]) {
        let cell = &option["Cell"];
        if text(&cell["FieldId"]) == "b-tiers.value4" {
            steps.push(text(
                &cell["TextFormat"]["TextColor"]["Solid"]["Expression"],
            ));
        }
    }
    let expected = [
        "({Utilisation (2)} >= 0.75) AND ({Utilisation (2)} < 0.9)",
        "({Utilisation (2)} >= 0.9) AND ({Utilisation (2)} < 1)",
        "{Utilisation (2)} >= 1",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn nothing_is_shown_under_the_name_of_a_column() {
    for language in Language::ALL {
        let document = document(language);
        for visual in document.visuals() {
            walk(visual.body, &mut |name, value| {
                if matches!(name, "CustomLabel" | "Label") && value.is_string() {
                    let is_key = text(value).contains('_')
                        || text(value).starts_with("column.")
                        || text(value).starts_with("measure.");
                    assert!(
                        !is_key && !text(value).is_empty(),
                        "{language}: {}: {value}",
                        visual.id()
                    );
                }
            });
        }
        assert!(
            !document.definition["Sheets"]
                .to_string()
                .contains("quicksight."),
            "{language}"
        );
    }
}

#[test]
fn differences_from_the_page_are_listed() {
    let listed = fallbacks(crate::builtin());
    let count = |kind| {
        listed
            .iter()
            .filter(|fallback| fallback.kind == kind)
            .count()
    };
    assert_eq!(count(FallbackKind::Trend), 19);
    assert_eq!(count(FallbackKind::ZeroMeasures), 11);
    assert_eq!(count(FallbackKind::OneUser), 16);
    assert_eq!(count(FallbackKind::Ranking), 2);
    assert_eq!(count(FallbackKind::Status), 1);
    assert_eq!(count(FallbackKind::Day), 1);
    assert_eq!(count(FallbackKind::Bars), 1);
    assert_eq!(count(FallbackKind::ExplainedBelow), 54);
    let kpis = document(Language::En);
    for visual in kpis
        .visuals()
        .iter()
        .filter(|visual| visual.kind == "KPIVisual")
    {
        let wells = &visual.body["ChartConfiguration"]["FieldWells"];
        assert_eq!(array(&wells["TrendGroups"]).count(), 0, "{}", visual.id());
    }
}

#[test]
fn sheets_say_which_controls_do_not_act_on_what() {
    let spec = crate::builtin();
    let document = document(Language::En);
    for (sheet, value) in spec.page(Language::En).sheets.iter().zip(document.sheets()) {
        let notes = array(&value["TextBoxes"])
            .find(|text_box| text(&text_box["SheetTextBoxId"]) == format!("{}-notes", sheet.id))
            .map_or("", |notes| text(&notes["Content"]));
        for visual in &sheet.visuals {
            let title = visual.title.replace('&', "&amp;");
            // Controls that act on no visual are left out.
            let is_shown = |picker: &&String| {
                sheet
                    .visuals
                    .iter()
                    .any(|visual| visual.acts.contains(picker))
            };
            for picker in visual.not_affected_by.iter().filter(is_shown) {
                let label = format!("picker.{picker}");
                let label = spec.texts(Language::En).get(&label).unwrap().to_owned();
                let line = notes
                    .split("<br/>")
                    .find(|line| line.contains(&format!("{label} does not act on")));
                assert!(
                    line.is_some_and(|line| line.contains(&title)),
                    "{}: {picker}",
                    visual.id
                );
            }
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let (spec, catalogue) = (crate::builtin(), crate::catalogue());
    let assets = crate::assets(Mode::Dark);
    let once = definition(spec, catalogue, &assets, Language::Zh)
        .unwrap()
        .to_string();
    assert_eq!(
        definition(spec, catalogue, &assets, Language::Zh)
            .unwrap()
            .to_string(),
        once
    );
    assert_eq!(theme(spec, Mode::Light), theme(spec, Mode::Light));
    let light = definition(spec, catalogue, &crate::assets(Mode::Light), Language::Zh)
        .unwrap()
        .to_string();
    assert_ne!(light, once);
    assert_eq!(light.len(), once.len(), "only colours differ");
}
