//! The page that explains the policy: `docs/permissions.md`.

use std::fmt::Write;

use super::policy::{DOCUMENT_LIMIT_CHARACTERS, policy_documents, size};
use super::scope::PolicyScope;
use super::statement::{Source, Statement, statements};

const INTRODUCTION: &str = "\
# Permissions of the deployer

The policy below is what `deploy`, `preflight`, `status`, `refresh`, `logs` and `teardown` need. `kiro-analytics permissions` prints it for your
own names and needs no AWS account:

```console
$ kiro-analytics permissions --account 123456789012 --region eu-central-1 --exports s3://BUCKET/PREFIX
$ kiro-analytics permissions --output json | jq '.documents[0]' > policy-1.json
$ kiro-analytics permissions --boundary arn:aws:iam::123456789012:policy/developers --output json
```

This page is its output (`--output markdown`) for the example names below. `kiro-analytics preflight` (check 18) simulates every action of the
same list, with the resources and the condition keys of your deployment, and names those that are denied. It changes nothing.
";

const NOTES: &str = "\
- CloudFormation creates resources with your permissions: most actions on buckets, roles, the function and the alarms are for that. Each comes
  from the handler of the resource type in CloudFormation's schemas. Delete actions are included: CloudFormation needs them to roll back.
- **This policy is powerful.** A principal that may create a role, write its policy and pass it to Lambda can give a function any permission. In a
  shared account, use `--boundary ARN`: roles can then be created and changed only with that permissions boundary, and the
  boundary cannot be removed. Name the same ARN in the setting `permissions_boundary`.
- `aws:ResourceAccount` keeps the deployer from using a bucket of the same name in another account.
- Where Lake Formation is in force, you must also be a data lake administrator, or hold the permissions with the grant option.
- An administrator creates the Quick Sight subscription, its service role and its users in the console. `deploy` needs no permission for that.
- The statement `Deployer` reads your own role. Replace `role/*` and `user/*` by your role's ARN, or name it with `--role ARN`.
- A managed policy has at most 6,144 characters without white space, so the policy comes in parts. A role takes ten managed policies.
- Your own keys (`exports_kms_keys`, `results_kms_key`) and buckets (`code_bucket`, `existing_results_bucket`) are added if the settings name
  them: the command reads kiro-analytics.toml and `--set`. It does not read the settings of a deployed stack.
- An organisation's policies (SCP, RCP) and session policies can deny what this policy allows.
";

/// The page for one deployment.
pub fn render_page(scope: &PolicyScope) -> String {
    let statements = statements(scope);
    let mut page = format!("{INTRODUCTION}\n{}\n{NOTES}", names(scope));
    let documents = policy_documents(&statements);
    let count = documents.len();
    page.push_str("\n## The policy\n");
    for (number, document) in (1..).zip(&documents) {
        let text = serde_json::to_string_pretty(document).unwrap_or_default();
        let size = size(document);
        write!(
            page,
            "\nPart {number} of {count}, {size} of {DOCUMENT_LIMIT_CHARACTERS} characters:\n\n```json\n{text}\n```\n"
        )
        .unwrap_or_default();
    }
    page.push_str("\n## What each action is for\n\n");
    page.push_str(
        "Source: *call* is a call of kiro-analytics; *CloudFormation* is a call that CloudFormation makes with your permissions; *AWS* is what the service's\n\
         documentation names besides.\n\n| statement | source | for | actions |\n|---|---|---|---|\n",
    );
    for statement in &statements {
        page.push_str(&rows(statement));
    }
    page
}

fn names(scope: &PolicyScope) -> String {
    let exports: Vec<String> = scope
        .exports
        .iter()
        .map(|location| {
            let location = format!("{}/{}", location.bucket, location.prefix);
            format!("`s3://{}`", location.trim_end_matches('/'))
        })
        .collect();
    let own = format!("`{}-*`, `{}`", scope.prefix, scope.database);
    let roles: Vec<String> = scope
        .quicksight_roles
        .iter()
        .map(|role| format!("`{role}`"))
        .collect();
    format!(
        "| in the policy | what it is |\n|---|---|\n\
         | `{}`, Region `{}` | the account, and the Region; `*` is any |\n\
         | {own} | what the deployment creates: `--prefix` |\n\
         | {} | where Kiro writes its exports: `--exports` |\n\
         | {} | the roles that Quick Sight may read with (`quicksight_role`) |\n",
        scope.account,
        scope.region,
        exports.join(", "),
        roles.join(", "),
    )
}

fn rows(statement: &Statement) -> String {
    let mut rows = String::new();
    for grant in &statement.grants {
        let source = match grant.source {
            Source::Call => "call",
            Source::CloudFormation => "CloudFormation",
            Source::Documentation => "AWS",
        };
        let actions: Vec<String> = grant
            .actions
            .iter()
            .map(|action| format!("`{action}`"))
            .collect();
        writeln!(
            rows,
            "| {} | {source} | {} | {} |",
            statement.sid,
            grant.reason,
            actions.join(" ")
        )
        .unwrap_or_default();
    }
    rows
}
