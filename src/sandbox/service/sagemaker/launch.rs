//! Launching: what creating and starting an instance have in common.

use crate::sandbox::world::notebook::{Becomes, Status};
use crate::sandbox::world::{Begin, Site};

use super::injected_fault::InjectedFault;

/// How a launch ends for which the subnet has no address. It begins like the reported reason for any network
/// interface that cannot be made (aws/aws-sdk-go#4071 [I]) and ends in EC2's words for this one [INF].
const NO_ADDRESS: &str = "Unable to create or start a notebook instance that can access resources in your VPC. \
                          The specified subnet does not have enough free addresses to satisfy the request.";

/// Makes an instance `Pending`, with its network interface, and lets it become `InService` in time, or `Failed`.
///
/// A launch that fails is accepted first: the caller's permissions for the network interface are found missing
/// only after CreateNotebookInstance has answered (aws/aws-sdk-go#4071 [I]). `obstacle` is why it fails in any case.
pub(super) fn launch(
    site: &mut Site,
    name: &str,
    obstacle: Option<String>,
    fault: InjectedFault<'_>,
    begin: Begin<'_>,
) {
    let in_vpc = site.notebook(name).is_some_and(|one| one.settings.subnet_id.is_some());
    let becomes = if in_vpc && fault.subnet_full() || !site.attach_interface(name, begin.pace) {
        Becomes::Failed(NO_ADDRESS.to_owned())
    } else if let Some(reason) = fault.failure() {
        Becomes::Failed(reason.to_owned())
    } else if let Some(reason) = obstacle {
        Becomes::Failed(reason)
    } else {
        Becomes::Status(Status::InService)
    };
    site.begin(name, (Status::Pending, becomes), begin);
    site.workers.expect_fault(name, fault.of_worker());
}
