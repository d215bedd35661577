//! Numbers of rows: as numbers, or as the texts of Athena.

use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(f64),
    Text(String),
}

pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    read_number(Number::deserialize(deserializer)?)
}

pub(crate) fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    let found = Option::<Number>::deserialize(deserializer)?;
    found.map(read_number).transpose()
}

/// Rounds to four decimals: the last digits of a sum depend on the order of its rows.
fn read_number<E: serde::de::Error>(found: Number) -> Result<f64, E> {
    let number: f64 = match found {
        Number::Number(number) => number,
        Number::Text(text) => text
            .parse()
            .map_err(|_| serde::de::Error::custom("expected a number"))?,
    };
    Ok((number * 1e4).round() / 1e4)
}
