//! Access to the parameters of a query string.

/// The decoded pairs of a query string.
pub(crate) type Pairs = axum::extract::Query<Vec<(String, String)>>;

/// Returns the first value of a key.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.as_str())
}
