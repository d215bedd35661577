//! Subscription tiers: one code for all spellings.

use std::borrow::Cow;

/// The spellings of the known tiers without case and separators, `+` read as `plus`.
const KNOWN: [(&str, &str); 5] = [
    ("pro", "PRO"),
    ("proplus", "PRO_PLUS"),
    ("promax", "PRO_MAX"),
    ("power", "POWER"),
    ("free", "FREE"),
];

/// The canonical code of a tier: `PRO_PLUS` for `Pro+`, `ProPlus`, `pro plus` and `KIRO PRO+`. An unknown tier becomes upper
/// snake case. A first word `Kiro` is dropped. `None` if the text has neither letters nor digits.
pub fn tier_code(text: &str) -> Option<Cow<'static, str>> {
    if let Some((_, code)) = KNOWN.iter().find(|(_, code)| *code == text) {
        return Some(Cow::Borrowed(code));
    }
    let code = upper_snake_case(&text.replace('+', " plus "));
    let code = match code.strip_prefix("KIRO_") {
        Some(rest) => rest.to_owned(),
        None => code,
    };
    let folded = code.replace('_', "").to_lowercase();
    let spelling = |folded: &str| KNOWN.iter().find(|(spelling, _)| *spelling == folded);
    let known = spelling(&folded).or_else(|| spelling(folded.strip_prefix("kiro")?));
    if let Some((_, code)) = known {
        return Some(Cow::Borrowed(code));
    }
    (!code.is_empty()).then_some(Cow::Owned(code))
}

/// `PRO_ULTRA` for `pro ultra` and `ProUltra`.
fn upper_snake_case(text: &str) -> String {
    let mut code = String::with_capacity(text.len() + 4);
    let mut previous = None;
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            let separated = previous.is_some_and(|previous: char| {
                !previous.is_alphanumeric() || (previous.is_lowercase() && letter.is_uppercase())
            });
            if separated && !code.is_empty() {
                code.push('_');
            }
            code.extend(letter.to_uppercase());
        }
        previous = Some(letter);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::tier_code;

    #[test]
    fn a_tier_has_one_code_however_it_is_spelled() {
        let cases = [
            ("PRO", Some("PRO")),
            ("Pro", Some("PRO")),
            ("PRO_PLUS", Some("PRO_PLUS")),
            ("ProPlus", Some("PRO_PLUS")),
            ("Proplus", Some("PRO_PLUS")),
            ("Pro+", Some("PRO_PLUS")),
            ("pro +", Some("PRO_PLUS")),
            ("pro-plus", Some("PRO_PLUS")),
            ("PRO_MAX", Some("PRO_MAX")),
            ("Pro Max", Some("PRO_MAX")),
            ("ProMax", Some("PRO_MAX")),
            ("POWER", Some("POWER")),
            ("Power", Some("POWER")),
            ("free", Some("FREE")),
            ("KIRO PRO+", Some("PRO_PLUS")),
            ("Kiro Pro Plus", Some("PRO_PLUS")),
            ("KIRO_PRO_PLUS", Some("PRO_PLUS")),
            ("KiroProPlus", Some("PRO_PLUS")),
            ("kiro-pro-max", Some("PRO_MAX")),
            ("Kiro Power", Some("POWER")),
            ("KIROPOWER", Some("POWER")),
            ("KIRO FREE", Some("FREE")),
            ("Kiro Enterprise", Some("ENTERPRISE")),
            ("KIROSHIMA", Some("KIROSHIMA")),
            ("Kiro", Some("KIRO")),
            ("PRO_ULTRA", Some("PRO_ULTRA")),
            ("Pro Ultra", Some("PRO_ULTRA")),
            ("ProUltra", Some("PRO_ULTRA")),
            ("pro--ultra+", Some("PRO_ULTRA_PLUS")),
            ("_team_", Some("TEAM")),
            ("Team2", Some("TEAM2")),
            ("stra\u{df}e", Some("STRASSE")),
            ("", None),
            (" - ", None),
        ];
        for (text, expected) in cases {
            assert_eq!(tier_code(text).as_deref(), expected, "{text:?}");
        }
    }
}
