//! Pure: what permissions are tried on in a region: an instance, a subnet with its groups, a key.

use std::collections::BTreeMap;

use crate::ids::{AccountId, Arn, InstanceName, Region, RoleArn, SecurityGroupId, SubnetId};
use crate::plan::{Item, Plan};
use crate::policy::{Policy, Target};

/// No more targets than that are tried for one that is in the region.
const MOST_TARGETS: usize = 5;

/// The instance that reads are tried on: one of the plan, else one that there is, else one that is not there.
pub(crate) fn instance_to_read(
    plan: Option<&Plan>,
    region: &Region,
    listed: Option<(InstanceName, Arn)>,
    caller: (&AccountId, &str),
) -> (Option<InstanceName>, Arn) {
    let planned = items(plan, region)
        .map(|item| (item.id.name.clone(), item.source.description.notebook_instance_arn.clone()));
    match planned.take(1).next().or(listed) {
        Some((name, arn)) => (Some(name), arn),
        None => (None, nobody(caller, region)),
    }
}

/// An instance that is not there.
fn nobody((account, caller): (&AccountId, &str), region: &Region) -> Arn {
    let arn = format!("arn:{}:sagemaker:{region}:{account}:notebook-instance/{NOBODY}", partition(caller));
    arn.parse().expect("made of a partition, a region and an account")
}

/// Where a network interface could be tried in a region: by the plan, else by the targets of the policy, any of which
/// may be in another region.
pub(crate) fn interfaces_to_try(
    plan: Option<&Plan>,
    policy: &Policy,
    region: &Region,
) -> Vec<(SubnetId, Vec<SecurityGroupId>)> {
    let planned = items(plan, region)
        .map(|item| (item.request.subnet_id.clone(), item.request.security_group_ids.clone()));
    let planned: BTreeMap<SubnetId, Vec<SecurityGroupId>> = planned.take(1).collect();
    if !planned.is_empty() || plan.is_some() {
        return planned.into_iter().collect();
    }
    let first =
        |target: &Target| Some((target.subnets.as_ref()?.first()?.clone(), target.security_groups.clone()?));
    policy.targets.iter().filter_map(first).take(MOST_TARGETS).collect()
}

/// The key that is tried in a region: a volume's of the plan.
pub(crate) fn key_to_read(plan: Option<&Plan>, region: &Region) -> Option<String> {
    items(plan, region).filter_map(|item| item.request.kms_key_id.clone()).next()
}

/// The role that is tried in a region: a source's of the plan, else one that is not there. Who may read is told so.
pub(crate) fn role_to_read(
    plan: Option<&Plan>,
    region: &Region,
    (account, caller): (&AccountId, &str),
) -> RoleArn {
    let planned = items(plan, region).filter_map(|item| RoleArn::read(&item.request.role_arn)).next();
    planned.unwrap_or_else(|| {
        let arn = format!("arn:{}:iam::{account}:role/{NOBODY}", partition(caller));
        RoleArn::read(&arn).expect("made of a partition, an account and a name")
    })
}

/// A name that nobody has.
const NOBODY: &str = "remediate-doctor-0";

fn partition(caller: &str) -> &str {
    caller.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("aws")
}

fn items<'a>(plan: Option<&'a Plan>, region: &'a Region) -> impl Iterator<Item = &'a Item> {
    plan.into_iter().flat_map(|plan| &plan.items).filter(move |item| item.id.region == *region)
}
