//! Makes a figure of the page and the groups of a visual comparable.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use kiro_dashboard::spec::{Format, Kind};
use kiro_dashboard::{Language, Spec, Texts};
use kiro_dashboard_sql::{ColumnRole, Figure, FigureColumn, OTHER, Value};

use crate::document::{Drawn, array, text, walk};
use crate::evaluate::{Cell, Line};

/// The cells of a figure by the keys of their row.
type Cells = BTreeMap<String, Vec<Cell>>;

const PERIODS: [&str; 2] = ["Current period", "Period before"];

pub(crate) fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Nothing,
        Value::Flag(flag) => Cell::Number(f64::from(u8::from(*flag))),
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Date(day) => Cell::Day(*day),
        number => Cell::Number(number.number().unwrap()),
    }
}

/// The differences between the numbers of the page and of the visual.
pub(crate) fn compare(
    spec: &Spec,
    drawn: &Drawn<'_>,
    figure: &Figure,
    lines: &[Line],
) -> Vec<String> {
    let texts = spec.texts(Language::En);
    let is_transposed = figure
        .columns
        .first()
        .is_some_and(|column| column.name == "measure");
    let (expected, found) = if figure.kind == Kind::Kpi {
        kpi(figure, lines)
    } else if is_transposed {
        transposed(drawn, figure, lines, &texts)
    } else if drawn.fields().keys().any(|id| id.ends_with(".period")) {
        over_each_other(figure, lines)
    } else if figure.kind == Kind::Pivot {
        (pivot(figure), pivot_lines(lines))
    } else {
        table(drawn, figure, lines, &texts)
    };
    let sort = drawn.body["ChartConfiguration"]["SortConfiguration"].to_string();
    // A limit of a thousand days or dots cuts nothing off.
    let is_cut_off = sort
        .replace("\"ItemsLimit\":1000", "")
        .contains("ItemsLimit\"");
    differences(&expected, &found, is_cut_off)
}

fn kpi(figure: &Figure, lines: &[Line]) -> (Cells, Cells) {
    let first = |rows: &[Vec<Value>]| rows.first().map_or(Cell::Nothing, |row| cell(&row[0]));
    let mut expected = vec![first(&figure.rows)];
    let previous = figure.previous.as_ref().map(|part| first(&part.rows));
    let mut found = vec![lines[0].values["value0"].clone()];
    if let Some(value) = lines[0].values.get("previous0") {
        expected.push(previous.unwrap_or(Cell::Nothing));
        found.push(value.clone());
    }
    let only = |values: Vec<Cell>| Cells::from([(String::new(), values)]);
    (only(expected), only(found))
}

/// The last parts of the ids of the fields, by their labels.
fn labels(drawn: &Drawn<'_>) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    walk(drawn.body, &mut |_, value| {
        for value in array(value).chain([value]) {
            let field = value
                .pointer("/ApplyTo/FieldId")
                .unwrap_or(&value["FieldId"]);
            if let (Some(label), Some(field)) = (value.get("CustomLabel"), field.as_str()) {
                let part = field.rsplit('.').next().unwrap();
                labels.insert(text(label).to_owned(), part.to_owned());
            }
        }
    });
    labels
}

/// One row per measure: by the labels of the fields, or in their order without labels.
fn transposed(drawn: &Drawn<'_>, figure: &Figure, lines: &[Line], texts: &Texts) -> (Cells, Cells) {
    let labels = labels(drawn);
    let (mut expected, mut found) = (Cells::new(), Cells::new());
    for (place, row) in figure.rows.iter().enumerate() {
        let label = texts.get(&format!("measure.{}", row[0].plain()));
        let field = label.and_then(|label| labels.get(label)).cloned();
        let field = field.unwrap_or_else(|| format!("value{place}"));
        for (value, period) in row[1..].iter().zip(PERIODS) {
            let line = lines.iter().find(|line| match line.keys.as_slice() {
                [] => period == PERIODS[0],
                // The only group of a chart without a group field.
                [Cell::Text(group)] if group == "Total" => period == PERIODS[0],
                keys => keys == [Cell::Text(period.to_owned())],
            });
            let shown = line.map(|line| line.values[&field].clone());
            let name = format!("{} {period}", row[0].plain());
            expected.insert(name.clone(), vec![cell(value)]);
            found.insert(name, vec![shown.unwrap_or(Cell::Nothing)]);
        }
    }
    (expected, found)
}

/// A period over the previous one, by day of the month.
fn over_each_other(figure: &Figure, lines: &[Line]) -> (Cells, Cells) {
    let previous = figure.previous.as_ref().map(|part| part.rows.as_slice());
    let mut expected = Cells::new();
    for (rows, period) in [figure.rows.as_slice(), previous.unwrap_or_default()]
        .into_iter()
        .zip(PERIODS)
    {
        for row in rows {
            let day: NaiveDate = row[0].plain().parse().unwrap();
            let place = Cell::Number(f64::from(day.day()));
            let keys = [place, Cell::Text(period.to_owned())];
            expected.insert(key(&keys), vec![cell(&row[1])]);
        }
    }
    (expected, pivot_lines(lines))
}

fn table(drawn: &Drawn<'_>, figure: &Figure, lines: &[Line], texts: &Texts) -> (Cells, Cells) {
    let is_key = |column: &&(usize, &FigureColumn)| {
        matches!(
            column.1.role,
            ColumnRole::Category | ColumnRole::Series | ColumnRole::Detail
        )
    };
    let columns: Vec<(usize, &FigureColumn)> = figure.columns.iter().enumerate().collect();
    let keys: Vec<&(usize, &FigureColumn)> = columns.iter().filter(is_key).collect();
    let labels = labels(drawn);
    // The page leaves out measures that are zero everywhere: by label, or in order without labels.
    let values: Vec<(usize, String)> = columns
        .iter()
        .filter(|(_, column)| column.role == ColumnRole::Value)
        .enumerate()
        .map(|(place, (column, value))| {
            let field = labels.get(&value.label).cloned();
            (*column, field.unwrap_or_else(|| format!("value{place}")))
        })
        .collect();
    let mut expected = Cells::new();
    for row in figure
        .rows
        .iter()
        .filter(|row| row.iter().all(|cell| cell.plain() != OTHER))
    {
        let names: Vec<Cell> = keys
            .iter()
            .map(|(place, column)| shown(&row[*place], column, texts))
            .collect();
        expected.insert(
            key(&names),
            values.iter().map(|(place, _)| cell(&row[*place])).collect(),
        );
    }
    // All dots of a scatter plot are in one group, which the page does not have.
    let has_group = drawn
        .fields()
        .keys()
        .any(|id| id.rsplit('.').next() == Some("group"));
    let found = lines.iter().map(|line| {
        let values = values.iter().map(|(_, field)| line.values[field].clone());
        let own = line
            .keys
            .iter()
            .filter(|cell| !(has_group && matches!(cell, Cell::Text(text) if text == "Total")));
        (key(own), values.collect())
    });
    (expected, found.collect())
}

/// Row key and column, then cell.
fn pivot(figure: &Figure) -> Cells {
    let mut cells = Cells::new();
    for row in &figure.rows {
        let names = figure.columns.iter().zip(row).filter(|(column, _)| {
            column.label_format.is_none()
                && matches!(column.role, ColumnRole::Category | ColumnRole::Detail)
        });
        let names: Vec<Cell> = names.map(|(_, value)| cell(value)).collect();
        for (column, value) in figure
            .columns
            .iter()
            .zip(row)
            .filter(|(column, _)| column.label_format.is_some())
        {
            let mut key_cells = names.clone();
            key_cells.push(Cell::Day(
                column
                    .name
                    .parse()
                    .unwrap_or_else(|_| column.label.parse().unwrap()),
            ));
            if !value.is_null() {
                cells.insert(key(&key_cells), vec![cell(value)]);
            }
        }
    }
    cells
}

fn pivot_lines(lines: &[Line]) -> Cells {
    let cells = lines
        .iter()
        .map(|line| (key(&line.keys), vec![line.values["value0"].clone()]));
    cells.collect()
}

/// The text of a value.
fn shown(value: &Value, column: &FigureColumn, texts: &Texts) -> Cell {
    if column.format == Format::Weekday {
        let names = [
            "1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun",
        ];
        let place: usize = value.plain().parse().unwrap();
        return Cell::Text(names[place - 1].to_owned());
    }
    if column.format == Format::Flag {
        let text = match value {
            Value::Flag(true) => "✓",
            Value::Flag(false) => "✗",
            _ => "–",
        };
        return Cell::Text(text.to_owned());
    }
    let (Some(meaning), Value::Text(text)) = (&column.meaning, value) else {
        return cell(value);
    };
    Cell::Text(
        texts
            .get(&format!("value.{meaning}.{text}"))
            .unwrap_or(text)
            .to_owned(),
    )
}

/// The keys of a row, sorted.
fn key<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> String {
    let mut names: Vec<String> = cells
        .into_iter()
        .map(|cell| match cell {
            Cell::Text(text) if text == "(none)" => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Nothing => String::new(),
            Cell::Day(day) => day.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    names.sort();
    names.join("|")
}

/// Cells that are missing in the visual, differ, or are additional, unless the page cuts them off.
fn differences(expected: &Cells, found: &Cells, is_cut_off: bool) -> Vec<String> {
    let mut differences = Vec::new();
    for (key, values) in expected {
        let Some(shown) = found.get(key) else {
            differences.push(format!("`{key}` is missing"));
            continue;
        };
        let is_same = values.len() == shown.len()
            && values
                .iter()
                .zip(shown)
                .all(|(expected, found)| close(found, expected));
        if !is_same {
            differences.push(format!("`{key}` is {shown:?}, expected {values:?}"));
        }
    }
    let surplus = found.keys().filter(|key| !expected.contains_key(*key));
    if !is_cut_off && !expected.is_empty() {
        differences.extend(surplus.map(|key| format!("`{key}` is not on the page")));
    }
    differences
}

/// Null and zero are equal sums; a text may be a day.
fn close(found: &Cell, expected: &Cell) -> bool {
    match (found, expected) {
        (Cell::Number(a), Cell::Number(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
        (Cell::Number(zero), Cell::Nothing) | (Cell::Nothing, Cell::Number(zero)) => {
            zero.abs() < 1e-12
        }
        (Cell::Day(day), Cell::Text(text)) => day.to_string() == *text,
        (found, expected) => found == expected,
    }
}
