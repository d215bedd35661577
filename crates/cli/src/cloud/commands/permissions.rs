//! `kiro-analytics permissions`: the policy of a deployer, for the names of this deployment.

use std::io::Write;

use kiro_config::{Flag, Layers};
use kiro_deploy::Names;
use kiro_deploy::permissions::{PolicyScope, Statement, policy_documents, render_page, statements};
use serde::Serialize;
use serde_json::Value;

use crate::cloud::args::{PermissionsArgs, PermissionsOutput};
use crate::cloud::session::problems;
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;
use crate::output;

/// Placeholder in ARNs for a missing value.
const ANY: &str = "*";

#[derive(Serialize)]
struct Printed<'a> {
    prefix: &'a str,
    partition: &'a str,
    account: &'a str,
    region: &'a str,
    documents: Vec<Value>,
    statements: Vec<StatementEntry<'a>>,
}

/// A statement with the source of each action.
#[derive(Serialize)]
struct StatementEntry<'a> {
    #[serde(flatten)]
    statement: &'a Statement,
    actions: Vec<&'static str>,
}

pub(crate) fn run(
    args: &PermissionsArgs,
    context: &CommandContext<'_>,
) -> Result<(), CommandError> {
    let scope = scope(args, context.layers(&args.cloud)?)?;
    if scope.exports.is_empty() {
        note(
            "note: no exports are named, so reading them is left out; say where Kiro writes them with --exports s3://BUCKET/PREFIX",
        );
    }
    let mut out = output::stdout();
    match args.output {
        PermissionsOutput::Json => return print_json(&scope),
        PermissionsOutput::Markdown => write!(out, "{}", render_page(&scope))?,
        PermissionsOutput::Text => {
            let documents = policy_documents(&statements(&scope));
            let count = documents.len();
            note(format!(
                "note: {count} documents, each for a managed policy; --output json has them as a list"
            ));
            for document in &documents {
                let text = serde_json::to_string_pretty(document).unwrap_or_default();
                writeln!(out, "{text}")?;
            }
        }
    }
    Ok(out.flush()?)
}

fn print_json(scope: &PolicyScope) -> Result<(), CommandError> {
    let statements = statements(scope);
    output::print_json(&Printed {
        prefix: &scope.prefix,
        partition: &scope.partition,
        account: &scope.account,
        region: &scope.region,
        documents: policy_documents(&statements),
        statements: statements
            .iter()
            .map(|statement| StatementEntry {
                statement,
                actions: statement.actions(),
            })
            .collect(),
    })
}

fn scope(args: &PermissionsArgs, mut layers: Layers<'_>) -> Result<PolicyScope, CommandError> {
    let mut add = |name: &str, key: &str, text: String| {
        layers.flags.push(Flag {
            name: name.to_owned(),
            key: key.to_owned(),
            text,
        });
    };
    if !args.exports.is_empty() {
        add("--exports", "exports", args.exports.join(","));
    }
    if let Some(boundary) = &args.boundary {
        add("--boundary", "permissions_boundary", boundary.clone());
    }
    let resolved = layers.resolve(None).map_err(problems)?;
    let settings = &resolved.settings;
    let region = settings.region.clone().unwrap_or_else(|| ANY.to_owned());
    let partition = args.partition.clone();
    let names = Names {
        prefix: settings.prefix.clone(),
        account: args.account.clone().unwrap_or_else(|| ANY.to_owned()),
        partition: partition.unwrap_or_else(|| partition_of(&region).to_owned()),
        region,
    };
    Ok(PolicyScope {
        deployer_role: args.role.clone(),
        ..PolicyScope::new(&names, settings)
    })
}

/// For Regions of the partitions that anybody can have an account in; the others are named with --partition.
fn partition_of(region: &str) -> &'static str {
    match region {
        china if china.starts_with("cn-") => "aws-cn",
        government if government.starts_with("us-gov-") => "aws-us-gov",
        sovereign if sovereign.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}
