//! Pure: `[[network]]`: a VPC, with its endpoints and load balancers.

use std::collections::BTreeSet;

use crate::diagnostic::{Placed, Spelling, Table, among, choice, flag, keys, parsed, quoted};
use crate::diagnostic::{tables, tables_checked};
use crate::ids::AccountId;
use crate::sandbox::world::network::AclEntry;

use super::cidr::Block;
use super::egress::{Egress, NatSpec, Purpose, Route};
use super::forms::{Name, any, block, either, id, many, name, reference, service, some};
use super::refer::Reach;
use super::rules::acl;
use super::subnet::{BLOCKS, SecurityGroup, Subnet};

/// What AWS's own VPC and a VPC's own security group are called.
pub(super) const DEFAULT: &str = "default";

/// How far endpoints come.
const STATES: [&str; 5] = ["available", "pending", "failed", "rejected", "deleting"];
keys! {
    /// A VPC, in each region of each account that it is for. Each region also has the VPC that AWS itself makes:
    /// `network = "default"`.
    pub(super) struct Network {
        /// Its name. Two have the same only in different places.
        pub(super) name: Name = name().placed().required().example("research");
        /// Its id, where it is in one place only: one from the seed where it is not given.
        pub(super) id: Option<Name> = id("vpc-", "^vpc-[A-Za-z0-9]+$");
        /// Its block of addresses.
        pub(super) cidr: Block = block().required_with("cidr = \"10.20.0.0/16\"").example("10.20.0.0/16");
        /// Where packets from its private subnets to the rest of the world go.
        pub(super) egress: Egress = choice().or("nat");
        /// Services that have an endpoint, S3 a gateway and the others an interface. With `egress = "endpoints"` it is what
        /// notebooks need where it is not given.
        pub(super) services as "endpoints": Option<Placed<Vec<String>>> = any(service())
            .placed()
            .optional()
            .example(["s3", "sagemaker.api"]);
        /// Whether names are resolved (`enableDnsSupport`).
        pub(super) dns: bool = flag().or(true);
        /// Whether machines have names (`enableDnsHostnames`): as `dns` where it is not given.
        pub(super) dns_hostnames: Option<bool> = flag().optional().example(false);
        /// Whether its subnets have IPv6 blocks, and an egress-only internet gateway.
        pub(super) ipv6: bool = flag().or(false);
        /// Whose hardware its instances run on.
        pub(super) dedicated as "tenancy": bool = either("default", "dedicated").or("default");
        /// What VPC Block Public Access stops.
        pub(super) block_public_access: &'static str = among(&BLOCKS.map(|word| (word, word, ""))).or("off");
        /// The id of another account, which shares it with this one.
        pub(super) owner: Option<AccountId> = parsed(Spelling::like("twelve digits", "^[0-9]{12}$"))
            .optional()
            .example("999988887777");
        /// The entries of its private subnets' network ACL, a line each. Everything is allowed where they are not given.
        pub(super) acl: Option<Vec<AclEntry>> = acl();
        /// Its subnets: `private-a` and `private-b` where there is none. A NAT gateway has one of its own at the network's end,
        /// unless there is one that is public.
        pub(super) subnets as "subnet": Vec<Subnet> = tables();
        /// Its security groups beside AWS's own, `default`: one that lets everything out, `notebooks`, where there is none.
        pub(super) groups as "security_group": Vec<SecurityGroup> = tables();
        /// Further routes of its private subnets.
        pub(super) routes as "route": Vec<Route> = tables();
        /// Endpoints that are not as usual.
        pub(super) endpoints as "endpoint": Vec<Endpoint> = tables_checked(check_kind);
        /// Its Application Load Balancers.
        pub(super) load_balancers as "load_balancer": Vec<LoadBalancer> = tables();
        ..
        /// Where it is.
        pub(super) reach: Reach;
    }
}

keys! {
    /// An endpoint that is not as usual.
    pub(super) struct Endpoint {
        /// The service that it leads to.
        pub(super) service: String = service().required().example("kms");
        /// What it is: a gateway for S3, an interface for others, where it is not given.
        pub(super) gateway as "kind": Option<bool> = either("interface", "gateway").optional();
        /// How far it has come.
        pub(super) state: &'static str = among(&STATES.map(|word| (word, word, ""))).or("available");
        /// Whether the service's own name leads to it.
        pub(super) private_dns: bool = flag().or(true);
        /// The security groups of its interfaces: one of its own where they are not given.
        pub(super) groups as "security_groups": Option<Vec<Name>> = some("a security group", "notebooks");
        /// The subnets of its interfaces: one in each zone where they are not given.
        pub(super) subnets: Option<Vec<Name>> = some("a subnet", "private-a");
        /// Where the routes to a gateway are: `main`, `public`, or the name of a subnet with a route table of its own; in all
        /// of them where they are not given.
        pub(super) route_tables: Option<Vec<Name>> = some("a route table", "main");
    }
}

keys! {
    /// An Application Load Balancer. All that there is of it are its network interfaces, one in each zone.
    pub(super) struct LoadBalancer {
        /// Its name.
        pub(super) name: String = name().required().example("front");
        /// Its security groups, by name.
        pub(super) groups as "security_groups": Vec<Name> = many(reference("a security group"))
            .required()
            .example(["notebooks"]);
    }
}

fn check_kind(table: &Table<'_>, read: &Endpoint) {
    if read.is_gateway() && read.service != "s3" {
        let message = format!("{} has no gateway endpoint", quoted(&read.service));
        table.field("kind").refuse::<()>(message, None);
    }
}

impl Endpoint {
    /// The endpoint that a service has where nothing else is said.
    pub(super) fn usual(service: &str, private_dns: bool) -> Endpoint {
        let service = service.to_owned();
        let (groups, subnets, route_tables) = Default::default();
        Endpoint { service, gateway: None, state: "available", private_dns, groups, subnets, route_tables }
    }

    /// Whether it is a gateway.
    pub(super) fn is_gateway(&self) -> bool {
        self.gateway.unwrap_or(self.service == "s3")
    }
}

impl Network {
    /// Whether it is the one that AWS makes.
    pub(super) fn is_default(&self) -> bool {
        *self.name == DEFAULT
    }

    /// The services that have an endpoint as usual.
    pub(super) fn services(&self) -> &[String] {
        self.services.as_ref().map_or(&[], |services| services)
    }

    /// Every way that its packets may go.
    pub(super) fn ways(&self) -> impl Iterator<Item = Egress> {
        let of_subnets = self.subnets.iter().filter_map(|subnet| subnet.egress);
        let of_routes = self.routes.iter().map(|route| route.via);
        [self.egress].into_iter().chain(of_subnets).chain(of_routes)
    }

    /// Its NAT gateway: it has one at most.
    pub(super) fn nat(&self) -> Option<NatSpec> {
        self.ways().find_map(Egress::nat)
    }

    /// Where its NAT gateway is, if it has one.
    pub(super) fn nat_subnet(&self) -> Option<usize> {
        let purpose = self.nat()?.purpose?;
        self.subnets.iter().position(|subnet| subnet.purpose == purpose)
    }

    /// Subnets that interface endpoints and transit gateways have a foot in: one a zone.
    pub(super) fn feet(&self) -> Vec<usize> {
        let mut zones = BTreeSet::new();
        let usable = |(_, subnet): &(usize, &Subnet)| subnet.purpose == Purpose::Private;
        let private = self.subnets.iter().enumerate().filter(usable);
        private.filter(|(_, subnet)| zones.insert(subnet.zone)).map(|(at, _)| at).collect()
    }

    /// How many of a subnet's addresses neither AWS nor the network itself has: `None` if it has too few.
    pub(super) fn room(&self, subnet: usize) -> Option<u32> {
        let spec = self.subnets.get(subnet)?;
        let has_foot = self.feet().contains(&subnet);
        let alive = self.nat().is_some_and(|nat| nat.state != "deleted");
        let nat = usize::from(alive && self.nat_subnet() == Some(subnet));
        let usual = self.services().iter().filter(|service| has_foot && *service != "s3").count();
        let here = |one: &&Endpoint| {
            let named = one.subnets.as_ref().map(|names| names.iter().any(|name| **name == *spec.name));
            !one.is_gateway() && named.unwrap_or(has_foot)
        };
        let more = self.endpoints.iter().filter(here).count();
        let attachment = usize::from(self.egress == Egress::TransitGateway && has_foot);
        spec.cidr.size().checked_sub(u32::try_from(5 + nat + usual + more + attachment).ok()?)
    }
}
