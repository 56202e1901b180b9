//! Pure: `[[target]]`: where replacements go.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Literal, choice, keys, section, text};
use crate::facts::limits::SECURITY_GROUPS;
use crate::ids::{SecurityGroupId, SubnetId};
use crate::inventory::Description;
use crate::rules::Standards;

use super::forms::{kept_or, many, security_group, subnet};
use super::{Data, Selector, Settings, Transfer, TransferKeys};

keys! {
    /// Where the replacements of matching instances go, and how they are made.
    pub struct Target {
        /// The target's name in plans. No two targets have the same.
        pub name: String = text("a name").required().example("research");
        /// Which instances. Each part that is given must match.
        pub matches as "match": Selector = section()
            .example(Literal::toml("{ names = [\"fraud-*\"], tags = { Environment = \"dev\" } }"));
        /// Subnets of one VPC. `keep` keeps an instance in its own: then the target is only for instances in a VPC, and in
        /// `approved_subnets` where those are listed. For others the next target that matches counts.
        pub subnets: Option<Vec<SubnetId>> = kept_or("list of subnets, or `keep`", many(subnet()))
            .required()
            .example(["subnet-0a1b2c3d4e5f60718"]);
        /// How one of the subnets is chosen.
        pub placement: Placement = choice().or("most-free");
        /// Security groups of the same VPC. `keep` keeps an instance's own: then the target is only for instances in a VPC.
        pub security_groups: Option<Vec<SecurityGroupId>> =
            kept_or("list of security groups, or `keep`", security_group().list(1..=SECURITY_GROUPS))
            .required()
            .example(["sg-0c1d2e3f405162738"]);
        /// What is another for this target than `[transfer]` says.
        pub transfer: TransferKeys = section();
        ..
        /// How the replacement is made: `[defaults]`, overridden by the target's own keys.
        pub settings: Settings;
    }
}

/// Subnets that the replacement of one instance may go into, and its security groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// The subnets.
    pub subnets: Vec<SubnetId>,
    /// The security groups.
    pub groups: Vec<SecurityGroupId>,
}

impl Target {
    /// How the files of its instances are moved; `None` where they are not.
    pub fn transfer(&self) -> Option<Transfer> {
        self.transfer.transfer().filter(|_| self.settings.data == Data::S3)
    }

    /// Where the replacement of an instance goes; nothing where the target keeps what the instance does not have, or a subnet
    /// that is not approved.
    pub fn destination(&self, own: &Description, standards: &Standards) -> Option<Destination> {
        let subnets = match &self.subnets {
            Some(listed) => listed.clone(),
            None => {
                let approved =
                    |id: &&SubnetId| standards.approved_subnets.as_ref().is_none_or(|all| all.contains(id));
                vec![own.subnet_id.as_ref().filter(approved)?.clone()]
            }
        };
        let groups = match &self.security_groups {
            Some(listed) => listed.clone(),
            None => Some(own.security_groups.clone()).filter(|groups| !groups.is_empty())?,
        };
        Some(Destination { subnets, groups })
    }
}

/// How one of a target's subnets is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Placement {
    /// The one with the most free addresses, less those already planned.
    MostFree,
    /// The first with a free address.
    First,
}
