//! Writes the documents that a deployment sends to `QuickSight` as files, for checkers in other languages:
//! `cargo run -p kiro-dashboard-quicksight --example quicksight -- OUT_DIR`

use std::env::args;
use std::error::Error;
use std::fs;
use std::path::Path;

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, Spec};
use kiro_dashboard_quicksight::{
    Assets, IdentityMapping, Mode, RowLevelSecurity, datasets, definition, theme,
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = args().nth(1).ok_or("expected OUT_DIR")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let catalogue = Catalogue::render(&RenderOptions::default())?;
    let spec = Spec::builtin(&catalogue, &Settings::default())?;
    for mode in [Mode::Light, Mode::Dark] {
        let assets = Assets {
            prefix: "kiro".to_owned(),
            partition: "aws".to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            mode,
            identity_mapping: IdentityMapping::On,
            row_level_security: RowLevelSecurity::On,
        };
        let name = mode.name();
        write(folder, &format!("theme-{name}"), &theme(&spec, mode))?;
        for language in Language::ALL {
            let definition = definition(&spec, &catalogue, &assets, language)?;
            write(
                folder,
                &format!("definition-{name}-{language}"),
                &definition,
            )?;
        }
        let datasets: Vec<Value> = datasets(&spec, &catalogue, &assets, Language::En)?
            .into_iter()
            .map(|dataset| json!({"relation": dataset.relation, "id": dataset.id, "body": dataset.body}))
            .collect();
        write(folder, "datasets", &json!(datasets))?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, value: &Value) -> Result<(), Box<dyn Error>> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    fs::write(folder.join(format!("{name}.json")), text)?;
    Ok(())
}
