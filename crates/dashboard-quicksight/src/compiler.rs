//! The state of a compilation: the spec, the texts of one language, and the calculated fields and colours collected so far.

use std::collections::BTreeMap;

use kiro_catalog::{ColumnType, IDENTITY_COLUMNS};
use kiro_dashboard::spec::{Colour, Dataset, Need, Picker, Sheet, Visual};
use kiro_dashboard::{Language, Spec, Texts};

use crate::assets::{Assets, IdentityMapping, Mode};
use crate::calculated::CalculatedFields;
use crate::error::{QuickSightError, Result};

pub(crate) struct Compiler<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) assets: &'a Assets,
    pub(crate) language: Language,
    texts: Texts,
    pub(crate) fields: CalculatedFields,
    /// The pinned colours: dataset and column, then value and colour.
    pub(crate) colours: BTreeMap<(String, String), Vec<(String, String)>>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(spec: &'a Spec, assets: &'a Assets, language: Language) -> Self {
        Self {
            spec,
            assets,
            language,
            texts: spec.texts(language),
            fields: CalculatedFields::default(),
            colours: BTreeMap::new(),
        }
    }

    /// The text of a key, else the key.
    pub(crate) fn text(&self, key: &str) -> String {
        self.texts.get(key).unwrap_or(key).to_owned()
    }

    pub(crate) fn known_text(&self, key: &str) -> Option<&str> {
        self.texts.get(key)
    }

    pub(crate) fn text_keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys()
    }

    /// The dataset that a visual reads.
    pub(crate) fn dataset_of(&self, visual: &Visual) -> Result<&'a Dataset> {
        let name = visual
            .dataset
            .as_ref()
            .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        Ok(self.spec.dataset(name)?)
    }

    /// Returns false for a column that is empty in this deployment.
    pub(crate) fn is_filled(&self, column: &str) -> bool {
        self.assets.identity_mapping == IdentityMapping::On || !IDENTITY_COLUMNS.contains(&column)
    }

    /// The sheets of this deployment, in the order of the file.
    pub(crate) fn sheets(&self) -> impl Iterator<Item = &'a Sheet> {
        let is_on = self.assets.identity_mapping == IdentityMapping::On;
        let sheets = self.spec.document().sheets.iter();
        sheets.filter(move |sheet| match sheet.needs {
            Some(Need::IdentityMap) => is_on,
            None => true,
        })
    }

    /// Returns false for a picker that has nothing to offer in this deployment.
    pub(crate) fn is_offered(&self, picker: &Picker) -> bool {
        let options = picker.options.as_ref();
        options.is_none_or(|options| self.is_filled(&options.value))
    }

    /// The pickers with something to offer, in the order of the file.
    pub(crate) fn pickers(&self) -> impl Iterator<Item = &'a Picker> {
        let pickers = self.spec.document().pickers.iter();
        pickers.filter(|picker| self.is_offered(picker))
    }

    /// Those of them that a sheet shows, in its order.
    pub(crate) fn pickers_of(&self, sheet: &Sheet) -> Result<Vec<&'a Picker>> {
        let mut pickers = Vec::new();
        for id in &sheet.pickers {
            let picker = self.spec.picker(id)?;
            if self.is_offered(picker) {
                pickers.push(picker);
            }
        }
        Ok(pickers)
    }

    pub(crate) fn column_type(&self, dataset: &Dataset, column: &str) -> Result<ColumnType> {
        self.spec
            .column_type(&dataset.relation, column)
            .ok_or_else(|| QuickSightError::unresolved(column))
    }

    /// Adds a calculated field, if no field has that expression, and returns its name: `preferred`, with a number if taken.
    pub(crate) fn calculated(
        &mut self,
        dataset: &Dataset,
        preferred: &str,
        expression: &str,
    ) -> String {
        let spec = self.spec;
        let is_column = |name: &str| {
            let columns = spec.columns(&dataset.relation);
            columns.is_some_and(|columns| columns.contains_key(&name.to_lowercase()))
        };
        self.fields
            .name(&dataset.relation, preferred, expression, is_column)
    }

    /// A colour in this mode, in upper case.
    pub(crate) fn hex(&self, colour: &Colour) -> String {
        match self.assets.mode {
            Mode::Light => &colour.light,
            Mode::Dark => &colour.dark,
        }
        .to_uppercase()
    }

    pub(crate) fn pinned(&self, path: &str) -> Option<String> {
        self.spec.pinned_colour(path).map(|colour| self.hex(colour))
    }

    /// The colour with that index in the palette, which repeats.
    pub(crate) fn palette(&self, index: usize) -> String {
        let palette = &self.spec.document().colours.palette;
        let colour = palette.get(index % palette.len().max(1));
        colour.map_or_else(|| "#7F7F7F".to_owned(), |colour| self.hex(colour))
    }
}
