//! An analyzer rule that replaces aggregates by faster ones: `COUNT(DISTINCT x)` over integers and dates by
//! [`CountDistinctIntegers`], `MAX(x)` over strings by [`MaxText`].

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, cast};
use datafusion::optimizer::AnalyzerRule;

use crate::functions::{CountDistinctIntegers, MaxText};

#[derive(Debug)]
pub(crate) struct RewriteAggregates {
    count_distinct: Arc<AggregateUDF>,
    max_text: Arc<AggregateUDF>,
}

impl RewriteAggregates {
    pub(crate) fn new() -> Self {
        Self {
            count_distinct: Arc::new(CountDistinctIntegers::new().into()),
            max_text: Arc::new(MaxText::new().into()),
        }
    }

    /// Replaces the aggregates in an expression.
    fn rewrite(&self, aggregate: Expr, plan: &Aggregate) -> Result<Transformed<Expr>> {
        aggregate.transform_up(|expression| {
            let Expr::AggregateFunction(AggregateFunction { func, params }) = &expression else {
                return Ok(Transformed::no(expression));
            };
            let [argument] = params.args.as_slice() else {
                return Ok(Transformed::no(expression));
            };
            let data_type = argument.get_type(plan.input.schema())?;
            let (func, argument) = match (func.name(), params.distinct, data_type) {
                ("count", true, DataType::Int64) => (&self.count_distinct, argument.clone()),
                ("count", true, DataType::Date32) => {
                    // A date is counted as its number of days since 1970-01-01.
                    let number = cast(cast(argument.clone(), DataType::Int32), DataType::Int64);
                    (&self.count_distinct, number)
                }
                ("max", _, DataType::Utf8View) => (&self.max_text, argument.clone()),
                _ => return Ok(Transformed::no(expression)),
            };
            let params = AggregateFunctionParams {
                args: vec![argument],
                distinct: false,
                ..params.clone()
            };
            let func = Arc::clone(func);
            Ok(Transformed::yes(Expr::AggregateFunction(
                AggregateFunction { func, params },
            )))
        })
    }
}

impl AnalyzerRule for RewriteAggregates {
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
                let changed = self.rewrite(expression.clone(), aggregate)?;
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
        "rewrite_aggregates"
    }
}
