//! A loaded dashboard: read, checked, and ready to be asked.

use kiro_curate::{Catalogue, Settings};

use crate::check;
use crate::error::{RequestError, SpecError, SpecErrorKind, SpecErrors, nearest};
use crate::relations::Relations;
use crate::spec::{Dataset, Document, Measure, Visual};
use crate::text::Language;
use crate::text::Texts;

/// A dashboard whose every name is known to exist.
#[derive(Debug, Clone)]
pub struct Spec {
    pub(crate) document: Document,
    pub(crate) relations: Relations,
    pub(crate) settings: serde_json::Value,
}

/// The file that comes with the product.
pub fn builtin_text() -> &'static str {
    include_str!("../../../dashboards/kiro.yaml")
}

impl Spec {
    /// Reads and checks the text of a dashboard; all mistakes at once, with their places in `file_name`.
    pub fn load(
        text: &str,
        file_name: &str,
        catalogue: &Catalogue,
        settings: &Settings,
    ) -> Result<Self, SpecErrors> {
        let document: Document =
            serde_saphyr::from_str(text).map_err(|error| shape_error(&error, file_name))?;
        // Settings are plain numbers and texts: they always have a JSON form.
        let settings = serde_json::to_value(settings).unwrap_or_default();
        let spec = Self {
            document,
            relations: Relations::from(catalogue),
            settings,
        };
        let errors = check::check(&spec, file_name);
        if errors.is_empty() {
            Ok(spec)
        } else {
            Err(SpecErrors { errors })
        }
    }

    /// The dashboard that comes with the product.
    pub fn builtin(catalogue: &Catalogue, settings: &Settings) -> Result<Self, SpecErrors> {
        Self::load(builtin_text(), "dashboards/kiro.yaml", catalogue, settings)
    }

    /// The ids of all visuals, in reading order.
    pub fn visual_ids(&self) -> impl Iterator<Item = &str> {
        self.visuals().map(|visual| visual.id.value.as_str())
    }

    /// The texts of a language, with those that this file brings itself.
    pub fn texts(&self, language: Language) -> Texts {
        let builtin = Texts::builtin(language).unwrap_or_default();
        crate::page::complete_texts(self, builtin, language)
    }

    pub(crate) fn visuals(&self) -> impl Iterator<Item = &Visual> {
        self.document.sheets.iter().flat_map(|sheet| &sheet.visuals)
    }

    pub(crate) fn visual(&self, id: &str) -> Result<&Visual, RequestError> {
        self.visuals()
            .find(|visual| visual.id.value == id)
            .ok_or_else(|| RequestError::UnknownVisual {
                found: id.to_owned(),
                nearest: nearest(id, self.visual_ids()),
            })
    }

    pub(crate) fn dataset(&self, name: &str) -> Result<&Dataset, RequestError> {
        let dataset = self
            .document
            .datasets
            .get(name)
            .map(|dataset| &dataset.value);
        dataset.ok_or_else(|| RequestError::Unresolved {
            name: name.to_owned(),
        })
    }

    pub(crate) fn measure(&self, name: &str) -> Result<&Measure, RequestError> {
        let measure = self
            .document
            .measures
            .get(name)
            .map(|measure| &measure.value);
        measure.ok_or_else(|| RequestError::Unresolved {
            name: name.to_owned(),
        })
    }

    pub(crate) fn qualified(&self, relation: &str) -> String {
        format!("{}.{relation}", self.relations.database)
    }
}

/// A mistake that the YAML reader finds: it stops at the first one.
fn shape_error(error: &serde_saphyr::Error, file_name: &str) -> SpecErrors {
    let error = error.without_snippet();
    let place = error.location();
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
                format!("unknown word `{variant}`, expected one of `{known}`"),
                nearest,
            )
        }
        other => (other.to_string(), None),
    };
    let error = SpecError {
        file: file_name.to_owned(),
        line: place.map_or(0, |place| place.line()),
        column: place.map_or(0, |place| place.column()),
        kind: SpecErrorKind::Shape { message, nearest },
    };
    SpecErrors {
        errors: vec![error],
    }
}
