//! The read port: what the inventory asks of AWS.

use std::future::Future;

use crate::api_error::ApiError;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Tags};

/// One entry of a list page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The instance's name.
    pub name: InstanceName,
}

/// Reads notebook instances. Implementations retry what is safe to retry; an error is final.
pub trait InstanceSource: Sync {
    /// Every instance of the region, over all pages.
    fn list(&self, region: &Region) -> impl Future<Output = Result<Vec<Summary>, ApiError>> + Send;

    /// One instance; `None` when it does not exist.
    fn describe(
        &self,
        region: &Region,
        name: &InstanceName,
    ) -> impl Future<Output = Result<Option<Description>, ApiError>> + Send;

    /// All tags of one instance.
    fn tags(&self, region: &Region, arn: &Arn) -> impl Future<Output = Result<Tags, ApiError>> + Send;
}
