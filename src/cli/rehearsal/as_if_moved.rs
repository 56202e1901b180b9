//! A cloud in which every export that a plan waits for is there: nobody moves files in a rehearsal, and what it shows is all the
//! rest.

use crate::api_error::ApiError;
use crate::clock::Clock;
use crate::execute::{
    Accepted, Attachment, Cloud, ConfigRequest, Dependency, Listing, MoveStanding, Standing,
};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Tags};
use crate::plan::{CreateRequest, Tag, UpdateRequest};
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

/// The same cloud, but for what was moved by hand.
pub(super) struct AsIfMoved<'a, C> {
    pub(super) cloud: &'a C,
    pub(super) clock: &'a dyn Clock,
}

impl<C: Cloud> Cloud for AsIfMoved<'_, C> {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        self.cloud.describe(region, name).await
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        self.cloud.tags(region, arn).await
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        self.cloud.statuses(region).await
    }

    async fn quota(&self, region: &Region) -> Result<Option<u32>, ApiError> {
        self.cloud.quota(region).await
    }

    async fn standing(&self, region: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        match dependency {
            Dependency::Export(_) | Dependency::Import(_) => {
                Ok(Standing::Moved(MoveStanding::Proven { at: Some(self.clock.now()) }))
            }
            Dependency::Key(_) | Dependency::Subnet(_) | Dependency::Role(_) | Dependency::Bucket(_) => {
                self.cloud.standing(region, dependency).await
            }
        }
    }

    async fn stop(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.stop(region, name).await
    }

    async fn start(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.start(region, name).await
    }

    async fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        tags: &[Tag],
    ) -> Result<Accepted, ApiError> {
        self.cloud.create(region, request, tags).await
    }

    async fn update(&self, region: &Region, request: &UpdateRequest) -> Result<Accepted, ApiError> {
        self.cloud.update(region, request).await
    }

    async fn attach(&self, region: &Region, request: &Attachment) -> Result<Accepted, ApiError> {
        self.cloud.attach(region, request).await
    }

    async fn create_config(&self, region: &Region, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        self.cloud.create_config(region, request).await
    }

    async fn delete_config(&self, region: &Region, name: &str) -> Result<Accepted, ApiError> {
        self.cloud.delete_config(region, name).await
    }

    async fn attempt(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        self.cloud.attempt(job, name).await
    }

    async fn delete(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        self.cloud.delete(region, name).await
    }
}
