//! A definition and its datasets, parsed for the rules.

use std::collections::{BTreeMap, BTreeSet};

use kiro_catalog::Catalogue;
use kiro_dashboard::{Language, Spec};
use kiro_dashboard_quicksight::{Assets, Mode, datasets, definition};
use serde_json::Value;

use crate::language::Type;

/// The documents of a deployment in one language.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) definition: Value,
    /// Dataset, then column, then type.
    pub(crate) columns: BTreeMap<String, BTreeMap<String, Type>>,
    /// Dataset, then its SQL.
    pub(crate) queries: BTreeMap<String, String>,
    /// The texts of all users, and of a missing value.
    pub(crate) everybody: String,
    pub(crate) none: String,
}

/// A visual, by its sheet, its kind and its body.
pub(crate) struct Drawn<'d> {
    pub(crate) sheet: &'d str,
    pub(crate) kind: &'d str,
    pub(crate) body: &'d Value,
}

impl Document {
    pub(crate) fn new(spec: &Spec, catalogue: &Catalogue, language: Language) -> Self {
        Self::with_assets(spec, catalogue, &crate::assets(Mode::Light), language)
    }

    pub(crate) fn with_assets(
        spec: &Spec,
        catalogue: &Catalogue,
        assets: &Assets,
        language: Language,
    ) -> Self {
        let definition = definition(spec, catalogue, assets, language).unwrap();
        let (mut columns, mut queries) = (BTreeMap::new(), BTreeMap::new());
        for dataset in datasets(spec, catalogue, assets, language).unwrap() {
            let tables = dataset.body["PhysicalTableMap"].as_object().unwrap();
            let table = &tables.values().next().unwrap()["CustomSql"];
            let types = array(&table["Columns"]).map(|column| {
                let column_type = match text(&column["Type"]) {
                    "STRING" => Type::Text,
                    "DATETIME" => Type::Date,
                    "INTEGER" | "DECIMAL" => Type::Number,
                    other => panic!("column type {other}"),
                };
                (text(&column["Name"]).to_owned(), column_type)
            });
            let query = text(&table["SqlQuery"]).to_owned();
            queries.insert(dataset.relation.clone(), query);
            columns.insert(dataset.relation, types.collect());
        }
        let texts = spec.texts(language);
        let known = |key: &str| texts.get(key).unwrap().to_owned();
        Self {
            definition,
            columns,
            queries,
            everybody: known("quicksight.everybody"),
            none: known("value.none"),
        }
    }

    pub(crate) fn sheets(&self) -> impl Iterator<Item = &Value> {
        array(&self.definition["Sheets"])
    }

    pub(crate) fn visuals(&self) -> Vec<Drawn<'_>> {
        let mut drawn = Vec::new();
        for sheet in self.sheets() {
            for visual in array(&sheet["Visuals"]) {
                for (kind, body) in visual.as_object().into_iter().flatten() {
                    drawn.push(Drawn {
                        sheet: text(&sheet["SheetId"]),
                        kind,
                        body,
                    });
                }
            }
        }
        drawn
    }

    /// Dataset and name, then expression.
    pub(crate) fn calculated(&self) -> BTreeMap<(&str, &str), &str> {
        array(&self.definition["CalculatedFields"])
            .map(|field| {
                let key = (text(&field["DataSetIdentifier"]), text(&field["Name"]));
                (key, text(&field["Expression"]))
            })
            .collect()
    }

    /// Name, then the kind of the declaration and whether it takes several values.
    pub(crate) fn parameters(&self) -> BTreeMap<&str, (Type, bool)> {
        array(&self.definition["ParameterDeclarations"])
            .filter_map(Value::as_object)
            .flatten()
            .map(|(kind, body)| {
                let value_type = if kind == "DateTimeParameterDeclaration" {
                    Type::Date
                } else {
                    Type::Text
                };
                let many = body["ParameterValueType"] == "MULTI_VALUED";
                (text(&body["Name"]), (value_type, many))
            })
            .collect()
    }

    /// The filters, with their group.
    pub(crate) fn filters(&self) -> Vec<(&Value, &str, &Value)> {
        let groups = array(&self.definition["FilterGroups"]);
        groups
            .flat_map(|group| array(&group["Filters"]).map(move |filter| (group, filter)))
            .flat_map(|(group, filter)| {
                let members = filter.as_object().into_iter().flatten();
                members.map(move |(kind, body)| (group, kind.as_str(), body))
            })
            .collect()
    }
}

impl Drawn<'_> {
    pub(crate) fn id(&self) -> &str {
        text(&self.body["VisualId"])
    }

    /// The fields in its wells: id, then the kind of field, its body and the well.
    pub(crate) fn fields(&self) -> BTreeMap<&str, (&str, &Value, &str)> {
        let mut fields = BTreeMap::new();
        collect_fields(
            &self.body["ChartConfiguration"]["FieldWells"],
            "",
            &mut fields,
        );
        fields
    }

    pub(crate) fn data_sets(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        walk(self.body, &mut |name, value| {
            if name == "DataSetIdentifier" {
                found.insert(text(value));
            }
        });
        found
    }
}

fn collect_fields<'v>(
    value: &'v Value,
    well: &'v str,
    fields: &mut BTreeMap<&'v str, (&'v str, &'v Value, &'v str)>,
) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name.ends_with("Field") && member.get("FieldId").is_some() {
                    fields.insert(text(&member["FieldId"]), (name, member, well));
                } else {
                    collect_fields(member, name, fields);
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_fields(item, well, fields)),
        _ => {}
    }
}

/// Every member of every structure, by name.
pub(crate) fn walk<'v>(value: &'v Value, seen: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                seen(name, member);
                walk(member, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, seen)),
        _ => {}
    }
}

pub(crate) fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items that occur more than once.
pub(crate) fn repeated<'i>(items: impl IntoIterator<Item = &'i str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let items = items.into_iter();
    items
        .filter(|item| !seen.insert(*item))
        .map(str::to_owned)
        .collect()
}
