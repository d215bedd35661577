//! What each visual must show, written out by hand from its subtitle.

use std::collections::{BTreeMap, BTreeSet};

use kiro_dashboard::{Span, Value};

use crate::oracle::{
    Chosen, Days_, Expected, Key, Row, Shape, Take, by, count_if, distinct, distinct_if, divide,
    groups, less, max, mean_per, min, month, sum, sum_if, table, times, users_from, week, weekday,
};

const ACTIVITY: [(&str, &str); 4] = [
    ("tier", "user_tier"),
    ("client", "client_type"),
    ("account", "source_account"),
    ("user", "user_id"),
];
const MODELS: [(&str, &str); 5] = [
    ("tier", "user_tier"),
    ("client", "client_type"),
    ("account", "source_account"),
    ("user", "user_id"),
    ("model", "model_name"),
];
const CODE: [(&str, &str); 3] = [
    ("tier", "user_tier"),
    ("account", "source_account"),
    ("user", "user_id"),
];
const OVERALL: [(&str, &str); 2] = [("tier", "subscription_tier"), ("user", "user_id")];
const SOURCES: [(&str, &str); 2] = [("client", "client_type"), ("account", "source_account")];

const COUNTERS: [&str; 44] = [
    "chat_aicodelines",
    "chat_messagesinteracted",
    "chat_messagessent",
    "codefix_acceptanceeventcount",
    "codefix_acceptedlines",
    "codefix_generatedlines",
    "codefix_generationeventcount",
    "codereview_failedeventcount",
    "codereview_findingscount",
    "codereview_succeededeventcount",
    "dev_acceptanceeventcount",
    "dev_acceptedlines",
    "dev_generatedlines",
    "dev_generationeventcount",
    "docgeneration_acceptedfileupdates",
    "docgeneration_acceptedfilescreations",
    "docgeneration_acceptedlineadditions",
    "docgeneration_acceptedlineupdates",
    "docgeneration_eventcount",
    "docgeneration_rejectedfilecreations",
    "docgeneration_rejectedfileupdates",
    "docgeneration_rejectedlineadditions",
    "docgeneration_rejectedlineupdates",
    "inlinechat_acceptanceeventcount",
    "inlinechat_acceptedlineadditions",
    "inlinechat_acceptedlinedeletions",
    "inlinechat_dismissaleventcount",
    "inlinechat_dismissedlineadditions",
    "inlinechat_dismissedlinedeletions",
    "inlinechat_rejectedlineadditions",
    "inlinechat_rejectedlinedeletions",
    "inlinechat_rejectioneventcount",
    "inlinechat_totaleventcount",
    "inline_aicodelines",
    "inline_acceptancecount",
    "inline_suggestionscount",
    "testgeneration_acceptedlines",
    "testgeneration_acceptedtests",
    "testgeneration_eventcount",
    "testgeneration_generatedlines",
    "testgeneration_generatedtests",
    "transformation_eventcount",
    "transformation_linesgenerated",
    "transformation_linesingested",
];

impl<'a> Chosen<'a> {
    fn activity(&self, span: Option<Span>) -> Vec<&'a Row> {
        self.rows(
            &self.oracle.activity,
            &ACTIVITY,
            Some("activity_date"),
            span,
        )
    }
    fn models(&self) -> Vec<&'a Row> {
        self.rows(
            &self.oracle.models,
            &MODELS,
            Some("activity_date"),
            Some(self.span),
        )
    }
    fn code(&self, span: Option<Span>) -> Vec<&'a Row> {
        self.rows(&self.oracle.code, &CODE, Some("activity_date"), span)
    }
    fn months(&self, days: Days_) -> Vec<&'a Row> {
        self.months_of(Some(self.covered(days)))
    }
    fn months_of(&self, span: Option<Span>) -> Vec<&'a Row> {
        use chrono::Datelike;
        let first = |day: chrono::NaiveDate| day.with_day(1).unwrap();
        let span = span.map(|span| Span {
            from: first(span.from),
            to: first(span.to),
        });
        self.rows(&self.oracle.months, &OVERALL, Some("month_start"), span)
    }
    fn totals(&self) -> Vec<&'a Row> {
        self.rows(&self.oracle.totals, &OVERALL, None, None)
    }
    fn movers(&self) -> Vec<&'a Row> {
        self.rows(&self.oracle.movers, &OVERALL, None, None)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    fn activity_kpi(&self, take: Take, days: Days_) -> Expected {
        let previous = self
            .before(days)
            .map(|span| take(&self.activity(Some(span))));
        kpi(take(&self.activity(Some(self.covered(days)))), previous)
    }
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    fn code_kpi(&self, take: Take) -> Expected {
        let previous = self
            .before(Days_::Chosen)
            .map(|span| take(&self.code(Some(span))));
        kpi(take(&self.code(Some(self.span))), previous)
    }
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reads better where it is called"
    )]
    fn month_kpi(&self, take: Take) -> Expected {
        let previous = self
            .before(Days_::Month)
            .map(|span| take(&self.months_of(Some(span))));
        kpi(take(&self.months(Days_::Month)), previous)
    }
    /// A threshold per 30 days for the chosen days.
    fn scaled(&self, per_30_days: f64) -> f64 {
        (per_30_days * self.length() / 30.0).ceil().max(1.0)
    }

    fn code_days(&self, measures: &[Take]) -> Expected {
        let mut expected = table(
            &self.code(Some(self.span)),
            &[by("activity_date")],
            measures,
        );
        let used: Vec<usize> = (0..measures.len())
            .filter(|place| {
                expected
                    .rows
                    .values()
                    .any(|row| row[*place].number().is_some_and(|number| number != 0.0))
            })
            .collect();
        for row in expected.rows.values_mut() {
            *row = used.iter().map(|place| row[*place].clone()).collect();
        }
        expected
    }

    fn pivot(&self, span: Span, axis: fn(&'static str) -> Key) -> Expected {
        let rows = self.activity(Some(span));
        let credits = || sum("credits_used");
        let mut cells = table(&rows, &[by("user_id"), axis("activity_date")], &[credits()]).rows;
        let users = table(&rows, &[by("user_id")], &[credits()]).rows;
        cells.extend(
            users
                .into_iter()
                .map(|(user, total)| (format!("{user}|total"), total)),
        );
        let columns = table(&rows, &[axis("activity_date")], &[credits()]).rows;
        cells.extend(
            columns
                .into_iter()
                .map(|(day, total)| (format!("total|{day}"), total)),
        );
        if !rows.is_empty() {
            cells.insert("total|total".to_owned(), vec![credits()(&rows)]);
        }
        Expected {
            shape: Shape::Pivot,
            rows: cells,
            totals: None,
        }
    }
}

fn kpi(value: Value, previous: Option<Value>) -> Expected {
    Expected {
        shape: Shape::Kpi { previous },
        rows: BTreeMap::from([(String::new(), vec![value])]),
        totals: None,
    }
}

fn hidden() -> Expected {
    Expected {
        shape: Shape::Hidden,
        rows: BTreeMap::new(),
        totals: None,
    }
}

fn transposed(rows: &[&Row], measures: Vec<(&'static str, Take)>) -> Expected {
    let rows = measures
        .into_iter()
        .map(|(name, take)| (name.to_owned(), vec![take(rows)]));
    Expected {
        shape: Shape::Transposed,
        rows: rows.collect(),
        totals: None,
    }
}

/// Adds up all but the largest values of one part of the key.
fn rest(expected: Expected, part: usize, limit: usize) -> Expected {
    let value = |key: &str| key.split('|').nth(part).unwrap().to_owned();
    let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
    for (key, row) in &expected.rows {
        *sizes.entry(value(key)).or_default() += row[0].number().unwrap();
    }
    let mut sizes: Vec<(String, f64)> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let kept: BTreeSet<String> = sizes
        .into_iter()
        .take(limit)
        .map(|(name, _)| name)
        .collect();
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, row) in &expected.rows {
        let mut parts: Vec<String> = key.split('|').map(str::to_owned).collect();
        if !kept.contains(&parts[part]) {
            "~other".clone_into(&mut parts[part]);
        }
        let sum = rows
            .entry(parts.join("|"))
            .or_insert_with(|| vec![Value::Number(0.0)]);
        sum[0] = Value::Number(sum[0].number().unwrap() + row[0].number().unwrap());
    }
    Expected { rows, ..expected }
}

fn credits() -> Take {
    sum("credits_used")
}
fn overage() -> Take {
    sum("overage_credits_used")
}
fn messages() -> Take {
    sum("total_messages")
}
fn conversations() -> Take {
    sum("chat_conversations")
}
fn users() -> Take {
    distinct("user_id")
}
fn active_days() -> Take {
    distinct("activity_date")
}
fn in_plan() -> Take {
    sum("base_credits_used")
}
fn is_new(row: &Row) -> bool {
    row.get("new_user") == Value::Flag(true)
}
fn has_overage(row: &Row) -> bool {
    row.number("overage_credits_used") > 0.0
}
fn has_allowance(row: &Row) -> bool {
    !row.get("allowance").is_null()
}
fn per_user() -> Take {
    divide(credits(), users())
}
fn per_message() -> Take {
    divide(credits(), messages())
}
fn utilisation() -> Take {
    divide(sum_if("credits_used", has_allowance), sum("allowance"))
}
fn forecast() -> Take {
    divide(sum_if("forecast_credits", has_allowance), sum("allowance"))
}
fn of(a: &'static str, b: &'static str) -> Take {
    divide(sum(a), sum(b))
}
fn sums(columns: &'static [&'static str]) -> Take {
    Box::new(move |rows| {
        Value::Number(
            columns
                .iter()
                .map(|column| sum(column)(rows).number().unwrap())
                .sum(),
        )
    })
}

/// Users by a name that their own rows decide.
fn by_user(rows: &[&Row], name: impl Fn(&[&Row]) -> &'static str) -> Expected {
    let mut counts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for rows in groups(rows, "user_id").values() {
        let count = counts
            .entry(name(rows).to_owned())
            .or_insert_with(|| vec![Value::Number(0.0)]);
        count[0] = Value::Number(count[0].number().unwrap() + 1.0);
    }
    Expected {
        shape: Shape::Table { keys: 1 },
        rows: counts,
        totals: None,
    }
}

fn number(take: &Take, rows: &[&Row]) -> f64 {
    take(rows).number().unwrap_or(0.0)
}

/// The expected figure; none for a visual that nobody has written down.
#[expect(clippy::too_many_lines, reason = "one line per visual")]
pub(crate) fn of_visual(chosen: &Chosen<'_>, visual: &str) -> Option<Expected> {
    if visual.starts_with("u-") && (visual == "u-ranking") == chosen.has_user() {
        return Some(hidden());
    }
    let activity = chosen.activity(Some(chosen.span));
    let models = chosen.models();
    let code = chosen.code(Some(chosen.span));
    let year = chosen.activity(Some(chosen.covered(Days_::Year)));
    let to_date = chosen.activity(Some(chosen.covered(Days_::Month)));
    let month_rows = chosen.months(Days_::Month);
    let arrivals = chosen.rows(
        &chosen.oracle.arrivals,
        &SOURCES,
        Some("activity_date"),
        Some(chosen.span),
    );
    let health = chosen.rows(&chosen.oracle.health, &SOURCES, None, None);
    let issues = chosen.rows(&chosen.oracle.issues, &SOURCES, None, None);
    let fleet_days = chosen.rows(
        &chosen.oracle.days,
        &[],
        Some("activity_date"),
        Some(chosen.span),
    );
    let tier_days = chosen.rows(
        &chosen.oracle.tier_days,
        &[("tier", "subscription_tier")],
        Some("activity_date"),
        Some(chosen.span),
    );
    let day = || by("activity_date");
    let client = || by("client_type");
    let user = || by("user_id");
    let keep = |rows: &[&'static str], field: &str, all: &[&_]| -> Vec<usize> {
        let field = field.to_owned();
        (0..all.len())
            .filter(|place| {
                let row: &Row = all[*place];
                rows.contains(&row.text(&field).as_str())
            })
            .collect()
    };
    let only = |all: &Vec<&'_ Row>, field: &str, values: &[&'static str]| -> Vec<Row> {
        keep(values, field, all)
            .into_iter()
            .map(|place| all[place].clone())
            .collect()
    };
    let totals_of_code: Vec<(&'static str, Take)> = COUNTERS
        .iter()
        .map(|counter| (*counter, sum(counter)))
        .collect();
    Some(match visual {
        "a-kpi-users" => chosen.activity_kpi(users(), Days_::Chosen),
        "a-kpi-daily" => chosen.activity_kpi(mean_per("activity_date", users()), Days_::Chosen),
        "a-kpi-messages" | "u-msgs" => chosen.activity_kpi(messages(), Days_::Chosen),
        "a-kpi-conversations" | "u-conversations" => {
            chosen.activity_kpi(conversations(), Days_::Chosen)
        }
        "a-kpi-credits" | "e-kpi-credits" | "u-credits" => {
            chosen.activity_kpi(credits(), Days_::Chosen)
        }
        "a-kpi-new" => chosen.activity_kpi(distinct_if("user_id", is_new), Days_::Chosen),
        "a-credits" => table(&activity, &[day(), client()], &[credits()]),
        "a-active" => table(&activity, &[day(), client()], &[users()]),
        "a-tier-trend" => table(
            &tier_days,
            &[day(), by("subscription_tier")],
            &[sum("active_users")],
        ),
        "a-new-returning" => table(
            &activity,
            &[day()],
            &[
                distinct_if("user_id", is_new),
                less(users(), distinct_if("user_id", is_new)),
            ],
        ),
        "a-messages" | "u-daily" => table(&activity, &[day(), client()], &[messages()]),
        "a-models" | "u-model-days" => rest(
            table(&models, &[day(), by("model_name")], &[sum("messages")]),
            1,
            11,
        ),
        "a-rolling" => table(
            &fleet_days,
            &[day()],
            &[
                max("active_users"),
                max("rolling_7_users"),
                max("rolling_30_users"),
            ],
        ),
        "a-clients" | "u-clients" => table(&activity, &[client()], &[messages()]),
        "a-weekdays" => table(
            &activity,
            &[week("activity_date"), weekday("activity_date")],
            &[messages()],
        ),
        "a-model-table" => table(
            &models,
            &[by("model_name")],
            &[
                sum("messages"),
                users(),
                min("activity_date"),
                max("activity_date"),
            ],
        ),

        "e-kpi-per-user" => chosen.activity_kpi(per_user(), Days_::Chosen),
        "e-kpi-per-message" => chosen.activity_kpi(per_message(), Days_::Chosen),
        "e-kpi-overage" | "u-overage" => chosen.activity_kpi(overage(), Days_::Chosen),
        "e-kpi-overage-share" => chosen.activity_kpi(divide(overage(), credits()), Days_::Chosen),
        "e-kpi-overage-cost" => chosen.activity_kpi(times(overage(), 0.04), Days_::Chosen),
        "e-users-by-tier" => table(&activity, &[by("user_tier")], &[users()]),
        "e-credits-by-tier" => table(
            &activity,
            &[by("user_tier")],
            &[in_plan(), overage(), credits()],
        ),
        "e-credits-per-user" => table(&activity, &[by("user_tier")], &[per_user()]),
        "e-credits-per-message" => table(&activity, &[by("user_tier")], &[per_message()]),
        "e-unit-econ-table" => table(
            &activity,
            &[by("user_tier")],
            &[
                users(),
                messages(),
                credits(),
                per_user(),
                per_message(),
                overage(),
                divide(overage(), credits()),
                distinct_if("user_id", has_overage),
            ],
        ),
        "e-daily" | "u-credits-line" => table(&activity, &[day()], &[in_plan(), overage()]),
        "e-monthly" => table(&year, &[month("activity_date")], &[in_plan(), overage()]),
        "e-top-users" => table(&activity, &[user()], &[in_plan(), overage(), credits()]).top(10, 2),
        "e-overage-users" => {
            let rows: Vec<&Row> = activity
                .iter()
                .copied()
                .filter(|row| has_overage(row))
                .collect();
            let measures = [
                overage(),
                times(overage(), 0.04),
                active_days(),
                max("overage_cap"),
            ];
            table(&rows, &[user()], &measures)
        }
        "e-clients" => table(
            &activity,
            &[client()],
            &[
                users(),
                messages(),
                conversations(),
                credits(),
                per_user(),
                per_message(),
                overage(),
            ],
        ),
        "e-credit-detail" => table(
            &activity,
            &[user(), client()],
            &[credits(), overage(), max("overage_cap"), messages()],
        ),

        "p-funnel-1" => chosen.activity_kpi(users_from(active_days(), 1.0), Days_::Chosen),
        "p-funnel-8" => {
            chosen.activity_kpi(users_from(active_days(), chosen.scaled(8.0)), Days_::Chosen)
        }
        "p-funnel-20" => chosen.activity_kpi(
            users_from(active_days(), chosen.scaled(20.0)),
            Days_::Chosen,
        ),
        "p-kpi-days" => chosen.activity_kpi(mean_per("user_id", active_days()), Days_::Chosen),
        "p-kpi-at-risk" => kpi(
            distinct_if("user_id", |row| row.text("at_risk") == "Yes")(&chosen.movers()),
            None,
        ),
        "p-kpi-silent" => kpi(
            count_if(|row| row.number("days_since_last_activity") >= 30.0)(&chosen.totals()),
            None,
        ),
        "p-all-users" => table(
            &activity,
            &[user()],
            &[
                messages(),
                conversations(),
                credits(),
                overage(),
                active_days(),
                max("activity_date"),
            ],
        ),
        "p-user-daily" => {
            let axis = if chosen.length() <= 62.0 {
                by as fn(&'static str) -> Key
            } else {
                week
            };
            chosen.pivot(chosen.span, axis)
        }
        "p-segments" => {
            let (many_days, many_messages, some_days) = (
                chosen.scaled(20.0),
                chosen.scaled(1000.0),
                chosen.scaled(8.0),
            );
            by_user(&activity, |rows| {
                let (days, messages) = (number(&active_days(), rows), number(&messages(), rows));
                if days >= many_days || messages >= many_messages {
                    "intensive"
                } else if days >= some_days {
                    "regular"
                } else {
                    "light"
                }
            })
        }
        "p-volume" => {
            let high = (chosen.scaled(100.0), chosen.scaled(20.0));
            let medium = (chosen.scaled(20.0), chosen.scaled(5.0));
            by_user(&activity, |rows| {
                let (messages, conversations) =
                    (number(&messages(), rows), number(&conversations(), rows));
                if messages >= high.0 || conversations >= high.1 {
                    "high"
                } else if messages >= medium.0 || conversations >= medium.1 {
                    "medium"
                } else {
                    "low"
                }
            })
        }
        "p-recency" => table(&chosen.totals(), &[by("recency")], &[users()]),
        "p-by-model" => {
            let top = table(&models, &[user()], &[sum("messages")]).top(15, 0);
            let rows: Vec<&Row> = models
                .iter()
                .copied()
                .filter(|row| top.rows.contains_key(&row.text("user_id")))
                .collect();
            rest(
                table(&rows, &[user(), by("model_name")], &[sum("messages")]),
                1,
                8,
            )
        }
        "p-movers" => table(
            &chosen.movers(),
            &[user()],
            &[
                sum("prior_messages"),
                sum("recent_messages"),
                less(sum("recent_messages"), sum("prior_messages")),
                divide(
                    less(sum("recent_messages"), sum("prior_messages")),
                    sum("prior_messages"),
                ),
                max("days_since_last_activity"),
                sum("abs_delta"),
            ],
        ),
        "p-silent" => {
            let rows = chosen.totals();
            let rows: Vec<&Row> = rows
                .into_iter()
                .filter(|row| row.number("days_since_last_activity") >= 14.0)
                .collect();
            table(
                &rows,
                &[user()],
                &[
                    max("days_since_last_activity"),
                    sum("active_days"),
                    credits(),
                ],
            )
        }
        "p-new" => {
            let rows: Vec<&Row> = activity.iter().copied().filter(|row| is_new(row)).collect();
            table(
                &rows,
                &[user()],
                &[min("activity_date"), messages(), credits()],
            )
        }

        "u-ranking" => table(
            &activity,
            &[user()],
            &[
                credits(),
                messages(),
                conversations(),
                active_days(),
                overage(),
                max("activity_date"),
            ],
        ),
        "u-profile" => table(
            &chosen.totals(),
            &[user()],
            &[
                sum("active_days"),
                max("days_since_last_activity"),
                messages(),
                sum("total_conversations"),
                credits(),
                overage(),
            ],
        ),
        "u-days" => chosen.activity_kpi(active_days(), Days_::Chosen),
        "u-utilisation" | "b-kpi-utilisation" => chosen.month_kpi(utilisation()),
        "u-models" => rest(
            table(&models, &[by("model_name")], &[sum("messages")]),
            0,
            11,
        ),
        "u-months" => table(
            &chosen.months(Days_::Year),
            &[by("month_start")],
            &[
                credits(),
                sum("allowance"),
                utilisation(),
                sum("forecast_credits"),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("active_days"),
            ],
        ),
        "u-days-table" => table(
            &activity,
            &[day(), client()],
            &[messages(), conversations(), credits(), overage()],
        ),
        "u-code-days" | "c-lines" => table(
            &code,
            &[day()],
            &[sum("chat_aicodelines"), sum("inline_aicodelines")],
        ),
        "u-code" => {
            let mut measures = totals_of_code;
            measures.push((
                "code_lines",
                sums(&["chat_aicodelines", "inline_aicodelines"]),
            ));
            transposed(&code, measures)
        }

        "c-kpi-lines" => chosen.code_kpi(sums(&["chat_aicodelines", "inline_aicodelines"])),
        "c-kpi-chat-lines" => chosen.code_kpi(sum("chat_aicodelines")),
        "c-kpi-inline-lines" => chosen.code_kpi(sum("inline_aicodelines")),
        "c-kpi-messages" => chosen.code_kpi(sum("chat_messagessent")),
        "c-kpi-acceptance" => {
            chosen.code_kpi(of("inline_acceptancecount", "inline_suggestionscount"))
        }
        "c-kpi-users" => chosen.code_kpi(users()),
        "c-accept" => table(
            &code,
            &[day()],
            &[
                sum("inline_suggestionscount"),
                sum("inline_acceptancecount"),
            ],
        ),
        "c-rate" => table(
            &code,
            &[day()],
            &[of("inline_acceptancecount", "inline_suggestionscount")],
        ),
        "c-messages" => table(
            &code,
            &[day()],
            &[sum("chat_messagessent"), sum("chat_messagesinteracted")],
        ),
        "c-features" => transposed(
            &code,
            vec![
                ("chat_messagessent", sum("chat_messagessent")),
                ("inline_suggestionscount", sum("inline_suggestionscount")),
                (
                    "inlinechat_totaleventcount",
                    sum("inlinechat_totaleventcount"),
                ),
                (
                    "codereview_events",
                    sums(&[
                        "codereview_failedeventcount",
                        "codereview_succeededeventcount",
                    ]),
                ),
                (
                    "codefix_generationeventcount",
                    sum("codefix_generationeventcount"),
                ),
                (
                    "testgeneration_eventcount",
                    sum("testgeneration_eventcount"),
                ),
                ("docgeneration_eventcount", sum("docgeneration_eventcount")),
                ("dev_generationeventcount", sum("dev_generationeventcount")),
                (
                    "transformation_eventcount",
                    sum("transformation_eventcount"),
                ),
            ],
        ),
        "c-styles" => by_user(&code, |rows| {
            let days = number(&active_days(), rows);
            let chat = number(&sum("chat_messagessent"), rows) / days;
            if chat > 50.0 {
                "heavy_chat"
            } else if number(&sum("inline_suggestionscount"), rows) / days > 50.0 {
                "heavy_code"
            } else if chat > 10.0 {
                "regular_user"
            } else {
                "light_user"
            }
        }),
        "c-segments" => by_user(&code, |rows| {
            let lines = number(&sums(&["chat_aicodelines", "inline_aicodelines"]), rows)
                / number(&active_days(), rows);
            if lines > 500.0 {
                "heavy"
            } else if lines > 50.0 {
                "medium"
            } else {
                "light"
            }
        }),
        "c-scatter" => {
            let rows: Vec<&Row> = code
                .iter()
                .copied()
                .filter(|row| row.number("inline_suggestionscount") > 0.0)
                .collect();
            let lines = sums(&["chat_aicodelines", "inline_aicodelines"]);
            let rate = of("inline_acceptancecount", "inline_suggestionscount");
            table(
                &rows,
                &[user()],
                &[sum("inline_suggestionscount"), rate, lines],
            )
        }
        "c-top" => {
            let lines = sums(&["chat_aicodelines", "inline_aicodelines"]);
            table(
                &code,
                &[user()],
                &[sum("chat_aicodelines"), sum("inline_aicodelines"), lines],
            )
            .top(10, 2)
        }
        "c-ratios" => transposed(
            &code,
            vec![
                (
                    "interaction_rate",
                    of("chat_messagesinteracted", "chat_messagessent"),
                ),
                (
                    "inline_rate",
                    of("inline_acceptancecount", "inline_suggestionscount"),
                ),
                (
                    "inlinechat_rate",
                    of(
                        "inlinechat_acceptanceeventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "inlinechat_rejection_rate",
                    of(
                        "inlinechat_rejectioneventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "inlinechat_dismissal_rate",
                    of(
                        "inlinechat_dismissaleventcount",
                        "inlinechat_totaleventcount",
                    ),
                ),
                (
                    "dev_rate",
                    of("dev_acceptanceeventcount", "dev_generationeventcount"),
                ),
                (
                    "dev_line_rate",
                    of("dev_acceptedlines", "dev_generatedlines"),
                ),
                (
                    "codefix_rate",
                    of(
                        "codefix_acceptanceeventcount",
                        "codefix_generationeventcount",
                    ),
                ),
                (
                    "codefix_line_rate",
                    of("codefix_acceptedlines", "codefix_generatedlines"),
                ),
                (
                    "codereview_rate",
                    divide(
                        sum("codereview_succeededeventcount"),
                        sums(&[
                            "codereview_failedeventcount",
                            "codereview_succeededeventcount",
                        ]),
                    ),
                ),
                (
                    "test_rate",
                    of(
                        "testgeneration_acceptedtests",
                        "testgeneration_generatedtests",
                    ),
                ),
                (
                    "test_line_rate",
                    of(
                        "testgeneration_acceptedlines",
                        "testgeneration_generatedlines",
                    ),
                ),
                (
                    "doc_file_rate",
                    divide(
                        sums(&[
                            "docgeneration_acceptedfileupdates",
                            "docgeneration_acceptedfilescreations",
                        ]),
                        sums(&[
                            "docgeneration_acceptedfileupdates",
                            "docgeneration_acceptedfilescreations",
                            "docgeneration_rejectedfileupdates",
                            "docgeneration_rejectedfilecreations",
                        ]),
                    ),
                ),
                (
                    "doc_line_rate",
                    divide(
                        sums(&[
                            "docgeneration_acceptedlineadditions",
                            "docgeneration_acceptedlineupdates",
                        ]),
                        sums(&[
                            "docgeneration_acceptedlineadditions",
                            "docgeneration_acceptedlineupdates",
                            "docgeneration_rejectedlineadditions",
                            "docgeneration_rejectedlineupdates",
                        ]),
                    ),
                ),
                (
                    "amplification",
                    of(
                        "transformation_linesgenerated",
                        "transformation_linesingested",
                    ),
                ),
            ],
        ),
        "c-counters" => transposed(&code, totals_of_code),
        "c-inlinechat" => chosen.code_days(&[
            sum("inlinechat_totaleventcount"),
            sum("inlinechat_acceptanceeventcount"),
        ]),
        "c-dev" => chosen.code_days(&[
            sum("dev_generationeventcount"),
            sum("dev_acceptanceeventcount"),
        ]),
        "c-tests" => chosen.code_days(&[
            sum("testgeneration_eventcount"),
            sum("testgeneration_acceptedtests"),
        ]),
        "c-review" => chosen.code_days(&[
            sum("codereview_succeededeventcount"),
            sum("codereview_findingscount"),
        ]),
        "c-codefix" => chosen.code_days(&[
            sum("codefix_generationeventcount"),
            sum("codefix_acceptanceeventcount"),
        ]),
        "c-docs" => chosen.code_days(&[
            sum("docgeneration_eventcount"),
            sums(&[
                "docgeneration_acceptedfileupdates",
                "docgeneration_acceptedfilescreations",
            ]),
        ]),
        "c-transform" => chosen.code_days(&[
            sum("transformation_eventcount"),
            sum("transformation_linesgenerated"),
        ]),
        "c-users" => table(
            &code,
            &[user()],
            &[
                sums(&["chat_aicodelines", "inline_aicodelines"]),
                sum("chat_aicodelines"),
                sum("inline_aicodelines"),
                sum("chat_messagessent"),
                sum("inline_suggestionscount"),
                sum("inline_acceptancecount"),
                of("inline_acceptancecount", "inline_suggestionscount"),
                active_days(),
                min("activity_date"),
                max("activity_date"),
            ],
        ),

        "b-kpi-used" => chosen.activity_kpi(credits(), Days_::Month),
        "b-kpi-allowance" => chosen.month_kpi(sum("allowance")),
        "b-kpi-forecast" => chosen.month_kpi(forecast()),
        "b-kpi-overage" => chosen.month_kpi(sum("overage_credits")),
        "b-kpi-cost" => chosen.month_kpi(sum("overage_cost_usd")),
        "b-users-75" => chosen.month_kpi(users_from(utilisation(), 0.75)),
        "b-users-90" => chosen.month_kpi(users_from(utilisation(), 0.9)),
        "b-users-100" => chosen.month_kpi(users_from(utilisation(), 1.0)),
        "b-burn" => {
            let mut running = 0.0;
            let mut expected = table(&to_date, &[day()], &[credits()]);
            for row in expected.rows.values_mut() {
                running += row[0].number().unwrap();
                row[0] = Value::Number(running);
            }
            expected
        }
        "b-months" => table(
            &chosen.months(Days_::Year),
            &[by("month_start")],
            &[credits(), sum("allowance")],
        ),
        "b-tiers" => table(
            &month_rows,
            &[by("subscription_tier")],
            &[
                users(),
                distinct_if("user_id", |row| row.number("active_days") > 0.0),
                credits(),
                sum("allowance"),
                utilisation(),
                sum("forecast_credits"),
                forecast(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
                users_from(utilisation(), 0.75),
                users_from(utilisation(), 0.9),
                users_from(utilisation(), 1.0),
            ],
        ),
        "b-levels" => table(&month_rows, &[by("budget_level")], &[users()]),
        "b-advice" => table(&month_rows, &[by("advice")], &[users()]),
        "b-usage" => table(&month_rows, &[by("usage_level")], &[users()]),
        "b-users" => table(
            &month_rows,
            &[user()],
            &[
                credits(),
                sum("allowance"),
                utilisation(),
                sum("pace_difference"),
                sum("forecast_credits"),
                forecast(),
                sum("overage_credits"),
                sum("overage_cost_usd"),
            ],
        ),
        "b-right-sizing" => {
            let rows = only(&month_rows, "advice", &["upgrade", "downgrade", "at_risk"]);
            let rows: Vec<&Row> = rows.iter().collect();
            table(
                &rows,
                &[user()],
                &[forecast(), sum("forecast_credits"), sum("overage_credits")],
            )
        }
        "b-idle" => {
            let rows = only(&month_rows, "advice", &["idle"]);
            let rows: Vec<&Row> = rows.iter().collect();
            table(
                &rows,
                &[user()],
                &[max("days_since_last_activity"), sum("monthly_fee_usd")],
            )
        }
        "b-overage" => {
            let rows: Vec<&Row> = month_rows
                .iter()
                .copied()
                .filter(|row| row.number("overage_credits") > 0.0)
                .collect();
            let measures = [
                sum("overage_credits"),
                sum("overage_cost_usd"),
                sum("forecast_overage_cost_usd"),
                credits(),
                sum("allowance"),
            ];
            table(&rows, &[user()], &measures)
        }
        "b-user-daily" => chosen.pivot(chosen.covered(Days_::Month), by),

        "h-kpi-newest" => kpi(max("newest_day")(&health), None),
        "h-kpi-behind" => kpi(max("days_behind")(&health), None),
        "h-kpi-missing" => kpi(sum("days_missing")(&health), None),
        "h-kpi-exports" => kpi(sum("exports")(&health), None),
        "h-kpi-rejected" => kpi(sum("rejected_rows")(&health), None),
        "h-kpi-unreadable" => kpi(sum("unreadable_export")(&health), None),
        "h-sources" => table(
            &health,
            &[
                by("report"),
                by("source_account"),
                by("source_region"),
                client(),
            ],
            &[
                min("first_day"),
                max("newest_day"),
                max("days_behind"),
                sum("days_with_data"),
                sum("days_missing"),
                sum("exports"),
                sum("row_count"),
                sum("rejected_rows"),
                sum("issues"),
                sum("unreadable_export"),
            ],
        ),
        "h-coverage" => {
            let axis = if chosen.length() <= 62.0 {
                day()
            } else {
                week("activity_date")
            };
            table(&arrivals, &[axis, client()], &[sum("row_count")])
        }
        "h-exports" => table(&arrivals, &[day(), by("report")], &[distinct("src_path")]),
        "h-issues" => table(
            &issues,
            &[by("kind"), by("column_name")],
            &[
                count_if(|_| true),
                count_if(|row| row.get("row_rejected") == Value::Flag(true)),
                distinct("src_path"),
                min("export_date"),
                max("export_date"),
            ],
        ),
        "h-files" => table(
            &issues,
            &[by("src_path")],
            &[
                count_if(|_| true),
                count_if(|row| row.get("row_rejected") == Value::Flag(true)),
                max("export_date"),
            ],
        ),
        "h-unreadable" => {
            let rows = only(&issues, "kind", &["unreadable_export"]);
            let rows: Vec<&Row> = rows.iter().collect();
            table(&rows, &[by("src_path")], &[min("line"), max("export_date")])
        }
        "h-columns" => {
            let rows = only(&issues, "kind", &["unknown_column", "duplicate_column"]);
            let rows: Vec<&Row> = rows.iter().collect();
            let measures = [distinct("src_path"), min("export_date"), max("export_date")];
            table(&rows, &[by("column_name"), by("kind")], &measures)
        }
        _ => return None,
    })
}
