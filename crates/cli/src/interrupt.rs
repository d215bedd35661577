//! Ctrl-C, and the polite request to end: of most commands an interruption, of a page that is served the usual end.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Whether somebody wants the program to end, and what that means at the moment.
#[derive(Debug, Default)]
pub(crate) struct Interrupt {
    came: watch::Sender<bool>,
    is_expected: AtomicBool,
}

impl Interrupt {
    /// From now on a signal is how the command ends, and no failure.
    pub(crate) fn expect(&self) {
        self.is_expected.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_expected(&self) -> bool {
        self.is_expected.load(Ordering::SeqCst)
    }

    pub(crate) fn announce(&self) {
        self.came.send_replace(true);
    }

    /// Waits until somebody wants the program to end.
    pub(crate) async fn came(&self) {
        // The sender lives as long as `self`.
        drop(self.came.subscribe().wait_for(|came| *came).await);
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
