//! Ctrl-C and SIGTERM: once stops the run in good order, twice ends the program at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::error::CommandError;
use crate::execute::Stop;
use crate::journal::RunEnd;

/// Listens for both signals.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to listen: from now on the signals do not end the process by themselves.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let deaf = |error| CommandError::bug("failed to listen for Ctrl-C").because(&error);
        let interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate()).map_err(deaf)? })
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
