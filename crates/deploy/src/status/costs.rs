//! Monthly costs, by the public prices of us-east-1; `docs/cost.md` has the rest.

use super::Status;

/// USD per GB and month.
const STORAGE: f64 = 0.023;
/// USD per alarm and month.
const ALARM: f64 = 0.10;
/// USD per KMS key and month.
const KEY: f64 = 1.00;
const MEGABYTE: f64 = 1_000_000.0;
const GIGABYTE: f64 = 1_000_000_000.0;

pub(super) fn hints(status: &Status) -> Vec<String> {
    let mut hints = Vec::new();
    if let Some(parts) = &status.parts {
        let storage = as_number(parts.bytes) / GIGABYTE * STORAGE;
        hints.push(format!("parts: {} a month", usd(storage)));
    }
    if !status.alarms.is_empty() {
        let alarms = as_number(status.alarms.len() as u64) * ALARM;
        hints.push(format!(
            "{} alarms: {} a month, the first ten of an account are free",
            status.alarms.len(),
            usd(alarms)
        ));
    }
    if status.names.is_some() {
        hints.push(format!(
            "names: {} a month for the key of the map",
            usd(KEY)
        ));
    }
    let imported: u64 = status
        .data_sets
        .iter()
        .filter_map(|data_set| data_set.last.as_ref()?.bytes)
        .sum();
    if !status.data_sets.is_empty() {
        hints.push(format!(
            "Quick Sight: {:.1} MB in SPICE, where 10 GB come with each author; its cost depends on the number and roles of its users",
            as_number(imported) / MEGABYTE
        ));
    }
    hints
}

fn usd(amount: f64) -> String {
    if amount < 0.01 {
        "less than 0.01 USD".to_owned()
    } else {
        format!("{amount:.2} USD")
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate to two digits of what is far below 2^52"
)]
fn as_number(count: u64) -> f64 {
    count as f64
}
