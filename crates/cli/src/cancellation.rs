//! SIGINT and SIGTERM: an interruption of most commands, the usual end of `serve`. The second signal ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::watch;

use crate::command_error::{CommandError, note};
use crate::exit::Exit;

/// After an interruption, the process ends after this time at the latest: a statement may never pause.
const GRACE: Duration = Duration::from_secs(5);

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

/// Cancels the token at the first signal, and ends the process at the second. Signals are caught when this returns, on a
/// thread of their own: the threads of the command may be busy.
pub(crate) fn watch_signals(cancellation: Arc<CancellationToken>) {
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else {
            // Signals that cannot be caught end the program on their own.
            return;
        };
        runtime.block_on(async {
            let mut signals = Signals::listen();
            // The receiver waits.
            ready.send(()).unwrap_or_default();
            signals.next().await;
            cancellation.cancel();
            if cancellation.is_expected() {
                signals.next().await;
            } else if tokio::time::timeout(GRACE, signals.next()).await.is_err() {
                CommandError::interrupted().print();
                end_process();
            }
            note("error: ended by the second signal");
            end_process();
        });
    });
    // An error means that signals cannot be caught.
    is_ready.recv().unwrap_or_default();
}

fn end_process() -> ! {
    std::process::exit(Exit::Interrupted.code().into())
}

/// The signals of the operating system, caught from the moment this exists.
#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) {
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
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // No signals on this system: wait for the command alone.
            std::future::pending::<()>().await;
        }
    }
}
