//! One alert as one line.

use super::figure::{credits, dollars, name, percent};
use crate::alert::{Alert, AllowanceLevel, Event, Person};

/// The sentence of an alert, without a full stop, on one line.
pub(super) fn sentence(alert: &Alert) -> String {
    match &alert.event {
        Event::Budget {
            forecast_usd,
            budget_usd,
            overage_usd,
        } => format!(
            "The forecast for {} is {} USD, above the budget of {} USD; overage is {} USD of it",
            alert.cycle,
            dollars(*forecast_usd),
            dollars(*budget_usd),
            dollars(*overage_usd)
        ),
        Event::LateData {
            source,
            newest_day,
            days,
        } => {
            let account = or_unknown(&source.account);
            let region = or_unknown(&source.region);
            format!(
                "{} of account {account}, Region {region}: the newest day is {newest_day}, {days} days ago",
                name(&source.report)
            )
        }
        Event::Allowance {
            person,
            credits_used,
            allowance,
            run_out_date,
            level,
        } => {
            let used = format!(
                "{}: {} % of the allowance, {} of {} credits",
                who(person),
                percent(credits_used / allowance),
                credits(*credits_used),
                credits(*allowance)
            );
            match run_out_date {
                Some(day) if *level != AllowanceLevel::Full => {
                    format!("{used}; at this rate it ends on {day}")
                }
                _ => used,
            }
        }
        Event::Overage {
            person,
            overage_credits,
            cost_usd,
        } => format!(
            "{}: {} overage credits in {}, {} USD",
            who(person),
            credits(*overage_credits),
            alert.cycle,
            dollars(*cost_usd)
        ),
        Event::Spike {
            person,
            day,
            credits_used,
            usual_credits,
        } => format!(
            "{}: {} credits on {day}, on other days {}",
            who(person),
            credits(*credits_used),
            credits(*usual_credits)
        ),
    }
}

/// The name with the team and the plan, as far as they are known.
fn who(person: &Person) -> String {
    let about = [&person.team, &person.subscription_tier];
    let about: Vec<String> = about.into_iter().flatten().map(|text| name(text)).collect();
    if about.is_empty() {
        return name(person.shown());
    }
    format!("{} ({})", name(person.shown()), about.join(", "))
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() {
        "unknown".to_owned()
    } else {
        name(text)
    }
}
