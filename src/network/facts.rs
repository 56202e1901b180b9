//! Pure: what is read of a VPC, as far as it decides what a notebook instance can reach.
//!
//! Identifiers that only appear in evidence are kept as text, in AWS's spelling, and so are states: one that this
//! version does not know is kept, and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::api_error::{ApiError, Reading};
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId, VpcId};
use crate::network::addresses::Block;

/// What was answered, or why nothing was.
pub type Answer<T> = Result<T, ApiError>;

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
    /// In which zones of each region EC2 lists the instance types that were asked about.
    pub offerings: BTreeMap<Region, Answer<Offerings>>,
}

/// Names of zones, by EC2's name of an instance type.
pub type Offerings = BTreeMap<String, BTreeSet<String>>;

impl NetworkFacts {
    /// A subnet that was found.
    pub fn subnet(&self, region: &Region, id: &SubnetId) -> Option<&Subnet> {
        match self.subnets.get(&(region.clone(), id.clone()))? {
            Reading::Found(subnet) => Some(subnet),
            Reading::Missing | Reading::Unreadable(_) => None,
        }
    }
}

/// EC2's name of an instance type of SageMaker: `t3.medium` of `ml.t3.medium`.
pub fn ec2_type(kind: &str) -> Option<&str> {
    kind.strip_prefix("ml.")
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its availability zone, by name.
    pub availability_zone: String,
    /// Its CIDR block.
    pub cidr: String,
    /// `available`, `pending` or `unavailable`.
    pub state: String,
    /// Its free IPv4 addresses. A notebook instance takes one.
    pub free_addresses: u32,
    /// Whether it has IPv6 addresses, too: a block that is associated.
    pub has_ipv6: bool,
    /// Whether it has IPv6 addresses alone.
    pub ipv6_native: bool,
    /// The outpost that it is on.
    pub outpost: Option<String>,
    /// What service it is made for, where it is for one alone (`Subnet.Type`).
    pub kind: Option<String>,
    /// Its account: another one's where it is shared with this one.
    pub owner: Option<AccountId>,
    /// `off`, `block-ingress` or `block-bidirectional`, with exclusions taken into account; nothing where EC2 does not
    /// tell it of subnets.
    pub block_public_access: Option<String>,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityGroup {
    /// Its id.
    pub id: SecurityGroupId,
    /// Its name.
    pub name: String,
    /// What people say that it is for.
    pub description: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// What it lets out.
    pub egress: Vec<Rule>,
    /// What it lets in.
    pub ingress: Vec<Rule>,
}

/// One rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is for.
    pub traffic: Traffic,
    /// Who is at the other end.
    pub peer: Peer,
}

/// A protocol and its ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Everything.
    All,
    /// TCP, from the first to the last of these ports.
    Tcp(u16, u16),
    /// Another protocol: it is of no account here.
    Other,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// IPv4 addresses.
    Ipv4(Block),
    /// IPv6 addresses, which nothing here rests on: every notebook instance has an IPv4 address.
    Ipv6,
    /// A prefix list, by its id. What is in it is not read.
    PrefixList(String),
    /// Whatever has that security group.
    Group(SecurityGroupId),
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTable {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// Whether subnets without a table of their own fall under it.
    pub main: bool,
    /// The subnets that are associated with it explicitly. EC2 never lists the others.
    pub subnets: Vec<SubnetId>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where it is for.
    pub destination: Destination,
    /// Where it leads.
    pub via: Via,
    /// `active`, `blackhole` or `filtered`.
    pub state: String,
    /// Whether a virtual private gateway has put it there: one that someone made wins over it.
    pub propagated: bool,
}

/// Where a route is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// IPv4 addresses.
    Ipv4(Block),
    /// IPv6 addresses.
    Ipv6 {
        /// Whether these are all.
        everything: bool,
    },
    /// A prefix list, by its id.
    PrefixList(String),
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// To the VPC itself.
    Local,
    /// To an internet gateway.
    InternetGateway(String),
    /// To a NAT gateway.
    Nat(String),
    /// To a gateway endpoint, or to the endpoint of a Gateway Load Balancer.
    Endpoint(String),
    /// To something whose other side is not read: its kind and its id.
    Elsewhere(&'static str, String),
    /// To nothing that EC2 names.
    Nowhere,
}

/// A NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatGateway {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// `available`, `pending`, `failed`, `deleting` or `deleted`.
    pub state: String,
    /// `public` or `private`; nothing where EC2 does not tell.
    pub connectivity: Option<String>,
    /// Its subnet, unless it is a regional one.
    pub subnet: Option<SubnetId>,
    /// The route table of its own that a regional one has.
    pub route_table: Option<String>,
}

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// `com.amazonaws.REGION.s3` and the like.
    pub service: String,
    /// `Gateway`, `Interface` and others.
    pub kind: String,
    /// `available`, `pending` and others, in lower case.
    pub state: String,
    /// Of a gateway: the route tables that have it.
    pub route_tables: Vec<String>,
    /// Of an interface: its subnets.
    pub subnets: Vec<SubnetId>,
    /// Of an interface: its security groups.
    pub groups: Vec<SecurityGroupId>,
    /// Whether the service's own name leads to it in the VPC.
    pub private_dns: bool,
}

/// A network access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// The subnets that it is for: all of them are listed.
    pub subnets: Vec<SubnetId>,
    /// Its entries for IPv4.
    pub entries: Vec<AclEntry>,
}

/// One entry of a network access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclEntry {
    /// Its number: the lowest that matches decides.
    pub number: u32,
    /// Whether it is for what leaves the subnet.
    pub egress: bool,
    /// Whether it lets through.
    pub allow: bool,
    /// What it is for.
    pub traffic: Traffic,
    /// The addresses at the other end.
    pub peer: Block,
}

/// A VPC itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// `default` or `dedicated`.
    pub tenancy: Option<String>,
    /// `off`, `block-ingress` or `block-bidirectional`; nothing where EC2 does not speak of it, as where it is off.
    pub block_public_access: Option<String>,
}

/// An availability zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// `us-east-1a`.
    pub name: String,
    /// `availability-zone`, `local-zone` or `wavelength-zone`; nothing where EC2 does not tell.
    pub kind: Option<String>,
}

/// The two DNS attributes of a VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// `enableDnsSupport`: whether the VPC has a resolver.
    pub support: Answer<bool>,
    /// `enableDnsHostnames`: without it private DNS names of endpoints do not work.
    pub hostnames: Answer<bool>,
}

/// Everything that is read of some VPCs of a region: one answer a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The VPCs themselves.
    pub vpcs: Answer<Vec<Vpc>>,
    /// All their subnets.
    pub subnets: Answer<Vec<Subnet>>,
    /// All their security groups.
    pub groups: Answer<Vec<SecurityGroup>>,
    /// All their route tables.
    pub route_tables: Answer<Vec<RouteTable>>,
    /// All their NAT gateways.
    pub nat_gateways: Answer<Vec<NatGateway>>,
    /// All their endpoints.
    pub endpoints: Answer<Vec<Endpoint>>,
    /// All their network ACLs.
    pub acls: Answer<Vec<Acl>>,
    /// Their DNS attributes.
    pub dns: BTreeMap<VpcId, Dns>,
}
