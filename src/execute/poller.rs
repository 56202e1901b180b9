//! One poller a region: it reads the statuses of all instances that items wait for, and wakes those concerned.
//!
//! The SDK's waiters back off to half an hour, give up on the first throttled answer, take any
//! ValidationException for success, and cost a call for each instance. Here a tick costs as many calls as the
//! region's list has pages, or one for each instance waited for where that is less; nothing when nobody waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

use crate::api_error::ApiError;
use crate::clock::Clock;
use crate::execute::cloud::Cloud;
use crate::execute::jitter::about;
use crate::execute::source_stopping::SourceStopping;
use crate::execute::stop::Stop;
use crate::execute::waits::{MAX_FAILED_READS, Watch};
use crate::ids::{InstanceName, Region};
use crate::inventory::Status;

/// Of the interval, so that the pollers of several runs do not fall into step.
const JITTER: (f64, f64) = (0.9, 1.1);

/// How a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The status seems to be another one now: worth looking.
    Changed,
    /// The run is to stop.
    Stopped,
    /// It was waited for as long as it may be.
    TooLong,
    /// The instance cannot be read.
    Unreadable(ApiError),
}

/// The poller of one region. It reads only while [`Poller::run`] is driven.
pub(super) struct Poller<'a, C> {
    cloud: &'a C,
    clock: &'a dyn Clock,
    region: &'a Region,
    interval: Duration,
    /// What its chance is drawn by.
    name: String,
    state: Mutex<PollState>,
    /// Somebody has begun to wait.
    begun: Notify,
    /// Nobody will wait any more.
    closed: Notify,
}

struct PollState {
    /// Who waits, in the order in which they began to.
    waiting: BTreeMap<u64, Waiting>,
    next: u64,
    ticks: u64,
    /// How many pages the last list had.
    pages: usize,
    /// Whether AWS lets us list instances.
    lists: bool,
}

struct Waiting {
    watch: Watch,
    failed_reads: u32,
    news: oneshot::Sender<(News, Option<SourceStopping>)>,
}

/// What a tick found out, by instance.
type Statuses = BTreeMap<InstanceName, Result<Option<Status>, ApiError>>;

impl<'a, C: Cloud> Poller<'a, C> {
    /// A poller that nobody waits for yet.
    pub(super) fn new(
        (cloud, clock): (&'a C, &'a dyn Clock),
        (run, region): (&str, &'a Region),
        interval: Duration,
    ) -> Self {
        let state = PollState { waiting: BTreeMap::new(), next: 0, ticks: 0, pages: 1, lists: true };
        Self {
            cloud,
            clock,
            region,
            interval,
            name: format!("{run} {region}"),
            state: Mutex::new(state),
            begun: Notify::new(),
            closed: Notify::new(),
        }
    }

    /// Waits for news of an instance. What the readings showed of its way down comes with it.
    pub(super) async fn news_of(&self, stop: &Stop, watch: Watch) -> (News, Option<SourceStopping>) {
        let stopping = watch.stopping;
        let (news, arrives) = oneshot::channel();
        {
            let mut state = self.state();
            let number = state.next;
            state.next += 1;
            state.waiting.insert(number, Waiting { watch, failed_reads: 0, news });
        }
        self.begun.notify_one();
        tokio::select! {
            biased;
            () = stop.asked() => (News::Stopped, stopping),
            // It is dropped unsent only with the poller; then there is nothing better than to look.
            news = arrives => news.unwrap_or((News::Changed, stopping)),
        }
    }

    /// Lets [`Poller::run`] end.
    pub(super) fn close(&self) {
        self.closed.notify_one();
    }

    /// Takes in how many pages a list of the region had.
    pub(super) fn learn_pages(&self, pages: usize) {
        self.state().pages = pages.max(1);
    }

    /// Reads for those who wait until it is closed. A call that is under way is not abandoned.
    pub(super) async fn run(&self) {
        loop {
            if !self.somebody_waits() {
                tokio::select! {
                    biased;
                    () = self.closed.notified() => return,
                    () = self.begun.notified() => continue,
                }
            }
            tokio::select! {
                biased;
                () = self.closed.notified() => return,
                () = self.clock.sleep(self.pause()) => {}
            }
            self.tick().await;
        }
    }

    fn pause(&self) -> Duration {
        let mut state = self.state();
        state.ticks += 1;
        about(self.interval, JITTER, (&self.name, state.ticks))
    }

    fn somebody_waits(&self) -> bool {
        let mut state = self.state();
        state.waiting.retain(|_, waiting| !waiting.news.is_closed());
        !state.waiting.is_empty()
    }

    async fn tick(&self) {
        if !self.somebody_waits() {
            return;
        }
        let at = self.clock.now();
        let (names, before, list) = {
            let state = self.state();
            let names: BTreeSet<_> = state.waiting.values().map(|one| one.watch.name.clone()).collect();
            let list = state.lists && names.len() >= state.pages;
            (names, state.next, list)
        };
        let found = if list { self.list(names).await } else { self.describe(names).await };
        self.tell(&found, before, at);
    }

    async fn list(&self, names: BTreeSet<InstanceName>) -> Statuses {
        let error = match self.cloud.statuses(self.region).await {
            Ok(listing) => {
                self.learn_pages(listing.pages());
                let status = |name: InstanceName| {
                    let status = listing.status(&name).cloned();
                    (name, Ok(status))
                };
                return names.into_iter().map(status).collect();
            }
            Err(error) => error,
        };
        if error.kind.is_transient() || error.kind.is_credentials() {
            return names.into_iter().map(|name| (name, Err(error.clone()))).collect();
        }
        // Who may not list may still describe, and one odd entry of a list must not stop the others.
        self.state().lists = false;
        self.describe(names).await
    }

    async fn describe(&self, names: BTreeSet<InstanceName>) -> Statuses {
        let mut found = Statuses::new();
        for name in names {
            let description = self.cloud.describe(self.region, &name).await;
            let status =
                description.map(|found| found.map(|description| description.notebook_instance_status));
            found.insert(name, status);
        }
        found
    }

    /// Wakes those for whom there is news. Who began to wait after the reading did has to wait for the next.
    fn tell(&self, found: &Statuses, before: u64, at: Timestamp) {
        let now = self.clock.now();
        let mut state = self.state();
        let later = state.waiting.split_off(&before);
        let mut still = BTreeMap::new();
        for (number, mut waiting) in std::mem::replace(&mut state.waiting, later) {
            let Some(found) = found.get(&waiting.watch.name) else {
                still.insert(number, waiting);
                continue;
            };
            match waiting.hear(found, (at, now)) {
                // Who no longer listens has no use for it.
                Some(news) => drop(waiting.news.send((news, waiting.watch.stopping))),
                None => drop(still.insert(number, waiting)),
            }
        }
        state.waiting.append(&mut still);
    }

    fn state(&self) -> MutexGuard<'_, PollState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// What was found, in a reading that began at the first moment and ended at the second, means this to who waits.
    fn hear(
        &mut self,
        found: &Result<Option<Status>, ApiError>,
        (at, now): (Timestamp, Timestamp),
    ) -> Option<News> {
        if let (Ok(status), Some(stopping)) = (found, &mut self.watch.stopping) {
            stopping.look(status.as_ref(), (at, now));
        }
        match found {
            Ok(status) if self.watch.is_news(status.as_ref(), at) => return Some(News::Changed),
            Ok(_) => self.failed_reads = 0,
            Err(error) if error.kind.is_transient() && self.failed_reads < MAX_FAILED_READS => {
                self.failed_reads += 1;
            }
            Err(error) => return Some(News::Unreadable(error.clone())),
        }
        (now >= self.watch.until).then_some(News::TooLong)
    }
}
