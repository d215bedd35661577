//! Calculated fields and conditions parse, refer to known columns and parameters, and have no cycles.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::document::{Document, text, walk};
use crate::language::{Known, Level, Names, Type, check};
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        Rule {
            name: "calculated fields parse, and know their columns and parameters",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/calculated-field-reference.html",
            check: calculated,
        },
        Rule {
            name: "conditions of colours parse",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ConditionalFormattingSolidColor.html",
            check: conditions,
        },
        Rule {
            name: "default dates parse",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_RollingDateConfiguration.html",
            check: default_dates,
        },
    ]
}

/// The types of all columns and calculated fields of a document.
pub(crate) struct Lookup<'d> {
    document: &'d Document,
    calculated: BTreeMap<(&'d str, &'d str), &'d str>,
    parameters: BTreeMap<&'d str, (Type, bool)>,
    known: RefCell<BTreeMap<(String, String), Known>>,
    /// The calculated fields above the current one, to find cycles.
    way: RefCell<Vec<String>>,
}

impl<'d> Lookup<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self {
            document,
            calculated: document.calculated(),
            parameters: document.parameters(),
            known: RefCell::default(),
            way: RefCell::default(),
        }
    }

    pub(crate) fn known(&self, data_set: &str, column: &str) -> Known {
        let columns = self.document.columns.get(data_set);
        if let Some(column_type) = columns.and_then(|columns| columns.get(column)) {
            return Ok((*column_type, Level::Row));
        }
        let key = (data_set.to_owned(), column.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let expression = self
            .calculated
            .get(&(data_set, column))
            .ok_or_else(|| format!("no column `{column}` in {data_set}"))?;
        if self.way.borrow().contains(&key.1) {
            return Err(format!("`{column}` refers to itself"));
        }
        self.way.borrow_mut().push(key.1.clone());
        let known = self.check(data_set, expression);
        self.way.borrow_mut().pop();
        self.known.borrow_mut().insert(key, known.clone());
        known
    }

    fn check(&self, data_set: &str, expression: &str) -> Known {
        let lookup = self;
        check(expression, &OfDataSet { lookup, data_set })
    }

    pub(crate) fn type_of(&self, data_set: &str, column: &str) -> Result<Type, String> {
        self.known(data_set, column)
            .map(|(value_type, _)| value_type)
    }

    /// The aggregation level of a column or calculated field.
    pub(crate) fn level_of(&self, data_set: &str, column: &str) -> Result<Level, String> {
        self.known(data_set, column).map(|(_, level)| level)
    }
}

struct OfDataSet<'l, 'd> {
    lookup: &'l Lookup<'d>,
    data_set: &'l str,
}

impl Names for OfDataSet<'_, '_> {
    fn column(&self, name: &str) -> Known {
        self.lookup.known(self.data_set, name)
    }

    fn parameter(&self, name: &str) -> Result<Type, String> {
        match self.lookup.parameters.get(name) {
            Some((value_type, false)) => Ok(*value_type),
            Some((_, true)) => Err(format!("`{name}` has several values")),
            None => Err(format!("no parameter `{name}`")),
        }
    }
}

fn calculated(document: &Document) -> Vec<String> {
    let lookup = Lookup::new(document);
    let mut found = Vec::new();
    for (data_set, name) in lookup.calculated.keys() {
        match lookup.known(data_set, name) {
            Ok((Type::Text | Type::Number | Type::Date, _)) => {}
            Ok((other, _)) => found.push(format!("{data_set}.{name} is {other:?}")),
            Err(problem) => found.push(format!("{data_set}.{name}: {problem}")),
        }
    }
    found
}

fn conditions(document: &Document) -> Vec<String> {
    let lookup = Lookup::new(document);
    let mut found = Vec::new();
    for visual in document.visuals() {
        let Some(data_set) = visual.data_sets().into_iter().next() else {
            continue;
        };
        walk(&visual.body["ConditionalFormatting"], &mut |name, value| {
            if name != "Expression" {
                return;
            }
            match lookup.check(data_set, text(value)) {
                Ok((Type::Flag, _)) => {}
                other => found.push(format!("{}: {value}: {other:?}", visual.id())),
            }
        });
    }
    found
}

fn default_dates(document: &Document) -> Vec<String> {
    let lookup = Lookup::new(document);
    let mut found = Vec::new();
    walk(
        &document.definition["ParameterDeclarations"],
        &mut |name, value| {
            if name == "RollingDate" {
                let known = lookup.check("", text(&value["Expression"]));
                if known != Ok((Type::Date, Level::Constant)) {
                    found.push(format!("{value}: {known:?}"));
                }
            }
        },
    );
    found
}
