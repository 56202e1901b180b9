//! Readings of EC2 that decide whether a target is safe, and the verdict on it.

mod addresses;
mod candidates;
mod facts;
mod need;
mod reach;
mod source;

use std::collections::BTreeMap;

use crate::ids::{Region, SecurityGroupId, SubnetId};

pub use crate::api_error::Reading;
pub use addresses::{Addresses, Block, NoBlock};
pub use candidates::{
    Candidate, CandidateGroup, CandidateSubnet, Names, Neighbours, Reach, RegionNetworks, Siting, Standing,
    VpcName,
};
pub use facts::{
    Acl, AclEntry, Answer, Destination, Dns, Endpoint, NatGateway, Peer, Route, RouteTable, Rule,
    SecurityGroup, Subnet, Survey, Traffic, Via, Vpc, Zone,
};
pub use need::Need;
#[cfg(test)]
pub(crate) use reach::EVALUATIONS;
pub use reach::{Asked, Check, CheckName, SPARE_ADDRESSES, Verdict, free_addresses, lasting_checks};
pub use source::{NetworkSource, Wanted, read_facts, read_region};

/// What was read of the networks that targets name, by region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkFacts {
    /// The subnets that were asked for.
    pub subnets: BTreeMap<(Region, SubnetId), Reading<Subnet>>,
    /// The security groups that were asked for.
    pub security_groups: BTreeMap<(Region, SecurityGroupId), Reading<SecurityGroup>>,
    /// The zones of each region.
    pub zones: BTreeMap<Region, Answer<Vec<Zone>>>,
    /// Everything of the VPCs of those subnets.
    pub surveys: BTreeMap<Region, Survey>,
}
