//! The compiled dashboard against the rules that AWS documents but no schema contains, and against its file.

#![expect(clippy::unwrap_used, reason = "tests")]

mod broken;
mod clicks;
mod data_sets;
mod document;
mod evaluate;
mod expressions;
mod fields;
mod forms;
mod language;
mod layout;
mod limits;
mod mapping;
mod mistakes;
mod numbers;
mod pickers;
mod references;
mod row_rules;
mod rules;
mod shapes;
mod syntax;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kiro_catalog::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{Language, Spec};
use kiro_dashboard_quicksight::{Assets, IdentityMapping, Mode, RowLevelSecurity};

use crate::document::Document;

/// Rendered, read and compiled once for all tests.
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::render(&RenderOptions::default()).unwrap());

static BUILTIN: LazyLock<Spec> = LazyLock::new(|| {
    Spec::builtin(catalogue(), &Settings::default()).unwrap_or_else(|errors| panic!("\n{errors}"))
});

static DOCUMENTS: LazyLock<BTreeMap<Language, Document>> = LazyLock::new(|| {
    let languages = Language::ALL.into_iter();
    languages
        .map(|language| (language, Document::new(builtin(), catalogue(), language)))
        .collect()
});

fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

fn builtin() -> &'static Spec {
    &BUILTIN
}

fn compiled(language: Language) -> &'static Document {
    &DOCUMENTS[&language]
}

fn assets(mode: Mode) -> Assets {
    Assets {
        prefix: "kiro".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-central-1".to_owned(),
        account: "123456789012".to_owned(),
        mode,
        identity_mapping: IdentityMapping::On,
        row_level_security: RowLevelSecurity::Off,
    }
}
