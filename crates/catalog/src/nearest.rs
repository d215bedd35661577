//! The suggestion for a misspelled name, for error messages.

/// The candidate with the smallest edit distance, if the difference can be a typing error. Ignores case.
pub fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let found = found.to_lowercase();
    candidates
        .into_iter()
        .map(|name| {
            let distance = strsim::damerau_levenshtein(&found, &name.to_lowercase());
            (distance, name)
        })
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).clamp(1, 3))
        .min()
        .map(|(_, name)| name.to_owned())
}

/// The end of an error message: `; did you mean …?`, or nothing.
pub fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_suggested_only_when_it_is_near() {
        let names = ["user_dim", "user_totals", "model_usage"];
        for (found, expected) in [
            ("user_total", Some("user_totals")),
            ("USER_DIMS", Some("user_dim")),
            ("invoices", None),
        ] {
            assert_eq!(nearest(found, names).as_deref(), expected, "{found}");
        }
    }
}
