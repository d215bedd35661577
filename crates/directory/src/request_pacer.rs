//! The rate of the requests of one operation.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces the requests of one operation evenly, in the order in which they wait.
#[derive(Debug)]
pub(crate) struct RequestPacer {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl RequestPacer {
    /// A rate of 0 counts as 1.
    pub(crate) fn new(max_requests_per_second: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / max_requests_per_second.max(1),
            next: Mutex::default(),
        }
    }

    /// Waits until the next request may be sent.
    pub(crate) async fn wait(&self) {
        let now = Instant::now();
        let time = self.reserve(now);
        if time > now {
            sleep_until(time).await;
        }
    }

    /// Reserves the earliest free time.
    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let time = next.map_or(now, |next| next.max(now));
        *next = Some(time + self.interval);
        time
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::RequestPacer;

    #[test]
    fn requests_are_spaced_by_the_rate_without_catching_up() {
        let pacer = RequestPacer::new(10);
        let start = Instant::now();
        let mut times = Vec::new();
        for now in [0, 0, 50, 1000, 1000, 1150] {
            let time = pacer.reserve(start + Duration::from_millis(now));
            times.push((time - start).as_millis());
        }
        assert_eq!(times, [0, 100, 200, 1000, 1100, 1200]);
    }

    #[test]
    fn a_rate_of_zero_is_one_request_per_second() {
        assert_eq!(RequestPacer::new(0).interval, Duration::from_secs(1));
    }
}
