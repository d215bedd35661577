//! Columns and buckets as the dimensions of a visual.

use kiro_curate::ColumnType;

use crate::quicksight::IdentityMapping;
use crate::quicksight::compiler::{Compiler, quoted, reference};
use crate::quicksight::error::QuickSightError;
use crate::quicksight::expression::{Asked, Over};
use crate::quicksight::field::{Field, Shape};
use crate::quicksight::period::days_of;
use crate::spec::{
    Bucket, Condition, Dataset, Detail, Dimension, Format, Grain, Rule, Visual, Window,
};
use crate::text::Language;

/// The columns that only identity mapping fills.
const DIRECTORY_COLUMNS: [&str; 4] = ["idc_username", "idc_display_name", "idc_email", "team"];

/// What a dimension and a detail have in common.
#[derive(Clone, Copy)]
struct Keyed<'d> {
    column: Option<&'d str>,
    bucket: Option<&'d str>,
    meaning: Option<&'d str>,
    grain: Option<Grain>,
    format: Option<Format>,
}

impl Compiler<'_> {
    pub(crate) fn dimension(
        &mut self,
        visual: &Visual,
        id: &str,
        dimension: &Dimension,
    ) -> Result<Field, QuickSightError> {
        let keyed = Keyed {
            column: dimension.column.as_ref().map(|at| at.value.as_str()),
            bucket: dimension.bucket.as_ref().map(|at| at.value.as_str()),
            meaning: dimension.meaning.as_ref().map(|at| at.value.as_str()),
            grain: dimension.grain.as_ref().map(|at| at.value),
            format: None,
        };
        self.keyed(visual, id, keyed)
    }

    /// The dimensions of a visual, in the order of the file.
    pub(crate) fn dimensions(&mut self, visual: &Visual) -> Result<Vec<Field>, QuickSightError> {
        let dimensions = visual.by.iter().enumerate();
        dimensions
            .map(|(place, dimension)| self.dimension(visual, &format!("by{place}"), dimension))
            .collect()
    }

    pub(crate) fn details(&mut self, visual: &Visual) -> Result<Vec<Field>, QuickSightError> {
        let mut fields = Vec::new();
        for (place, detail) in self.shown_details(visual).enumerate() {
            fields.push(self.detail(visual, &format!("detail{place}"), detail)?);
        }
        Ok(fields)
    }

    /// A constant group, for visuals that need one and have none of their own.
    pub(crate) fn single_group(&mut self, visual: &Visual) -> Result<Field, QuickSightError> {
        let dataset = self.dataset_of(visual)?;
        let label = self.text("quicksight.total");
        let column = self.calculated(dataset, &label, &quoted(&label));
        Ok(Field {
            id: format!("{}.group", visual.id.value),
            data_set: dataset.relation.value.clone(),
            column,
            label,
            shape: Shape::Text,
            drills: false,
        })
    }

    /// The details of a visual, without those that are always empty in this deployment.
    pub(crate) fn shown_details<'v>(
        &self,
        visual: &'v Visual,
    ) -> impl Iterator<Item = &'v Detail> + use<'v> {
        let is_mapped = self.assets.identity_mapping == IdentityMapping::On;
        visual.details.iter().filter(move |detail| {
            let column = detail.column.as_ref().map(|column| column.value.as_str());
            is_mapped || column.is_none_or(|column| !DIRECTORY_COLUMNS.contains(&column))
        })
    }

    fn detail(
        &mut self,
        visual: &Visual,
        id: &str,
        detail: &Detail,
    ) -> Result<Field, QuickSightError> {
        let keyed = Keyed {
            column: detail.column.as_ref().map(|at| at.value.as_str()),
            bucket: detail.bucket.as_ref().map(|at| at.value.as_str()),
            meaning: detail.meaning.as_ref().map(|at| at.value.as_str()),
            grain: None,
            format: detail.format,
        };
        self.keyed(visual, id, keyed)
    }

    fn keyed(
        &mut self,
        visual: &Visual,
        id: &str,
        keyed: Keyed<'_>,
    ) -> Result<Field, QuickSightError> {
        let dataset = self.dataset_of(visual)?;
        let mut field = Field {
            id: format!("{}.{id}", visual.id.value),
            data_set: dataset.relation.value.clone(),
            column: String::new(),
            label: String::new(),
            shape: Shape::Text,
            drills: false,
        };
        if let Some(bucket) = keyed.bucket {
            field.label = self.text(&format!("bucket.{bucket}"));
            field.column = self.bucket(visual, bucket)?;
            return Ok(field);
        }
        let column = keyed
            .column
            .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
        // People are shown by their names, which are unique: `user_dim` sees to it.
        if let Some(user) = dataset.user.as_ref().filter(|user| user.id.value == column) {
            field.column.clone_from(&user.label.value);
            field.label = self.text(&format!("column.{}", user.label.value));
            return Ok(field);
        }
        field.label = self.text(&format!("column.{column}"));
        match self.column_type(dataset, column)? {
            ColumnType::Date => self.date(visual, dataset, column, keyed, &mut field),
            ColumnType::Varchar => match keyed.meaning {
                Some(meaning) => field.column = self.named_column(dataset, column, meaning),
                None => column.clone_into(&mut field.column),
            },
            ColumnType::Bigint | ColumnType::Double => {
                column.clone_into(&mut field.column);
                field.shape = Shape::Number(keyed.format.unwrap_or(Format::Credits));
            }
            // Flags are 1 and 0 in the dataset.
            ColumnType::Boolean => {
                let expression = format!("ifelse({} = 1, '✓', '✗')", reference(column));
                field.column = self.calculated(dataset, &field.label, &expression);
            }
        }
        Ok(field)
    }

    fn date(
        &mut self,
        visual: &Visual,
        dataset: &Dataset,
        column: &str,
        keyed: Keyed<'_>,
        field: &mut Field,
    ) {
        let is_monthly = dataset
            .time
            .as_ref()
            .is_some_and(|time| time.grain == Grain::Month && time.column.value == column);
        let day = reference(column);
        let mut granularity = "DAY";
        let mut format = keyed.format.unwrap_or(Format::Date);
        column.clone_into(&mut field.column);
        match keyed.grain {
            None | Some(Grain::Day) if !is_monthly => {}
            None | Some(Grain::Day | Grain::Month) => {
                (granularity, format) = ("MONTH", Format::Month);
                if keyed.grain == Some(Grain::Month) {
                    field.label = self.text("grain.month");
                }
            }
            Some(Grain::Week) => {
                field.label = self.text("grain.week");
                field.column = self.calculated(dataset, &field.label, &monday(&day));
            }
            Some(Grain::Auto) => {
                let days = days_of(visual.window);
                let expression = match self.spec.window_of(visual) {
                    Window::All => format!("truncDate('MM', {day})"),
                    _ => format!(
                        "ifelse({days} <= 62, {day}, {days} <= 400, {}, truncDate('MM', {day}))",
                        monday(&day)
                    ),
                };
                field.column = self.calculated(dataset, &field.label, &expression);
            }
            Some(Grain::Weekday) => {
                field.label = self.text("grain.weekday");
                field.column = self.weekday(dataset, column);
                field.shape = Shape::Text;
                return;
            }
        }
        field.shape = Shape::Date {
            granularity,
            format,
        };
        field.drills = field.column == column;
    }

    /// The weekday with its number: heat maps sort by what they show, and the week begins on Monday.
    fn weekday(&mut self, dataset: &Dataset, column: &str) -> String {
        let from_sunday = format!("extract('WD', {})", reference(column));
        let [days @ .., sunday] = weekday_names(self.language);
        let mut cases = Vec::new();
        for (place, name) in days.iter().enumerate() {
            let name = quoted(&format!("{} {name}", place + 1));
            cases.push(format!("{from_sunday} = {}, {name}", place + 2));
        }
        let sunday = quoted(&format!("7 {sunday}"));
        let expression = format!("ifelse({}, {sunday})", cases.join(", "));
        let label = self.text("grain.weekday");
        self.calculated(dataset, &label, &expression)
    }

    /// The group that the user of a row falls into, by the user's rows inside the window.
    fn bucket(&mut self, visual: &Visual, name: &str) -> Result<String, QuickSightError> {
        let spec = self.spec;
        let bucket: &Bucket = spec
            .document
            .buckets
            .get(name)
            .ok_or_else(|| QuickSightError::unresolved(name))?;
        let dataset = self.dataset_of(visual)?;
        let asked = Asked {
            dataset,
            visual,
            rows: None,
            over: Over::Visual,
        };
        let keys = Self::keys_within(asked, bucket.level.value)?;
        let asked = Asked {
            over: Over::Rows(&keys),
            ..asked
        };
        let meaning = &bucket.meaning.value;
        let mut cases = Vec::new();
        let mut rest = "NULL".to_owned();
        for rule in &bucket.rules {
            let text = self.known_text(&format!("value.{meaning}.{}", rule.name.value));
            let text = quoted(text.unwrap_or(&rule.name));
            if rule.any.is_empty() && rule.all.is_empty() {
                rest = text;
                break;
            }
            cases.push(format!("{}, {text}", self.rule(rule, asked)?));
        }
        let expression = format!("ifelse({}, {rest})", cases.join(", "));
        let label = self.text(&format!("bucket.{name}"));
        let column = self.calculated(dataset, &label, &expression);
        self.pin_colours(dataset, &column, meaning);
        Ok(column)
    }

    fn rule(&mut self, rule: &Rule, asked: Asked<'_>) -> Result<String, QuickSightError> {
        let met = |compiler: &mut Self, conditions: &[Condition]| {
            let mut parts = Vec::new();
            for condition in conditions {
                let value = compiler.aggregate(&condition.measure, asked)?;
                parts.push(compiler.compared(asked.visual, condition, &value)?);
            }
            Ok::<_, QuickSightError>(parts)
        };
        let mut parts = met(self, &rule.all)?;
        let any = met(self, &rule.any)?;
        if !any.is_empty() {
            parts.push(format!("({})", any.join(" OR ")));
        }
        Ok(parts.join(" AND "))
    }
}

/// The Monday of a day's week. `QuickSight`'s weeks begin on Sunday: that of the day before, and one day more.
fn monday(day: &str) -> String {
    format!("addDateTime(1, 'DD', truncDate('WK', addDateTime(-1, 'DD', {day})))")
}

const fn weekday_names(language: Language) -> [&'static str; 7] {
    match language {
        Language::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        Language::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        Language::Ko => ["월", "화", "수", "목", "금", "토", "일"],
    }
}
