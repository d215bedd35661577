//! A deployment of the defaults into the account that a server plays.

use kiro_catalog::Catalogue;
use kiro_config::{Flag, Layers};
use kiro_dashboard::Spec;
use kiro_deploy::Names;
use kiro_deploy::driver::{self, DeploymentError, DeploymentPlan, Selection};
use kiro_deploy::progress::NoProgress;
use kiro_deploy::step::{Deployment, StepError};

use crate::server::{Asked, Given, Server};

pub(crate) const ALICE: &str = "arn:aws:quicksight:eu-central-1:123456789012:user/default/alice";

pub(crate) async fn deployment(server: &Server) -> Deployment {
    let aws = server.aws().await;
    let layers = Layers::of_flags(vec![
        Flag::set("exports", "s3://example-kiro-reports/kiro-logs"),
        Flag::set("owners", ALICE),
    ]);
    let resolved = layers.resolve(None).unwrap();
    let names = Names::new("kiro-analytics", &aws);
    let catalogue = Catalogue::render(&names.render_options(&resolved.settings)).unwrap();
    let spec = Spec::builtin(&catalogue, &resolved.settings.views).unwrap();
    Deployment {
        aws,
        names,
        resolved,
        catalogue,
        spec,
        version: "0.1.0".to_owned(),
        today: "2026-07-31".to_owned(),
        function_folders: Vec::new(),
        take_over: Vec::new(),
        read_parameters: Some(std::collections::BTreeMap::new()),
    }
}

pub(crate) async fn plan(deployment: &Deployment, step: &str) -> Result<DeploymentPlan, StepError> {
    let only = Selection {
        from: None,
        only: Some(step.to_owned()),
    };
    driver::plan(deployment, &only, &NoProgress).await
}

pub(crate) async fn apply(deployment: &Deployment, step: &str) -> DeploymentError {
    let plan = plan(deployment, step).await.unwrap();
    driver::apply(deployment, &plan, &NoProgress)
        .await
        .unwrap_err()
}

/// The response of a bucket with exports; none if the request is not for S3.
pub(crate) fn bucket(asked: &Asked) -> Option<Given> {
    let is_for_s3 = asked.header("authorization").contains("/s3/aws4_request");
    let list = "<ListBucketResult><CommonPrefixes><Prefix>kiro-logs/x/</Prefix></CommonPrefixes></ListBucketResult>";
    is_for_s3.then(|| Given::text(200, list))
}

/// The operation of a query request.
pub(crate) fn action(asked: &Asked) -> &str {
    let action = asked
        .body
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    action.unwrap_or_default()
}
