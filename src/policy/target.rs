//! Pure: `[[target]]`: where replacements go.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Literal, choice, keys, section, text};
use crate::facts::limits::SECURITY_GROUPS;
use crate::ids::{SecurityGroupId, SubnetId};

use super::forms::{many, security_group, subnet};
use super::{Selector, Settings};

keys! {
    /// Where the replacements of matching instances go, and how they are made.
    pub struct Target {
        /// The target's name in plans. No two targets have the same.
        pub name: String = text("a name").required().example("research");
        /// Which instances. Each part that is given must match.
        pub matches as "match": Selector = section()
            .example(Literal::toml("{ names = [\"fraud-*\"], tags = { Environment = \"dev\" } }"));
        /// Subnets of one VPC.
        pub subnets: Vec<SubnetId> = many(subnet()).required().example(["subnet-0a1b2c3d4e5f60718"]);
        /// How one of the subnets is chosen.
        pub placement: Placement = choice().or("most-free");
        /// Security groups of the same VPC.
        pub security_groups: Vec<SecurityGroupId> = security_group()
            .list(1..=SECURITY_GROUPS)
            .required()
            .example(["sg-0c1d2e3f405162738"]);
        ..
        /// How the replacement is made: `[defaults]`, overridden by the target's own keys.
        pub settings: Settings;
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
