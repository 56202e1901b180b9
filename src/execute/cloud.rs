//! The write port: the six things that a run asks of AWS.

use std::future::Future;

use crate::api_error::ApiError;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Tags};
use crate::plan::{CreateRequest, Tag};

/// What a run asks of AWS.
///
/// The two reads are retried inside where that is safe; an error of theirs is final. The four mutating
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

    /// StopNotebookInstance.
    fn stop(&self, region: &Region, name: &InstanceName)
    -> impl Future<Output = Result<(), ApiError>> + Send;

    /// StartNotebookInstance.
    fn start(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// CreateNotebookInstance with the request's own tags and `provenance`.
    fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        provenance: &[Tag],
    ) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// DeleteNotebookInstance. The volume goes with it.
    fn delete(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
