//! Checks of the views that declare `-- by day: yes`: the rows of a day need no raw row of another day.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{Expr, LogicalPlan};
use kiro_catalog::{Catalogue, Relation, RenderOptions, Source};

use crate::date_range::has_activity_date;
use crate::footer::ACTIVITY_DATE;
use crate::relations::Relations;
use crate::session::session_over;
use crate::source_table::SourceTable;

/// A match by part stays within the day: a model row has the part and the day of the fact row that it comes from.
const PART_ID: &str = "part_id";

fn relations() -> Relations {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    Relations::new(catalogue, "kiro_analytics", 1).unwrap()
}

/// The optimized plan of a statement over empty relations.
async fn optimized(sql: &str, relations: &Relations) -> LogicalPlan {
    let mut tables: HashMap<String, Arc<dyn TableProvider>> = HashMap::new();
    for name in relations.names() {
        let empty = SourceTable::new(relations.schema(name).unwrap(), Vec::new());
        tables.insert(name.to_owned(), Arc::new(empty));
    }
    let state = session_over(
        &relations.single_thread_session,
        &relations.database,
        tables,
    )
    .unwrap();
    let plan = state.create_logical_plan(sql).await.unwrap();
    state.optimize(&plan).unwrap()
}

/// Returns the first node of a plan whose result may depend on rows of several days.
fn reads_other_days(plan: &LogicalPlan, relations: &Relations) -> Option<String> {
    let mut found = None;
    plan.apply_with_subqueries(|node| {
        if stays_within_day(node, relations)? {
            return Ok(TreeNodeRecursion::Continue);
        }
        found = Some(node.display().to_string());
        Ok(TreeNodeRecursion::Stop)
    })
    .unwrap();
    found
}

fn stays_within_day(node: &LogicalPlan, relations: &Relations) -> Result<bool> {
    if let LogicalPlan::TableScan(scan) = node {
        // Any other view is read whole, and the fingerprint covers its contents. It does not cover tables without days.
        let relation = relations.get(scan.table_name.table()).unwrap();
        let is_view = matches!(relation.source, Source::View { .. });
        return Ok(is_view || is_read_by_day(relation, relations));
    }
    if !reads_days(node, relations)? {
        return Ok(true);
    }
    Ok(match node {
        LogicalPlan::Projection(projection) => projection.expr.iter().all(|expression| {
            let Expr::Alias(alias) = expression else {
                return true;
            };
            alias.name != ACTIVITY_DATE || is_column(&alias.expr, ACTIVITY_DATE)
        }),
        LogicalPlan::Window(window) => window.window_expr.iter().all(is_window_within_day),
        LogicalPlan::Aggregate(aggregate) => {
            let has_key = |key| {
                aggregate
                    .group_expr
                    .iter()
                    .any(|key_of| is_column(key_of, key))
            };
            has_key(ACTIVITY_DATE) || has_key(PART_ID) && aggregate.aggr_expr.is_empty()
        }
        LogicalPlan::Join(join) => {
            let is_same_day = |(left, right): &(Expr, Expr)| {
                [ACTIVITY_DATE, PART_ID]
                    .into_iter()
                    .any(|key| is_column(left, key) && is_column(right, key))
            };
            !(reads_days(&join.left, relations)? && reads_days(&join.right, relations)?)
                || join.on.iter().any(is_same_day)
        }
        LogicalPlan::Sort(sort) => sort.fetch.is_none(),
        LogicalPlan::Limit(_) => false,
        _ => true,
    })
}

/// Returns true if a plan reads a relation that a time partition restricts to its own days.
fn reads_days(plan: &LogicalPlan, relations: &Relations) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let relation = relations.get(scan.table_name.table()).unwrap();
            found |= is_read_by_day(relation, relations);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

fn is_read_by_day(relation: &Relation, relations: &Relations) -> bool {
    match relation.source {
        Source::Parts { .. } => has_activity_date(&relations.schema(&relation.name).unwrap()),
        Source::View { .. } => relation.by_day,
    }
}

fn is_window_within_day(expression: &Expr) -> bool {
    match expression {
        Expr::Alias(alias) => is_window_within_day(&alias.expr),
        Expr::WindowFunction(window) => {
            let keys = &window.params.partition_by;
            keys.iter().any(|key| is_column(key, ACTIVITY_DATE))
        }
        _ => false,
    }
}

fn is_column(expression: &Expr, name: &str) -> bool {
    match expression {
        Expr::Alias(alias) => is_column(&alias.expr, name),
        Expr::Column(column) => column.name == name,
        _ => false,
    }
}

#[tokio::test]
async fn a_view_by_day_reads_no_other_day() {
    let relations = relations();
    let mut checked = 0;
    for view in relations.views().filter(|view| view.by_day) {
        let Source::View { sql } = &view.source else {
            continue;
        };
        let found = reads_other_days(&optimized(sql, &relations).await, &relations);
        assert_eq!(found, None, "`{}`", view.name);
        checked += 1;
    }
    assert!(checked > 0);
}

#[tokio::test]
async fn what_reads_another_day_is_refused() {
    let relations = relations();
    for sql in [
        "SELECT f.line, ROW_NUMBER() OVER (PARTITION BY f.user_id ORDER BY f.activity_date) AS place \
         FROM report_facts AS f",
        "SELECT LEAD(f.activity_date) OVER (ORDER BY f.activity_date) AS next_day FROM report_facts AS f",
        "SELECT f.user_id, SUM(f.total_messages) AS messages FROM report_facts_raw AS f GROUP BY f.user_id",
        "SELECT f.part_id, COUNT(*) AS row_count FROM report_facts_raw AS f GROUP BY f.part_id",
        "SELECT f.line FROM report_facts AS f \
         WHERE f.activity_date = (SELECT MAX(g.activity_date) FROM report_facts AS g)",
        "SELECT f.line FROM report_facts AS f JOIN report_facts AS g \
         ON g.user_id = f.user_id AND g.activity_date = f.activity_date - INTERVAL '1' DAY",
        "SELECT f.line FROM report_facts AS f WHERE f.user_id IN (SELECT c.user_id FROM report_code AS c)",
        "SELECT f.activity_date + INTERVAL '1' DAY AS activity_date, f.user_id FROM report_facts AS f",
        "SELECT f.line FROM report_facts AS f ORDER BY f.credits_used DESC LIMIT 10",
        "SELECT f.line FROM report_facts AS f JOIN identity_map AS i ON i.idc_user_id = f.user_id",
    ] {
        let plan = optimized(sql, &relations).await;
        assert!(
            reads_other_days(&plan, &relations).is_some(),
            "{sql}\n{plan}"
        );
    }
}

#[tokio::test]
async fn what_reads_whole_views_and_its_own_day_is_accepted() {
    let relations = relations();
    for sql in [
        "SELECT f.line, ROW_NUMBER() OVER (PARTITION BY f.activity_date ORDER BY f.credits_used) AS place \
         FROM report_facts AS f",
        "SELECT f.line FROM report_facts AS f JOIN user_totals AS t ON t.user_id = f.user_id",
        "SELECT f.line FROM report_facts AS f CROSS JOIN (SELECT COUNT(*) AS users FROM user_dim AS d) AS n",
    ] {
        let plan = optimized(sql, &relations).await;
        assert_eq!(reads_other_days(&plan, &relations), None, "{sql}\n{plan}");
    }
}
