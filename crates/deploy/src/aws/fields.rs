//! Reading answers: members that are absent are empty, as services leave out what is empty.

use serde_json::Value;

/// Members of a JSON object by name. A path like `Stack/Status` goes deeper.
pub trait Fields {
    /// The member, null if there is none.
    fn field(&self, path: &str) -> &Value;

    /// A text, empty if there is none.
    fn text(&self, path: &str) -> &str {
        self.field(path).as_str().unwrap_or_default()
    }

    /// A list, empty if there is none.
    fn items(&self, path: &str) -> &[Value] {
        self.field(path).as_array().map_or(&[], Vec::as_slice)
    }

    /// A number, also where it was written as a text.
    fn number(&self, path: &str) -> Option<f64> {
        let field = self.field(path);
        field.as_f64().or_else(|| field.as_str()?.parse().ok())
    }

    /// A boolean, also where it was written as a text; false if there is none.
    fn flag(&self, path: &str) -> bool {
        let field = self.field(path);
        field.as_bool().unwrap_or(field == "true")
    }
}

impl Fields for Value {
    fn field(&self, path: &str) -> &Value {
        path.split('/')
            .fold(self, |value, name| value.get(name).unwrap_or(&Value::Null))
    }
}
