//! `doctor`: which checks there are, what is tried for each, and what the answers mean.

mod connection;
mod permissions;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::access::Actor;
use crate::aws::Session;
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::report::doctor::{CheckState, DoctorCheck, DoctorReport};

/// What an examination is made of.
pub(crate) struct Examination<'a> {
    pub(crate) session: &'a Session,
    /// The endpoint in AWS's stead, if any.
    pub(crate) endpoint: Option<String>,
    pub(crate) regions: Vec<Region>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) policy: &'a Policy,
    pub(crate) plan: Option<&'a Plan>,
}

impl Examination<'_> {
    /// Makes it: about twenty calls a region, none of which changes anything.
    pub(crate) async fn make(&self) -> DoctorReport {
        let (mut checks, identity) = connection::checks(self).await;
        let account: Option<AccountId> = identity.as_ref().map(|identity| identity.account.clone());
        if self.regions.is_empty() {
            let check = DoctorCheck::connection("region", CheckState::Missing, "no region to look at");
            checks.push(check.advice("pass --region us-east-1, or list the regions in a policy"));
        }
        match identity {
            Some(identity) => checks.extend(permissions::checks(self, &identity).await),
            None => checks.extend(permissions::untried(self)),
        }
        DoctorReport::new(account, self.regions.clone(), checks)
    }

    /// Where a network interface could be tried in a region: by the plan, else by the targets of the policy, any of which
    /// may be in another region.
    fn places(&self, region: &Region) -> Vec<(SubnetId, Vec<SecurityGroupId>)> {
        let planned =
            self.plan.into_iter().flat_map(|plan| &plan.items).filter(|item| item.id.region == *region);
        let planned =
            planned.map(|item| (item.request.subnet_id.clone(), item.request.security_group_ids.clone()));
        let planned: BTreeMap<SubnetId, Vec<SecurityGroupId>> = planned.take(1).collect();
        if !planned.is_empty() || self.plan.is_some() {
            return planned.into_iter().collect();
        }
        let first = |target: &crate::policy::Target| {
            Some((target.subnets.first()?.clone(), target.security_groups.clone()))
        };
        self.policy.targets.iter().filter_map(first).take(MOST_TARGETS).collect()
    }

    /// The key that is tried in a region: a volume's of the plan.
    fn key(&self, region: &Region) -> Option<String> {
        let items =
            self.plan.into_iter().flat_map(|plan| &plan.items).filter(|item| item.id.region == *region);
        items.filter_map(|item| item.request.kms_key_id.clone()).next()
    }
}

/// No more targets than that are tried for one that is in the region.
const MOST_TARGETS: usize = 5;
