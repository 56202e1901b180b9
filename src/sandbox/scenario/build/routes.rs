//! The route tables of a network, and where they lead.

use crate::sandbox::names::partition;
use crate::sandbox::scenario::egress::{Egress, NatSpec, Purpose};
use crate::sandbox::scenario::network::Endpoint;
use crate::sandbox::scenario::subnet::Subnet;
use crate::sandbox::world::network::{
    Destination, NatGateway, Network, Route, RouteTable, RouteTarget, Tags,
};

use super::in_vpc::{ANYWHERE, ANYWHERE_IPV6, InVpc, named};

fn route(destination: &str, target: RouteTarget) -> Route {
    Route { destination: Destination::Ipv4(destination.to_owned()), target, blackhole: false }
}

impl InVpc<'_> {
    /// The main table, one for all public subnets, and one for each that has its own.
    pub(super) fn route_tables(&self, network: &mut Network) {
        let spec = self.spec;
        self.route_table(network, "main", Vec::new(), self.private(spec.egress));
        let all = || spec.subnets.iter().enumerate();
        let by_purpose = |purpose: Purpose| -> Vec<String> {
            let these = all().filter(|(_, subnet)| subnet.purpose == purpose);
            these.map(|(at, _)| self.subnet(at)).collect()
        };
        let public = by_purpose(Purpose::Public);
        if !public.is_empty() && !spec.is_default() {
            let target = RouteTarget::InternetGateway(self.id("igw", ""));
            let out = (!self.leads(Egress::StrandedNat)).then(|| route(ANYWHERE, target));
            self.route_table(network, "public", public, out.into_iter().collect());
        }
        let nat = by_purpose(Purpose::Nat);
        if !nat.is_empty() {
            let target = RouteTarget::TransitGateway(self.place.id("tgw", &[]));
            self.route_table(network, "nat", nat, vec![route(ANYWHERE, target)]);
        }
        let own = |subnet: &Subnet| subnet.has_own_table() && subnet.purpose == Purpose::Private;
        for (at, subnet) in all().filter(|(_, subnet)| own(subnet)) {
            // Not the name alone: a subnet may be called `main`.
            let word = format!("of-{}", subnet.name);
            let egress = subnet.egress.unwrap_or(spec.egress);
            self.route_table(network, &word, vec![self.subnet(at)], self.private(egress));
        }
        if spec.nat().is_some_and(|nat| nat.purpose.is_none()) {
            let target = RouteTarget::InternetGateway(self.id("igw", ""));
            self.route_table(network, "regional-nat", Vec::new(), vec![route(ANYWHERE, target)]);
        }
    }

    fn route_table(&self, network: &mut Network, word: &str, subnets: Vec<String>, out: Vec<Route>) {
        let id = self.id("rtb", word);
        let mut routes = vec![route(&self.spec.cidr.to_string(), RouteTarget::Local)];
        routes.extend(out);
        if self.spec.ipv6 {
            let destination = Destination::Ipv6(ANYWHERE_IPV6.to_owned());
            // Where IPv4 goes by an internet gateway, so does IPv6: its addresses are public, and need no NAT.
            let target = match routes.iter().find(|one| matches!(one.target, RouteTarget::InternetGateway(_)))
            {
                Some(public) => public.target.clone(),
                None => RouteTarget::EgressOnlyInternetGateway(self.id("eigw", "")),
            };
            routes.push(Route { destination, target, blackhole: false });
        }
        for gateway in self.gateways_on(word) {
            let target = RouteTarget::Endpoint(gateway);
            let destination = Destination::PrefixList(self.prefix_list());
            routes.push(Route { destination, target, blackhole: false });
        }
        let tags =
            if self.spec.is_default() { Tags::new() } else { named(&format!("{}-{word}", self.spec.name)) };
        let (vpc_id, main) = (self.id.clone(), word == "main");
        network.route_tables.insert(id.clone(), RouteTable { id, vpc_id, main, subnets, routes, tags });
    }

    /// The routes that private subnets have to the rest of the world.
    fn private(&self, egress: Egress) -> Vec<Route> {
        let more = self.spec.routes.iter().filter_map(|one| self.way(&one.to.to_string(), one.via));
        self.way(ANYWHERE, egress).into_iter().chain(more).collect()
    }

    fn way(&self, to: &str, egress: Egress) -> Option<Route> {
        let target = match egress {
            Egress::Nat
            | Egress::PrivateNat
            | Egress::PendingNat
            | Egress::FailedNat
            | Egress::DeletedNat
            | Egress::RegionalNat
            | Egress::StrandedNat => RouteTarget::NatGateway(self.id("nat", "")),
            Egress::TransitGateway => RouteTarget::TransitGateway(self.place.id("tgw", &[])),
            Egress::Peering => RouteTarget::Peering(self.id("pcx", "")),
            Egress::InternetGateway => RouteTarget::InternetGateway(self.id("igw", "")),
            Egress::VirtualGateway => RouteTarget::VirtualGateway(self.id("vgw", "")),
            Egress::CoreNetwork => RouteTarget::CoreNetwork(self.core_network()),
            Egress::LoadBalancer => RouteTarget::Endpoint(self.id("vpce", "load balancer")),
            Egress::LocalGateway => RouteTarget::LocalGateway(self.id("lgw", "")),
            Egress::CarrierGateway => RouteTarget::CarrierGateway(self.id("cagw", "")),
            Egress::Instance => RouteTarget::Instance(self.id("i", "appliance")),
            Egress::OdbNetwork => RouteTarget::OdbNetwork(self.odb_network()),
            Egress::Appliance | Egress::Blackhole => RouteTarget::Interface(self.id("eni", "appliance")),
            Egress::Endpoints | Egress::None => return None,
        };
        let blackhole = matches!(egress, Egress::DeletedNat | Egress::Blackhole);
        Some(Route { blackhole, ..route(to, target) })
    }

    fn core_network(&self) -> String {
        let region = self.place.site.region.as_str();
        let id = self.id("core-network", "");
        format!("arn:{}:networkmanager::{}:core-network/{id}", partition(region), self.owner())
    }

    fn odb_network(&self) -> String {
        let region = self.place.site.region.as_str();
        let id = self.id("odbnet", "");
        format!("arn:{}:odb:{region}:{}:odb-network/{id}", partition(region), self.owner())
    }

    /// The gateway endpoints that a route table has, by the table's word.
    pub(super) fn gateways_on(&self, word: &str) -> Vec<String> {
        let usual = self.spec.services().iter().any(|service| service == "s3").then(|| self.id("vpce", "s3"));
        let listed = |one: &Endpoint| {
            let names = one.route_tables.as_ref();
            names.is_none_or(|names| names.iter().any(|name| word == **name || word == format!("of-{name}")))
        };
        let more = self.spec.endpoints.iter().enumerate().filter(|(_, one)| one.is_gateway() && listed(one));
        usual.into_iter().chain(more.map(|(at, _)| self.endpoint_id(at))).collect()
    }

    /// The id of an endpoint that is described apart.
    pub(super) fn endpoint_id(&self, at: usize) -> String {
        let service = self.spec.endpoints.get(at).map_or("", |one| &one.service);
        self.id("vpce", &format!("{service} {at}"))
    }

    pub(super) fn nat_gateway(&self, network: &mut Network, nat: NatSpec) {
        let id = self.id("nat", "");
        let subnet = self.spec.nat_subnet();
        let gateway = NatGateway {
            id: id.clone(),
            vpc_id: self.id.clone(),
            subnet_id: subnet.map(|at| self.subnet(at)).unwrap_or_default(),
            route_table: nat.purpose.is_none().then(|| self.id("rtb", "regional-nat")),
            state: nat.state.to_owned(),
            connectivity: nat.connectivity.to_owned(),
            tags: named(&self.spec.name),
        };
        network.nat_gateways.insert(id, gateway);
    }
}
