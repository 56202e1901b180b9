//! What a scenario says of the ways through a network.

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Egress {
    Nat,
    PrivateNat,
    PendingNat,
    FailedNat,
    DeletedNat,
    /// One for the whole VPC, in no subnet.
    RegionalNat,
    /// One whose own subnet leads nowhere.
    StrandedNat,
    TransitGateway,
    Peering,
    InternetGateway,
    VirtualGateway,
    CoreNetwork,
    /// A machine that forwards packets.
    Appliance,
    /// The endpoint of a Gateway Load Balancer.
    LoadBalancer,
    /// A machine that is gone.
    Blackhole,
    Endpoints,
    None,
}

impl Egress {
    /// Every way by its word.
    pub(super) const WORDS: [(&str, Egress); 17] = [
        ("nat", Egress::Nat),
        ("private-nat", Egress::PrivateNat),
        ("deleted-nat", Egress::DeletedNat),
        ("transit-gateway", Egress::TransitGateway),
        ("peering", Egress::Peering),
        ("internet-gateway", Egress::InternetGateway),
        ("endpoints", Egress::Endpoints),
        ("none", Egress::None),
        ("pending-nat", Egress::PendingNat),
        ("failed-nat", Egress::FailedNat),
        ("regional-nat", Egress::RegionalNat),
        ("stranded-nat", Egress::StrandedNat),
        ("virtual-gateway", Egress::VirtualGateway),
        ("core-network", Egress::CoreNetwork),
        ("appliance", Egress::Appliance),
        ("load-balancer", Egress::LoadBalancer),
        ("blackhole", Egress::Blackhole),
    ];

    /// The NAT gateway that it goes through.
    pub(super) fn nat(self) -> Option<NatSpec> {
        let nat = |state, connectivity, purpose| Some(NatSpec { state, connectivity, purpose });
        let public = Some(Purpose::Public);
        match self {
            Egress::Nat | Egress::StrandedNat => nat("available", "public", public),
            Egress::PrivateNat => nat("available", "private", Some(Purpose::Nat)),
            Egress::PendingNat => nat("pending", "public", public),
            Egress::FailedNat => nat("failed", "public", public),
            Egress::DeletedNat => nat("deleted", "public", public),
            Egress::RegionalNat => nat("available", "public", None),
            Egress::TransitGateway
            | Egress::Peering
            | Egress::InternetGateway
            | Egress::VirtualGateway
            | Egress::CoreNetwork
            | Egress::Appliance
            | Egress::LoadBalancer
            | Egress::Blackhole
            | Egress::Endpoints
            | Egress::None => None,
        }
    }
}

/// A NAT gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NatSpec {
    pub(super) state: &'static str,
    pub(super) connectivity: &'static str,
    /// What the subnet that it is in is there for; none where it is in no subnet.
    pub(super) purpose: Option<Purpose>,
}

/// What a network has beyond the usual.
#[derive(Debug, Clone, Default)]
pub(super) struct Details {
    /// Another account, which shares it with this one.
    pub(super) owner: Option<String>,
    /// `enableDnsHostnames` where it is not as `enableDnsSupport`.
    pub(super) dns_hostnames: Option<bool>,
    /// More routes of private subnets.
    pub(super) routes: Vec<RouteSpec>,
    /// Endpoints that are not as usual.
    pub(super) endpoints: Vec<EndpointSpec>,
    pub(super) load_balancers: Vec<LoadBalancerSpec>,
}

/// An Application Load Balancer, as far as EC2 tells of it: its network interfaces.
#[derive(Debug, Clone)]
pub(super) struct LoadBalancerSpec {
    pub(super) name: String,
    /// By name.
    pub(super) groups: Vec<String>,
}

/// A route.
#[derive(Debug, Clone)]
pub(super) struct RouteSpec {
    pub(super) to: Block,
    pub(super) via: Egress,
}

/// An endpoint.
#[derive(Debug, Clone)]
pub(super) struct EndpointSpec {
    pub(super) service: String,
    pub(super) gateway: bool,
    pub(super) state: &'static str,
    pub(super) private_dns: bool,
    /// By name; the usual group of endpoints where they are not given.
    pub(super) groups: Option<Vec<String>>,
    /// By name; one a zone where they are not given.
    pub(super) subnets: Option<Vec<String>>,
    /// `main`, `public`, or the name of a subnet that has one of its own; all where they are not given.
    pub(super) route_tables: Option<Vec<String>>,
}

/// A rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuleSpec {
    pub(super) egress: bool,
    pub(super) protocol: String,
    pub(super) ports: Option<(u16, u16)>,
    pub(super) peer: PeerSpec,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PeerSpec {
    Ipv4(String),
    Ipv6(String),
    /// The prefix list of S3 in the region.
    S3,
    PrefixList(String),
    /// A group of the network, by name.
    Group(String),
}

/// What kind of subnet one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubnetKind {
    Ordinary,
    Outpost,
    Ipv6Native,
}
