//! SIGINT and SIGTERM: an interruption of most commands, the usual end of `serve`.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Set once by a signal; a command that expects it ends with success.
#[derive(Debug, Default)]
pub(crate) struct CancellationToken {
    is_cancelled: watch::Sender<bool>,
    is_expected: AtomicBool,
}

impl CancellationToken {
    /// Declares that a signal is the usual end of this command.
    pub(crate) fn expect(&self) {
        self.is_expected.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_expected(&self) -> bool {
        self.is_expected.load(Ordering::SeqCst)
    }

    pub(crate) fn cancel(&self) {
        self.is_cancelled.send_replace(true);
    }

    /// Waits for the signal.
    pub(crate) async fn cancelled(&self) {
        // The sender lives as long as `self`.
        drop(self.is_cancelled.subscribe().wait_for(|set| *set).await);
    }
}

/// The signals of the operating system, caught from the moment this exists.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    pub(crate) async fn next(&mut self) {
        async fn of(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                // Signals that cannot be caught end the program on their own.
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = of(&mut self.interrupt) => {}
            () = of(&mut self.terminate) => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn listen() -> Self {
        Self
    }

    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // No signals on this system: wait for the command alone.
            std::future::pending::<()>().await;
        }
    }
}
