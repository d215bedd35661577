//! [`Spec`]: a dashboard whose names all exist, and the lookups and rules that its compilers share.

use std::collections::{BTreeMap, BTreeSet};

use kiro_catalog::{ColumnType, IDENTITY_COLUMNS, nearest};

use crate::error::LookupError;
use crate::relations::Relations;
use crate::spec::{
    Bucket, Colour, Dataset, Document, Formula, Level, Measure, Picker, PickerKind, Predicate,
    Threshold, Visual, Window,
};

/// The length of the window, in days, where the date picker names none.
const DEFAULT_DAYS: u32 = 30;

/// The columns of fees, which are NULL unless the settings have some.
const FEE_COLUMNS: [&str; 2] = ["monthly_fee_usd", "wasted_usd"];

/// A dashboard file that passed all checks, with the catalogue's columns and the settings it was checked against.
#[derive(Debug, Clone)]
pub struct Spec {
    pub(crate) document: Document,
    pub(crate) relations: Relations,
    /// As JSON, for thresholds that name a setting.
    pub(crate) settings: serde_json::Value,
    /// Texts of values that the settings name, in every language, by key: `value.client.KIRO_CREW`.
    pub(crate) labels: BTreeMap<String, String>,
}

impl Spec {
    /// The file's content.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The visuals of all sheets, in reading order.
    pub fn visuals(&self) -> impl Iterator<Item = &Visual> {
        self.document.sheets.iter().flat_map(|sheet| &sheet.visuals)
    }

    /// The ids of all visuals, in reading order.
    pub fn visual_ids(&self) -> impl Iterator<Item = &str> {
        self.visuals().map(|visual| visual.id.value.as_str())
    }

    pub fn visual(&self, id: &str) -> Result<&Visual, LookupError> {
        self.visuals()
            .find(|visual| visual.id.value == id)
            .ok_or_else(|| LookupError::UnknownVisual {
                found: id.to_owned(),
                nearest: nearest(id, self.visual_ids()),
            })
    }

    pub fn picker(&self, id: &str) -> Result<&Picker, LookupError> {
        let pickers = &self.document.pickers;
        pickers
            .iter()
            .find(|picker| picker.id.value == id)
            .ok_or_else(|| LookupError::UnknownPicker {
                found: id.to_owned(),
                nearest: nearest(id, pickers.iter().map(|picker| picker.id.value.as_str())),
            })
    }

    pub fn dataset(&self, name: &str) -> Result<&Dataset, LookupError> {
        let dataset = self.document.datasets.get(name);
        dataset
            .map(|dataset| &dataset.value)
            .ok_or_else(|| LookupError::unresolved(name))
    }

    pub fn measure(&self, name: &str) -> Result<&Measure, LookupError> {
        let measure = self.document.measures.get(name);
        measure
            .map(|measure| &measure.value)
            .ok_or_else(|| LookupError::unresolved(name))
    }

    pub fn bucket(&self, name: &str) -> Result<&Bucket, LookupError> {
        let bucket = self.document.buckets.get(name);
        bucket
            .map(|bucket| &bucket.value)
            .ok_or_else(|| LookupError::unresolved(name))
    }

    /// The colour that `meaning.value` names.
    pub fn pinned_colour(&self, path: &str) -> Option<&Colour> {
        let (meaning, value) = path.split_once('.')?;
        let values = self.document.colours.meanings.get(meaning)?;
        Some(&values.get(value)?.value)
    }

    /// The meanings that values can have.
    pub fn meanings(&self) -> impl Iterator<Item = &str> {
        self.document.colours.meanings.keys().map(String::as_str)
    }

    /// A relation with its database, as SQL names it.
    pub fn qualified_name(&self, relation: &str) -> String {
        format!("{}.{relation}", self.relations.database)
    }

    /// The columns of a relation and their types; none for a relation that the catalogue does not have.
    pub fn columns(&self, relation: &str) -> Option<&BTreeMap<String, ColumnType>> {
        self.relations.columns(relation)
    }

    pub fn column_type(&self, relation: &str, column: &str) -> Option<ColumnType> {
        self.columns(relation)?.get(column).copied()
    }

    /// The dataset that a measure's columns belong to.
    pub fn dataset_of_measure(&self, name: &str) -> Result<&str, LookupError> {
        let measure = self.measure(name)?;
        if let Some(dataset) = &measure.dataset {
            return Ok(&dataset.value);
        }
        let first = measure.parts().first().map(|part| part.value.as_str());
        match first.filter(|part| *part != name) {
            Some(part) => self.dataset_of_measure(part),
            None => Err(LookupError::unresolved(name)),
        }
    }

    /// The key of the inner step of a measure with two steps; none for a measure of one step.
    pub fn level_of_measure(&self, name: &str) -> Result<Option<Level>, LookupError> {
        let measure = self.measure(name)?;
        if let Formula::AveragePer { level, .. } | Formula::CountWhere { level, .. } = &measure.is {
            return Ok(Some(level.value));
        }
        for part in measure.parts() {
            if part.value != name
                && let Some(level) = self.level_of_measure(part)?
            {
                return Ok(Some(level));
            }
        }
        Ok(None)
    }

    /// Returns true if the values of groups add up to the value of all rows.
    pub(crate) fn is_additive(&self, name: &str) -> bool {
        self.measure(name).is_ok_and(|measure| match &measure.is {
            Formula::Sum(_) | Formula::Rows => true,
            Formula::Combine {
                add,
                subtract,
                at_least,
            } => {
                at_least.is_none()
                    && add
                        .iter()
                        .chain(subtract)
                        .all(|part| self.is_additive(part))
            }
            Formula::Scaled { of, .. } => self.is_additive(of),
            _ => false,
        })
    }

    /// The number of a threshold for a window of `days`; none if its setting does not exist.
    pub fn resolve_threshold(&self, threshold: &Threshold, days: u32) -> Option<f64> {
        let written = match threshold {
            Threshold::Number(number) => return Some(*number),
            Threshold::Written(written) => written,
        };
        let number = match (&written.number, &written.setting) {
            (Some(number), None) => *number,
            (None, Some(setting)) => {
                let pointer = format!("/{}", setting.replace('.', "/"));
                self.settings.pointer(&pointer)?.as_f64()?
            }
            _ => return None,
        };
        Some(match written.per_days {
            Some(per_days) => (number * f64::from(days) / f64::from(per_days.max(1)))
                .ceil()
                .max(1.0),
            None => number,
        })
    }

    /// The column through which a picker filters a visual; none if the picker does not act on it.
    pub fn acting_column<'a>(&'a self, visual: &'a Visual, picker: &'a Picker) -> Option<&'a str> {
        let id = &picker.id.value;
        if visual.ignore.iter().any(|ignored| ignored.value == *id) {
            return None;
        }
        let dataset = self.dataset(visual.dataset.as_ref()?).ok()?;
        if picker.kind == PickerKind::Dates {
            let time = dataset
                .time
                .as_ref()
                .filter(|_| visual.window != Window::All)?;
            return Some(&time.column.value);
        }
        let bound = visual.bind.get(id).or_else(|| dataset.bind.get(id));
        if let Some(column) = bound {
            return Some(&column.value);
        }
        picker
            .columns
            .iter()
            .map(|column| column.value.as_str())
            .find(|column| self.column_type(&dataset.relation, column).is_some())
    }

    /// The ids of the pickers that act on a visual.
    pub fn acting_pickers(&self, visual_id: &str) -> Result<Vec<&str>, LookupError> {
        let visual = self.visual(visual_id)?;
        let pickers = self.document.pickers.iter();
        let acting = pickers.filter(|picker| self.acting_column(visual, picker).is_some());
        Ok(acting.map(|picker| picker.id.value.as_str()).collect())
    }

    /// Returns true if a visual counts only rows that the identity map marks, by its own conditions or those of a measure.
    pub fn needs_identity(&self, visual: &Visual) -> bool {
        let is_identity = |one: &Predicate| IDENTITY_COLUMNS.contains(&one.column.value.as_str());
        visual.only.iter().any(is_identity)
            || self.any_measure(visual, &|measure| measure.only.iter().any(is_identity))
    }

    /// Returns true if a visual adds up fees, and the settings have none.
    pub fn lacks_fees(&self, visual: &Visual) -> bool {
        let is_fee = |measure: &Measure| match &measure.is {
            Formula::Sum(column) => FEE_COLUMNS.contains(&column.value.as_str()),
            _ => false,
        };
        let plans = self.settings["plans"].as_object();
        let has_fees = plans
            .into_iter()
            .flat_map(|plans| plans.values())
            .any(|plan| !plan["monthly_fee_usd"].is_null());
        !has_fees && self.any_measure(visual, &is_fee)
    }

    /// Returns true if a shown measure, or a part of one, meets a condition.
    fn any_measure(&self, visual: &Visual, meets: &dyn Fn(&Measure) -> bool) -> bool {
        let mut waiting: Vec<&str> = visual.measures.iter().map(|name| name.as_str()).collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            let Ok(measure) = self.measure(name) else {
                continue;
            };
            if meets(measure) {
                return true;
            }
            if seen.insert(name) {
                waiting.extend(measure.parts().into_iter().map(|part| part.as_str()));
            }
        }
        false
    }

    /// Returns true if a visual ignores the date picker.
    pub fn ignores_dates(&self, visual: &Visual) -> bool {
        visual.ignore.iter().any(|picker| {
            self.picker(picker)
                .is_ok_and(|picker| picker.kind == PickerKind::Dates)
        })
    }

    /// The window of a visual: all data where the date picker does not act.
    pub fn window_of(&self, visual: &Visual) -> Window {
        if self.ignores_dates(visual) {
            Window::All
        } else {
            visual.window
        }
    }

    /// The picker of the dates.
    pub fn dates_picker(&self) -> Option<&Picker> {
        let mut pickers = self.document.pickers.iter();
        pickers.find(|picker| picker.kind == PickerKind::Dates)
    }

    /// The picker of one user: visuals with `show` depend on it.
    pub fn user_picker(&self) -> Option<&Picker> {
        let mut pickers = self.document.pickers.iter();
        pickers.find(|picker| self.is_user_picker(picker))
    }

    /// Returns true for a picker of one value that filters the key of a dataset's users.
    pub fn is_user_picker(&self, picker: &Picker) -> bool {
        picker.kind == PickerKind::One
            && self.document.datasets.values().any(|dataset| {
                let bound = dataset.bind.get(&picker.id.value);
                let mut columns = picker.columns.iter().chain(bound);
                dataset
                    .user
                    .as_ref()
                    .is_some_and(|user| columns.any(|column| column.value == user.id.value))
            })
    }

    /// The length of the window, in days, when no dates are chosen.
    pub fn default_days(&self) -> u32 {
        self.dates_picker()
            .and_then(|picker| picker.default_days)
            .unwrap_or(DEFAULT_DAYS)
    }
}
