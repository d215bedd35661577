//! An analyzer rule: `COUNT(DISTINCT x)` over whole numbers and days becomes [`CountDistinctIntegers`].

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, cast};
use datafusion::optimizer::AnalyzerRule;

use crate::functions::CountDistinctIntegers;

#[derive(Debug)]
pub(crate) struct DistinctCounts {
    function: Arc<AggregateUDF>,
}

impl DistinctCounts {
    pub(crate) fn new() -> Self {
        Self {
            function: Arc::new(CountDistinctIntegers::new().into()),
        }
    }

    /// The aggregate in the other way, if it is one of those.
    fn rewritten(&self, aggregate: Expr, plan: &Aggregate) -> Result<Transformed<Expr>> {
        aggregate.transform_up(|expression| {
            let Expr::AggregateFunction(AggregateFunction { func, params }) = &expression else {
                return Ok(Transformed::no(expression));
            };
            let [counted] = params.args.as_slice() else {
                return Ok(Transformed::no(expression));
            };
            let data_type = counted.get_type(plan.input.schema())?;
            let is_small = matches!(data_type, DataType::Int64 | DataType::Date32);
            if func.name() != "count" || !params.distinct || !is_small {
                return Ok(Transformed::no(expression));
            }
            let argument = match data_type {
                DataType::Int64 => counted.clone(),
                // A day is its number since 1970.
                _ => cast(cast(counted.clone(), DataType::Int32), DataType::Int64),
            };
            let params = AggregateFunctionParams {
                args: vec![argument],
                distinct: false,
                ..params.clone()
            };
            let func = Arc::clone(&self.function);
            Ok(Transformed::yes(Expr::AggregateFunction(
                AggregateFunction { func, params },
            )))
        })
    }
}

impl AnalyzerRule for DistinctCounts {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| {
            let LogicalPlan::Aggregate(aggregate) = &node else {
                return Ok(Transformed::no(node));
            };
            let names = NamePreserver::new(&node);
            let mut is_changed = false;
            let mut rewritten = Vec::with_capacity(aggregate.aggr_expr.len());
            for expression in &aggregate.aggr_expr {
                let name = names.save(expression);
                let changed = self.rewritten(expression.clone(), aggregate)?;
                is_changed |= changed.transformed;
                rewritten.push(name.restore(changed.data));
            }
            if !is_changed {
                return Ok(Transformed::no(node));
            }
            let aggregate = Aggregate::try_new(
                Arc::clone(&aggregate.input),
                aggregate.group_expr.clone(),
                rewritten,
            )?;
            Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "distinct_counts"
    }
}
