//! A call of a service: who makes it, in which world, and which operation it names.

use jiff::Timestamp;

use crate::ids::{AccountId, Region};
use crate::sandbox::answer::AwsError;
use crate::sandbox::fault::Fault;
use crate::sandbox::latency::Pace;
use crate::sandbox::request::Request;
use crate::sandbox::trouble;
use crate::sandbox::world::{Site, World};

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
    pub(crate) fault: Option<&'a Fault>,
}

impl Call<'_> {
    /// The caller's account in the region of the call, up to date.
    pub(crate) fn site(&mut self) -> Result<(&mut Site, Pace<'_>), AwsError> {
        let unknown = trouble::unknown_credentials(self.request.service);
        self.world.site(&self.caller.account, &self.region, self.now).ok_or(unknown)
    }
}

/// One operation of a service, and what answers it.
pub(super) type Operation<T> = (&'static str, fn(&mut Call<'_>) -> Result<T, AwsError>);

/// Answers with the operation of a service that a call names.
pub(super) fn dispatch<T>(call: &mut Call<'_>, operations: &[Operation<T>]) -> Result<T, AwsError> {
    let named = operations.iter().find(|(name, _)| *name == call.request.operation);
    let (_, answer) =
        named.ok_or_else(|| trouble::unknown_operation(call.request.service, &call.request.operation))?;
    answer(call)
}
