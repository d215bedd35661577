//! Column aliases.

/// The alias of a column, measure or bucket in SQL and in figures: lower-case letters, digits and `_`, which no engine
/// needs quoted.
pub fn column_alias(name: &str) -> String {
    let mut alias: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !alias.starts_with(|first: char| first.is_ascii_lowercase()) {
        alias.insert(0, 'c');
    }
    alias
}
