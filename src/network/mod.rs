//! Readings of EC2 that decide whether a target is safe, and the verdict on it.

mod addresses;
mod facts;
mod need;
mod reach;
mod source;

use std::collections::BTreeMap;

use crate::api_error::ApiError;
use crate::ids::{Region, SecurityGroupId, SubnetId};

pub use addresses::{Addresses, Block, NoBlock};
pub use facts::{
    Acl, AclEntry, Answer, Destination, Dns, Endpoint, NatGateway, Peer, Route, RouteTable, Rule,
    SecurityGroup, Subnet, Survey, Traffic, Via, Vpc, Zone,
};
pub use need::Need;
#[cfg(test)]
pub(crate) use reach::EVALUATIONS;
pub use reach::{Asked, Check, CheckName, SPARE_ADDRESSES, Verdict, free_addresses, lasting_checks};
pub use source::{NetworkSource, Wanted, read_facts};

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

/// The outcome of asking for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// It exists.
    Found(T),
    /// It does not exist, or is not visible to the caller.
    Missing,
    /// It could not be read.
    Unreadable(ApiError),
}
