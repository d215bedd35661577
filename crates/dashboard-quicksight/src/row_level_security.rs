//! Row-level security: the dataset of rules, and the columns by which it restricts the other datasets.
//!
//! Every other dataset but the open ones gets two columns with a person and a team. Both are NULL in a row about no person, so
//! that only a rule without values, an administrator's, allows it.
//! <https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html>

use kiro_catalog::{Catalogue, ColumnType, Relation};
use serde_json::{Value, json};

use crate::assets::{Assets, RowLevelSecurity};
use crate::data_set::DataSet;
use crate::error::QuickSightError;

/// The relation with the rules.
pub const RULES: &str = "row_rules";
/// The person whose row it is.
pub(crate) const ROW_PERSON: &str = "row_person";
/// The team of that person.
pub(crate) const ROW_TEAM: &str = "row_team";
/// The column with the user of a rule, as Quick Sight demands it.
const USER_NAME: &str = "UserName";

/// Relations that say nothing about anybody: they have dates of the data only.
const OPEN: [&str; 1] = ["data_window"];
/// The columns that say whose row it is. A person who is not in the data has no `user_id`.
const PERSON_COLUMNS: [&str; 2] = ["person_id", "user_id"];
const TEAM_COLUMN: &str = "team";

/// Returns true if rules restrict the rows of a relation.
pub(crate) fn is_restricted(assets: &Assets, relation: &str) -> bool {
    assets.row_level_security == RowLevelSecurity::On && !OPEN.contains(&relation)
}

/// The SQL of a row's person and team. NULL if the relation does not have both: without the team, a rule about a team would
/// not find its people.
pub(crate) fn owner_columns(relation: &Relation) -> [(&'static str, String); 2] {
    let has = |name: &&&str| {
        let mut columns = relation.columns.iter();
        columns.any(|column| {
            column.name == ***name && matches!(column.column_type, ColumnType::Varchar)
        })
    };
    let person = PERSON_COLUMNS.iter().find(has);
    let team = Some(&TEAM_COLUMN).filter(has);
    let owner = person.zip(team);
    let sql = |column: Option<&&str>| {
        column.map_or_else(
            || "CAST(NULL AS varchar)".to_owned(),
            |column| format!("t.{column}"),
        )
    };
    [
        (ROW_PERSON, sql(owner.map(|(person, _)| person))),
        (ROW_TEAM, sql(owner.map(|(_, team)| team))),
    ]
}

/// The member of a dataset's request that restricts it.
pub(crate) fn restriction(assets: &Assets) -> Value {
    json!({
        "Arn": assets.dataset_arn(RULES),
        "FormatVersion": "VERSION_1",
        "PermissionPolicy": "GRANT_ACCESS",
        "Status": "ENABLED",
    })
}

/// The dataset with the rules.
///
/// # Errors
///
/// If the catalogue lacks its relation.
pub(crate) fn rules(assets: &Assets, catalogue: &Catalogue) -> Result<DataSet, QuickSightError> {
    let relation = catalogue
        .relation(RULES)
        .ok_or_else(|| QuickSightError::NoRelation {
            relation: RULES.to_owned(),
        })?;
    let id = RULES.replace('_', "-");
    let sql = format!(
        "SELECT\n  t.user_name,\n  t.person_id AS {ROW_PERSON},\n  t.team AS {ROW_TEAM}\nFROM {}.{RULES} AS t",
        relation.database
    );
    let columns = ["user_name", ROW_PERSON, ROW_TEAM];
    let columns = columns.map(|name| json!({"Name": name, "Type": "STRING"}));
    // Athena knows no capitals in names of columns.
    let rename =
        json!({"RenameColumnOperation": {"ColumnName": "user_name", "NewColumnName": USER_NAME}});
    let body = json!({
        "Name": format!("{}: {RULES}", assets.prefix),
        "ImportMode": "SPICE",
        // Demanded of a dataset with rules.
        "UseAs": "RLS_RULES",
        "PhysicalTableMap": {&id: {"CustomSql": {
            "DataSourceArn": assets.data_source_arn(),
            "Name": RULES,
            "SqlQuery": sql,
            "Columns": columns,
        }}},
        "LogicalTableMap": {&id: {
            "Alias": RULES,
            "Source": {"PhysicalTableId": &id},
            "DataTransforms": [rename],
        }},
    });
    Ok(DataSet {
        relation: RULES.to_owned(),
        id: assets.dataset_id(RULES),
        body,
    })
}
