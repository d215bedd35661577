//! The data stack: bucket, database, workgroup, function, schedule and alarms, by change set.

use async_trait::async_trait;

use super::desired_stack::DesiredStack;
use super::export_source::find_exports;
use super::managed_stack::{self, ManagedStack};
use super::stack_owner::refuse_lost_settings;
use super::stack_replacement::replacements;
use super::template::DATA_TEMPLATE;
use crate::progress::Progress;
use crate::schedule;
use crate::settings::stack_parameters;
use crate::stack::Stack;
use crate::step::{Applied, Change, Deployment, ErrorCategory, Planned, Step, StepError, StepPlan};

/// Creates and updates the data stack.
pub(crate) struct DataStack;

#[async_trait]
impl ManagedStack for DataStack {
    fn name(&self, deployment: &Deployment) -> String {
        deployment.names.data_stack()
    }

    fn follows_data_stack(&self) -> bool {
        false
    }

    fn template(&self) -> &'static str {
        DATA_TEMPLATE
    }

    async fn desired(
        &self,
        deployment: &Deployment,
        existing: Option<&Stack>,
    ) -> Result<DesiredStack, StepError> {
        DesiredStack::of(deployment, existing).await
    }

    fn refuse(&self, deployment: &Deployment, stack: &Stack) -> Result<(), StepError> {
        refuse_lost_settings(deployment, stack)
    }

    async fn replacements(
        &self,
        deployment: &Deployment,
        stack: &Stack,
        desired: &DesiredStack,
    ) -> Result<Vec<Change>, StepError> {
        replacements(&deployment.aws, stack, desired).await
    }
}

#[async_trait]
impl Step for DataStack {
    fn name(&self) -> &'static str {
        "data_stack"
    }

    fn title(&self) -> &'static str {
        "Data stack"
    }

    async fn check(&self, deployment: &Deployment) -> Result<(), StepError> {
        let problems = if deployment.read_parameters.is_some() {
            deployment.names.problems()
        } else {
            deployment.names.problems_of_new_deployment()
        };
        if let Some(problem) = problems.first() {
            return Err(StepError::failed(
                ErrorCategory::Usage,
                problem.clone(),
                "name a shorter prefix with --prefix",
            ));
        }
        if let Err(problem) = stack_parameters(&deployment.resolved, &deployment.names) {
            return Err(StepError::failed(
                ErrorCategory::Usage,
                problem,
                "shorten the setting it names",
            ));
        }
        if let Some((what, hint)) = schedule::order_problem(deployment.settings()) {
            return Err(StepError::failed(ErrorCategory::Usage, what, hint));
        }
        find_exports(deployment).await?;
        Ok(())
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        managed_stack::plan(self, deployment, earlier).await
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        managed_stack::apply(self, deployment, plan, progress).await
    }

    async fn discard_plan(&self, deployment: &Deployment) -> Result<(), StepError> {
        managed_stack::discard_plan(self, deployment).await
    }
}
