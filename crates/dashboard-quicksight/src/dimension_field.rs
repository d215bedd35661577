//! Columns and buckets as the dimensions of a visual.

use kiro_catalog::ColumnType;
use kiro_dashboard::Language;
use kiro_dashboard::spec::{Dataset, Detail, Dimension, Format, Grain, Visual, Window};

use crate::bucket::bucket_column;
use crate::compiler::Compiler;
use crate::error::{QuickSightError, Result};
use crate::field::{Field, Shape};
use crate::named_column::named_column;
use crate::period::days_of;
use crate::syntax::{quoted, reference};

/// What a dimension and a detail have in common.
#[derive(Clone, Copy)]
struct ColumnOrBucket<'d> {
    column: Option<&'d str>,
    bucket: Option<&'d str>,
    meaning: Option<&'d str>,
    grain: Option<Grain>,
    format: Option<Format>,
}

pub(crate) fn dimension_field(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    id: &str,
    dimension: &Dimension,
) -> Result<Field> {
    let key = ColumnOrBucket {
        column: dimension.column.as_ref().map(|at| at.value.as_str()),
        bucket: dimension.bucket.as_ref().map(|at| at.value.as_str()),
        meaning: dimension.meaning.as_ref().map(|at| at.value.as_str()),
        grain: dimension.grain.as_ref().map(|at| at.value),
        format: None,
    };
    column_field(compiler, visual, id, key)
}

/// The dimensions of a visual, in the order of the file.
pub(crate) fn dimension_fields(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Vec<Field>> {
    let dimensions = visual.by.iter().enumerate();
    dimensions
        .map(|(index, dimension)| {
            dimension_field(compiler, visual, &format!("by{index}"), dimension)
        })
        .collect()
}

pub(crate) fn detail_fields(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    for (index, detail) in shown_details(compiler, visual).into_iter().enumerate() {
        fields.push(detail_field(
            compiler,
            visual,
            &format!("detail{index}"),
            detail,
        )?);
    }
    Ok(fields)
}

/// A field with one value, for visuals that need a group and have no dimension.
pub(crate) fn constant_group(compiler: &mut Compiler<'_>, visual: &Visual) -> Result<Field> {
    let dataset = compiler.dataset_of(visual)?;
    let label = compiler.text("quicksight.total");
    let column = compiler.calculated(dataset, &label, &quoted(&label));
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
pub(crate) fn shown_details<'v>(compiler: &Compiler<'_>, visual: &'v Visual) -> Vec<&'v Detail> {
    let is_shown = |detail: &&Detail| {
        let column = detail.column.as_ref();
        column.is_none_or(|column| compiler.is_filled(column))
    };
    visual.details.iter().filter(is_shown).collect()
}

fn detail_field(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    id: &str,
    detail: &Detail,
) -> Result<Field> {
    let key = ColumnOrBucket {
        column: detail.column.as_ref().map(|at| at.value.as_str()),
        bucket: detail.bucket.as_ref().map(|at| at.value.as_str()),
        meaning: detail.meaning.as_ref().map(|at| at.value.as_str()),
        grain: None,
        format: detail.format,
    };
    column_field(compiler, visual, id, key)
}

fn column_field(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    id: &str,
    key: ColumnOrBucket<'_>,
) -> Result<Field> {
    let dataset = compiler.dataset_of(visual)?;
    let mut field = Field {
        id: format!("{}.{id}", visual.id.value),
        data_set: dataset.relation.value.clone(),
        column: String::new(),
        label: String::new(),
        shape: Shape::Text,
        drills: false,
    };
    if let Some(bucket) = key.bucket {
        field.label = compiler.text(&format!("bucket.{bucket}"));
        field.column = bucket_column(compiler, visual, bucket)?;
        return Ok(field);
    }
    let column = key
        .column
        .ok_or_else(|| QuickSightError::unresolved(&visual.id))?;
    // Users are shown by their labels, which `user_dim` keeps unique.
    if let Some(user) = dataset.user.as_ref().filter(|user| user.id.value == column) {
        field.column.clone_from(&user.label.value);
        field.label = compiler.text(&format!("column.{}", user.label.value));
        return Ok(field);
    }
    field.label = compiler.text(&format!("column.{column}"));
    match compiler.column_type(dataset, column)? {
        ColumnType::Date => fill_date(compiler, visual, dataset, column, key, &mut field),
        ColumnType::Varchar => match key.meaning {
            Some(meaning) => field.column = named_column(compiler, dataset, column, meaning),
            None => column.clone_into(&mut field.column),
        },
        ColumnType::Bigint | ColumnType::Double => {
            column.clone_into(&mut field.column);
            field.shape = Shape::Number(key.format.unwrap_or(Format::Credits));
        }
        // Flags are 1 and 0 in the dataset.
        ColumnType::Boolean => {
            let flag = reference(column);
            let expression = format!("ifelse({flag} = 1, '✓', {flag} = 0, '✗', '–')");
            field.column = compiler.calculated(dataset, &field.label, &expression);
        }
    }
    Ok(field)
}

fn fill_date(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    dataset: &Dataset,
    column: &str,
    key: ColumnOrBucket<'_>,
    field: &mut Field,
) {
    let is_monthly = dataset
        .time
        .as_ref()
        .is_some_and(|time| time.grain == Grain::Month && time.column.value == column);
    let day = reference(column);
    let mut granularity = "DAY";
    let mut format = key.format.unwrap_or(Format::Date);
    column.clone_into(&mut field.column);
    match key.grain {
        None | Some(Grain::Day) if !is_monthly => {}
        None | Some(Grain::Day | Grain::Month) => {
            (granularity, format) = ("MONTH", Format::Month);
            if key.grain == Some(Grain::Month) {
                field.label = compiler.text("grain.month");
            }
        }
        Some(Grain::Week) => {
            field.label = compiler.text("grain.week");
            field.column = compiler.calculated(dataset, &field.label, &monday(&day));
        }
        Some(Grain::Auto) => {
            let days = days_of(visual.window);
            let expression = match compiler.spec.window_of(visual) {
                Window::All => format!("truncDate('MM', {day})"),
                _ => format!(
                    "ifelse({days} <= 62, {day}, {days} <= 400, {}, truncDate('MM', {day}))",
                    monday(&day)
                ),
            };
            field.column = compiler.calculated(dataset, &field.label, &expression);
        }
        Some(Grain::Weekday) => {
            field.label = compiler.text("grain.weekday");
            field.column = weekday_column(compiler, dataset, column);
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

/// The weekday with its number, 1 for Monday: heat maps sort by the shown text.
fn weekday_column(compiler: &mut Compiler<'_>, dataset: &Dataset, column: &str) -> String {
    let from_sunday = format!("extract('WD', {})", reference(column));
    let [days @ .., sunday] = weekday_names(compiler.language);
    let mut cases = Vec::new();
    for (index, name) in days.iter().enumerate() {
        let name = quoted(&format!("{} {name}", index + 1));
        cases.push(format!("{from_sunday} = {}, {name}", index + 2));
    }
    let sunday = quoted(&format!("7 {sunday}"));
    let expression = format!("ifelse({}, {sunday})", cases.join(", "));
    let label = compiler.text("grain.weekday");
    compiler.calculated(dataset, &label, &expression)
}

/// The Monday of a day's week. `QuickSight`'s weeks begin on Sunday: the Sunday of the day before, plus one day.
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
