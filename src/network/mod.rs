//! Readings of EC2 that decide whether a target is safe, and the verdict on it.

mod addresses;
mod candidates;
mod facts;
mod need;
mod reach;
mod source;

pub use crate::api_error::Reading;
pub use addresses::{Addresses, Block, NoBlock};
pub use candidates::{
    Candidate, CandidateGroup, CandidateSubnet, GroupStanding, Names, Neighbours, Reach, RegionNetworks,
    Siting, VpcName,
};
pub use facts::{
    Acl, AclEntry, Answer, Destination, Dns, Endpoint, NatGateway, NetworkFacts, Offerings, Peer, Route,
    RouteTable, Rule, SecurityGroup, Subnet, Survey, Traffic, Via, Vpc, Zone, ec2_type,
};
pub use need::Need;
#[cfg(test)]
pub(crate) use reach::EVALUATIONS;
pub use reach::{
    Asked, Check, CheckName, CheckVerdict, SPARE_ADDRESSES, free_addresses, ipv6, ipv6_way_out,
    lasting_checks, reaches,
};
pub use source::{NetworkIds, NetworkSource, read_facts, read_region};
