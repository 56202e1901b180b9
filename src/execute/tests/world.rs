//! A small AWS for the executor's tests: instances whose statuses settle after a number of looks, faults on
//! chosen calls, and a log of what was asked.

mod calls;
mod files;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clock::after;
use crate::execute::{Dependency, Standing, Stop};
use crate::fixtures::{self, region};
use crate::ids::{InstanceName, Region};
use crate::inventory::{Description, Instance, Status, Tags};
use crate::journal::RunEnd;

pub(super) use files::WorkerTrouble;

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trouble {
    /// AWS refuses it.
    Refused(ApiErrorKind),
    /// It has its effect, but the reply is lost.
    ReplyLost,
    /// It has its effect, but the reply is lost, and AWS does not show what it made for so many looks.
    ReplyLostAndHidden(u32),
    /// It is lost on the way.
    RequestLost,
    /// It is accepted, and the instance ends in `Failed` with this reason.
    Fails(&'static str),
    /// It is accepted, and never comes to an end.
    Sticks,
    /// It is accepted, and somebody deletes what it makes before anybody has seen it.
    Vanishes,
    /// It is accepted, and somebody stops what it makes before anybody has seen it run.
    ComesToRest,
    /// It is accepted, and what it makes is not what was asked for.
    Makes(fn(&mut Description)),
    /// It is accepted, and from then on this instance cannot be read.
    Blinds(&'static str),
    /// It is refused, because there may be no more instances.
    QuotaReached,
    /// It is accepted, and somebody changes this instance.
    Alters(&'static str, fn(&mut Description)),
    /// It is accepted, and from then on this region does not know the caller.
    Refuses(&'static str),
    /// It is refused, and somebody makes this instance anew.
    Usurped(&'static str),
    /// It is accepted, and somebody starts this instance.
    Starts(&'static str),
}

#[derive(Debug, Clone)]
struct Fake {
    description: Description,
    tags: Tags,
    /// How many looks it takes until the status is this one (`None`: gone).
    settles: Option<(u32, Option<Status>)>,
    /// For how many looks it does not show.
    hidden: u32,
}

#[derive(Default)]
struct Inner {
    instances: BTreeMap<InstanceName, Fake>,
    mutations: Vec<String>,
    calls: u32,
    troubles: VecDeque<(&'static str, Trouble)>,
    stop_at_call: Option<(u32, Stop)>,
    hides: Vec<&'static str>,
    /// Reads of this instance are denied.
    denied: Option<&'static str>,
    /// This region answers every call like that.
    refusing: Option<(Region, ApiErrorKind)>,
    /// When AWS says that what is created was created, and last changed.
    created_at: Option<(Timestamp, Timestamp)>,
    /// Whether starts and stops leave the time of the last change as it is.
    is_time_still: bool,
    /// How many instances AWS says that there may be; it says nothing where there is none.
    quota: Option<u32>,
    /// What else items depend on, where it is not as it should be; `None` where that cannot be read.
    standings: BTreeMap<Dependency, Option<Standing>>,
    /// What was asked about.
    asked: Vec<Dependency>,
    /// Mutations that were sent after the run was asked to stop.
    late: u32,
    files: files::Files,
}

/// The world.
#[derive(Default)]
pub(super) struct World {
    inner: Mutex<Inner>,
}

/// Looks until a status settles.
const LOOKS: u32 = 2;

impl World {
    pub(super) fn of(instances: &[Instance]) -> Self {
        let world = Self::default();
        for one in instances {
            world.put(one.description.clone().unwrap(), one.tags.clone().unwrap());
        }
        world
    }

    pub(super) fn put(&self, description: Description, tags: Tags) {
        let name = description.notebook_instance_name.clone();
        self.inner
            .lock()
            .unwrap()
            .instances
            .insert(name, Fake { description, tags, settles: None, hidden: 0 });
    }

    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut Description, &mut Tags)) {
        let mut inner = self.inner.lock().unwrap();
        let fake = inner.instances.get_mut(&fixtures::name(name)).unwrap();
        change(&mut fake.description, &mut fake.tags);
    }

    /// The next call of that operation meets this trouble: `stop`, or `stop a` where others may be stopped before it.
    pub(super) fn trouble(&self, operation: &'static str, trouble: Trouble) {
        self.inner.lock().unwrap().troubles.push_back((operation, trouble));
    }

    /// This member is never reported.
    pub(super) fn hide(&self, member: &'static str) {
        self.inner.lock().unwrap().hides.push(member);
    }

    /// From now on this instance cannot be read; `None` lets it be read again.
    pub(super) fn deny(&self, name: Option<&'static str>) {
        self.inner.lock().unwrap().denied = name;
    }

    /// From now on this region answers every call like that; `None` lets everybody in again.
    pub(super) fn refuse(&self, region: Option<(&str, ApiErrorKind)>) {
        let refusing = region.map(|(region, kind)| (region.parse().unwrap(), kind));
        self.inner.lock().unwrap().refusing = refusing;
    }

    /// What AWS says of what is created from now on: when it was created, and last changed.
    /// From now on starts and stops leave the time of the last change as it is.
    pub(super) fn still_time(&self) {
        self.inner.lock().unwrap().is_time_still = true;
    }

    pub(super) fn created_at(&self, created: Timestamp, changed: Timestamp) {
        self.inner.lock().unwrap().created_at = Some((created, changed));
    }

    /// So many instances there may be, AWS says.
    pub(super) fn allow(&self, quota: u32) {
        self.inner.lock().unwrap().quota = Some(quota);
    }

    /// From now on this is what is told of it; `None` where that cannot be read.
    pub(super) fn tell_of(&self, dependency: Dependency, told: Option<Standing>) {
        self.inner.lock().unwrap().standings.insert(dependency, told);
    }

    /// What items depend on and was asked about.
    pub(super) fn asked(&self) -> Vec<Dependency> {
        self.inner.lock().unwrap().asked.clone()
    }

    /// Mutations that were sent after the run was asked to stop.
    pub(super) fn late(&self) -> u32 {
        self.inner.lock().unwrap().late
    }

    /// Asks the run to stop when it makes its n-th call, counting reads.
    pub(super) fn stop_at(&self, call: u32, stop: Stop) {
        let mut inner = self.inner.lock().unwrap();
        inner.calls = 0;
        inner.stop_at_call = Some((call, stop));
    }

    pub(super) fn mutations(&self) -> Vec<String> {
        self.inner.lock().unwrap().mutations.clone()
    }

    pub(super) fn calls(&self) -> u32 {
        self.inner.lock().unwrap().calls
    }

    pub(super) fn get(&self, name: &str) -> Option<(Description, Tags)> {
        let inner = self.inner.lock().unwrap();
        inner.instances.get(&fixtures::name(name)).map(|fake| (fake.description.clone(), fake.tags.clone()))
    }

    pub(super) fn status(&self, name: &str) -> Option<String> {
        self.get(name).map(|(description, _)| description.notebook_instance_status.to_string())
    }

    pub(super) fn statuses(&self) -> Vec<(String, String)> {
        let inner = self.inner.lock().unwrap();
        let fakes = inner.instances.iter();
        fakes.map(|(n, f)| (n.to_string(), f.description.notebook_instance_status.to_string())).collect()
    }
}

impl Inner {
    /// One look at an instance: what it is on its way to comes a step nearer.
    fn look(&mut self, name: &InstanceName) {
        let Some(fake) = self.instances.get_mut(name) else { return };
        if fake.hidden > 0 {
            fake.hidden -= 1;
            return;
        }
        match fake.settles.take() {
            None => {}
            Some((0, Some(status))) => fake.description.notebook_instance_status = status,
            Some((0, None)) => drop(self.instances.remove(name)),
            Some((looks, then)) => fake.settles = Some((looks - 1, then)),
        }
    }

    /// What a region answers that lets nobody in.
    fn refusal(&self, operation: &str, region: &Region) -> Option<ApiError> {
        let (_, kind) = self.refusing.as_ref().filter(|(refusing, _)| refusing == region)?;
        let code = Some("Refused".to_owned());
        Some(ApiError { region: region.clone(), code, ..error(operation, *kind) })
    }

    fn count(&mut self) {
        self.calls += 1;
        if let Some((at, stop)) = &self.stop_at_call
            && self.calls >= *at
        {
            stop.request(RunEnd::Interrupted);
        }
    }

    fn shift(
        &mut self,
        name: &InstanceName,
        from: &[Status],
        to: Status,
        then: Option<Status>,
    ) -> Result<(), ApiErrorKind> {
        let fake = self.instances.get_mut(name).ok_or(ApiErrorKind::NotFound)?;
        if !from.contains(&fake.description.notebook_instance_status) {
            return Err(ApiErrorKind::WrongStatus);
        }
        fake.description.notebook_instance_status = to;
        fake.settles = Some((LOOKS, then));
        let modified = &mut fake.description.last_modified_time;
        if !self.is_time_still {
            *modified = modified.map(|time| after(time, Duration::from_secs(60)));
        }
        Ok(())
    }
}

pub(super) fn error(operation: &str, kind: ApiErrorKind) -> ApiError {
    ApiError {
        operation: operation.to_owned(),
        region: region(),
        kind,
        effect: kind.effect(),
        code: None,
        message: "injected".to_owned(),
        request_id: None,
    }
}
