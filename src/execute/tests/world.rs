//! A small AWS for the executor's tests: instances whose statuses settle after a number of looks, faults on
//! chosen calls, and a log of what was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::execute::{Accepted, Cloud, Dependency, Listing, Standing, Stop};
use crate::fixtures::{self, region};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Instance, Status, Tags};
use crate::journal::RunEnd;
use crate::plan::{CreateRequest, Tag, UpdateRequest};

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
    /// How many instances AWS says that there may be; it says nothing where there is none.
    quota: Option<u32>,
    /// What else items depend on, where it is not as it should be; `None` where that cannot be read.
    standings: BTreeMap<Dependency, Option<Standing>>,
    /// What was asked about.
    asked: Vec<Dependency>,
    /// Mutations that were sent after the run was asked to stop.
    late: u32,
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

    fn mutate(
        &self,
        operation: &'static str,
        name: &InstanceName,
        effect: impl FnOnce(&mut Inner) -> Result<(), ApiErrorKind>,
    ) -> Result<Accepted, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        if inner.stop_at_call.as_ref().is_some_and(|(_, stop)| stop.requested().is_some()) {
            inner.late += 1;
        }
        inner.count();
        inner.mutations.push(format!("{operation} {name}"));
        let trouble = match inner.troubles.front() {
            Some((of, _)) if *of == operation || *of == format!("{operation} {name}") => {
                inner.troubles.pop_front().map(|(_, trouble)| trouble)
            }
            Some(_) | None => None,
        };
        let failed = |kind| Err(error(operation, kind));
        match trouble {
            Some(Trouble::Refused(kind)) => return failed(kind),
            Some(Trouble::QuotaReached) => {
                let refused = error(operation, ApiErrorKind::TotalQuotaExceeded);
                let message = "The account-level service limit 'Total number of notebook instances' is 2";
                return Err(ApiError { message: message.to_owned(), ..refused });
            }
            Some(Trouble::Alters(other, alter)) => {
                alter(&mut inner.instances.get_mut(&fixtures::name(other)).unwrap().description);
            }
            Some(Trouble::RequestLost) => return failed(ApiErrorKind::NoAnswer),
            Some(Trouble::Usurped(other)) => {
                let anew = inner.instances.get_mut(&fixtures::name(other)).unwrap();
                anew.description.creation_time = Some("2026-11-22T10:59:00Z".parse().unwrap());
                return failed(ApiErrorKind::AccessDenied);
            }
            Some(Trouble::Blinds(other)) => inner.denied = Some(other),
            Some(Trouble::Refuses(region)) => {
                inner.refusing = Some((region.parse().unwrap(), ApiErrorKind::Credentials));
            }
            Some(Trouble::Starts(other)) => {
                let started = inner.instances.get_mut(&fixtures::name(other)).unwrap();
                started.description.notebook_instance_status = Status::InService;
            }
            Some(
                Trouble::ReplyLost
                | Trouble::ReplyLostAndHidden(_)
                | Trouble::Fails(_)
                | Trouble::Sticks
                | Trouble::Vanishes
                | Trouble::ComesToRest
                | Trouble::Makes(_),
            )
            | None => {}
        }
        if let Err(kind) = effect(&mut inner) {
            return failed(kind);
        }
        if matches!(trouble, Some(Trouble::Vanishes)) {
            inner.instances.remove(name);
        }
        if let (Some(fake), Some(trouble)) = (inner.instances.get_mut(name), trouble) {
            fake.suffer(trouble);
        }
        if matches!(trouble, Some(Trouble::ReplyLost | Trouble::ReplyLostAndHidden(_))) {
            failed(ApiErrorKind::NoAnswer)
        } else {
            Ok(None)
        }
    }
}

impl Fake {
    /// What the trouble of the call that was accepted makes of the instance that it is about.
    fn suffer(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::Fails(reason) => {
                self.settles = Some((LOOKS, Some(Status::Failed)));
                self.description.failure_reason = Some(reason.to_owned());
            }
            Trouble::Sticks => self.settles = None,
            Trouble::ComesToRest => self.settles = Some((LOOKS, Some(Status::Stopped))),
            Trouble::Makes(alter) => alter(&mut self.description),
            Trouble::ReplyLostAndHidden(looks) => self.hidden = looks,
            Trouble::ReplyLost
            | Trouble::Vanishes
            | Trouble::Refused(_)
            | Trouble::QuotaReached
            | Trouble::Alters(..)
            | Trouble::RequestLost
            | Trouble::Blinds(_)
            | Trouble::Usurped(_)
            | Trouble::Refuses(_)
            | Trouble::Starts(_) => {}
        }
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

impl Cloud for World {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        if let Some(refusal) = inner.refusal("DescribeNotebookInstance", region) {
            return Err(refusal);
        }
        if inner.denied.is_some_and(|denied| denied == name.as_str()) {
            return Err(error("DescribeNotebookInstance", ApiErrorKind::AccessDenied));
        }
        inner.look(name);
        let Some(fake) = inner.instances.get(name).filter(|fake| fake.hidden == 0) else { return Ok(None) };
        let mut description = fake.description.clone();
        if inner.hides.contains(&"PlatformIdentifier") {
            description.platform_identifier = None;
        }
        Ok(Some(description))
    }

    async fn tags(&self, _: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        let mut fakes = inner.instances.values();
        let found = fakes.find(|fake| fake.description.notebook_instance_arn.same(arn));
        found.map(|fake| fake.tags.clone()).ok_or_else(|| error("ListTags", ApiErrorKind::NotFound))
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        if let Some(refusal) = inner.refusal("ListNotebookInstances", region) {
            return Err(refusal);
        }
        let names: Vec<InstanceName> = inner.instances.keys().cloned().collect();
        names.iter().for_each(|name| inner.look(name));
        let fakes = inner.instances.iter().filter(|(_, fake)| fake.hidden == 0);
        let entries =
            fakes.map(|(name, fake)| (name.clone(), fake.description.notebook_instance_status.clone()));
        Ok(Listing::new(1, entries))
    }

    async fn quota(&self, _: &Region) -> Result<Option<u32>, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        let denied = || error("GetServiceQuota", ApiErrorKind::AccessDenied);
        inner.quota.map(Some).ok_or_else(denied)
    }

    async fn standing(&self, _: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        inner.asked.push(dependency.clone());
        match inner.standings.get(dependency) {
            Some(told) => told.clone().ok_or_else(|| error("Read", ApiErrorKind::AccessDenied)),
            None => Ok(fixtures::usable(dependency)),
        }
    }

    async fn stop(&self, _: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.mutate("stop", name, |inner| {
            inner.shift(name, &[Status::InService], Status::Stopping, Some(Status::Stopped))
        })
    }

    async fn start(&self, _: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.mutate("start", name, |inner| {
            inner.shift(name, &[Status::Stopped, Status::Failed], Status::Pending, Some(Status::InService))
        })
    }

    async fn create(
        &self,
        _: &Region,
        request: &CreateRequest,
        provenance: &[Tag],
    ) -> Result<Accepted, ApiError> {
        let name = &request.notebook_instance_name;
        self.mutate("create", name, |inner| {
            if inner.instances.contains_key(name) {
                return Err(ApiErrorKind::AlreadyExists);
            }
            let all = request.tags.iter().chain(provenance);
            let tags = all.map(|tag| (tag.key.clone(), tag.value.clone())).collect();
            let settles = Some((LOOKS, Some(Status::InService)));
            let mut description = created(request);
            if let Some((created, changed)) = inner.created_at {
                (description.creation_time, description.last_modified_time) = (Some(created), Some(changed));
            }
            inner.instances.insert(name.clone(), Fake { description, tags, settles, hidden: 0 });
            Ok(())
        })
    }

    async fn update(&self, _: &Region, request: &UpdateRequest) -> Result<Accepted, ApiError> {
        let name = &request.notebook_instance_name;
        self.mutate("update", name, |inner| {
            inner.shift(name, &[Status::Stopped], Status::Updating, Some(Status::Stopped))?;
            if let Some(fake) = inner.instances.get_mut(name) {
                fake.description = request.applied_to(&fake.description);
            }
            Ok(())
        })
    }

    async fn delete(&self, _: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.mutate("delete", name, |inner| {
            inner.shift(name, &[Status::Stopped, Status::Failed], Status::Deleting, None)
        })
    }
}

fn created(request: &CreateRequest) -> Description {
    let request = request.clone();
    let mut description = fixtures::exposed(request.notebook_instance_name.as_str());
    description.notebook_instance_status = Status::Pending;
    description.creation_time = Some("2026-11-22T11:00:00Z".parse().unwrap());
    description.instance_type = Some(request.instance_type);
    description.subnet_id = Some(request.subnet_id);
    description.security_groups = request.security_group_ids;
    description.direct_internet_access = Some(request.direct_internet_access);
    description.role_arn = Some(request.role_arn);
    description.kms_key_id = request.kms_key_id;
    description.ip_address_type = request.ip_address_type;
    description.notebook_instance_lifecycle_config_name = request.lifecycle_config_name;
    description.volume_size_in_gb = request.volume_size_in_gb;
    description.default_code_repository = request.default_code_repository;
    description.additional_code_repositories = request.additional_code_repositories;
    description.root_access = request.root_access;
    description.platform_identifier = request.platform_identifier;
    description.instance_metadata_service_configuration = request.instance_metadata_service_configuration;
    description
}
