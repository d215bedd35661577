//! Calls a listener when the data have changed.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use tokio::sync::Mutex;

use crate::dashboard_service::DashboardService;

/// The time until a listener that has failed is called again for the same data.
const RETRY_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Called when all exports that were found are read, after each change of the data, and once on each new day, for what depends on
/// the clock.
pub trait DataListener: Send + Sync {
    /// Returns false to be called again later for the same data.
    fn data_changed<'a>(&'a self, data: &'a DashboardService) -> BoxFuture<'a, bool>;
}

/// Calls a listener once per state of the data and day.
pub(crate) struct DataAnnouncer {
    listener: Arc<dyn DataListener>,
    last: Mutex<Option<Announcement>>,
}

/// The last call.
#[derive(Debug, Clone, Copy)]
struct Announcement {
    version: u64,
    day: NaiveDate,
    /// `None` if the listener has done its work.
    retry_at: Option<DateTime<Utc>>,
}

impl DataAnnouncer {
    pub(crate) fn new(listener: Arc<dyn DataListener>) -> Self {
        Self {
            listener,
            last: Mutex::new(None),
        }
    }

    /// Calls the listener if it was not called for these data, or not on this day.
    pub(crate) async fn announce(&self, data: &DashboardService, now: DateTime<Utc>) {
        let mut last = self.last.lock().await;
        let (version, day) = (data.version(), now.date_naive());
        let is_due = last.is_none_or(|last| {
            let has_changed = last.version != version || last.day != day;
            has_changed || last.retry_at.is_some_and(|retry_at| retry_at <= now)
        });
        if !is_due {
            return;
        }
        let is_done = self.listener.data_changed(data).await;
        *last = Some(Announcement {
            version,
            day,
            retry_at: (!is_done).then_some(now + RETRY_AFTER),
        });
    }
}
