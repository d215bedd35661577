//! The code that the deployed function runs, compared with the zip on this machine by its SHA-256.

use std::time::Duration;

use aws_sdk_lambda::types::LastUpdateStatus;

use super::function_code::Zip;
use super::function_kind::FunctionKind;
use crate::aws::{Aws, AwsError, Context, Optional};
use crate::stack::Stack;
use crate::step::{Change, ChangeKind, Deployment, ErrorCategory, StepError, StepPlan};

/// Maximum time until new code is in place.
const READY_TIMEOUT: Duration = Duration::from_mins(5);

/// The deployed function, if its stack names the zip on this machine as its code.
pub(super) struct DeployedCode {
    function: String,
    sha256: String,
}

impl DeployedCode {
    /// None if the stack names another zip, or if there is no function.
    ///
    /// # Errors
    ///
    /// If the stack or the function cannot be read.
    pub(super) async fn find(deployment: &Deployment, zip: &Zip) -> Result<Option<Self>, AwsError> {
        let aws = &deployment.aws;
        let stack = Stack::find(aws, &zip.kind.stack(&deployment.names)).await?;
        let Some(stack) = stack else {
            return Ok(None);
        };
        let function = stack.output(zip.kind.output());
        if function.is_empty() || stack.parameters.get("CodeKey") != Some(&zip.key) {
            return Ok(None);
        }
        let sha256 = code_sha256(aws, function).await?;
        Ok(sha256.map(|sha256| Self {
            function: function.to_owned(),
            sha256,
        }))
    }

    /// The change that replaces other code with the zip; none if the function runs the zip.
    pub(super) fn change(&self, zip: &Zip) -> Option<Change> {
        let change = Change::new(ChangeKind::Update, self.title());
        (self.sha256 != zip.sha256).then(|| {
            change
                .detail(format!("it runs other code than `{}`", zip.path.display()))
                .detail(format!(
                    "SHA-256 is {}, expected {}",
                    self.sha256, zip.sha256
                ))
        })
    }

    /// Replaces other code with the zip, and waits until the function runs it.
    ///
    /// # Errors
    ///
    /// If Lambda rejects the code, or the function still runs other code after the time limit.
    pub(super) async fn replace(
        &self,
        deployment: &Deployment,
        bucket: &str,
        zip: &Zip,
    ) -> Result<(), StepError> {
        let aws = &deployment.aws;
        let call = aws.clients().lambda.update_function_code();
        call.function_name(&self.function)
            .s3_bucket(bucket)
            .s3_key(&zip.key)
            .send()
            .await
            .context(aws, "lambda:UpdateFunctionCode", self.title())?;
        let mut polling = aws.polling(READY_TIMEOUT);
        loop {
            match code_sha256(aws, &self.function).await? {
                Some(sha256) if sha256 == zip.sha256 => return Ok(()),
                // The response may be from before the update.
                Some(_) | None => {}
            }
            if !polling.again().await {
                return Err(other_code(&self.function, zip));
            }
        }
    }

    fn title(&self) -> String {
        format!("function `{}`", self.function)
    }
}

/// Fails if the function does not run the code that the stack was just given.
///
/// # Errors
///
/// If the function runs other code.
pub(super) async fn verify(
    deployment: &Deployment,
    kind: FunctionKind,
    earlier: &[StepPlan],
) -> Result<(), StepError> {
    let is_deployed_now =
        |plan: &StepPlan| plan.name == kind.stack_step() && plan.changes_anything();
    if !earlier.iter().any(is_deployed_now) {
        return Ok(());
    }
    let Some(zip) = Zip::find(deployment, kind)? else {
        return Ok(());
    };
    let Some(deployed) = DeployedCode::find(deployment, &zip).await? else {
        return Ok(());
    };
    let is_planned = |change: &Change| change.what == deployed.title();
    let is_known = earlier
        .iter()
        .flat_map(|plan| &plan.changes)
        .any(is_planned);
    if deployed.change(&zip).is_none() || is_known {
        return Ok(());
    }
    Err(other_code(&deployed.function, &zip))
}

fn other_code(function: &str, zip: &Zip) -> StepError {
    StepError::failed(
        ErrorCategory::Aws,
        format!(
            "function `{function}` runs other code than `{}`",
            zip.path.display()
        ),
        "check CloudTrail for writes to the code bucket and to the function, then run the command again: it restores the code",
    )
}

/// SHA-256 of the function's zip in base64; none during an update, or if the function does not exist.
async fn code_sha256(aws: &Aws, function: &str) -> Result<Option<String>, AwsError> {
    let call = aws.clients().lambda.get_function_configuration();
    let found = call
        .function_name(function)
        .send()
        .await
        .context(
            aws,
            "lambda:GetFunctionConfiguration",
            format!("function `{function}`"),
        )
        .optional()?;
    let settled =
        found.filter(|found| found.last_update_status != Some(LastUpdateStatus::InProgress));
    Ok(settled
        .and_then(|found| found.code_sha256)
        .filter(|sha256| !sha256.is_empty()))
}
