//! The JSON Schema of the dashboard format, for editors.

use crate::spec::Document;

/// The schema as the text of `dashboards/schema.json`.
pub fn json_schema() -> Result<String, serde_json::Error> {
    let schema = schemars::schema_for!(Document);
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
