//! Alerts of invented people.

use chrono::{DateTime, NaiveDate, Utc};
use kiro_alerts::{Alert, AllowanceLevel, DataSource, Event, Person};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn person(name: &str) -> Person {
    Person {
        user_id: format!("id-of-{}", name.to_lowercase().replace(' ', "-")),
        label: Some(name.to_owned()),
        team: Some("Payments".to_owned()),
        subscription_tier: Some("Pro".to_owned()),
    }
}

fn alert(key: &str, cycle: &str, event: Event) -> Alert {
    Alert {
        key: key.to_owned(),
        cycle: cycle.to_owned(),
        as_of_date: day("2026-11-20"),
        event,
    }
}

pub(crate) fn allowance(name: &str, level: AllowanceLevel, credits_used: f64) -> Alert {
    let key = format!("allowance_{level:?}/{name}/2026-11");
    let event = Event::Allowance {
        person: person(name),
        level,
        credits_used,
        allowance: 1_000.0,
        run_out_date: (level != AllowanceLevel::Full).then(|| day("2026-11-25")),
    };
    alert(&key, "2026-11", event)
}

pub(crate) fn spike(name: &str) -> Alert {
    let event = Event::Spike {
        person: person(name),
        day: day("2026-11-20"),
        credits_used: 412.0,
        usual_credits: 38.5,
    };
    alert(
        &format!("spike/{}/2026-11-20", person(name).user_id),
        "2026-11-20",
        event,
    )
}

/// One alert of each rule.
pub(crate) fn one_of_each() -> Vec<Alert> {
    vec![
        spike("Ann Lee"),
        alert(
            "overage/Bo/2026-11",
            "2026-11",
            Event::Overage {
                person: person("Bo"),
                overage_credits: 5.0,
                cost_usd: 0.2,
            },
        ),
        allowance("Bo", AllowanceLevel::Full, 1_005.0),
        allowance("Cy", AllowanceLevel::AtRisk, 751.0),
        allowance("Di", AllowanceLevel::Warning, 999.9),
        alert(
            "late_data/user_report/123456789012/eu-central-1/2026-11-14",
            "2026-11-14",
            Event::LateData {
                source: DataSource {
                    report: "user_report".to_owned(),
                    account: "123456789012".to_owned(),
                    region: "eu-central-1".to_owned(),
                },
                newest_day: day("2026-11-14"),
                days: 7,
            },
        ),
        alert(
            "budget/fleet/2026-11",
            "2026-11",
            Event::Budget {
                forecast_usd: 5_210.4,
                budget_usd: 5_000.0,
                overage_usd: 310.4,
            },
        ),
    ]
}
