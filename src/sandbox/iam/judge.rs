//! What the policies of a caller make of a call.

use crate::ids::Region;
use crate::sandbox::answer::AwsError;
use crate::sandbox::request::{Request, Service};
use crate::sandbox::service::Caller;
use crate::sandbox::trouble::{self, Because, Denial};
use crate::sandbox::world::World;

use super::asked::Demand;
use super::demand::demands;
use super::policy::{Decision, Policy, verdict};

/// What the policies of a caller make of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    Admitted,
    /// The call is refused.
    Refused(AwsError),
    /// The call is accepted, and what it begins fails for this reason.
    FailsLater(String),
}

/// The policies that a caller has; `None` where it may do everything.
pub(super) fn policies_of<'w>(world: &'w World, caller: &Caller) -> Option<&'w [Policy]> {
    let identities = &world.accounts.get(&caller.account)?.identities;
    let role = caller.arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    identities.get(&role.map(str::to_owned)).map(Vec::as_slice)
}

/// Judges a call of any service but S3.
pub(crate) fn judge(world: &World, caller: &Caller, request: &Request, region: &Region) -> Judgement {
    let Some(policies) = policies_of(world, caller) else { return Judgement::Admitted };
    let mut later = None;
    for demand in demands(world, caller, request, region) {
        let Some(denial) = refused(policies, caller, &demand) else { continue };
        if !demand.later {
            return Judgement::Refused(trouble::denied(request.service, &denial));
        }
        later = later.or_else(|| Some(reason(&denial)));
    }
    later.map_or(Judgement::Admitted, Judgement::FailsLater)
}

/// Why a demand is not met, if it is not: it must be allowed on each of its resources.
pub(super) fn refused(policies: &[Policy], caller: &Caller, demand: &Demand) -> Option<Denial> {
    let denial = |resource: &String, because: Because| Denial {
        caller: caller.arn.clone(),
        action: demand.action.clone(),
        resource: resource.clone(),
        because,
    };
    demand.resources.iter().find_map(|resource| {
        match verdict(policies, (&demand.action, resource), &demand.facts) {
            Decision::Allowed => None,
            Decision::NotAllowed => Some(denial(resource, Because::NotAllowed)),
            Decision::Denied => Some(denial(resource, Because::Denied)),
        }
    })
}

/// What an instance that could not be launched says. AWS's own text names `ec2:CreateNetworkInterface` and goes on with
/// the failure in encoded form (aws/aws-sdk-go#4071 [I]); that it names other permissions is [INF].
fn reason(denial: &Denial) -> String {
    let error = trouble::denied(Service::Ec2, denial);
    format!(
        "Unable to create or start a notebook instance that can access resources in your VPC. Please check if you have \
         {} permission. {}",
        denial.action, error.message
    )
}
