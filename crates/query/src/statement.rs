//! Parsing of statements: exactly one, and only a query. Finds the relations that it reads before it is planned.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, SchemaError, TableReference};
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use kiro_catalog::nearest;

use crate::error::QueryError;

/// One parsed read-only statement.
pub(crate) struct ReadStatement {
    parsed: Statement,
}

impl ReadStatement {
    /// Parses one query or the `EXPLAIN` of one.
    ///
    /// # Errors
    ///
    /// `Statement` for a syntax error, `NotOneStatement`, or `NotAQuery` for anything that could change data.
    pub(crate) fn parse(sql: &str) -> Result<Self, QueryError> {
        let mut statements = DFParser::parse_sql(sql).map_err(QueryError::Statement)?;
        let found = statements.len();
        match (found, statements.pop_front()) {
            (1, Some(parsed)) => {
                check_read_only(&parsed)?;
                Ok(Self { parsed })
            }
            _ => Err(QueryError::NotOneStatement { found }),
        }
    }

    /// Returns the relations of `schema` that the statement reads, also in common table expressions and subqueries.
    pub(crate) fn relations(
        &self,
        state: &SessionState,
        schema: &str,
        known: &[&str],
    ) -> Result<Vec<String>, QueryError> {
        let references = state
            .resolve_table_references(query_of(&self.parsed))
            .map_err(QueryError::Statement)?;
        let mut relations = Vec::new();
        for reference in references {
            let is_in_schema = match &reference {
                TableReference::Bare { .. } => true,
                TableReference::Partial { schema: named, .. }
                | TableReference::Full { schema: named, .. } => named.as_ref() == schema,
            };
            let name = reference.table();
            if is_in_schema && known.contains(&name) {
                relations.push(name.to_owned());
            } else if !state.table_functions().contains_key(name) {
                return Err(QueryError::UnknownRelation {
                    name: reference.to_string(),
                    nearest: nearest(name, known.iter().copied()),
                });
            }
        }
        Ok(relations)
    }

    /// Plans the statement over the tables of `state`.
    pub(crate) async fn plan(self, state: &SessionState) -> Result<LogicalPlan, QueryError> {
        let plan = state
            .statement_to_plan(self.parsed)
            .await
            .map_err(statement_error)?;
        let mut change = None;
        plan.apply_with_subqueries(|node| {
            Ok(match node {
                LogicalPlan::Dml(_)
                | LogicalPlan::Ddl(_)
                | LogicalPlan::Copy(_)
                | LogicalPlan::Statement(_) => {
                    change = Some(node.display().to_string());
                    TreeNodeRecursion::Stop
                }
                _ => TreeNodeRecursion::Continue,
            })
        })
        .map_err(QueryError::Statement)?;
        match change {
            None => Ok(plan),
            Some(found) => Err(QueryError::NotAQuery { found }),
        }
    }
}

/// Returns the explained statement, or the statement itself.
fn query_of(statement: &Statement) -> &Statement {
    match statement {
        Statement::Explain(explain) => query_of(&explain.statement),
        Statement::Statement(_)
        | Statement::CreateExternalTable(_)
        | Statement::CopyTo(_)
        | Statement::Reset(_) => statement,
    }
}

fn check_read_only(statement: &Statement) -> Result<(), QueryError> {
    match query_of(statement) {
        Statement::Statement(inner) if matches!(inner.as_ref(), SqlStatement::Query(_)) => Ok(()),
        other => Err(QueryError::NotAQuery {
            found: first_words(&other.to_string()),
        }),
    }
}

fn first_words(text: &str) -> String {
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Converts a planning error. Adds the nearest column to a column that was not found.
pub(crate) fn statement_error(error: DataFusionError) -> QueryError {
    if let DataFusionError::SchemaError(schema_error, _) = error.find_root()
        && let SchemaError::FieldNotFound {
            field,
            valid_fields,
        } = schema_error.as_ref()
    {
        return QueryError::UnknownColumn {
            name: field.flat_name(),
            nearest: nearest(
                &field.name,
                valid_fields.iter().map(|valid| valid.name.as_str()),
            ),
        };
    }
    QueryError::Statement(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_or_its_explanation_is_accepted() {
        for sql in [
            "SELECT 1",
            "select 1;",
            "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
            "VALUES (1)",
            "EXPLAIN SELECT 1",
            "(SELECT 1) UNION ALL (SELECT 2)",
        ] {
            assert!(ReadStatement::parse(sql).is_ok(), "{sql}");
        }
    }

    #[test]
    fn whatever_could_change_something_is_refused_by_name() {
        for sql in [
            "DROP TABLE report_facts",
            "CREATE VIEW v AS SELECT 1",
            "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '/etc'",
            "INSERT INTO t VALUES (1)",
            "DELETE FROM t",
            "UPDATE t SET a = 1",
            "COPY (SELECT 1) TO '/tmp/x.csv'",
            "SET datafusion.execution.batch_size = 1",
            "EXPLAIN DROP TABLE t",
            "SHOW TABLES",
        ] {
            let error = ReadStatement::parse(sql).err().unwrap();
            assert!(
                matches!(error, QueryError::NotAQuery { .. }),
                "{sql}: {error}"
            );
            assert!(error.is_user_error());
        }
    }

    #[test]
    fn exactly_one_statement_is_expected() {
        for (sql, count) in [("", 0), (" ; ", 0), ("SELECT 1; SELECT 2", 2)] {
            let error = ReadStatement::parse(sql).err().unwrap();
            assert!(
                matches!(error, QueryError::NotOneStatement { found } if found == count),
                "{sql}: {error}"
            );
        }
    }
}
