//! The sandbox in this process to rehearse in, a session with it, and the clock that both go by.

mod as_if_moved;
pub(super) mod job;
mod mirror;
pub(super) mod pace;
pub(super) mod scenario;
#[cfg(test)]
mod tests;
pub(super) mod trial;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::aws::{Options, Session};
use crate::cli::connect::Connected;
use crate::cli::error::CommandError;
use crate::cli::nonces;
use crate::cli::rehearsal::as_if_moved::AsIfMoved;
use crate::cli::rehearsal::pace::Pace;
use crate::clock::{Clock, JumpingClock, ScaledClock};
use crate::execute::{self, Event, RunReport, Setting, Stop};
use crate::exit::ExitStatus;
use crate::ids::RunId;
use crate::journal::{Journal, Purpose};
use crate::plan::Plan;
use crate::report::wording;
use crate::sandbox::{FaultRule, SECRET_KEY, Sandbox, World};

/// A runtime and the clock that fits it.
pub(super) struct ClockedRuntime {
    runtime: tokio::runtime::Runtime,
    pub(super) clock: Arc<dyn Clock>,
}

impl ClockedRuntime {
    /// A runtime whose clock shows `now`.
    ///
    /// # Errors
    /// When the async runtime cannot be made.
    pub(super) fn at(pace: Pace, now: Timestamp) -> Result<ClockedRuntime, CommandError> {
        let failed = |error| CommandError::bug("failed to start the async runtime").because(&error);
        match pace {
            Pace::Times(speed) => {
                let runtime =
                    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
                Ok(ClockedRuntime { runtime, clock: Arc::new(ScaledClock::starting_at(now, speed)) })
            }
            Pace::Max => {
                let clock = JumpingClock::at(now);
                let hook = clock.clone();
                // One thread for everything, and one for all that blocks: what happens next is then a function of
                // what happened before. Each time that nothing can go on, time does.
                let mut builder = tokio::runtime::Builder::new_current_thread();
                let builder =
                    builder.enable_all().max_blocking_threads(1).on_thread_park(move || hook.jump());
                Ok(ClockedRuntime { runtime: builder.build().map_err(failed)?, clock: Arc::new(clock) })
            }
        }
    }

    /// Does the work to its end.
    pub(super) fn run<F: Future>(self, work: F) -> F::Output {
        let output = self.runtime.block_on(work);
        // A call that a second Ctrl-C left behind must not hold the process.
        self.runtime.shutdown_background();
        output
    }
}

/// The sandbox and a session with it.
pub(super) struct SandboxSession {
    pub(super) sandbox: Sandbox,
    pub(super) connected: Connected,
}

/// What the sandbox of a session is set up with.
pub(super) struct SandboxSetup {
    pub(super) world: World,
    pub(super) faults: Vec<FaultRule>,
    pub(super) unthrottled: bool,
    pub(super) seed: u64,
    pub(super) log: Option<PathBuf>,
    pub(super) requests_per_second: u32,
}

impl SandboxSession {
    /// Starts the sandbox and connects with the credentials of its first account. Nothing of the operator's own
    /// AWS configuration is read, and nothing but loopback is reached.
    pub(super) async fn start(
        setup: SandboxSetup,
        clock: Arc<dyn Clock>,
    ) -> Result<SandboxSession, CommandError> {
        let SandboxSetup { world, faults, unthrottled, seed, log, requests_per_second } = setup;
        let access_key = world.access_key();
        let options = crate::sandbox::Options { port: 0, faults, unthrottled, log, keep_calls: true };
        let sandbox = Sandbox::start(world, clock.clone(), options).await?;
        let options = Options { requests_per_second, seed: Some(seed), ..Options::default() };
        let keys = (access_key.as_str(), SECRET_KEY);
        let session = Session::with_simulator(sandbox.endpoint(), keys, options, clock.clone());
        let identity = session.identity().await.map_err(|error| {
            CommandError::new(ExitStatus::Usage, "the first call of the rehearsal failed")
                .because(&error)
                .hint("a fault that strikes every call leaves nothing to see: add :OPERATION or @PERCENT% to it")
        })?;
        Ok(SandboxSession { sandbox, connected: Connected { session, identity, clock } })
    }

    /// Carries a plan out, with nobody watching.
    async fn carry_out(&self, plan: &Plan, run: RunId, journal: &Journal) -> RunReport {
        let Connected { session, clock, identity: _ } = &self.connected;
        let watcher = |_: &Event| {};
        let cloud = AsIfMoved { cloud: session, clock: &**clock };
        execute::run(Setting {
            plan,
            run,
            purpose: Purpose::Apply,
            caller: None,
            words: wording::WORDS,
            applied: BTreeMap::new(),
            cloud: &cloud,
            journal,
            past: None,
            refused: BTreeMap::new(),
            clock: &**clock,
            watcher: &watcher,
            stop: Stop::default(),
            nonce: &nonces::repeatable,
        })
        .await
    }
}
