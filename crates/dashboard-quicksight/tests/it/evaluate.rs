//! An evaluator of the definition over given rows, in `QuickSight`'s order: filters, level-aware windows, groups,
//! aggregations.
//!
//! <https://docs.aws.amazon.com/quicksight/latest/user/order-of-evaluation-quicksight.html>

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::document::{Document, array, text};
use crate::syntax::{Expression, Sign, parse};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Cell {
    Nothing,
    Number(f64),
    Text(String),
    Day(NaiveDate),
    Flag(bool),
}

pub(crate) type Row = BTreeMap<String, Cell>;

/// One group of a visual: its dimensions in the order of their ids, and its measures by the end of their id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) keys: Vec<Cell>,
    pub(crate) values: BTreeMap<String, Cell>,
}

/// Parameter, then the chosen values; none of several: all.
pub(crate) type Choice = BTreeMap<&'static str, Vec<Cell>>;

/// The groups of a visual over rows of its dataset.
pub(crate) fn lines(document: &Document, visual: &str, rows: &[Row], choice: &Choice) -> Vec<Line> {
    let visuals = document.visuals();
    let drawn = visuals.iter().find(|drawn| drawn.id() == visual);
    let drawn = drawn.unwrap_or_else(|| panic!("no visual {visual}"));
    let data_sets = drawn.data_sets();
    let sight = Sight::new(
        document,
        data_sets.into_iter().next().unwrap(),
        rows.iter().collect(),
        choice,
    );
    let sight = sight.filtered(visual);
    let fields = drawn.fields();
    let dimensions: Vec<&Value> = fields
        .values()
        .filter(|(kind, ..)| kind.ends_with("DimensionField"))
        .map(|(_, field, _)| *field)
        .collect();
    let mut groups: BTreeMap<String, (Vec<Cell>, Vec<usize>)> = BTreeMap::new();
    for row in 0..sight.rows.len() {
        let keys: Vec<Cell> = dimensions
            .iter()
            .map(|field| sight.key(field, row))
            .collect();
        let group = groups.entry(format!("{keys:?}"));
        group.or_insert_with(|| (keys, Vec::new())).1.push(row);
    }
    if dimensions.is_empty() && groups.is_empty() {
        groups.insert(String::new(), (Vec::new(), Vec::new()));
    }
    let mut groups: Vec<(Vec<Cell>, Vec<usize>)> = groups.into_values().collect();
    groups.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap());
    groups
        .into_iter()
        .map(|(keys, members)| {
            let measures = fields
                .iter()
                .filter(|(_, (kind, ..))| kind.ends_with("MeasureField"));
            let values = measures.map(|(id, (_, field, _))| {
                let name = id.rsplit('.').next().unwrap().to_owned();
                (name, sight.measure(field, &members))
            });
            Line {
                values: values.collect(),
                keys,
            }
        })
        .collect()
}

/// The rows of a dataset, the calculated fields over them, and the chosen values.
struct Sight<'d> {
    document: &'d Document,
    rows: Vec<&'d Row>,
    choice: &'d Choice,
    trees: BTreeMap<&'d str, Rc<Expression>>,
    /// Computed windows: the expression and its keys.
    windows: RefCell<HashMap<(usize, String), Cell>>,
}

/// The scope of an expression.
#[derive(Clone, Copy)]
enum At<'r> {
    Row(usize),
    /// A group of the visual.
    Group(&'r [usize]),
    /// A part of a group, to be aggregated again.
    Part(&'r [usize]),
}

impl<'d> Sight<'d> {
    fn new(
        document: &'d Document,
        data_set: &'d str,
        rows: Vec<&'d Row>,
        choice: &'d Choice,
    ) -> Self {
        let fields = document.calculated().into_iter();
        let trees = fields
            .filter(|((of, _), _)| *of == data_set)
            .map(|((_, name), expression)| (name, Rc::new(parse(expression).unwrap())))
            .collect();
        Self {
            document,
            rows,
            choice,
            trees,
            windows: RefCell::default(),
        }
    }

    /// The rows that the filters of a visual keep.
    fn filtered(self, visual: &str) -> Self {
        let mut kept: Vec<bool> = vec![true; self.rows.len()];
        for (group, kind, filter) in self.document.filters() {
            let scope =
                &group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"];
            let mut visuals = array(scope).flat_map(|sheet| array(&sheet["VisualIds"]));
            if !visuals.any(|id| text(id) == visual) {
                continue;
            }
            for (row, keep) in kept.iter_mut().enumerate() {
                *keep &= self.passes(kind, filter, row);
            }
        }
        let rows = self.rows.iter().zip(kept).filter(|(_, keep)| *keep);
        Self {
            rows: rows.map(|(row, _)| *row).collect(),
            windows: RefCell::default(),
            ..self
        }
    }

    fn passes(&self, kind: &str, filter: &Value, row: usize) -> bool {
        let cell = self.column(text(&filter["Column"]["ColumnName"]), At::Row(row));
        if cell == Cell::Nothing {
            return false;
        }
        let number = |value: &Value| value.as_f64().map(Cell::Number);
        match kind {
            "TimeRangeFilter" => {
                let end = |name: &str| self.parameter(text(&filter[name]["Parameter"]));
                end("RangeMinimumValue") <= cell && cell <= end("RangeMaximumValue")
            }
            "NumericRangeFilter" => {
                let least = number(&filter["RangeMinimum"]["StaticValue"]);
                let included = filter["IncludeMinimum"] == true;
                least.is_none_or(|least| {
                    if included {
                        cell >= least
                    } else {
                        cell > least
                    }
                })
            }
            "NumericEqualityFilter" => number(&filter["Value"]) == Some(cell),
            _ => {
                let configuration = &filter["Configuration"];
                let parameter = text(&configuration["CustomFilterConfiguration"]["ParameterName"]);
                if !parameter.is_empty() {
                    let chosen = self
                        .choice
                        .get(parameter)
                        .map(Vec::as_slice)
                        .unwrap_or_default();
                    return chosen.is_empty() || chosen.contains(&cell);
                }
                let list = &configuration["FilterListConfiguration"];
                let is_listed = array(&list["CategoryValues"])
                    .any(|value| Cell::Text(text(value).to_owned()) == cell);
                is_listed == (text(&list["MatchOperator"]) == "CONTAINS")
            }
        }
    }

    fn key(&self, field: &Value, row: usize) -> Cell {
        let cell = self.column(text(&field["Column"]["ColumnName"]), At::Row(row));
        match (text(&field["DateGranularity"]), cell) {
            ("MONTH", Cell::Day(day)) => Cell::Day(day.with_day(1).unwrap()),
            (_, cell) => cell,
        }
    }

    fn measure(&self, field: &Value, members: &[usize]) -> Cell {
        let column = text(&field["Column"]["ColumnName"]);
        match text(&field["AggregationFunction"]) {
            "" => self.column(column, At::Group(members)),
            function => {
                let cells = members.iter().map(|row| self.column(column, At::Row(*row)));
                aggregated(&function.to_lowercase(), cells.collect())
            }
        }
    }

    fn parameter(&self, name: &str) -> Cell {
        let values = self
            .choice
            .get(name)
            .unwrap_or_else(|| panic!("no parameter {name}"));
        values.first().cloned().unwrap_or(Cell::Nothing)
    }

    fn column(&self, name: &str, at: At<'_>) -> Cell {
        match (self.trees.get(name), at) {
            (Some(tree), at) => self.cell(&tree.clone(), at),
            (None, At::Row(row)) => self.rows[row].get(name).cloned().unwrap_or(Cell::Nothing),
            (None, _) => panic!("{name} is not aggregated"),
        }
    }

    fn cell(&self, expression: &Expression, at: At<'_>) -> Cell {
        match expression {
            Expression::Nothing => Cell::Nothing,
            Expression::Number(number) => Cell::Number(*number),
            Expression::Text(text) => Cell::Text(text.clone()),
            Expression::Column(name) => self.column(name, at),
            Expression::Parameter(name) => self.parameter(name),
            Expression::Binary(left, sign, right) => {
                binary(&self.cell(left, at), *sign, &self.cell(right, at))
            }
            Expression::Call(name, arguments) => self.call(name, arguments, at),
            Expression::Word(_) | Expression::List(_) => panic!("{expression:?} is no value"),
        }
    }

    fn call(&self, name: &str, arguments: &[Expression], at: At<'_>) -> Cell {
        use Expression::{List, Text};
        match (name, arguments, at) {
            ("ifelse", [pairs @ .., rest], _) => {
                let met = pairs
                    .chunks(2)
                    .find(|pair| self.cell(&pair[0], at) == Cell::Flag(true));
                self.cell(met.map_or(rest, |pair| &pair[1]), at)
            }
            ("coalesce", [first, second], _) => match self.cell(first, at) {
                Cell::Nothing => self.cell(second, at),
                cell => cell,
            },
            ("nullIf", [first, second], _) => match self.cell(first, at) {
                cell if cell == self.cell(second, at) => Cell::Nothing,
                cell => cell,
            },
            ("isNull", [argument], _) => Cell::Flag(self.cell(argument, at) == Cell::Nothing),
            ("isNotNull", [argument], _) => Cell::Flag(self.cell(argument, at) != Cell::Nothing),
            ("in", [argument, List(values)], _) => {
                let cell = self.cell(argument, at);
                let mut values = values.iter().map(|value| self.cell(value, at));
                Cell::Flag(values.any(|value| value == cell))
            }
            ("ceil", [argument], _) => match self.cell(argument, at) {
                Cell::Number(number) => Cell::Number(number.ceil()),
                other => panic!("ceil of {other:?}"),
            },
            ("truncDate", [Text(period), day], _) => {
                on_day(self.cell(day, at), |day| Cell::Day(truncated(period, day)))
            }
            ("extract", [Text(period), day], _) if period == "WD" => {
                on_day(self.cell(day, at), |day| {
                    Cell::Number(f64::from(day.weekday().number_from_sunday()))
                })
            }
            ("addDateTime", [amount, Text(period), day], _) => {
                let Cell::Number(amount) = self.cell(amount, at) else {
                    panic!("{amount:?}");
                };
                on_day(self.cell(day, at), |day| {
                    Cell::Day(moved(amount, period, day))
                })
            }
            ("dateDiff", [from, to, Text(period)], _) if period == "DD" => {
                match (self.cell(from, at), self.cell(to, at)) {
                    (Cell::Day(from), Cell::Day(to)) => {
                        Cell::Number(f64::from(i32::try_from((to - from).num_days()).unwrap()))
                    }
                    _ => Cell::Nothing,
                }
            }
            ("runningSum", [argument, List(order), partition @ ..], At::Group(members)) => {
                let Some(first) = members.first() else {
                    return Cell::Nothing;
                };
                let along = self.key_of(order, *first);
                let beside = |row: usize| match partition {
                    [List(keys)] => self.key_of(keys, row),
                    _ => Vec::new(),
                };
                let so_far = |row: &usize| {
                    beside(*row) == beside(*first) && self.key_of(order, *row) <= along
                };
                let rows: Vec<usize> = (0..self.rows.len()).filter(so_far).collect();
                self.cell(argument, At::Group(&rows))
            }
            (_, [argument, List(keys), _], At::Row(row)) => {
                self.windowed(name, argument, keys, row)
            }
            (_, [argument, List(_)], At::Part(rows)) => aggregated(
                name,
                rows.iter()
                    .map(|row| self.cell(argument, At::Row(*row)))
                    .collect(),
            ),
            (_, [argument], At::Group(rows)) => {
                let cells = match keys_within(argument) {
                    Some(keys) => self
                        .parts(keys, rows)
                        .iter()
                        .map(|part| self.cell(argument, At::Part(part)))
                        .collect(),
                    None => rows
                        .iter()
                        .map(|row| self.cell(argument, At::Row(*row)))
                        .collect(),
                };
                aggregated(name, cells)
            }
            _ => panic!("{name} of {} arguments here", arguments.len()),
        }
    }

    fn key_of(&self, keys: &[Expression], row: usize) -> Vec<Cell> {
        // A group has one value in each of the visual's own columns.
        let own = keys
            .iter()
            .filter(|key| !matches!(key, Expression::Parameter(_)));
        own.map(|key| self.cell(key, At::Row(row))).collect()
    }

    fn parts(&self, keys: &[Expression], rows: &[usize]) -> Vec<Vec<usize>> {
        let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for row in rows {
            let key = format!("{:?}", self.key_of(keys, *row));
            parts.entry(key).or_default().push(*row);
        }
        parts.into_values().collect()
    }

    /// Over all filtered rows with the same keys.
    fn windowed(&self, name: &str, argument: &Expression, keys: &[Expression], row: usize) -> Cell {
        let key = self.key_of(keys, row);
        let place = (
            std::ptr::from_ref(argument) as usize,
            format!("{name} {key:?}"),
        );
        if let Some(known) = self.windows.borrow().get(&place) {
            return known.clone();
        }
        let same = (0..self.rows.len()).filter(|other| self.key_of(keys, *other) == key);
        let cells = same
            .map(|other| self.cell(argument, At::Row(other)))
            .collect();
        let name = match name {
            "distinctCountOver" => "distinct_count",
            name => name.trim_end_matches("Over"),
        };
        let cell = aggregated(name, cells);
        self.windows.borrow_mut().insert(place, cell.clone());
        cell
    }
}

/// The keys of the level-aware aggregation inside an expression.
fn keys_within(expression: &Expression) -> Option<&[Expression]> {
    match expression {
        Expression::Call(name, arguments) => match arguments.as_slice() {
            [_, Expression::List(keys)] if name != "in" => Some(keys),
            arguments => arguments.iter().find_map(keys_within),
        },
        Expression::Binary(left, _, right) => keys_within(left).or_else(|| keys_within(right)),
        _ => None,
    }
}

fn aggregated(name: &str, cells: Vec<Cell>) -> Cell {
    let mut cells: Vec<Cell> = cells
        .into_iter()
        .filter(|cell| *cell != Cell::Nothing)
        .collect();
    if name == "distinct_count" {
        cells.sort_by(|a, b| a.partial_cmp(b).unwrap());
        cells.dedup();
    }
    let size = f64::from(u32::try_from(cells.len()).unwrap());
    if matches!(name, "count" | "distinct_count") {
        return Cell::Number(size);
    }
    let sum = || -> f64 { cells.iter().map(number).sum() };
    let by_size = |a: &&Cell, b: &&Cell| a.partial_cmp(b).unwrap();
    match name {
        _ if cells.is_empty() => Cell::Nothing,
        "sum" => Cell::Number(sum()),
        "avg" => Cell::Number(sum() / size),
        "min" => cells.iter().min_by(by_size).cloned().unwrap(),
        "max" => cells.iter().max_by(by_size).cloned().unwrap(),
        _ => panic!("unknown aggregation {name}"),
    }
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

fn binary(left: &Cell, sign: Sign, right: &Cell) -> Cell {
    match sign {
        Sign::And => return Cell::Flag(*left == Cell::Flag(true) && *right == Cell::Flag(true)),
        Sign::Or => return Cell::Flag(*left == Cell::Flag(true) || *right == Cell::Flag(true)),
        _ if *left == Cell::Nothing || *right == Cell::Nothing => return Cell::Nothing,
        _ => {}
    }
    match sign {
        Sign::Equal => Cell::Flag(left == right),
        Sign::Unequal => Cell::Flag(left != right),
        Sign::Less => Cell::Flag(left < right),
        Sign::AtMost => Cell::Flag(left <= right),
        Sign::More => Cell::Flag(left > right),
        Sign::AtLeast => Cell::Flag(left >= right),
        Sign::Plus => Cell::Number(number(left) + number(right)),
        Sign::Minus => Cell::Number(number(left) - number(right)),
        Sign::Times => Cell::Number(number(left) * number(right)),
        Sign::Over => Cell::Number(number(left) / number(right)),
        Sign::And | Sign::Or => Cell::Nothing,
    }
}

fn on_day(cell: Cell, change: impl Fn(NaiveDate) -> Cell) -> Cell {
    match cell {
        Cell::Day(day) => change(day),
        Cell::Nothing => Cell::Nothing,
        other => panic!("{other:?} is no day"),
    }
}

fn truncated(period: &str, day: NaiveDate) -> NaiveDate {
    match period {
        "DD" => day,
        "MM" => day.with_day(1).unwrap(),
        // Weeks begin on Sunday.
        "WK" => day.week(Weekday::Sun).first_day(),
        other => panic!("period {other}"),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers of days and months, their sign apart"
)]
fn moved(amount: f64, period: &str, day: NaiveDate) -> NaiveDate {
    let (amount, back) = (amount.abs() as u32, amount < 0.0);
    match (period, back) {
        ("DD", false) => day + Days::new(amount.into()),
        ("DD", true) => day - Days::new(amount.into()),
        ("MM", false) => day + Months::new(amount),
        ("MM", true) => day - Months::new(amount),
        _ => panic!("period {period}"),
    }
}
