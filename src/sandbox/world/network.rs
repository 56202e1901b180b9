//! What EC2 knows: VPCs and all that decides where a packet goes, and how many addresses a subnet has left.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// The network of one account in one region. Keys are ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) vpcs: BTreeMap<String, Vpc>,
    pub(crate) subnets: BTreeMap<String, Subnet>,
    pub(crate) route_tables: BTreeMap<String, RouteTable>,
    pub(crate) nat_gateways: BTreeMap<String, NatGateway>,
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    pub(crate) security_groups: BTreeMap<String, SecurityGroup>,
    pub(crate) acls: BTreeMap<String, Acl>,
    pub(crate) interfaces: BTreeMap<String, Interface>,
    /// Availability zones by name.
    pub(crate) zones: BTreeMap<String, Zone>,
}

/// Tags of an EC2 resource.
pub(crate) type Tags = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) cidr: String,
    /// `default` or `dedicated`.
    pub(crate) tenancy: String,
    pub(crate) is_default: bool,
    pub(crate) dhcp_options_id: String,
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
    /// `off`, `block-bidirectional` or `block-ingress`.
    pub(crate) block_public_access: String,
    pub(crate) tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    /// Another account's where the subnet is shared with this one.
    pub(crate) owner: String,
    pub(crate) vpc_id: String,
    pub(crate) cidr: String,
    pub(crate) zone: String,
    /// Addresses that are left.
    pub(crate) free: u32,
    /// Addresses that network interfaces of the sandbox's own instances have.
    pub(crate) taken: BTreeSet<Ipv4Addr>,
    pub(crate) map_public_ip_on_launch: bool,
    pub(crate) ipv6_cidr: Option<String>,
    pub(crate) ipv6_native: bool,
    pub(crate) outpost_arn: Option<String>,
    /// Its own state of block public access, where it is not that of its VPC.
    pub(crate) block_public_access: Option<String>,
    pub(crate) tags: Tags,
}

impl Subnet {
    /// How many addresses a block has for its owner: AWS keeps five of each subnet. `None` for what is no block.
    pub(crate) fn capacity(cidr: &str) -> Option<u32> {
        let (base, bits) = cidr.split_once('/')?;
        base.parse::<Ipv4Addr>().ok()?;
        let host_bits = 32u32.checked_sub(bits.parse().ok()?)?;
        Some(2u32.checked_pow(host_bits).unwrap_or(u32::MAX).saturating_sub(5))
    }

    /// Takes an address that no interface has; `None` when the subnet is full.
    pub(crate) fn take_address(&mut self) -> Option<String> {
        if self.free == 0 {
            return None;
        }
        let base =
            self.cidr.split('/').next().and_then(|ip| ip.parse::<Ipv4Addr>().ok()).map_or(0, u32::from);
        let capacity = Self::capacity(&self.cidr).unwrap_or(1).max(1);
        let first = u32::try_from(self.taken.len()).unwrap_or(0);
        // The first four of a subnet are the network's, the router's, the resolver's and one in reserve.
        let at = |offset: u32| Ipv4Addr::from(base.saturating_add(4 + offset % capacity));
        let address = (first..first.saturating_add(capacity)).map(at).find(|one| !self.taken.contains(one));
        let address = address.unwrap_or_else(|| at(first));
        self.taken.insert(address);
        self.free = self.free.saturating_sub(1);
        Some(address.to_string())
    }

    /// Gives an address back.
    pub(super) fn give_back(&mut self, address: &str) {
        if address.parse().is_ok_and(|address: Ipv4Addr| self.taken.remove(&address)) {
            self.free += 1;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) vpc_id: String,
    /// Whether subnets without an association of their own fall under it.
    pub(crate) main: bool,
    /// Subnets that are associated with it explicitly. Implicit ones are never listed, as in AWS.
    pub(crate) subnets: Vec<String>,
    pub(crate) routes: Vec<Route>,
    pub(crate) tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) destination: Destination,
    pub(crate) target: RouteTarget,
    pub(crate) blackhole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Ipv4(String),
    Ipv6(String),
    PrefixList(String),
}

/// Where a route leads; ids but for `Local`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RouteTarget {
    Local,
    InternetGateway(String),
    EgressOnlyInternetGateway(String),
    NatGateway(String),
    TransitGateway(String),
    /// A gateway endpoint, or the endpoint of a Gateway Load Balancer.
    Endpoint(String),
    Peering(String),
    VirtualGateway(String),
    CoreNetwork(String),
    LocalGateway(String),
    CarrierGateway(String),
    OdbNetwork(String),
    Instance(String),
    Interface(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NatGateway {
    pub(crate) id: String,
    pub(crate) vpc_id: String,
    /// Empty for a regional one.
    pub(crate) subnet_id: String,
    /// The route table of its own that a regional one has.
    pub(crate) route_table: Option<String>,
    /// `pending`, `failed`, `available`, `deleting` or `deleted`.
    pub(crate) state: String,
    /// `public` or `private`.
    pub(crate) connectivity: String,
    pub(crate) tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) vpc_id: String,
    /// `com.amazonaws.REGION.s3` and the like.
    pub(crate) service_name: String,
    /// `Gateway` or `Interface`.
    pub(crate) kind: String,
    /// In lower case, as on the wire: `available`, `pending`.
    pub(crate) state: String,
    pub(crate) route_tables: Vec<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) private_dns: bool,
    pub(crate) policy_document: String,
    pub(crate) tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) vpc_id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) ingress: Vec<Permission>,
    pub(crate) egress: Vec<Permission>,
    pub(crate) tags: Tags,
}

/// One rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    /// `-1` for all, else `tcp`, `udp`, `icmp` or a number.
    pub(crate) protocol: String,
    /// First and last port; `None` where the protocol has none.
    pub(crate) ports: Option<(u16, u16)>,
    pub(crate) peer: Peer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    Ipv4(String),
    Ipv6(String),
    PrefixList(String),
    Group(String),
}

/// A network access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acl {
    pub(crate) id: String,
    pub(crate) vpc_id: String,
    pub(crate) is_default: bool,
    pub(crate) subnets: Vec<String>,
    pub(crate) entries: Vec<AclEntry>,
    pub(crate) tags: Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AclEntry {
    pub(crate) number: u32,
    pub(crate) egress: bool,
    pub(crate) allow: bool,
    /// `-1` for all, else a protocol number.
    pub(crate) protocol: String,
    pub(crate) ports: Option<(u16, u16)>,
    pub(crate) cidr: String,
}

/// An elastic network interface that a service has made in the customer's subnet: SageMaker for each instance in a VPC,
/// Elastic Load Balancing for each load balancer and zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) vpc_id: String,
    pub(crate) subnet_id: String,
    pub(crate) security_groups: Vec<String>,
    pub(crate) private_ip: String,
    pub(crate) description: String,
    /// The account of the service's that it is attached from.
    pub(crate) attached_by: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    /// `us-east-1a`.
    pub(crate) name: String,
    /// `use1-az1`.
    pub(crate) id: String,
    /// `availability-zone`, `local-zone` or `wavelength-zone`.
    pub(crate) kind: String,
    /// Types of notebook instances that EC2 does not offer there.
    pub(crate) lacks: BTreeSet<String>,
}
