//! The write port: what a run asks of AWS.

use std::collections::BTreeMap;
use std::future::Future;

use crate::api_error::ApiError;
use crate::execute::dependency::{Dependency, Standing};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Status, Tags};
use crate::plan::{CreateRequest, Tag, UpdateRequest};
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

/// The quota that counts every notebook instance of an account in a region, "Total number of notebook instances"
/// (aws-cloudformation/rain, `forecast/sagemaker.go`).
pub const TOTAL_QUOTA: &str = "L-04CE2E67";

/// AWS's id of a request that it accepted, where it gave one.
pub type Accepted = Option<String>;

/// A lifecycle configuration that a run makes to move files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigRequest {
    /// Its name.
    pub name: String,
    /// The script that runs when an instance with it starts, in base64.
    pub on_start: String,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// What is changed about an instance so that its files can be moved, and after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The instance.
    pub instance: InstanceName,
    /// The lifecycle configuration that it is to have; `None` for none.
    pub lifecycle_config: Option<String>,
    /// The platform that it is updated to; `None` for the one that it is on.
    pub platform: Option<String>,
    /// The default code repository that it is given; `None` leaves it alone.
    pub default_code_repository: Option<String>,
    /// The other code repositories that it is given; none leaves them alone.
    pub additional_code_repositories: Vec<String>,
}

/// What a run asks of AWS.
///
/// The reads are retried inside where that is safe; an error of theirs is final. The mutating
/// calls are sent exactly once: whether to send one again is the driver's decision, after looking.
pub trait Cloud: Sync {
    /// One instance; `None` when it does not exist.
    fn describe(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<Option<Description>, ApiError>> + Send;

    /// All tags of one instance.
    fn tags(&self, region: &Region, arn: &Arn) -> impl Future<Output = Result<Tags, ApiError>> + Send;

    /// The status of every instance of a region, as lists of the largest size say.
    fn statuses(&self, region: &Region) -> impl Future<Output = Result<Listing, ApiError>> + Send;

    /// How many notebook instances the account may have in the region ([`TOTAL_QUOTA`]); `None` when there is nobody who
    /// could tell.
    fn quota(&self, region: &Region) -> impl Future<Output = Result<Option<u32>, ApiError>> + Send;

    /// What else than instances a create or a start depends on, as it is now.
    fn standing(
        &self,
        region: &Region,
        dependency: &Dependency,
    ) -> impl Future<Output = Result<Standing, ApiError>> + Send;

    /// StopNotebookInstance.
    fn stop(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// StartNotebookInstance.
    fn start(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// CreateNotebookInstance with the request's own tags and `provenance`.
    fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        provenance: &[Tag],
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// UpdateNotebookInstance.
    fn update(
        &self,
        region: &Region,
        request: &UpdateRequest,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// UpdateNotebookInstance, of what has to do with moving files.
    fn attach(
        &self,
        region: &Region,
        request: &Attachment,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// CreateNotebookInstanceLifecycleConfig.
    fn create_config(
        &self,
        region: &Region,
        request: &ConfigRequest,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// DeleteNotebookInstanceLifecycleConfig. That there is none is an error ([`crate::api_error::ApiErrorKind::NotFound`]).
    fn delete_config(
        &self,
        region: &Region,
        name: &str,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;

    /// How far the worker of an attempt is, as the bucket shows.
    fn attempt(
        &self,
        job: &LookFor,
        name: AttemptName,
    ) -> impl Future<Output = Result<AttemptSeen, ApiError>> + Send;

    /// DeleteNotebookInstance. The volume goes with it.
    fn delete(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<Accepted, ApiError>> + Send;
}

/// The statuses of a region's instances, as one list says. Lists are not taken at one moment: one that others come
/// into and go out of meanwhile may miss an instance or show it twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// By name in lower case: SageMaker lower-cases some names that it answers (amazon-sagemaker-examples#1798).
    statuses: BTreeMap<String, Status>,
    pages: usize,
}

impl Listing {
    /// A list that came on so many pages.
    pub fn new(pages: usize, entries: impl IntoIterator<Item = (InstanceName, Status)>) -> Self {
        let lower = |(name, status): (InstanceName, Status)| (name.as_str().to_ascii_lowercase(), status);
        Self { statuses: entries.into_iter().map(lower).collect(), pages }
    }

    /// The status of an instance; `None` when the list does not show it.
    pub fn status(&self, name: &InstanceName) -> Option<&Status> {
        self.statuses.get(&name.as_str().to_ascii_lowercase())
    }

    /// How many calls the list took.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// How many instances it shows.
    pub fn instances(&self) -> usize {
        self.statuses.len()
    }
}
