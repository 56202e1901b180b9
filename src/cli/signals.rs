//! Ctrl-C and SIGTERM: once stops the run in good order, twice ends the program at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::execute::Stop;
use crate::journal::RunEnd;

/// Listens for both signals.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to listen: from now on the signals do not end the process by themselves.
    pub(super) fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for either.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Asks the run to stop at the first signal, says so, and returns at the second.
    pub(super) async fn stop_then_leave(mut self, stop: &Stop, say: impl Fn()) {
        self.next().await;
        stop.request(RunEnd::Interrupted);
        say();
        self.next().await;
    }
}
