//! Pure: the ways out of a network.

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Complaint, Form, Spelling, choice, keys, parsed_by, quoted};

use super::cidr::Block;

/// What a subnet is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Private,
    Public,
    /// Only for a private NAT gateway.
    Nat,
}

/// Where packets to the rest of the world go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Egress {
    /// A NAT gateway in a public subnet.
    Nat,
    /// A private NAT gateway, behind which is a transit gateway.
    PrivateNat,
    /// A NAT gateway that has been deleted, so that the route is a black hole.
    DeletedNat,
    /// A transit gateway.
    TransitGateway,
    /// Another VPC.
    Peering,
    /// An internet gateway, which helps only what has a public address.
    InternetGateway,
    /// No way but to the services that have an endpoint.
    Endpoints,
    /// No way at all.
    None,
    /// A NAT gateway that is still being made.
    PendingNat,
    /// A NAT gateway that could not be made.
    FailedNat,
    /// One NAT gateway for the whole VPC, in no subnet.
    RegionalNat,
    /// A NAT gateway whose own subnet leads nowhere.
    StrandedNat,
    /// A virtual private gateway.
    VirtualGateway,
    /// The core network of a cloud WAN.
    CoreNetwork,
    /// A machine that forwards packets.
    Appliance,
    /// The endpoint of a Gateway Load Balancer.
    LoadBalancer,
    /// A machine that is gone.
    Blackhole,
    /// The gateway of an outpost to the network that it stands in.
    LocalGateway,
    /// The gateway of a Wavelength zone to the carrier's network.
    CarrierGateway,
    /// An instance that forwards packets, by its own id.
    Instance,
    /// The network of Oracle databases.
    OdbNetwork,
}

/// A NAT gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NatSpec {
    pub(super) state: &'static str,
    pub(super) connectivity: &'static str,
    /// What the subnet that it is in is there for; none where it is in no subnet.
    pub(super) purpose: Option<Purpose>,
}

impl Egress {
    /// The NAT gateway that it goes through.
    pub(super) fn nat(self) -> Option<NatSpec> {
        NATS.iter().find(|(way, _)| *way == self).map(|(_, nat)| *nat)
    }
}

const fn nat(state: &'static str, connectivity: &'static str, purpose: Option<Purpose>) -> NatSpec {
    NatSpec { state, connectivity, purpose }
}

const NATS: [(Egress, NatSpec); 7] = [
    (Egress::Nat, nat("available", "public", Some(Purpose::Public))),
    (Egress::StrandedNat, nat("available", "public", Some(Purpose::Public))),
    (Egress::PrivateNat, nat("available", "private", Some(Purpose::Nat))),
    (Egress::PendingNat, nat("pending", "public", Some(Purpose::Public))),
    (Egress::FailedNat, nat("failed", "public", Some(Purpose::Public))),
    (Egress::DeletedNat, nat("deleted", "public", Some(Purpose::Public))),
    (Egress::RegionalNat, nat("available", "public", None)),
];

keys! {
    /// A further route of the private subnets.
    pub(super) struct Route {
        /// Where it leads to.
        pub(super) to: Block = anywhere().required_with("to = \"0.0.0.0/1\"").example("192.168.0.0/16");
        /// By which way: as for `egress`, but for `endpoints` and `none`.
        pub(super) via: Egress = choice().checked(is_a_way).required_with("via = \"nat\"").example("peering");
    }
}

fn anywhere() -> Form<Block> {
    parsed_by(Spelling::like("a block of IPv4 addresses", "^[0-9.]+/[0-9]+$"), Block::anywhere)
}

fn is_a_way(way: &Egress) -> Result<(), Complaint> {
    if !matches!(way, Egress::Endpoints | Egress::None) {
        return Ok(());
    }
    Err(Complaint::new(format!("a route cannot be {}", quoted((*way).into())))
        .help(Some("it leads somewhere: to a gateway, or to a black hole".to_owned())))
}
