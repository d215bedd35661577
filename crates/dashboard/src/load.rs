//! Reading a dashboard file, and the page and texts made of it.

use std::collections::BTreeSet;

use kiro_catalog::{Catalogue, Settings, nearest};

use crate::check;
use crate::checked_spec::Spec;
use crate::error::{SpecError, SpecErrorKind, SpecErrors};
use crate::page::{self, PageModel};
use crate::relations::Relations;
use crate::spec::Document;
use crate::text::{Language, Texts};
use crate::text_keys;

/// The text of the built-in dashboard.
pub fn builtin_text() -> &'static str {
    include_str!("../../../dashboards/kiro.yaml")
}

impl Spec {
    /// Reads and checks the text of a dashboard.
    ///
    /// # Errors
    ///
    /// All mistakes at once, each with its location in `file_name`; text that is not YAML of the schema gives one.
    pub fn load(
        text: &str,
        file_name: &str,
        catalogue: &Catalogue,
        settings: &Settings,
    ) -> Result<Self, SpecErrors> {
        let document: Document =
            serde_saphyr::from_str(text).map_err(|error| shape_error(&error, file_name))?;
        let labels = settings.names.configured_labels().into_iter();
        let labels = labels
            .map(|(kind, name, label)| (format!("value.{kind}.{name}"), label.to_owned()))
            .collect();
        // Settings are plain numbers and texts: they always have a JSON form.
        let settings = serde_json::to_value(settings).unwrap_or_default();
        let spec = Self {
            document,
            relations: Relations::from(catalogue),
            settings,
            labels,
        };
        let errors = check::check(&spec, file_name);
        if errors.is_empty() {
            Ok(spec)
        } else {
            Err(SpecErrors { errors })
        }
    }

    /// Loads the built-in dashboard.
    pub fn builtin(catalogue: &Catalogue, settings: &Settings) -> Result<Self, SpecErrors> {
        Self::load(builtin_text(), "dashboards/kiro.yaml", catalogue, settings)
    }

    /// The built-in texts of a language, completed by those of the file.
    pub fn texts(&self, language: Language) -> Texts {
        let builtin = Texts::builtin(language).unwrap_or_default();
        text_keys::complete(self, builtin, language)
    }

    /// The keys of all texts that the dashboard can show, except those of the page itself.
    pub fn needed_texts(&self) -> BTreeSet<String> {
        text_keys::needed(self)
    }

    /// The page in one language.
    pub fn page(&self, language: Language) -> PageModel {
        page::page_model(self, self.texts(language), language)
    }
}

/// The mistake that the YAML reader found; it stops at the first one.
fn shape_error(error: &serde_saphyr::Error, file_name: &str) -> SpecErrors {
    let error = error.without_snippet();
    let location = error.location();
    let (message, nearest) = match error {
        serde_saphyr::Error::SerdeUnknownField {
            field, expected, ..
        } => {
            let nearest = nearest(field, expected.iter().copied());
            let known = expected.join("`, `");
            (
                format!("unknown key `{field}`, expected one of `{known}`"),
                nearest,
            )
        }
        serde_saphyr::Error::SerdeUnknownVariant {
            variant, expected, ..
        } => {
            let nearest = nearest(variant, expected.iter().copied());
            let known = expected.join("`, `");
            (
                format!("unknown value `{variant}`, expected one of `{known}`"),
                nearest,
            )
        }
        other => (other.to_string(), None),
    };
    let error = SpecError {
        file: file_name.to_owned(),
        line: location.map_or(0, |location| location.line()),
        column: location.map_or(0, |location| location.column()),
        kind: SpecErrorKind::Shape { message, nearest },
    };
    SpecErrors {
        errors: vec![error],
    }
}
