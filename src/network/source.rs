//! The read port: what the network facts ask of AWS, and the reading of them.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures_util::future::join_all;

use crate::api_error::ApiError;
use crate::ids::{Region, SecurityGroupId, SubnetId};
use crate::network::{NetworkFacts, Reading, SecurityGroup, Subnet};

/// Reads subnets and security groups. Ids that do not exist are absent from the answer, not an error.
pub trait NetworkSource: Sync {
    /// Those of the subnets that exist.
    fn subnets(
        &self,
        region: &Region,
        ids: &BTreeSet<SubnetId>,
    ) -> impl Future<Output = Result<Vec<Subnet>, ApiError>> + Send;

    /// Those of the security groups that exist.
    fn security_groups(
        &self,
        region: &Region,
        ids: &BTreeSet<SecurityGroupId>,
    ) -> impl Future<Output = Result<Vec<SecurityGroup>, ApiError>> + Send;
}

/// What is asked for in one region.
pub type Wanted = (BTreeSet<SubnetId>, BTreeSet<SecurityGroupId>);

/// Reads the facts of every region at once: two calls a region, however many targets it has.
pub async fn read_facts(source: &impl NetworkSource, wanted: &BTreeMap<Region, Wanted>) -> NetworkFacts {
    let mut facts = NetworkFacts::default();
    let answers = join_all(wanted.iter().map(async |(region, (subnets, groups))| {
        let (found_subnets, found_groups) =
            futures_util::join!(source.subnets(region, subnets), source.security_groups(region, groups));
        (region, readings(subnets, found_subnets, |s| &s.id), readings(groups, found_groups, |g| &g.id))
    }))
    .await;
    for (region, subnets, groups) in answers {
        facts.subnets.extend(subnets.map(|(id, reading)| ((region.clone(), id), reading)));
        facts.security_groups.extend(groups.map(|(id, reading)| ((region.clone(), id), reading)));
    }
    facts
}

fn readings<Id: Ord + Clone, T: Clone>(
    wanted: &BTreeSet<Id>,
    answer: Result<Vec<T>, ApiError>,
    id_of: fn(&T) -> &Id,
) -> impl Iterator<Item = (Id, Reading<T>)> {
    let found: Result<BTreeMap<Id, T>, ApiError> =
        answer.map(|things| things.into_iter().map(|thing| (id_of(&thing).clone(), thing)).collect());
    wanted.iter().map(move |id| {
        let reading = match &found {
            Ok(found) => found.get(id).map_or(Reading::Missing, |thing| Reading::Found(thing.clone())),
            Err(error) => Reading::Unreadable(error.clone()),
        };
        (id.clone(), reading)
    })
}
