//! A database or workgroup that gets another name: what happens to the old one.

use aws_sdk_glue::operation::get_tables::GetTablesOutput;

use super::desired_stack::DesiredStack;
use super::table_definition::DDL_HASH_PARAMETER;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::Stack;
use crate::step::{Change, ChangeKind, ErrorCategory, StepError};

/// The changes for a database or workgroup that gets another name.
///
/// # Errors
///
/// If the old database contains tables, or the old workgroup saved queries, that this deployment did not create. The template
/// retains both (`UpdateReplacePolicy`), but a stack of an older version may not.
pub(super) async fn replacements(
    aws: &Aws,
    stack: &Stack,
    desired: &DesiredStack,
) -> Result<Vec<Change>, StepError> {
    let renamed = |parameter: &str| -> Option<(String, String)> {
        let before = stack.parameters.get(parameter)?;
        let after = desired.parameters.get(parameter)?;
        (before != after).then(|| (before.clone(), after.clone()))
    };
    let mut changes = Vec::new();
    if let Some((before, after)) = renamed("DatabaseName") {
        let foreign = foreign_tables(aws, &before).await?;
        if foreign > 0 {
            return Err(refusal(
                "database",
                &before,
                &format!("{foreign} tables or views that this deployment did not create"),
            ));
        }
        changes.push(
            Change::new(ChangeKind::Replace, format!("database `{before}`")).detail(format!(
                "`{after}` is created; the old one is retained with its tables: remove it with `aws glue delete-database --name {before}`"
            )),
        );
    }
    if let Some((before, after)) = renamed("WorkgroupName") {
        let saved = saved_queries(aws, &before).await?;
        if saved > 0 {
            return Err(refusal(
                "workgroup",
                &before,
                &format!("{saved} saved queries"),
            ));
        }
        changes.push(
            Change::new(ChangeKind::Replace, format!("workgroup `{before}`")).detail(format!(
                "`{after}` is created; the old one is retained with its history: remove it with `aws athena delete-work-group --work-group {before} --recursive-delete-option`"
            )),
        );
    }
    Ok(changes)
}

fn refusal(kind: &str, name: &str, what: &str) -> StepError {
    StepError::failed(
        ErrorCategory::Usage,
        format!("{kind} `{name}` would be replaced, and contains {what}"),
        format!("move or remove them first, or keep the {kind} with `--set {kind}={name}`"),
    )
}

async fn foreign_tables(aws: &Aws, database: &str) -> Result<usize, AwsError> {
    let tables = aws
        .clients()
        .glue
        .get_tables()
        .database_name(database)
        .into_paginator()
        .send()
        .try_collect()
        .await
        .context(aws, "glue:GetTables", format!("database `{database}`"))
        .optional()?;
    let is_foreign = |table: &&aws_sdk_glue::types::Table| {
        table
            .parameters()
            .is_none_or(|parameters| !parameters.contains_key(DDL_HASH_PARAMETER))
    };
    let pages = tables.unwrap_or_default();
    let tables = pages.iter().flat_map(GetTablesOutput::table_list);
    Ok(tables.filter(is_foreign).count())
}

async fn saved_queries(aws: &Aws, workgroup: &str) -> Result<usize, AwsError> {
    let queries = aws
        .clients()
        .athena
        .list_named_queries()
        .work_group(workgroup)
        .into_paginator()
        .send()
        .try_collect()
        .await
        .context(
            aws,
            "athena:ListNamedQueries",
            format!("workgroup `{workgroup}`"),
        )
        .optional()?;
    let pages = queries.unwrap_or_default();
    Ok(pages.iter().map(|page| page.named_query_ids().len()).sum())
}
