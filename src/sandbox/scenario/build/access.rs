//! The security groups of a network, its endpoints and its load balancers.

use crate::diagnostic::Placed;
use crate::sandbox::scenario::model::GroupRef;
use crate::sandbox::scenario::network::Endpoint as Said;
use crate::sandbox::scenario::rules::{PeerSpec, RuleSpec};
use crate::sandbox::scenario::subnet::GroupEgress;
use crate::sandbox::world::network::{
    Endpoint, Interface, Network, Peer, Permission, Route, RouteTarget, SecurityGroup, Tags,
};

use super::in_vpc::{ANYWHERE, ANYWHERE_IPV6, InVpc, group_id, named};

/// What an endpoint has whose policy nobody has changed.
const FULL_ACCESS: &str = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

impl InVpc<'_> {
    pub(super) fn security_groups(&self, network: &mut Network) {
        let spec = self.spec;
        let id = group_id(self.place, spec, GroupRef::Default);
        let itself = Permission { protocol: "-1".to_owned(), ports: None, peer: Peer::Group(id.clone()) };
        let everything = self.everything();
        self.group(network, (id, "default", "default VPC security group"), (vec![itself], everything));
        for (at, group) in spec.groups.iter().enumerate() {
            let egress = match group.egress() {
                GroupEgress::All => self.everything(),
                GroupEgress::S3 => {
                    let peer = Peer::PrefixList(self.prefix_list());
                    vec![Permission { peer, ..permission("tcp", Some(443), "") }]
                }
                GroupEgress::Https => vec![permission("tcp", Some(443), ANYWHERE)],
                GroupEgress::Vpc => vec![permission("-1", None, &spec.cidr.to_string())],
                GroupEgress::None => Vec::new(),
            };
            let id = group_id(self.place, spec, GroupRef::Own(at));
            let (out, ingress): (Vec<&RuleSpec>, Vec<&RuleSpec>) =
                group.rules().iter().map(|rule| &rule.value).partition(|rule| rule.egress);
            let more = out.into_iter().map(|rule| self.rule(rule));
            let egress = egress.into_iter().chain(more).collect();
            let ingress = ingress.into_iter().map(|rule| self.rule(rule)).collect();
            self.group(network, (id, &group.name, &group.name), (ingress, egress));
        }
        let apart = spec.endpoints.iter().any(|one| !one.is_gateway());
        if apart || spec.services().iter().any(|service| service != "s3") {
            let ingress = vec![permission("tcp", Some(443), &spec.cidr.to_string())];
            let egress = vec![permission("-1", None, ANYWHERE)];
            let id = self.id("sg", "interface endpoints");
            self.group(network, (id, "endpoints", "interface endpoints"), (ingress, egress));
        }
    }

    /// The rules that a new group has: everything may go out.
    fn everything(&self) -> Vec<Permission> {
        let ipv4 = permission("-1", None, ANYWHERE);
        let ipv6 = Permission { peer: Peer::Ipv6(ANYWHERE_IPV6.to_owned()), ..ipv4.clone() };
        if self.spec.ipv6 { vec![ipv4, ipv6] } else { vec![ipv4] }
    }

    fn group(
        &self,
        network: &mut Network,
        (id, name, description): (String, &str, &str),
        (ingress, egress): (Vec<Permission>, Vec<Permission>),
    ) {
        let group = SecurityGroup {
            id: id.clone(),
            owner: self.owner(),
            vpc_id: self.id.clone(),
            name: name.to_owned(),
            description: description.to_owned(),
            ingress,
            egress,
            tags: Tags::new(),
        };
        network.security_groups.insert(id, group);
    }

    fn rule(&self, rule: &RuleSpec) -> Permission {
        let peer = match &rule.peer {
            PeerSpec::Ipv4(block) => Peer::Ipv4(block.clone()),
            PeerSpec::Ipv6(block) => Peer::Ipv6(block.clone()),
            PeerSpec::S3 => Peer::PrefixList(self.prefix_list()),
            PeerSpec::PrefixList(id) => Peer::PrefixList(id.clone()),
            PeerSpec::Group(name) => Peer::Group(self.group_of(name)),
        };
        Permission { protocol: rule.protocol.clone(), ports: rule.ports, peer }
    }

    /// The id of a group by its name.
    fn group_of(&self, name: &str) -> String {
        let own = self.spec.groups.iter().position(|group| *group.name == name);
        match own {
            Some(at) => group_id(self.place, self.spec, GroupRef::Own(at)),
            None if name == "default" => group_id(self.place, self.spec, GroupRef::Default),
            None => self.id("sg", "interface endpoints"),
        }
    }

    pub(super) fn endpoints(&self, network: &mut Network) {
        for service in self.spec.services() {
            let usual = Said::usual(service, self.spec.dns);
            self.endpoint(network, self.id("vpce", service), &usual);
        }
        for (at, one) in self.spec.endpoints.iter().enumerate() {
            self.endpoint(network, self.endpoint_id(at), one);
        }
    }

    fn endpoint(&self, network: &mut Network, id: String, spec: &Said) {
        let Said { service, gateway: _, state, private_dns, groups, subnets, route_tables: _ } = spec;
        let gateway = spec.is_gateway();
        let region = &self.place.site.region;
        let leads = |route: &Route| route.target == RouteTarget::Endpoint(id.clone());
        let tables = network.route_tables.values().filter(|table| table.routes.iter().any(leads));
        let route_tables = tables.map(|table| table.id.clone()).collect();
        let at = |name: &Placed<String>| self.spec.subnets.iter().position(|one| *one.name == **name);
        let feet = || {
            subnets.as_ref().map_or_else(|| self.spec.feet(), |names| names.iter().filter_map(at).collect())
        };
        let group = |groups: &Vec<Placed<String>>| groups.iter().map(|name| self.group_of(name)).collect();
        let usual = || vec![self.id("sg", "interface endpoints")];
        let endpoint = Endpoint {
            vpc_id: self.id.clone(),
            service_name: match service.as_str() {
                "notebook" => format!("aws.sagemaker.{region}.notebook"),
                other => format!("com.amazonaws.{region}.{other}"),
            },
            kind: if gateway { "Gateway" } else { "Interface" }.to_owned(),
            state: (*state).to_owned(),
            route_tables,
            subnets: if gateway {
                Vec::new()
            } else {
                feet().into_iter().map(|at| self.subnet(at)).collect()
            },
            security_groups: if gateway { Vec::new() } else { groups.as_ref().map_or_else(usual, group) },
            private_dns: !gateway && *private_dns,
            policy_document: FULL_ACCESS.to_owned(),
            tags: named(service),
            id: id.clone(),
        };
        network.endpoints.insert(id, endpoint);
    }

    /// An interface a zone, under the description by which AWS has people find them (Elastic Load Balancing user guide).
    pub(super) fn load_balancers(&self, network: &mut Network) {
        for one in &self.spec.load_balancers {
            let balancer = self.place.scenario.seed.draw(&["elb", &self.id, &one.name]).hex(16);
            for at in self.spec.feet() {
                let Some(subnet) = network.subnets.get_mut(&self.subnet(at)) else { continue };
                // In a subnet that is full AWS would not have made it.
                let Some(private_ip) = subnet.take_address() else { continue };
                let id = self.id("eni", &format!("load balancer {} {at}", one.name));
                let interface = Interface {
                    id: id.clone(),
                    vpc_id: self.id.clone(),
                    subnet_id: subnet.id.clone(),
                    security_groups: one.groups.iter().map(|name| self.group_of(name)).collect(),
                    private_ip,
                    description: format!("ELB app/{}/{balancer}", one.name),
                    attached_by: "amazon-elb",
                };
                network.interfaces.insert(id, interface);
            }
        }
    }
}

fn permission(protocol: &str, port: Option<u16>, cidr: &str) -> Permission {
    let (protocol, ports) = (protocol.to_owned(), port.map(|port| (port, port)));
    Permission { protocol, ports, peer: Peer::Ipv4(cidr.to_owned()) }
}
