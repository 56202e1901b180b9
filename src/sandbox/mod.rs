//! An AWS of our own over real HTTP, on loopback and in this process.
//!
//! The real SDK, boto3 and the AWS CLI talk to it: signing, retries, paging and parsing are theirs. Statuses
//! take time, requests are validated, addresses and quotas run out, calls are throttled and logged, and things
//! go wrong when asked to. A scenario, a TOML file, says what there is at the beginning.
//!
//! It shares no code with the program that it is there to test, but for names ([`crate::ids`]), time
//! ([`crate::clock`]) and the reading of TOML ([`crate::diagnostic`]): sharing code would share mistakes.
//!
//! What AWS itself does not document is marked in comments: `[M]` moto 5.2.5, `[I]` public issue reports, `[B]`
//! botocore 1.44.5, `[INF]` inferred.

mod answer;
mod body;
mod chance;
mod core;
mod credentials;
mod fault;
mod iam;
mod instance_types;
mod latency;
mod log;
mod names;
mod platforms;
mod request;
mod s3;
mod scenario;
mod server;
mod service;
#[cfg(test)]
pub(crate) mod testing;
mod throttle;
mod trouble;
mod worker;
mod world;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::clock::Clock;

pub use chance::Seed;
pub use credentials::SECRET_KEY;
pub use fault::{Fault, FaultRule};
pub use iam::InvalidPolicy;
pub use log::{LoggedCall, Served};
pub use scenario::{InvalidFault, Scenario, parse, parse_fault, reference, schema};
#[cfg(test)]
pub(crate) use world::notebook::{Notebook, Settings, Status as NotebookStatus, Switch};
pub use world::{Census, NotDescribed, OutsiderAct, Summary, WorkerFault, World};
#[cfg(test)]
pub(crate) use world::{Deed, KeyState};

use crate::sandbox::core::{Core, State};
use crate::sandbox::fault::Faults;
use crate::sandbox::log::CallLog;
use crate::sandbox::server::Shared;
use crate::sandbox::throttle::{Rates, Throttle};

/// How a sandbox is served.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port on loopback; 0 for any that is free.
    pub port: u16,
    /// What goes wrong, besides what the scenario says.
    pub faults: Vec<FaultRule>,
    /// Answers every call, however many there are.
    pub unthrottled: bool,
    /// Where each call is written, one line of JSON each.
    pub log: Option<PathBuf>,
    /// Keeps every call in memory too: see [`Sandbox::calls`].
    pub keep_calls: bool,
}

/// A running sandbox. It ends when this is dropped, and its objects in S3 with it.
pub struct Sandbox {
    endpoint: String,
    core: Arc<Core>,
    storage: Arc<s3::Storage>,
    server: JoinHandle<()>,
    /// What S3 holds; removed in the end.
    _objects: TempDir,
}

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or may not be used.
    #[error("failed to listen on port {port} of 127.0.0.1")]
    Port {
        /// The port.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The log exists, or cannot be made.
    #[error("failed to make the call log `{}`", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The directory for the objects of S3 cannot be made.
    #[error("failed to make a temporary directory for the objects of S3")]
    Storage(#[source] io::Error),
}

impl Sandbox {
    /// Serves a world. Needs a tokio runtime to live in.
    ///
    /// # Errors
    /// When the port is taken, or the log or the directory of S3 cannot be made.
    pub async fn start(world: World, clock: Arc<dyn Clock>, options: Options) -> Result<Sandbox, StartError> {
        let Options { port, faults, unthrottled, log, keep_calls } = options;
        let throttle = Throttle::new((!unthrottled).then(Rates::default));
        let log = CallLog::new(keep_calls, log.as_deref())
            .map_err(|source| StartError::Log { path: log.unwrap_or_default(), source })?;
        let state = State { world, throttle, faults: Faults::new(faults), log };
        let core = Arc::new(Core::new(clock, state));
        let objects = s3::directory().map_err(StartError::Storage)?;
        let storage = Arc::new(s3::Storage::new(objects.path(), core.clone()).map_err(StartError::Storage)?);
        let listener = server::bind(port).await.map_err(|source| StartError::Port { port, source })?;
        let address = listener.local_addr().map_err(|source| StartError::Port { port, source })?;
        let endpoint = format!("http://{address}");
        let server =
            tokio::spawn(server::serve(listener, Shared { core: core.clone(), storage: storage.clone() }));
        Ok(Sandbox { endpoint, core, storage, server, _objects: objects })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Every call so far, where they are kept.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.core.state().log.calls.clone()
    }

    /// How many calls there were.
    pub fn served(&self) -> Served {
        self.core.state().log.served()
    }

    /// The world as it is now.
    pub fn world(&self) -> World {
        self.storage.let_workers();
        let now = self.core.clock.now();
        let mut state = self.core.state();
        state.world.settle(now);
        state.world.clone()
    }
}

/// What a proof does behind the program's back.
#[cfg(test)]
impl Sandbox {
    /// Looks at the world as it is now, and at the calls from that number on.
    pub(crate) fn witness<T>(&self, first: usize, look: impl FnOnce(&World, &[LoggedCall]) -> T) -> T {
        self.storage.let_workers();
        let now = self.core.clock.now();
        let mut state = self.core.state();
        state.world.settle(now);
        look(&state.world, state.log.calls.get(first..).unwrap_or_default())
    }

    /// Changes the world, unseen.
    pub(crate) fn meddle<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.core.state().world)
    }

    /// How many objects there are in S3.
    pub(crate) fn objects(&self) -> usize {
        self.storage.let_workers();
        self.storage.count()
    }

    /// From now on this goes wrong, and nothing else.
    pub(crate) fn trouble(&self, faults: Vec<FaultRule>) {
        self.core.state().faults = Faults::new(faults);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
