//! Pure: what is said of a target: the checks, their verdicts and their evidence.

use serde::{Deserialize, Serialize};

use crate::network::Need;

/// One check of a target, its verdict and what it was reached on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// The verdict.
    pub verdict: CheckVerdict,
    /// What it was reached on, in a sentence fragment with the ids.
    pub evidence: String,
    /// Whether it is of a need that the policy requires. Never before format 3 of plans.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// What is checked of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// The subnet exists and is available.
    Subnet,
    /// The subnet is in an availability zone, and of a kind that takes notebook instances. Since format 3 of plans.
    Zone,
    /// The security groups exist, and are not too many.
    SecurityGroups,
    /// The security groups are in the subnet's VPC.
    SameVpc,
    /// The subnet has an address left for this item, after those planned before it.
    FreeAddresses,
    /// The subnet has IPv6 addresses: only of an item whose source is `dualstack`, and not in plans before format 5.
    Ipv6,
    /// The VPC's instances may run on shared hardware. Since format 3 of plans, and so are all below.
    Tenancy,
    /// It reaches something that instances need.
    #[serde(untagged)]
    Need(Need),
}

impl CheckName {
    /// The checks that anything but a yes withholds for, in the order they are made.
    pub const BASIC: [CheckName; 5] = [
        CheckName::Subnet,
        CheckName::Zone,
        CheckName::SecurityGroups,
        CheckName::SameVpc,
        CheckName::FreeAddresses,
    ];

    /// The checks that plans before format 3 have, all of them passed.
    pub const BEFORE_FORMAT_3: [CheckName; 4] =
        [CheckName::Subnet, CheckName::SecurityGroups, CheckName::SameVpc, CheckName::FreeAddresses];

    /// The need that it is of, if it is of one.
    pub fn need(self) -> Option<Need> {
        match self {
            CheckName::Need(need) => Some(need),
            CheckName::Subnet
            | CheckName::Zone
            | CheckName::SecurityGroups
            | CheckName::SameVpc
            | CheckName::FreeAddresses
            | CheckName::Ipv6
            | CheckName::Tenancy => None,
        }
    }

    /// The check's name in plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckName::Subnet => "subnet",
            CheckName::Zone => "zone",
            CheckName::SecurityGroups => "security-groups",
            CheckName::SameVpc => "same-vpc",
            CheckName::FreeAddresses => "free-addresses",
            CheckName::Ipv6 => "ipv6",
            CheckName::Tenancy => "tenancy",
            CheckName::Need(need) => need.as_str(),
        }
    }
}

/// The verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckVerdict {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It could not be decided.
    Unknown,
}
