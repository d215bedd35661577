//! A physical optimizer rule: the build side of a cross join is the side with few rows.
//!
//! Views join their rows with the one row of `settings` or `data_window`. `JoinSelection` does not swap the sides if the
//! number of rows of either is unknown, and `CrossJoinExec` then returns one batch per row.

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

/// Maximum number of rows of a side that is preferred as build side.
const MAX_BUILD_ROWS: usize = 64;

#[derive(Debug)]
struct CrossJoinBuildSide;

impl PhysicalOptimizerRule for CrossJoinBuildSide {
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
        "cross_join_build_side"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn has_few_rows(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
    Ok(match statistics.num_rows {
        Precision::Exact(rows) | Precision::Inexact(rows) => rows <= MAX_BUILD_ROWS,
        Precision::Absent => false,
    })
}

/// Returns the default rules, with this one after `join_selection`.
pub(crate) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    let join_selection = rules
        .iter()
        .position(|rule| rule.name() == "join_selection");
    rules.insert(
        join_selection.map_or(0, |position| position + 1),
        Arc::new(CrossJoinBuildSide),
    );
    rules
}
