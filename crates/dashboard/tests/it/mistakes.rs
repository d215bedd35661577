//! Every mistake in a dashboard file is reported with its location, what was expected, and the nearest name.

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, Spec};

/// A dashboard without mistakes; each case below changes one part.
const RIGHT: &str = r##"version: 1
title: Mine
colours:
  palette: [{light: "#1B9E77", dark: "#4FC79E"}]
  meanings:
    client: {KIRO_IDE: {light: "#0972D3", dark: "#539FE5"}}
datasets:
  activity:
    relation: base_user_activity
    time: {column: activity_date, grain: day}
    user: {id: user_id, label: user_label}
  health: {relation: data_health}
pickers:
  - {id: date, kind: dates, default_days: 30}
  - {id: client, kind: many, columns: [client_type], meaning: client, options: {dataset: health, value: client_type}}
measures:
  users: {label: Users, dataset: activity, is: {distinct: user_id}, format: count}
  credits: {label: Credits, dataset: activity, is: {sum: credits_used}, format: credits, colour: client.KIRO_IDE}
  per_user: {label: Each, is: {ratio: {of: credits, per: users}}, format: credits}
  days: {label: Days, dataset: activity, is: {distinct: activity_date}, format: days}
  daily: {label: Daily, is: {average_per: {of: users, level: time}}, format: ratio}
  keen: {label: Keen, dataset: activity, is: {count_where: {level: user, all: [{measure: days, op: gte, value: {setting: segments.regular_days, per_days: 30}}]}}, format: count}
  parts: {label: Parts, dataset: health, is: {sum: parts}, format: count}
buckets:
  keenness:
    label: Keenness
    dataset: activity
    level: user
    meaning: client
    rules:
      - {name: keen, label: Keen, all: [{measure: days, op: gte, value: 8}]}
      - {name: others, label: Others}
days: [activity]
sheets:
  - id: mine
    title: Mine
    pickers: [date, client]
    visuals:
      - {id: k, type: kpi, title: K, subtitle: S, dataset: activity, measures: [users], layout: {x: 0, y: 0, w: 3, h: 2}}
      - {id: b, type: bar, title: B, subtitle: S, dataset: activity, by: [{column: activity_date}, {column: client_type}], measures: [credits], layout: {x: 0, y: 2, w: 12, h: 4}}
      - {id: d, type: donut, title: D, subtitle: S, dataset: activity, by: [{bucket: keenness}], measures: [users], layout: {x: 0, y: 6, w: 6, h: 4}}
      - {id: t, type: table, title: T, subtitle: S, dataset: activity, by: [{column: user_id}], measures: [credits], sort: [{by: credits}], click: {sheet: mine, picker: client, from: user_id}, layout: {x: 6, y: 6, w: 6, h: 4}}
"##;

fn errors(text: &str) -> String {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    match Spec::load(text, "mine.yaml", &catalogue, &Settings::default()) {
        Ok(_) => "no mistake".to_owned(),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn a_dashboard_without_mistakes_loads() {
    assert_eq!(errors(RIGHT), "no mistake");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_mistake_is_reported_with_its_location_and_the_nearest_name() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "relation: base_user_activity",
            "relation: base_user_activty",
            "mine.yaml:9:15: unknown relation `base_user_activty`; did you mean `base_user_activity`?",
        ),
        (
            "time: {column: activity_date",
            "time: {column: activity_dat",
            "mine.yaml:10:20: `base_user_activity` has no column `activity_dat`; did you mean `activity_date`?",
        ),
        (
            "time: {column: activity_date",
            "time: {column: client_type",
            "mine.yaml:10:20: expected a date for the time, found `client_type` of type varchar",
        ),
        (
            "{sum: credits_used}",
            "{sum: credit_used}",
            "mine.yaml:18:58: `base_user_activity` has no column `credit_used`; did you mean `credits_used`?",
        ),
        (
            "{sum: credits_used}",
            "{sum: client_type}",
            "mine.yaml:18:58: expected a number for `credits`, found `client_type` of type varchar",
        ),
        (
            "{of: credits, per: users}",
            "{of: credit, per: users}",
            "mine.yaml:19:44: unknown measure `credit`; did you mean `credits`?",
        ),
        (
            "{of: credits, per: users}",
            "{of: parts, per: credits}",
            "mine.yaml:19:56: measure `credits` belongs to dataset `activity`, expected `health`",
        ),
        (
            "{of: credits, per: users}",
            "{of: per_user, per: users}",
            "mine.yaml:19:44: measure `per_user` refers to itself",
        ),
        (
            "{of: users, level: time}",
            "{of: keen, level: time}",
            "mine.yaml:21:48: measure `keen` cannot be aggregated here: it already has two aggregation steps",
        ),
        (
            "segments.regular_days",
            "segments.regular_dayz",
            "mine.yaml:22:112: expected a number, or a number of the configuration such as `segments.intensive_days`, found neither",
        ),
        (
            "colour: client.KIRO_IDE",
            "colour: client.KIRO_ID",
            "mine.yaml:18:98: unknown colour `client.KIRO_ID`; did you mean `client.KIRO_IDE`?",
        ),
        (
            "dark: \"#539FE5\"",
            "dark: blue",
            "mine.yaml:6:24: expected a colour such as `#0972d3`, found `blue`",
        ),
        (
            "light: \"#0972D3\"",
            "light: \"#1B9E77\"",
            "mine.yaml:6:24: colour `#1b9e77` occurs twice",
        ),
        (
            "columns: [client_type]",
            "columns: [client_typ]",
            "mine.yaml:15:40: unknown column `client_typ`; did you mean `client_type`?",
        ),
        (
            "id: client, kind: many",
            "id: clients, kind: many",
            "mine.yaml:15:10: text `picker.clients` is missing in en; did you mean `picker.client`?",
        ),
        (
            "id: client, kind: many",
            "id: costCenter, kind: many",
            "mine.yaml:15:10: expected a picker id of lower-case letters, digits and `_` that begins with a letter, found `costCenter`",
        ),
        (
            "id: client, kind: many",
            "id: 2nd, kind: many",
            "mine.yaml:15:10: expected a picker id of lower-case letters, digits and `_` that begins with a letter, found `2nd`",
        ),
        (
            "id: client, kind: many",
            "id: sort, kind: many",
            "mine.yaml:15:10: expected a picker id other than `bom`, `constructor`, `from`, `lang`, `limit`, `name`, `offset`, `search`, `sheet`, `sort`, `to`, `token`, found `sort`",
        ),
        (
            "id: client, kind: many",
            "id: date, kind: many",
            "mine.yaml:15:10: picker `date` occurs twice",
        ),
        (
            "id: client, kind: many, columns: [client_type], meaning: client, options: {dataset: health, value: client_type}",
            "id: client, kind: dates",
            "mine.yaml:15:10: expected at most one picker of dates, found `date`, `client`",
        ),
        (
            "pickers:\n",
            "pickers:\n  - {id: user, kind: one, columns: [user_id], options: {dataset: activity, value: user_id}}\n  - {id: account, kind: one, columns: [user_id], options: {dataset: activity, value: user_id}}\n",
            "mine.yaml:15:10: expected at most one picker of one user, found `user`, `account`",
        ),
        (
            "id: client, kind: many",
            "id: client, kind: one, empty: true",
            "mine.yaml:15:10: expected `empty` only for a picker of several values, found `client`",
        ),
        (
            "columns: [client_type]",
            "columns: [credits_used]",
            "mine.yaml:15:40: expected a text for the picker `client`, found `credits_used` of type double",
        ),
        (
            "value: client_type}}\n",
            "value: parts}}\n",
            "mine.yaml:15:105: expected a text for the picker `client`, found `parts` of type bigint",
        ),
        (
            "    user: {id: user_id, label: user_label}\n",
            "    user: {id: user_id, label: user_label}\n    bind: {client: new_user}\n",
            "mine.yaml:12:20: expected a text for the picker `client`, found `new_user` of type boolean",
        ),
        (
            "options: {dataset: health, value: client_type}",
            "options: {dataset: activity, value: user_id, by: parts}",
            "mine.yaml:15:107: `data_health` has no column `user_id`",
        ),
        (
            "days: [activity]\n",
            "days: [activity]\nanchor: {dataset: health, column: exports}\n",
            "mine.yaml:34:35: expected a date for the anchor, found `exports` of type bigint",
        ),
        (
            "pickers: [date, client]",
            "pickers: [date, clint]",
            "mine.yaml:37:21: unknown picker `clint`; did you mean `client`?",
        ),
        (
            "{bucket: keenness}",
            "{bucket: keeness}",
            "mine.yaml:41:86: unknown bucket `keeness`; did you mean `keenness`?",
        ),
        (
            "    meaning: client\n",
            "    meaning: clients\n",
            "mine.yaml:29:14: unknown meaning `clients`; did you mean `client`?",
        ),
        (
            "      - {name: others, label: Others}\n",
            "",
            "mine.yaml:26:5: expected a last rule of `keenness` without conditions, found none",
        ),
        (
            "measures: [users], layout: {x: 0, y: 0",
            "measures: [user], layout: {x: 0, y: 0",
            "mine.yaml:39:81: unknown measure `user`; did you mean `users`?",
        ),
        (
            "id: b, type: bar",
            "id: k, type: bar",
            "mine.yaml:40:14: visual `k` occurs twice",
        ),
        (
            "layout: {x: 0, y: 2, w: 12",
            "layout: {x: 1, y: 2, w: 12",
            "mine.yaml:40:153: `b` is outside the 12 columns of the grid, or has no size",
        ),
        (
            "layout: {x: 0, y: 2, w: 12",
            "layout: {x: 0, y: 1, w: 12",
            "mine.yaml:40:153: `b` overlaps `k`",
        ),
        (
            "type: kpi",
            "type: bar",
            "mine.yaml:39:23: expected an axis in `by` and measures, or an axis, a series and one measure for `k`, found 0 `by` and 1 measures",
        ),
        (
            "sheet: mine, picker",
            "sheet: min, picker",
            "mine.yaml:42:156: unknown sheet `min`; did you mean `mine`?",
        ),
        (
            "from: user_id}",
            "from: user}",
            "mine.yaml:42:184: unknown column of this visual `user`",
        ),
        (
            "sort: [{by: credits}]",
            "sort: [{by: credit}]",
            "mine.yaml:42:130: unknown column of this visual `credit`; did you mean `credits`?",
        ),
        (
            "[{bucket: keenness}], measures: [users]",
            "[{bucket: keenness}], measures: [days]",
            "mine.yaml:41:109: measure `days` cannot be aggregated here: it cannot be added up over users or days: use a sum, a ratio, or a count of users or days",
        ),
        (
            "[{bucket: keenness}], measures: [users]",
            "[{bucket: keenness}], measures: [daily]",
            "mine.yaml:41:109: measure `daily` cannot be aggregated here: another part of the visual is first aggregated per another key",
        ),
        (
            "{column: client_type}], measures: [credits]",
            "{column: client_type, limit: 3}], measures: [users]",
            "mine.yaml:40:145: measure `users` cannot be aggregated here: `rest`, `cumulative`, `percent` and the limit of a series add numbers up: use sums",
        ),
        (
            "title: K, ",
            "",
            "mine.yaml:39:14: text `visual.k.title` is missing in en",
        ),
        (
            "days: [activity]",
            "days: [activty]",
            "mine.yaml:33:8: unknown dataset `activty`; did you mean `activity`?",
        ),
        (
            "days: [activity]",
            "days: [health]",
            "mine.yaml:33:8: expected a dataset with a time, found `health` without one",
        ),
        (
            "version: 1",
            "version: 2",
            "mine.yaml:1:10: expected version 1, found `2`",
        ),
        (
            "type: donut",
            "type: doughnut",
            "mine.yaml:41:23: unknown value `doughnut`, expected one of `kpi`, `bar`, `line`, `area`, `donut`, `scatter`, `heatmap`, `table`, `pivot`, `text`, `status`",
        ),
        (
            "format: days",
            "fromat: days",
            "mine.yaml:20:73: unknown key `fromat`, expected one of `label`, `dataset`, `is`, `format`, `colour`, `only`; did you mean `format`?",
        ),
    ];
    let mut wrong = Vec::new();
    for (right, mistake, expected) in cases {
        assert_eq!(RIGHT.matches(right).count(), 1, "`{right}` must occur once");
        let found = errors(&RIGHT.replace(right, mistake));
        if found.lines().next() != Some(expected) {
            wrong.push(format!(
                "{mistake}\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    let text = RIGHT
        .replace("{sum: credits_used}", "{sum: credit_used}")
        .replace("pickers: [date, client]", "pickers: [dates, client]")
        .replace("sheet: mine, picker", "sheet: min, picker");
    assert_eq!(errors(&text).lines().count(), 3, "{}", errors(&text));
}

#[test]
fn at_most_two_pickers_are_chosen_together_in_a_report() {
    let picker = |id: &str| {
        format!(
            "  - {{id: {id}, kind: many, together: true, columns: [client_type], options: {{dataset: health, value: client_type}}}}\n"
        )
    };
    let two = RIGHT.replace(
        "pickers:\n",
        &format!("pickers:\n{}{}", picker("tier"), picker("model")),
    );
    assert_eq!(errors(&two), "no mistake");
    let three = two.replace("pickers:\n", &format!("pickers:\n{}", picker("account")));
    assert_eq!(
        errors(&three),
        "mine.yaml:16:10: expected at most two pickers with `together`, found `account`, `tier`, `model`"
    );
}

#[test]
fn a_picker_has_any_id_and_its_own_label() {
    let mine = RIGHT.replace(
        "pickers:\n",
        "pickers:\n  - {id: cost_center, kind: many, label: Cost centre, columns: [team], options: {dataset: activity, value: team}}\n\
         \x20 - {id: profile, kind: many, label: {en: Profile, ko: 프로필}, columns: [profile_id], options: {dataset: activity, value: profile_id}}\n",
    );
    let mine = mine.replace("[date, client]", "[date, client, profile]");
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    let spec = Spec::load(&mine, "mine.yaml", &catalogue, &Settings::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    let labels = |language| {
        let pickers = spec.page(language).pickers.into_iter();
        pickers.map(|picker| picker.label).collect::<Vec<String>>()
    };
    assert_eq!(
        labels(Language::En),
        ["Cost centre", "Profile", "Dates", "Client"]
    );
    assert_eq!(
        labels(Language::Ko),
        ["Cost centre", "프로필", "기간", "클라이언트"]
    );
    assert_eq!(
        labels(Language::Zh)[1],
        "Profile",
        "English, where a language has no text"
    );
    assert_eq!(
        spec.acting_pickers("k").unwrap(),
        ["cost_center", "profile", "date", "client"]
    );
}
