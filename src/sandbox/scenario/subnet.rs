//! Pure: `[[network.subnet]]` and `[[network.security_group]]`.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Placed, among, choice, flag, integer, keys};
use crate::sandbox::world::network::AclEntry;

use super::cidr::Block;
use super::egress::{Egress, Purpose};
use super::forms::{Name, any, block, either, id, instance_type, name};
use super::rules::{RuleSpec, acl, rule};

const ZONES: [(&str, char, &str); 5] = [
    ("a", 'a', ""),
    ("b", 'b', ""),
    ("c", 'c', ""),
    ("local", 'l', "A local zone."),
    ("wavelength", 'w', "A wavelength zone."),
];

/// The states of VPC Block Public Access.
pub(super) const BLOCKS: [&str; 3] = ["off", "block-ingress", "block-bidirectional"];

keys! {
    /// A subnet.
    pub(super) struct Subnet {
        /// Its name. No other of the network has the same.
        pub(super) name: Name = name().placed().required().example("private-a");
        /// Its id, where the network is in one place only: one from the seed where it is not given.
        pub(super) id: Option<Name> = id("subnet-", "^subnet-[A-Za-z0-9]+$");
        /// Its block, a part of the network's that no other subnet has.
        pub(super) cidr: Placed<Block> = block()
            .placed()
            .required_with("cidr = \"10.20.1.0/24\"")
            .example("10.20.1.0/24");
        /// Its zone.
        pub(super) zone: char = among(&ZONES).or("a");
        /// How many addresses are left once the scenario's own instances have theirs: all others where it is not given.
        pub(super) free: Option<u32> = integer(0..=65_531).optional().example(4);
        /// Whether it leads to an internet gateway. A NAT gateway is in the first that does.
        pub(super) purpose as "public": Purpose = flag()
            .map(|public| if public { Purpose::Public } else { Purpose::Private })
            .or(false);
        /// Whether it has a route table of its own.
        pub(super) own_table as "route_table": bool = either("main", "own").or("main");
        /// Where its own route table leads: to where the network's does where it is not given.
        pub(super) egress: Option<Egress> = choice().optional().example("none");
        /// What kind of subnet it is.
        pub(super) kind: SubnetKind = choice().or("ordinary");
        /// Whether it has IPv6 addresses, too: as the network says where it is not given.
        pub(super) ipv6: Option<bool> = flag().optional().example(true);
        /// Instance types that EC2 does not offer in its zone.
        pub(super) lacks: Vec<String> = any(instance_type()).or([]).example(["ml.p4d.24xlarge"]);
        /// The entries of a network ACL of its own, a line each: those of the network where they are not given.
        pub(super) acl: Option<Vec<AclEntry>> = acl();
        /// Its own state of VPC Block Public Access, where an exclusion makes it another than the network's.
        pub(super) block_public_access: Option<&'static str> =
            among(&BLOCKS.map(|word| (word, word, ""))).optional().example("off");
    }
}

impl Subnet {
    /// One of which no more is known.
    pub(super) fn plain(name: Name, cidr: Placed<Block>, zone: char, purpose: Purpose) -> Subnet {
        let (id, free, own_table, egress, ipv6, lacks, acl, block_public_access) = Default::default();
        let kind = SubnetKind::Ordinary;
        #[rustfmt::skip]
        let subnet = Subnet {
            name, id, cidr, zone, free, purpose, own_table, egress, kind, ipv6, lacks, acl, block_public_access,
        };
        subnet
    }

    /// A private subnet has the main route table unless it says something else; any other its own.
    pub(super) fn has_own_table(&self) -> bool {
        self.own_table || self.egress.is_some()
    }
}

/// What kind of subnet one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum SubnetKind {
    /// As most are.
    Ordinary,
    /// On an outpost.
    Outpost,
    /// With IPv6 addresses only.
    Ipv6Native,
}

keys! {
    /// A security group.
    pub(super) struct SecurityGroup {
        /// Its name. No other of the network has the same, and none is called `default`.
        pub(super) name: Name = name().placed().required().example("notebooks");
        /// Its id, where the network is in one place only: one from the seed where it is not given.
        pub(super) id: Option<Name> = id("sg-", "^sg-[A-Za-z0-9]+$");
        /// What it lets out beside its `rules`: everything where neither is given, else nothing.
        pub(super) egress: Option<GroupEgress> = choice().optional().example("https");
        /// Rules, a line each: `out` or `in`, the protocol with its ports, and a block, `s3`, a prefix list or a group of the
        /// network.
        pub(super) rules: Option<Vec<Placed<RuleSpec>>> = any(rule().placed())
            .optional()
            .example(["out tcp/443 0.0.0.0/0"]);
    }
}

impl SecurityGroup {
    /// Its rules.
    pub(super) fn rules(&self) -> &[Placed<RuleSpec>] {
        self.rules.as_deref().unwrap_or_default()
    }

    /// What it lets out beside its rules. Who writes rules writes all of them.
    pub(super) fn egress(&self) -> GroupEgress {
        self.egress.unwrap_or(if self.rules.is_some() { GroupEgress::None } else { GroupEgress::All })
    }
}

/// What a security group lets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum GroupEgress {
    /// Everything.
    All,
    /// HTTPS.
    Https,
    /// HTTPS to S3 alone, by its prefix list.
    S3,
    /// What stays in the VPC.
    Vpc,
    /// Nothing.
    None,
}
