//! Pure: the workers of a site: when one is at work on an instance, and what it does when. Whether S3 lets it is found out by who
//! carries it out (`s3/worker.rs`).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::sandbox::latency::{Kind, Pace};
use crate::sandbox::worker::launched;

use super::notebook::Notebook;
use super::place::Place;
use super::worker::{AtWork, LaunchId, WorkerAct, WorkerFault, WorkerId, WorkerWord};

/// The workers of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Workers {
    /// What is wrong with the worker that a launch under way starts. By the name of its instance.
    faults: BTreeMap<String, WorkerFault>,
    /// Those at work, by the names of their instances.
    at_work: BTreeMap<String, AtWork>,
    /// What they did, for the storage: taken out by whoever carries it out.
    pub(super) acts: Vec<WorkerAct>,
}

/// How long it takes from an instance being in service to the worker's first word: it has to be unpacked, and to ask for
/// credentials.
const HELLO: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(20));
/// How often it says that it is at work, by `transfer/worker.py`.
const BEAT: Duration = Duration::from_secs(30);

impl Workers {
    /// What is wrong with the worker that the launch of an instance starts, if it starts one.
    pub(crate) fn expect_fault(&mut self, name: &str, fault: Option<WorkerFault>) {
        self.faults.extend(fault.map(|fault| (name.to_owned(), fault)));
    }

    /// Forgets what the last launch of an instance was to have: another change of it has begun.
    pub(super) fn forget_fault(&mut self, name: &str) {
        self.faults.remove(name);
    }

    /// Sets a worker to work on an instance that has come into service, if its OnStart script starts one. Answers when that
    /// says its first word.
    pub(super) fn set_to_work(
        &mut self,
        notebook: &Notebook,
        on_start: Option<&str>,
        at: Timestamp,
        pace: &Pace<'_>,
    ) -> Option<Timestamp> {
        let Notebook { name, changes, volume, .. } = notebook;
        let fault = self.faults.remove(name);
        let job = launched(on_start?)?;
        if fault == Some(WorkerFault::Silent) {
            return None;
        }
        let words = ["worker", pace.account.as_str(), pace.region.as_str(), name, &changes.to_string()];
        let draw = pace.seed.draw(&words);
        let hello = after(at, draw.between(HELLO.0, HELLO.1));
        let size = Duration::from_secs(u64::from(volume.size_in_gb / 10));
        let ends = after(hello, pace.latency.of(Kind::Transfer, name, *changes, pace).saturating_add(size));
        let beats = if draw.in_percent(50) { 1 } else { 2 };
        self.at_work.insert(name.clone(), AtWork { launch: LaunchId::of(notebook), job, fault, ends, beats });
        Some(hello)
    }

    /// Does what the worker on an instance in service does then. Answers what it does next, and when.
    pub(super) fn say(
        &mut self,
        notebook: &Notebook,
        place: Place,
        (word, at): (WorkerWord, Timestamp),
        pace: &Pace<'_>,
    ) -> Option<(Timestamp, WorkerWord)> {
        let Notebook { name, settings, volume, .. } = notebook;
        let launch = LaunchId::of(notebook);
        let worker = self.at_work.get(name).filter(|worker| worker.launch == launch)?;
        let AtWork { job, fault, ends, beats, .. } = worker.clone();
        let (account, region) = (pace.account.clone(), pace.region.clone());
        self.acts.push(WorkerAct {
            worker: WorkerId { account, region, notebook: name.clone(), launch },
            at,
            word,
            job,
            fault,
            role: settings.role_arn.clone(),
            place,
            volume: volume.clone(),
        });
        let dies = fault == Some(WorkerFault::Dies);
        let nth = match word {
            WorkerWord::Hello => 1,
            WorkerWord::Beat(nth) if !dies || nth < beats => nth.saturating_add(1),
            WorkerWord::Beat(_) | WorkerWord::End => {
                self.at_work.remove(name);
                return None;
            }
        };
        let beat = after(at, BEAT);
        Some(if dies || beat < ends { (beat, WorkerWord::Beat(nth)) } else { (ends, WorkerWord::End) })
    }
}
