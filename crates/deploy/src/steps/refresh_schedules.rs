//! When the datasets are refreshed by themselves: once a day, after the nightly run.

use async_trait::async_trait;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::quicksight::{needed_data_sets, unwanted};
use crate::aws::{AwsError, Fields, Method};
use crate::progress::Progress;
use crate::step::{Applied, Change, ChangeKind, Deployment, Planned, Step, StepError, StepPlan};

/// The id of our schedule; others are left alone.
const ID: &str = "daily";
/// So many datasets are looked at at once.
const AT_ONCE: usize = 5;

/// Makes the schedules.
pub(crate) struct RefreshSchedules;

fn wanted(deployment: &Deployment) -> Value {
    let settings = deployment.settings();
    json!({
        "ScheduleId": ID,
        "ScheduleFrequency": {
            "Interval": "DAILY",
            "TimeOfTheDay": settings.refresh_at,
            "Timezone": settings.time_zone,
        },
        "RefreshType": "FULL_REFRESH",
    })
}

/// Our schedule of a dataset, none if it has none.
async fn found(deployment: &Deployment, id: &str) -> Result<Option<Value>, AwsError> {
    let path = ["data-sets", id, "refresh-schedules"];
    let call = deployment
        .aws
        .quicksight("ListRefreshSchedules", Method::Get, &path)
        .on(format!("dataset `{id}`"));
    let schedules = call.find().await?.unwrap_or_default();
    let ours = schedules
        .items("RefreshSchedules")
        .iter()
        .find(|schedule| schedule.text("ScheduleId") == ID);
    Ok(ours.cloned())
}

/// What would be done for each dataset that has something to be done.
async fn changes(deployment: &Deployment) -> Result<Vec<(String, ChangeKind)>, StepError> {
    let ids: Vec<String> = needed_data_sets(deployment)?
        .into_iter()
        .map(|found| found.id)
        .collect();
    let looking = ids
        .iter()
        .map(|id| found(deployment, id))
        .collect::<Vec<_>>();
    let schedules: Vec<Option<Value>> = stream::iter(looking)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let wanted = wanted(deployment);
    let needed = ids
        .into_iter()
        .zip(schedules)
        .filter_map(|(id, found)| match found {
            None => Some((id, ChangeKind::Create)),
            Some(found) => {
                let differs = ["ScheduleFrequency", "RefreshType"].iter().any(|name| {
                    let (is, shall) = (found.field(name), wanted.field(name));
                    match (is.as_object(), shall.as_object()) {
                        // The service may add members of its own.
                        (Some(_), Some(shall)) => {
                            shall.iter().any(|(key, value)| is.field(key) != value)
                        }
                        _ => is != shall,
                    }
                });
                differs.then_some((id, ChangeKind::Update))
            }
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
        if let Some(unwanted) = unwanted(deployment) {
            return Ok(unwanted);
        }
        let settings = deployment.settings();
        let told = changes(deployment).await?.into_iter().map(|(id, kind)| {
            let when = format!(
                "every day at {} {}",
                settings.refresh_at, settings.time_zone
            );
            Change::new(kind, format!("refresh schedule of dataset `{id}`")).detail(when)
        });
        Ok(Planned::changes(told.collect()))
    }

    async fn apply(
        &self,
        deployment: &Deployment,
        _plan: &StepPlan,
        progress: &dyn Progress,
    ) -> Result<Applied, StepError> {
        for (id, kind) in changes(deployment).await? {
            progress.doing(&id);
            let path = ["data-sets", id.as_str(), "refresh-schedules"];
            let (operation, method) = if kind == ChangeKind::Create {
                ("CreateRefreshSchedule", Method::Post)
            } else {
                ("UpdateRefreshSchedule", Method::Put)
            };
            deployment
                .aws
                .quicksight(operation, method, &path)
                .on(format!("dataset `{id}`"))
                .body(json!({"Schedule": wanted(deployment)}))
                .send()
                .await?;
        }
        Ok(Applied::default())
    }
}
