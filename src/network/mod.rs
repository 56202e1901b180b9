//! Readings of EC2 that decide whether a target is safe, and the verdict on it.

mod reach;
mod source;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api_error::ApiError;
use crate::ids::{Region, SecurityGroupId, SubnetId, VpcId};

pub use reach::{Check, CheckName, Verdict, check_target};
pub use source::{NetworkSource, Wanted, read_facts};

/// What was read of the networks that targets name, by region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkFacts {
    /// The subnets that were asked for.
    pub subnets: BTreeMap<(Region, SubnetId), Reading<Subnet>>,
    /// The security groups that were asked for.
    pub security_groups: BTreeMap<(Region, SecurityGroupId), Reading<SecurityGroup>>,
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

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its availability zone.
    pub availability_zone: String,
    /// Its CIDR block.
    pub cidr: String,
    /// `available`, `pending` or `unavailable`.
    pub state: String,
    /// Its free IPv4 addresses. A notebook instance takes one.
    pub free_addresses: u32,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// Its id.
    pub id: SecurityGroupId,
    /// Its name.
    pub name: String,
    /// Its VPC.
    pub vpc: VpcId,
}
