//! Everything that a deployment would send, as files: for a review, or for another pipeline.

use serde_json::{Value, json};

use crate::stack::Stack;
use crate::step::{Deployment, StepError};
use crate::steps::{self, DataLayer, DesiredStack, TableDefinition};

/// Stands for the results bucket while there is no stack.
const NO_BUCKET: &str = "RESULTS-BUCKET";

/// A file, its path below the folder with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthFile {
    pub path: String,
    pub content: String,
}

impl SynthFile {
    pub(crate) fn text(path: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
        }
    }

    pub(crate) fn json(path: impl Into<String>, content: &Value) -> Self {
        // A value can always be written.
        let text = serde_json::to_string_pretty(content).unwrap_or_default();
        Self::text(path, format!("{text}\n"))
    }
}

/// The files, in the order of the steps. The same deployment makes the same files.
pub async fn files(deployment: &Deployment) -> Result<Vec<SynthFile>, StepError> {
    let stack = Stack::find(&deployment.aws, &deployment.names.data_stack()).await?;
    let layer = DataLayer::find(deployment).await?;
    let desired = DesiredStack::of(deployment, stack.as_ref())?;
    let folder = deployment.names.data_stack();
    let mut files = vec![
        SynthFile::text(format!("{folder}/template.yaml"), desired.template),
        SynthFile::json(
            format!("{folder}/parameters.json"),
            &desired.parameter_list(),
        ),
        SynthFile::json(format!("{folder}/tags.json"), &desired.tag_list()),
    ];
    let database = deployment.settings().database(&deployment.names);
    let there = steps::deployed(&deployment.aws, &database).await?;
    let first_day = steps::first_day(deployment, layer.as_ref(), &there).await?;
    let bucket = layer.map_or_else(|| NO_BUCKET.to_owned(), |layer| layer.results_bucket);
    let relations = (1..).zip(deployment.catalogue.relations());
    for (number, relation) in relations {
        if let Some(table) = TableDefinition::of(relation, &bucket, &first_day) {
            let content = json!({"DatabaseName": database, "TableInput": table.to_json()});
            files.push(SynthFile::json(
                format!("tables/{}.json", relation.name),
                &content,
            ));
        }
        if let Some(statement) = relation.create_statement() {
            let path = format!("views/{number:02}_{}.sql", relation.name);
            files.push(SynthFile::text(path, format!("{statement};\n")));
        }
    }
    if deployment.settings().quicksight {
        let name = deployment.settings().quicksight_policy(&deployment.names);
        let policy = steps::policy(deployment, &bucket);
        files.push(SynthFile::json(format!("policies/{name}.json"), &policy));
    }
    for (path, body) in steps::requests(deployment)? {
        files.push(SynthFile::json(path, &body));
    }
    Ok(files)
}
