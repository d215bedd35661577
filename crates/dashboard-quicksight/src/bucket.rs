//! Buckets: the group of each user.

use kiro_dashboard::spec::{Condition, Rule, Visual};

use crate::colour::pin_colours;
use crate::compiler::Compiler;
use crate::condition::threshold_condition;
use crate::error::{QuickSightError, Result};
use crate::expression::{MeasureContext, Scope, aggregate, keys_within};
use crate::syntax::quoted;

/// The calculated field with the bucket of each row's user, computed from the user's rows inside the window.
pub(crate) fn bucket_column(
    compiler: &mut Compiler<'_>,
    visual: &Visual,
    name: &str,
) -> Result<String> {
    let bucket = compiler.spec.bucket(name)?;
    let dataset = compiler.dataset_of(visual)?;
    let context = MeasureContext {
        dataset,
        visual,
        rows: None,
        scope: Scope::Visual,
    };
    let keys = keys_within(context, bucket.level.value)?;
    let context = MeasureContext {
        scope: Scope::Rows(&keys),
        ..context
    };
    let meaning = &bucket.meaning.value;
    let mut cases = Vec::new();
    let mut rest = "NULL".to_owned();
    for rule in &bucket.rules {
        let text = compiler.known_text(&format!("value.{meaning}.{}", rule.name.value));
        let text = quoted(text.unwrap_or(&rule.name));
        if rule.any.is_empty() && rule.all.is_empty() {
            rest = text;
            break;
        }
        cases.push(format!(
            "{}, {text}",
            rule_condition(compiler, rule, context)?
        ));
    }
    let expression = format!("ifelse({}, {rest})", cases.join(", "));
    let label = compiler.text(&format!("bucket.{name}"));
    let column = compiler.calculated(dataset, &label, &expression);
    pin_colours(compiler, dataset, &column, meaning);
    Ok(column)
}

fn rule_condition(
    compiler: &mut Compiler<'_>,
    rule: &Rule,
    context: MeasureContext<'_>,
) -> Result<String> {
    let met = |compiler: &mut Compiler<'_>, conditions: &[Condition]| {
        let mut parts = Vec::new();
        for condition in conditions {
            let value = aggregate(compiler, &condition.measure, context)?;
            parts.push(threshold_condition(
                compiler,
                context.visual,
                condition,
                &value,
            )?);
        }
        Ok::<_, QuickSightError>(parts)
    };
    let mut parts = met(compiler, &rule.all)?;
    let any = met(compiler, &rule.any)?;
    if !any.is_empty() {
        parts.push(format!("({})", any.join(" OR ")));
    }
    Ok(parts.join(" AND "))
}
