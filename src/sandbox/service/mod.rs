//! The services, one folder or file each: what a call answers, and what it changes.

mod ec2;
mod members;
mod organizations;
mod page;
mod query;
mod quotas;
mod sagemaker;
mod sts;
mod tagging;
mod xml;

use jiff::Timestamp;

use crate::ids::{AccountId, Region};
use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::fault::Fault;
use crate::sandbox::request::{Request, Service};
use crate::sandbox::trouble;
use crate::sandbox::world::{Pace, Site, World};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    /// As in GetCallerIdentity.
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// One call, and the world that it is made in.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) caller: &'a Caller,
    pub(crate) request: &'a Request,
    pub(crate) region: Region,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'a str,
    /// A fault that is for the service to make: of the world, not of the wire.
    pub(crate) fate: Option<&'a Fault>,
}

impl Call<'_> {
    /// The caller's account in the region of the call, up to date.
    pub(crate) fn site(&mut self) -> Result<(&mut Site, Pace<'_>), AwsError> {
        let unknown = trouble::unknown_credentials(self.request.service);
        self.world.site(&self.caller.account, &self.region, self.now).ok_or(unknown)
    }
}

/// Makes a call. Only this changes the world, apart from time.
pub(crate) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    match call.request.service {
        Service::SageMaker => sagemaker::answer(call),
        Service::Ec2 => ec2::answer(call),
        Service::Sts => sts::answer(call),
        Service::Tagging => tagging::answer(call),
        Service::Quotas => quotas::answer(call),
        Service::Organizations => organizations::answer(call),
        service @ (Service::S3 | Service::Other | Service::OtherJson) => {
            Err(trouble::unknown_operation(service, &call.request.operation))
        }
    }
}
