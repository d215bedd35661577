//! The numbers of the definition over synthetic rows, compared with plain code.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use kiro_dashboard::Language;

use crate::evaluate::{Cell, Choice, Line, Row, lines};

/// A row of `base_user_activity`.
#[derive(Debug, Clone)]
struct Activity {
    day: NaiveDate,
    user: u32,
    client: &'static str,
    tier: &'static str,
    messages: f64,
    conversations: f64,
    credits: f64,
    overage: f64,
    is_new: bool,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const FIRST: &str = "2026-05-01";
const LAST: &str = "2026-08-30";

/// Nine users: the first is active on every day, the others on fewer days; some have two clients.
fn activity() -> Vec<Activity> {
    let mut rows = Vec::new();
    for user in 1..=9_u32 {
        for (place, day) in day(FIRST)
            .iter_days()
            .take_while(|day| *day <= self::day(LAST))
            .enumerate()
        {
            let place = u32::try_from(place).unwrap();
            let is_active = user == 1 || (place * 7 + user * 3) % (user + 1) == 0;
            // The eighth stops in July, the ninth comes in August.
            let is_there = (user != 8 || day.month() < 8) && (user != 9 || day.month() == 8);
            if !is_active || !is_there {
                continue;
            }
            let clients: &[&str] = if (place + user) % 4 == 0 {
                &["KIRO_IDE", "KIRO_CLI"]
            } else {
                &["KIRO_IDE"]
            };
            for client in clients {
                let messages = f64::from((place * 13 + user * 5) % 40);
                rows.push(Activity {
                    day,
                    user,
                    client,
                    tier: ["Free", "Pro", "Power"][(user % 3) as usize],
                    messages,
                    conversations: (messages / 4.0).floor(),
                    credits: messages * 0.5,
                    overage: if user == 2 && place % 5 == 0 {
                        3.25
                    } else {
                        0.0
                    },
                    is_new: user == 9 && day.day() <= 9,
                });
            }
        }
    }
    rows
}

fn rows() -> Vec<Row> {
    let text = |text: &str| Cell::Text(text.to_owned());
    activity()
        .into_iter()
        .map(|row| {
            let cells = [
                ("activity_date", Cell::Day(row.day)),
                ("user_id", Cell::Text(format!("id-{}", row.user))),
                ("user_label", Cell::Text(format!("Person {}", row.user))),
                ("client_type", text(row.client)),
                ("user_tier", text(row.tier)),
                ("subscription_tier", text(row.tier)),
                ("source_account", text("123456789012")),
                ("source_region", text("us-east-1")),
                ("team", text("(none)")),
                ("total_messages", Cell::Number(row.messages)),
                ("chat_conversations", Cell::Number(row.conversations)),
                ("credits_used", Cell::Number(row.credits)),
                ("overage_credits_used", Cell::Number(row.overage)),
                (
                    "base_credits_used",
                    Cell::Number((row.credits - row.overage).max(0.0)),
                ),
                ("overage_cap", Cell::Number(100.0)),
                ("overage_enabled", Cell::Number(1.0)),
                ("new_user", Cell::Number(f64::from(u8::from(row.is_new)))),
                ("first_day_of_data", Cell::Day(day(FIRST))),
            ];
            cells
                .into_iter()
                .map(|(name, cell)| (name.to_owned(), cell))
                .collect()
        })
        .collect()
}

/// The number of a headline, in plain code.
type Count<'c> = &'c dyn Fn(&[Activity]) -> f64;

/// The chosen days and values.
fn choice(from: &str, to: &str) -> Choice {
    let everybody = vec![Cell::Text("(everybody)".to_owned())];
    Choice::from([
        ("DateFrom", vec![Cell::Day(day(from))]),
        ("DateTo", vec![Cell::Day(day(to))]),
        ("Tier", Vec::new()),
        ("Model", Vec::new()),
        ("Client", Vec::new()),
        ("Account", Vec::new()),
        ("Region", Vec::new()),
        ("Team", Vec::new()),
        ("User", everybody),
    ])
}

fn shown(visual: &str, choice: &Choice) -> Vec<Line> {
    lines(crate::compiled(Language::En), visual, &rows(), choice)
}

/// A headline and the period before.
fn headline(visual: &str, choice: &Choice) -> (Cell, Cell) {
    let lines = shown(visual, choice);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    let value = |name: &str| line.values.get(name).cloned().unwrap_or(Cell::Nothing);
    (value("value0"), value("previous0"))
}

fn between(from: &str, to: &str) -> Vec<Activity> {
    let (from, to) = (day(from), day(to));
    activity()
        .into_iter()
        .filter(|row| from <= row.day && row.day <= to)
        .collect()
}

fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn users(rows: &[Activity]) -> f64 {
    whole(
        rows.iter()
            .map(|row| row.user)
            .collect::<BTreeSet<_>>()
            .len(),
    )
}

fn sum(rows: &[Activity], of: impl Fn(&Activity) -> f64) -> f64 {
    rows.iter().map(of).sum()
}

/// User, then its days.
fn days_by_user(rows: &[Activity]) -> BTreeMap<u32, BTreeSet<NaiveDate>> {
    let mut days: BTreeMap<u32, BTreeSet<NaiveDate>> = BTreeMap::new();
    for row in rows {
        days.entry(row.user).or_default().insert(row.day);
    }
    days
}

fn is_near(found: &Cell, expected: f64) -> bool {
    matches!(found, Cell::Number(number) if (number - expected).abs() < 1e-9 * expected.abs().max(1.0))
}

#[test]
fn headlines_count_the_chosen_days_and_the_days_before_apart() {
    let chosen = choice("2026-08-01", "2026-08-30");
    let (now, before) = (
        between("2026-08-01", "2026-08-30"),
        between("2026-07-02", "2026-07-31"),
    );
    let daily = |rows: &[Activity]| {
        let mut by_day: BTreeMap<NaiveDate, BTreeSet<u32>> = BTreeMap::new();
        for row in rows {
            by_day.entry(row.day).or_default().insert(row.user);
        }
        whole(by_day.values().map(BTreeSet::len).sum()) / whole(by_day.len())
    };
    let days = |rows: &[Activity]| {
        let days = days_by_user(rows);
        whole(days.values().map(BTreeSet::len).sum()) / whole(days.len())
    };
    let new = |rows: &[Activity]| {
        users(
            &rows
                .iter()
                .filter(|row| row.is_new)
                .cloned()
                .collect::<Vec<_>>(),
        )
    };
    let credits = |rows: &[Activity]| sum(rows, |row| row.credits);
    let overage = |rows: &[Activity]| sum(rows, |row| row.overage);
    let messages = |rows: &[Activity]| sum(rows, |row| row.messages);
    let cases: [(&str, Count<'_>); 9] = [
        ("a-kpi-users", &users),
        ("a-kpi-daily", &daily),
        ("a-kpi-messages", &messages),
        ("a-kpi-new", &new),
        ("e-kpi-credits", &credits),
        ("e-kpi-per-user", &|rows| credits(rows) / users(rows)),
        ("e-kpi-overage-share", &|rows| overage(rows) / credits(rows)),
        ("e-kpi-overage-cost", &|rows| overage(rows) * 0.04),
        ("p-kpi-days", &days),
    ];
    for (visual, count) in cases {
        let (value, previous) = headline(visual, &chosen);
        assert!(
            is_near(&value, count(&now)),
            "{visual}: {value:?} for {}",
            count(&now)
        );
        assert!(
            is_near(&previous, count(&before)),
            "{visual}: {previous:?} for {}",
            count(&before)
        );
    }
}

#[test]
fn thresholds_grow_with_the_chosen_days() {
    for (from, to, eight, twenty) in [
        ("2026-08-01", "2026-08-30", 8, 20),
        ("2026-08-16", "2026-08-30", 4, 10),
        ("2026-08-29", "2026-08-30", 1, 2),
    ] {
        let days = days_by_user(&between(from, to));
        let at_least =
            |least: usize| whole(days.values().filter(|days| days.len() >= least).count());
        let chosen = choice(from, to);
        assert!(
            is_near(&headline("p-funnel-1", &chosen).0, at_least(1)),
            "{from}"
        );
        assert!(
            is_near(&headline("p-funnel-8", &chosen).0, at_least(eight)),
            "{from}"
        );
        assert!(
            is_near(&headline("p-funnel-20", &chosen).0, at_least(twenty)),
            "{from}"
        );
    }
}

#[test]
fn each_user_is_in_one_group_by_its_own_days() {
    let rows = between("2026-08-01", "2026-08-30");
    let mut expected: BTreeMap<&str, f64> = BTreeMap::new();
    for (user, days) in days_by_user(&rows) {
        let messages: f64 = rows
            .iter()
            .filter(|row| row.user == user)
            .map(|row| row.messages)
            .sum();
        let group = if days.len() >= 20 || messages >= 1000.0 {
            "Intensive"
        } else if days.len() >= 8 {
            "Regular"
        } else {
            "Light"
        };
        *expected.entry(group).or_default() += 1.0;
    }
    assert_eq!(expected.len(), 3, "{expected:?}");
    let found = shown("p-segments", &choice("2026-08-01", "2026-08-30"));
    let found: BTreeMap<&str, &Cell> = found
        .iter()
        .map(|line| match line.keys.as_slice() {
            [Cell::Text(group)] => (group.as_str(), &line.values["value0"]),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (group, count) in expected {
        assert!(is_near(found[group], count), "{group}: {:?}", found[group]);
    }
}

#[test]
fn there_is_no_comparison_where_the_data_does_not_reach_back() {
    let (value, previous) = headline("a-kpi-users", &choice("2026-05-10", "2026-06-10"));
    assert!(is_near(&value, users(&between("2026-05-10", "2026-06-10"))));
    assert_eq!(previous, Cell::Nothing);
    let (_, previous) = headline("a-kpi-users", &choice("2026-05-31", "2026-06-29"));
    assert!(is_near(
        &previous,
        users(&between("2026-05-01", "2026-05-30"))
    ));
}

#[test]
fn ratios_of_a_table_are_of_sums() {
    let rows = between("2026-08-01", "2026-08-30");
    let found = shown("e-unit-econ-table", &choice("2026-08-01", "2026-08-30"));
    assert_eq!(found.len(), 3);
    for line in found {
        let [Cell::Text(tier)] = line.keys.as_slice() else {
            panic!("{line:?}");
        };
        let of_tier: Vec<Activity> = rows
            .iter()
            .filter(|row| row.tier == tier)
            .cloned()
            .collect();
        let credits = sum(&of_tier, |row| row.credits);
        assert!(is_near(&line.values["value0"], users(&of_tier)), "{tier}");
        assert!(
            is_near(&line.values["value3"], credits / users(&of_tier)),
            "{tier}"
        );
        assert!(
            is_near(
                &line.values["value4"],
                credits / sum(&of_tier, |row| row.messages)
            ),
            "{tier}"
        );
    }
}

#[test]
fn weeks_begin_on_monday() {
    let rows = between("2026-08-01", "2026-08-30");
    let mut expected: BTreeMap<(NaiveDate, &str), f64> = BTreeMap::new();
    for row in rows {
        let weekday = row.day.weekday();
        let name = [
            "1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun",
        ][weekday.num_days_from_monday() as usize];
        let monday = row.day - Days::new(weekday.num_days_from_monday().into());
        *expected.entry((monday, name)).or_default() += row.messages;
    }
    let found = shown("a-weekdays", &choice("2026-08-01", "2026-08-30"));
    assert_eq!(found.len(), expected.len());
    for line in found {
        let [Cell::Day(monday), Cell::Text(weekday)] = line.keys.as_slice() else {
            panic!("{line:?}");
        };
        assert!(
            is_near(
                &line.values["value0"],
                expected[&(*monday, weekday.as_str())]
            ),
            "{line:?}"
        );
    }
}

#[test]
fn long_windows_are_shown_by_week_and_longer_ones_by_month() {
    let across = |from: &str, to: &str| -> BTreeSet<NaiveDate> {
        let lines = shown("p-user-daily", &choice(from, to));
        let days = lines.iter().map(|line| match line.keys.get(1) {
            Some(Cell::Day(day)) => *day,
            other => panic!("{other:?}"),
        });
        days.collect()
    };
    assert_eq!(across("2026-07-01", "2026-08-30").len(), 61);
    let weeks = across("2026-06-01", "2026-08-30");
    assert!(
        weeks.len() == 13
            && weeks
                .iter()
                .all(|day| day.weekday() == chrono::Weekday::Mon),
        "{weeks:?}"
    );
    assert_eq!(
        across("2025-05-01", "2026-08-30"),
        [FIRST, "2026-06-01", "2026-07-01", "2026-08-01"]
            .map(day)
            .into()
    );
}

#[test]
fn a_month_is_compared_with_the_same_days_of_the_month_before() {
    let chosen = choice("2026-01-01", "2026-07-31");
    let credits = |from: &str, to: &str| sum(&between(from, to), |row| row.credits);
    let (value, previous) = headline("b-kpi-used", &chosen);
    assert!(is_near(&value, credits("2026-07-01", "2026-07-31")));
    assert!(is_near(&previous, credits("2026-06-01", "2026-06-30")));
    let found = shown("b-burn", &choice("2026-01-01", "2026-07-20"));
    for (day_of_month, period, from) in [
        (20.0, "Current period", "2026-07-01"),
        (20.0, "Period before", "2026-06-01"),
        (3.0, "Period before", "2026-06-01"),
    ] {
        let keys = [Cell::Number(day_of_month), Cell::Text(period.to_owned())];
        let line = found.iter().find(|line| line.keys == keys).unwrap();
        let to = format!("{}{day_of_month:02}", &from[..8]);
        assert!(
            is_near(&line.values["value0"], credits(from, &to)),
            "{line:?}"
        );
    }
}

#[test]
fn pickers_narrow_what_they_act_on() {
    let rows = between("2026-08-01", "2026-08-30");
    let mut chosen = choice("2026-08-01", "2026-08-30");
    chosen.insert(
        "Tier",
        vec![Cell::Text("Pro".to_owned()), Cell::Text("Power".to_owned())],
    );
    let paid: Vec<Activity> = rows
        .iter()
        .filter(|row| row.tier != "Free")
        .cloned()
        .collect();
    assert!(is_near(&headline("a-kpi-users", &chosen).0, users(&paid)));
    chosen.insert("User", vec![Cell::Text("Person 2".to_owned())]);
    let one: Vec<Activity> = paid.iter().filter(|row| row.user == 2).cloned().collect();
    assert!(is_near(
        &headline("a-kpi-messages", &chosen).0,
        sum(&one, |row| row.messages)
    ));
    assert!(is_near(
        &headline("u-msgs", &chosen).0,
        sum(&one, |row| row.messages)
    ));
    // The ranking still shows all users.
    let ranked = Cell::Number(whole(shown("u-ranking", &chosen).len()));
    assert!(is_near(&ranked, users(&paid)), "{ranked:?}");
}

#[test]
fn detail_is_empty_until_a_user_is_chosen() {
    let chosen = choice("2026-08-01", "2026-08-30");
    assert_eq!(headline("u-msgs", &chosen).0, Cell::Nothing);
    assert_eq!(shown("u-daily", &chosen), []);
    assert!(!shown("a-credits", &chosen).is_empty());
}

#[test]
fn conditions_of_a_visual_leave_rows_out() {
    let found = shown("e-overage-users", &choice("2026-08-01", "2026-08-30"));
    let [line] = found.as_slice() else {
        panic!("{found:?}");
    };
    let rows: Vec<Activity> = between("2026-08-01", "2026-08-30")
        .into_iter()
        .filter(|row| row.overage > 0.0)
        .collect();
    assert_eq!(line.keys[0], Cell::Text("Person 2".to_owned()));
    assert!(is_near(
        &line.values["value0"],
        sum(&rows, |row| row.overage)
    ));
    assert!(is_near(
        &line.values["value2"],
        whole(days_by_user(&rows)[&2].len())
    ));
}

/// Rows of `user_month`: user, month, tier, credits, allowance.
fn months() -> Vec<Row> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = Vec::new();
    for (month, shares) in [
        ("2026-07-01", [0.2, 0.95, 1.2, 0.8]),
        ("2026-08-01", [0.75, 0.9, 1.0, 0.1]),
    ] {
        for (user, share) in shares.into_iter().enumerate() {
            // The fourth has no known allowance.
            let allowance = if user == 3 {
                Cell::Nothing
            } else {
                Cell::Number(1000.0)
            };
            let cells = [
                ("user_id", Cell::Text(format!("id-{user}"))),
                ("user_label", Cell::Text(format!("Person {user}"))),
                ("team", text("(none)")),
                ("month_start", Cell::Day(day(month))),
                (
                    "subscription_tier",
                    text(if user < 2 { "Pro" } else { "Power" }),
                ),
                ("credits_used", Cell::Number(share * 1000.0)),
                ("allowance", allowance),
                ("active_days", Cell::Number(3.0)),
                ("is_former", Cell::Number(0.0)),
                ("first_day_of_data", Cell::Day(day(FIRST))),
            ];
            rows.push(
                cells
                    .into_iter()
                    .map(|(name, cell)| (name.to_owned(), cell))
                    .collect(),
            );
        }
    }
    rows
}

#[test]
fn users_are_counted_against_their_allowance_of_the_month() {
    let document = crate::compiled(Language::En);
    let chosen = choice("2026-08-10", "2026-08-20");
    for (visual, now) in [
        ("b-users-75", 3.0),
        ("b-users-90", 2.0),
        ("b-users-100", 1.0),
    ] {
        let found = lines(document, visual, &months(), &chosen);
        assert_eq!(found[0].values["value0"], Cell::Number(now), "{visual}");
        // A month that is running is compared with no other.
        assert!(!found[0].values.contains_key("previous0"), "{visual}");
    }
    let found = lines(document, "b-kpi-utilisation", &months(), &chosen);
    // Credits without a known allowance do not count.
    assert!(
        is_near(&found[0].values["value0"], 2650.0 / 3000.0),
        "{found:?}"
    );
    let found = lines(document, "b-kpi-allowance", &months(), &chosen);
    let allowances = ["value0", "previous0"].map(|name| found[0].values[name].clone());
    assert_eq!(allowances, [3000.0, 3000.0].map(Cell::Number));
    let found = lines(document, "b-tiers", &months(), &chosen);
    let pro = found
        .iter()
        .find(|line| line.keys == [Cell::Text("Pro".to_owned())])
        .unwrap();
    let counts = ["value9", "value10", "value11"].map(|name| pro.values[name].clone());
    assert_eq!(counts, [2.0, 1.0, 0.0].map(Cell::Number));
}
