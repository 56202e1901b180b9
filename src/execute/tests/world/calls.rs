//! How the world answers: what a call does to an instance, and what the trouble makes of it that the call meets.

use crate::api_error::{ApiError, ApiErrorKind};
use crate::execute::tests::world::{Fake, Inner, LOOKS, Trouble, World, error};
use crate::execute::{Accepted, Attachment, Cloud, ConfigRequest, Dependency, Listing, Standing};
use crate::fixtures;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Status, Tags};
use crate::plan::{CreateRequest, Tag, UpdateRequest};
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

impl World {
    pub(super) fn mutate(
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

impl Cloud for World {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let mut inner = self.inner.lock().unwrap();
        inner.count();
        if let Some(refusal) = inner.refusal("DescribeNotebookInstance", region) {
            return Err(refusal);
        }
        if inner.is_out() {
            return Err(error("DescribeNotebookInstance", ApiErrorKind::Unavailable));
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

    async fn attach(&self, _: &Region, request: &Attachment) -> Result<Accepted, ApiError> {
        self.attached(request)
    }

    async fn create_config(&self, _: &Region, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        self.config_created(request)
    }

    async fn delete_config(&self, _: &Region, name: &str) -> Result<Accepted, ApiError> {
        self.config_deleted(name)
    }

    async fn attempt(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        self.listened(job, name)
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
