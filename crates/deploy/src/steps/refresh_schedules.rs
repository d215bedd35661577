//! The refresh schedules of the datasets: once a day, after the nightly run.

use async_trait::async_trait;
use aws_sdk_quicksight::types::{
    IngestionType, RefreshFrequency, RefreshInterval, RefreshSchedule,
};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::quicksight::{required_data_sets, skip_without_quicksight};
use crate::aws::{AwsError, Context, Optional};
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// The id of the deployment's schedule. Other schedules are not changed.
const ID: &str = "daily";
/// Maximum concurrent requests.
const CONCURRENCY: usize = 5;

/// Creates and updates the schedules.
pub(crate) struct RefreshSchedules;

/// The schedule of each dataset. Never none, because all required members are set.
fn desired(deployment: &Deployment) -> Option<RefreshSchedule> {
    let settings = deployment.settings();
    let frequency = RefreshFrequency::builder()
        .interval(RefreshInterval::Daily)
        .time_of_the_day(&settings.refresh_at)
        .timezone(&settings.time_zone)
        .build();
    RefreshSchedule::builder()
        .schedule_id(ID)
        .schedule_frequency(frequency.ok()?)
        .refresh_type(IngestionType::FullRefresh)
        .build()
        .ok()
}

/// The deployment's schedule of a dataset. None if it has none, or if the dataset does not exist yet.
async fn existing(
    deployment: &Deployment,
    data_set: &str,
) -> Result<Option<RefreshSchedule>, AwsError> {
    let aws = &deployment.aws;
    let request = aws.clients().quicksight.list_refresh_schedules();
    let request = request.aws_account_id(aws.account()).data_set_id(data_set);
    let sent = request.send().await;
    let found = match sent.context(aws, "quicksight:ListRefreshSchedules", title(data_set)) {
        // A dataset that is taken over and queries directly: an earlier step of this run changes it to an imported one.
        Err(error) if error.message.contains("is not a SPICE dataset") => None,
        found => found.optional()?,
    };
    let schedules = found.and_then(|found| found.refresh_schedules);
    let mut schedules = schedules.unwrap_or_default().into_iter();
    Ok(schedules.find(|schedule| schedule.schedule_id == ID))
}

fn title(data_set: &str) -> String {
    format!("dataset `{data_set}`")
}

/// Returns true if a dataset is refreshed in the same way at the same time. The service adds members of its own.
fn is_same(existing: &RefreshSchedule, desired: &RefreshSchedule) -> bool {
    let times = |schedule: &RefreshSchedule| {
        let frequency = schedule.schedule_frequency.clone();
        frequency.map(|frequency| {
            (
                frequency.interval,
                frequency.time_of_the_day,
                frequency.timezone,
            )
        })
    };
    existing.refresh_type == desired.refresh_type && times(existing) == times(desired)
}

/// The change for each dataset whose schedule differs.
async fn changes(deployment: &Deployment) -> Result<Vec<(String, ChangeKind)>, StepError> {
    let ids: Vec<String> = required_data_sets(deployment)?
        .into_iter()
        .map(|found| found.id)
        .collect();
    let listings = ids
        .iter()
        .map(|id| existing(deployment, id))
        .collect::<Vec<_>>();
    let schedules: Vec<Option<RefreshSchedule>> = stream::iter(listings)
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let Some(desired) = desired(deployment) else {
        return Ok(Vec::new());
    };
    let needed = ids
        .into_iter()
        .zip(schedules)
        .filter_map(|(id, existing)| match existing {
            None => Some((id, ChangeKind::Create)),
            Some(existing) => (!is_same(&existing, &desired)).then_some((id, ChangeKind::Update)),
        });
    Ok(needed.collect())
}

#[async_trait]
impl Step for RefreshSchedules {
    fn name(&self) -> &'static str {
        "refresh_schedules"
    }

    fn title(&self) -> &'static str {
        "Refresh schedules"
    }

    async fn plan(
        &self,
        deployment: &Deployment,
        _earlier: &[StepPlan],
    ) -> Result<Planned, StepError> {
        if let Some(skipped) = skip_without_quicksight(deployment) {
            return Ok(skipped);
        }
        let settings = deployment.settings();
        let planned = changes(deployment).await?.into_iter().map(|(id, kind)| {
            let when = format!(
                "every day at {} {}",
                settings.refresh_at, settings.time_zone
            );
            Change::new(kind, format!("refresh schedule of dataset `{id}`")).detail(when)
        });
        Ok(Planned::changes(planned.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        for (id, kind) in changes(deployment).await? {
            progress.doing(&id);
            apply_schedule(deployment, &id, kind).await?;
        }
        Ok(Applied::default())
    }
}

async fn apply_schedule(
    deployment: &Deployment,
    data_set: &str,
    kind: ChangeKind,
) -> Result<(), AwsError> {
    let aws = &deployment.aws;
    let client = &aws.clients().quicksight;
    if kind == ChangeKind::Create {
        let request = client.create_refresh_schedule();
        let request = request.aws_account_id(aws.account()).data_set_id(data_set);
        let sent = request.set_schedule(desired(deployment)).send().await;
        sent.context(aws, "quicksight:CreateRefreshSchedule", title(data_set))?;
    } else {
        let request = client.update_refresh_schedule();
        let request = request.aws_account_id(aws.account()).data_set_id(data_set);
        let sent = request.set_schedule(desired(deployment)).send().await;
        sent.context(aws, "quicksight:UpdateRefreshSchedule", title(data_set))?;
    }
    Ok(())
}
