//! The events of a log group, as they were written.

use chrono::{DateTime, Utc};

use crate::aws::{Aws, AwsError, Context, Optional};

/// Maximum number of pages that are read: a backfill writes a line per export.
const MAX_PAGES: usize = 60;

/// The events of a log group since a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogEvents {
    /// Times and messages, oldest first.
    pub(crate) events: Vec<(DateTime<Utc>, String)>,
    /// True if the log has more events than were read.
    pub(crate) is_cut: bool,
}

impl LogEvents {
    /// Reads the events that match a filter pattern. A log group that does not exist counts as empty.
    pub(crate) async fn read(
        aws: &Aws,
        group: &str,
        since: DateTime<Utc>,
        pattern: Option<&str>,
    ) -> Result<Self, AwsError> {
        // A stack that was never created has no log group.
        if group.is_empty() {
            return Ok(Self::default());
        }
        let call = aws.clients().logs.filter_log_events();
        let mut pages = call
            .log_group_name(group)
            .start_time(since.timestamp_millis())
            .set_filter_pattern(pattern.map(str::to_owned))
            .into_paginator()
            .send();
        let mut log = Self::default();
        for page in 0.. {
            let Some(found) = pages.next().await else {
                break;
            };
            if page == MAX_PAGES {
                log.is_cut = true;
                break;
            }
            let found = found
                .context(aws, "logs:FilterLogEvents", format!("log group `{group}`"))
                .optional()?;
            let Some(found) = found else {
                break;
            };
            let events = found.events.unwrap_or_default().into_iter();
            log.events.extend(events.filter_map(|event| {
                let at = DateTime::from_timestamp_millis(event.timestamp?)?;
                Some((at, event.message.unwrap_or_default().trim().to_owned()))
            }));
        }
        log.events.sort_by_key(|(at, _)| *at);
        Ok(log)
    }
}
