//! What `QuickSight` cannot show is reported at once; forms that only other dashboards use are compiled here.

use kiro_catalog::Settings;
use kiro_dashboard::{Language, Spec, builtin_text};
use kiro_dashboard_quicksight::{Mode, definition};

use crate::document::{Document, text};
use crate::rules;

/// The built-in dashboard with some lines replaced.
fn changed(changes: &[(&str, &str)]) -> Spec {
    let mut yaml = builtin_text().to_owned();
    for (written, instead) in changes {
        assert!(
            yaml.contains(written),
            "the file does not say {written:?} any more"
        );
        yaml = yaml.replacen(written, instead, 1);
    }
    Spec::load(&yaml, "mine.yaml", crate::catalogue(), &Settings::default())
        .unwrap_or_else(|errors| panic!("\n{errors}"))
}

const MODEL_TABLE: &str = "        sort: [{by: model_messages}]\n";
const WEEKDAYS: &str = "        by: [{column: activity_date, grain: week}, {column: activity_date, grain: weekday}]\n        measures: [messages]\n";
const DAILY: &str = "        by: [{column: activity_date}]\n        measures: [in_plan, overage]\n        stack: stacked\n        layout: {x: 0, y: 18, w: 8, h: 5}\n";

/// Its errors, one per line.
fn mistakes(spec: &Spec) -> Vec<String> {
    let errors = definition(
        spec,
        crate::catalogue(),
        &crate::assets(Mode::Light),
        Language::En,
    )
    .unwrap_err();
    errors.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn all_that_cannot_be_shown_is_reported_at_once() {
    let spec = changed(&[
        (
            MODEL_TABLE,
            "        sort: [{by: model_messages}]\n        limit: 10\n",
        ),
        (
            WEEKDAYS,
            "        by: [{column: activity_date, grain: week}, {column: activity_date, grain: weekday}]\n        measures: [messages]\n        compare: true\n",
        ),
    ]);
    assert_eq!(
        mistakes(&spec),
        [
            "`a-weekdays` cannot be made in QuickSight: the period before can be shown for a number, a chart of one measure over time, or a transposed table",
            "`a-model-table` cannot be made in QuickSight: a table has no limit of rows: leave `limit` out",
        ]
    );
}

#[test]
fn months_are_not_compared_over_chosen_days() {
    let spec = changed(&[(
        "        measures: [month_allowance]\n        window: month\n        compare: true\n",
        "        measures: [month_allowance]\n        compare: true\n",
    )]);
    assert_eq!(
        mistakes(&spec),
        [
            "`b-kpi-allowance` cannot be made in QuickSight: months cannot be compared over chosen days: use `window: month` or `year`"
        ]
    );
}

/// Other dashboards also keep the rules.
fn keeps_the_rules(spec: &Spec) -> Document {
    let document = Document::new(spec, crate::catalogue(), Language::En);
    for rule in rules::all() {
        let found = (rule.check)(&document);
        assert!(found.is_empty(), "{}: {found:#?}", rule.name);
    }
    document
}

fn body<'d>(document: &'d Document, id: &str) -> (String, &'d serde_json::Value) {
    let visuals = document.visuals();
    let visual = visuals.iter().find(|visual| visual.id() == id).unwrap();
    (visual.kind.to_owned(), visual.body)
}

#[test]
fn areas_are_stacked_line_charts() {
    let spec = changed(&[(
        "      - id: e-daily\n        type: bar\n",
        "      - id: e-daily\n        type: area\n",
    )]);
    let document = keeps_the_rules(&spec);
    let (kind, body) = body(&document, "e-daily");
    assert_eq!(
        (kind.as_str(), text(&body["ChartConfiguration"]["Type"])),
        ("LineChartVisual", "STACKED_AREA")
    );
}

#[test]
fn running_totals_without_a_comparison_run_along_the_axis() {
    let spec = changed(&[(
        DAILY,
        &DAILY.replace("[in_plan, overage]", "[credits]\n        cumulative: true"),
    )]);
    let document = keeps_the_rules(&spec);
    let expressions: Vec<&str> = document.calculated().into_values().collect();
    assert!(expressions.contains(&"runningSum(sum({credits_used}), [{activity_date} ASC])"));
}

#[test]
fn the_days_before_lie_under_the_chosen_ones() {
    let spec = changed(&[(
        DAILY,
        &DAILY.replace("[in_plan, overage]", "[credits]\n        compare: true"),
    )]);
    let document = keeps_the_rules(&spec);
    let axis = document.calculated()[&("base_user_activity", "day of the chosen days")].to_owned();
    assert!(axis.contains("'DD') + 1 + (dateDiff("), "{axis}");
    let (_, body) = body(&document, "e-daily");
    assert_eq!(
        body["ChartConfiguration"]["VisualPalette"]["ColorMap"][1]["Element"]["FieldValue"],
        "Period before"
    );
}

#[test]
fn a_count_of_users_is_judged_within_the_groups_of_the_visual() {
    let spec = changed(&[(
        "        measures: [users, messages, conversations, credits, credits_per_user, credits_per_message, overage]\n",
        "        measures: [users, users_from_8_days, days_per_user]\n        hidden: [credits]\n",
    )]);
    let document = keeps_the_rules(&spec);
    let expressions: Vec<&str> = document.calculated().into_values().collect();
    let within = "distinctCountOver({activity_date}, [{client_type}, {user_id}], PRE_AGG)";
    assert!(
        expressions
            .iter()
            .any(|expression| expression.contains(within))
    );
    assert!(
        expressions
            .contains(&"avg(distinct_count({activity_date}, [${visualDimensions}, {user_id}]))")
    );
}

#[test]
fn conditions_that_no_filter_says_are_calculated() {
    let spec = changed(&[(
        "where: [{column: overage_credits_used, op: gt, value: 0}]",
        "where: [{column: overage_credits_used, op: lt, other: credits_used}, {column: email, op: not_null}, {column: activity_date, op: gte, value: '2026-01-01'}]",
    )]);
    let document = keeps_the_rules(&spec);
    let calculated = document.calculated();
    let condition = |place: usize| {
        calculated[&(
            "base_user_activity",
            format!("meets where-e-overage-users-{place}").as_str(),
        )]
            .to_owned()
    };
    assert_eq!(
        condition(0),
        "ifelse({overage_credits_used} < {credits_used}, 'yes', 'no')"
    );
    assert_eq!(condition(1), "ifelse(isNotNull({email}), 'yes', 'no')");
    assert_eq!(
        condition(2),
        "ifelse({activity_date} >= parseDate('2026-01-01', 'yyyy-MM-dd'), 'yes', 'no')"
    );
}
