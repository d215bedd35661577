//! `dashboards/schema.json` is the schema of the types.

#[test]
fn the_committed_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dashboards/schema.json");
    let current = kiro_dashboard::json_schema().unwrap();
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed != current {
        std::fs::write(path, &current).unwrap();
    }
    assert!(
        committed == current,
        "dashboards/schema.json was not current; it has been written anew: commit it"
    );
}
