//! A physical rule: the side of a cross join that has few rows is the one that is held.
//!
//! Views join their rows with the one row of `settings` or `data_window`. The engine's own rule leaves the sides as
//! written when it cannot tell how many rows the other side has, and then a cross join gives a batch per row.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::CrossJoinExec;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// More than this is not few.
const FEW_ROWS: usize = 64;

#[derive(Debug)]
struct OneRowFirst;

impl PhysicalOptimizerRule for OneRowFirst {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let swapped = match node.downcast_ref::<CrossJoinExec>() {
                Some(join) if has_few_rows(join.right())? && !has_few_rows(join.left())? => {
                    join.swap_inputs()?
                }
                _ => return Ok(Transformed::no(node)),
            };
            Ok(Transformed::yes(swapped))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "one_row_first"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn has_few_rows(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(match statistics.num_rows {
        Precision::Exact(rows) | Precision::Inexact(rows) => rows <= FEW_ROWS,
        Precision::Absent => false,
    })
}

/// The engine's rules, with this one behind the rule that chooses the sides of joins.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    let behind = rules
        .iter()
        .position(|rule| rule.name() == "join_selection");
    rules.insert(
        behind.map_or(0, |position| position + 1),
        Arc::new(OneRowFirst),
    );
    rules
}
