//! The read port: what the network facts ask of AWS, and the reading of them.
//!
//! Two rounds a region. First the subnets and groups that the targets name the zones, and where the
//! instance types are offered: four calls. Then everything
//! of the VPCs that those subnets are in, of all VPCs in one call a kind: seven calls, and two for each VPC, since
//! DescribeVpcAttribute tells one attribute of one VPC. Nothing is ever read for an instance.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures_util::future::join_all;

use crate::api_error::ApiError;
use crate::ids::{Region, SecurityGroupId, SubnetId, VpcId};
use crate::network::{
    Names, NetworkFacts, Offerings, Reading, RegionNetworks, SecurityGroup, Subnet, Survey, Zone,
};

/// Reads networks. Ids that do not exist are absent from the answer, not an error.
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

    /// The zones of a region.
    fn zones(&self, region: &Region) -> impl Future<Output = Result<Vec<Zone>, ApiError>> + Send;

    /// In which zones of a region EC2 lists each of these instance types.
    fn offerings(
        &self,
        region: &Region,
        types: &BTreeSet<String>,
    ) -> impl Future<Output = Result<Offerings, ApiError>> + Send;

    /// Every VPC and subnet of a region, by what people call them.
    fn names(&self, region: &Region) -> impl Future<Output = Result<Names, ApiError>> + Send;

    /// The security groups of the region's load balancers.
    fn load_balancer_groups(
        &self,
        region: &Region,
    ) -> impl Future<Output = Result<BTreeSet<SecurityGroupId>, ApiError>> + Send;

    /// Everything of these VPCs. What cannot be read is an error in its place.
    fn survey(&self, region: &Region, vpcs: &BTreeSet<VpcId>) -> impl Future<Output = Survey> + Send;
}

/// What is asked for in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkIds {
    /// Its subnets.
    pub subnets: BTreeSet<SubnetId>,
    /// Its security groups.
    pub groups: BTreeSet<SecurityGroupId>,
    /// The instance types, by EC2's names, that something of is to be there.
    pub types: BTreeSet<String>,
}

/// Reads the facts of every region at once, however many targets it has.
pub async fn read_facts(source: &impl NetworkSource, wanted: &BTreeMap<Region, NetworkIds>) -> NetworkFacts {
    let mut facts = NetworkFacts::default();
    let answers =
        join_all(wanted.iter().map(async |(region, wanted)| (region, one(source, region, wanted).await)));
    for (region, read) in answers.await {
        facts.subnets.extend(read.subnets.into_iter().map(|(id, one)| ((region.clone(), id), one)));
        facts.security_groups.extend(read.groups.into_iter().map(|(id, one)| ((region.clone(), id), one)));
        facts.zones.extend(read.zones.map(|zones| (region.clone(), zones)));
        facts.offerings.extend(read.offerings.map(|offerings| (region.clone(), offerings)));
        facts.surveys.extend(read.survey.map(|survey| (region.clone(), survey)));
    }
    facts
}

/// Reads every network of a region, for the choice of one, and whose load balancers have which groups.
///
/// # Errors
/// When not even the VPCs can be listed.
pub async fn read_region(source: &impl NetworkSource, region: &Region) -> Result<RegionNetworks, ApiError> {
    let names = source.names(region).await?;
    let vpcs = names.vpcs.keys().cloned().collect();
    let (survey, zones, load_balancers) = futures_util::join!(
        source.survey(region, &vpcs),
        source.zones(region),
        source.load_balancer_groups(region)
    );
    let mut facts = NetworkFacts::default();
    let here = || region.clone();
    let subnets =
        survey.subnets.iter().flatten().map(|one| ((here(), one.id.clone()), Reading::Found(one.clone())));
    facts.subnets.extend(subnets);
    let groups =
        survey.groups.iter().flatten().map(|one| ((here(), one.id.clone()), Reading::Found(one.clone())));
    facts.security_groups.extend(groups);
    facts.zones.insert(here(), zones);
    facts.surveys.insert(here(), survey);
    Ok(RegionNetworks { facts, names, load_balancers })
}

struct Read {
    subnets: Vec<(SubnetId, Reading<Subnet>)>,
    groups: Vec<(SecurityGroupId, Reading<SecurityGroup>)>,
    zones: Option<Result<Vec<Zone>, ApiError>>,
    offerings: Option<Result<Offerings, ApiError>>,
    survey: Option<Survey>,
}

async fn one(
    source: &impl NetworkSource,
    region: &Region,
    NetworkIds { subnets, groups, types }: &NetworkIds,
) -> Read {
    let zones = async { if subnets.is_empty() { None } else { Some(source.zones(region).await) } };
    let offerings =
        async { if types.is_empty() { None } else { Some(source.offerings(region, types).await) } };
    let (found_subnets, found_groups, zones, offerings) = futures_util::join!(
        source.subnets(region, subnets),
        source.security_groups(region, groups),
        zones,
        offerings
    );
    let found = found_subnets.iter().flatten();
    let vpcs: BTreeSet<VpcId> =
        found.filter(|subnet| subnets.contains(&subnet.id)).map(|subnet| subnet.vpc.clone()).collect();
    let survey = if vpcs.is_empty() { None } else { Some(source.survey(region, &vpcs).await) };
    Read {
        subnets: readings(subnets, found_subnets, |subnet| &subnet.id),
        groups: readings(groups, found_groups, |group| &group.id),
        zones,
        offerings,
        survey,
    }
}

fn readings<Id: Ord + Clone, T: Clone>(
    wanted: &BTreeSet<Id>,
    answer: Result<Vec<T>, ApiError>,
    id_of: fn(&T) -> &Id,
) -> Vec<(Id, Reading<T>)> {
    let found: Result<BTreeMap<Id, T>, ApiError> =
        answer.map(|things| things.into_iter().map(|thing| (id_of(&thing).clone(), thing)).collect());
    let reading = |id: &Id| match &found {
        Ok(found) => found.get(id).map_or(Reading::Missing, |thing| Reading::Found(thing.clone())),
        Err(error) => Reading::Unreadable(error.clone()),
    };
    wanted.iter().map(|id| (id.clone(), reading(id))).collect()
}
