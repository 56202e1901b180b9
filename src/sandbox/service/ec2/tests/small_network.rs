//! A small network: two VPCs, one of them with everything in it.

use crate::sandbox::testing::{HOME, REGION};
use crate::sandbox::world::network::{
    Acl, AclEntry, Destination, Endpoint, Interface, NatGateway, Network, Peer, Permission, Route,
    RouteTable, RouteTarget, SecurityGroup, Subnet, Tags, Vpc, Zone,
};

fn name(value: &str) -> Tags {
    [("Name".to_owned(), value.to_owned())].into()
}

fn vpc(id: &str, is_default: bool) -> Vpc {
    Vpc {
        id: id.to_owned(),
        owner: HOME.to_owned(),
        cidr: "10.0.0.0/16".to_owned(),
        tenancy: "default".to_owned(),
        is_default,
        dhcp_options_id: "dopt-1".to_owned(),
        dns_support: true,
        dns_hostnames: false,
        block_public_access: "off".to_owned(),
        tags: name(id),
    }
}

fn subnet(id: &str, vpc_id: &str, zone: &str) -> Subnet {
    Subnet {
        id: id.to_owned(),
        owner: HOME.to_owned(),
        vpc_id: vpc_id.to_owned(),
        cidr: "10.0.1.0/24".to_owned(),
        zone: zone.to_owned(),
        free: 251,
        taken: Default::default(),
        map_public_ip_on_launch: false,
        ipv6_cidr: None,
        ipv6_native: false,
        outpost_arn: None,
        block_public_access: None,
        tags: name("<a&b>"),
    }
}

fn rule(protocol: &str, ports: Option<(u16, u16)>, peer: Peer) -> Permission {
    Permission { protocol: protocol.to_owned(), ports, peer }
}

fn security_group(id: &str, vpc_id: &str) -> SecurityGroup {
    SecurityGroup {
        id: id.to_owned(),
        owner: HOME.to_owned(),
        vpc_id: vpc_id.to_owned(),
        name: format!("name of {id}"),
        description: "for tests".to_owned(),
        ingress: vec![rule("tcp", Some((443, 443)), Peer::Group(id.to_owned()))],
        egress: vec![
            rule("-1", None, Peer::Ipv4("0.0.0.0/0".to_owned())),
            rule("tcp", Some((443, 443)), Peer::PrefixList("pl-1".to_owned())),
            rule("tcp", Some((443, 443)), Peer::Ipv6("::/0".to_owned())),
            rule("icmp", None, Peer::Ipv4("10.0.0.0/8".to_owned())),
        ],
        tags: Tags::new(),
    }
}

fn route(destination: Destination, target: RouteTarget) -> Route {
    Route { destination, target, blackhole: false }
}

fn route_table(id: &str, main: bool, subnets: &[&str]) -> RouteTable {
    let (ipv4, list) =
        (|block: &str| Destination::Ipv4(block.to_owned()), Destination::PrefixList("pl-1".to_owned()));
    let dead = Route {
        blackhole: true,
        ..route(
            Destination::Ipv6("::/0".to_owned()),
            RouteTarget::EgressOnlyInternetGateway("eigw-1".to_owned()),
        )
    };
    RouteTable {
        id: id.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        main,
        subnets: subnets.iter().map(|id| (*id).to_owned()).collect(),
        routes: vec![
            route(ipv4("10.0.0.0/16"), RouteTarget::Local),
            route(ipv4("0.0.0.0/0"), RouteTarget::NatGateway("nat-1".to_owned())),
            route(ipv4("192.168.0.0/16"), RouteTarget::TransitGateway("tgw-1".to_owned())),
            route(ipv4("172.16.0.0/16"), RouteTarget::Peering("pcx-1".to_owned())),
            route(list, RouteTarget::Endpoint("vpce-1".to_owned())),
            dead,
        ],
        tags: Tags::new(),
    }
}

fn endpoint(id: &str, service: &str, kind: &str) -> Endpoint {
    let interface = kind == "Interface";
    let if_so = |so: bool, id: &str| so.then(|| id.to_owned()).into_iter().collect();
    Endpoint {
        id: id.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        service_name: format!("com.amazonaws.{REGION}.{service}"),
        kind: kind.to_owned(),
        state: "available".to_owned(),
        route_tables: if_so(!interface, "rtb-1"),
        subnets: if_so(interface, "subnet-1"),
        security_groups: if_so(interface, "sg-1"),
        private_dns: interface,
        policy_document: "{\"Statement\":[{\"Effect\":\"Allow\"}]}".to_owned(),
        tags: Tags::new(),
    }
}

/// The rest of the network, of which there is one each.
fn edges(network: &mut Network) {
    let nat = NatGateway {
        id: "nat-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        subnet_id: "subnet-2".to_owned(),
        route_table: None,
        state: "available".to_owned(),
        connectivity: "public".to_owned(),
        tags: Tags::new(),
    };
    network.nat_gateways.insert(nat.id.clone(), nat);
    let entry = |number, egress, ports: Option<(u16, u16)>| AclEntry {
        number,
        egress,
        allow: true,
        protocol: if ports.is_none() { "-1" } else { "6" }.to_owned(),
        ports,
        cidr: "0.0.0.0/0".to_owned(),
    };
    let acl = Acl {
        id: "acl-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        is_default: true,
        subnets: vec!["subnet-1".to_owned(), "subnet-2".to_owned()],
        entries: vec![entry(200, false, None), entry(100, true, Some((443, 443)))],
        tags: Tags::new(),
    };
    network.acls.insert(acl.id.clone(), acl);
    let interface = Interface {
        id: "eni-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        subnet_id: "subnet-1".to_owned(),
        security_groups: vec!["sg-1".to_owned()],
        private_ip: "10.0.1.4".to_owned(),
        description: "SageMaker Notebook Instance alpha".to_owned(),
        attached_by: "amazon-aws",
    };
    network.interfaces.insert(interface.id.clone(), interface);
}

pub(super) fn network() -> Network {
    let mut network = Network::default();
    for (id, is_default) in [("vpc-1", false), ("vpc-2", true)] {
        network.vpcs.insert(id.to_owned(), vpc(id, is_default));
    }
    for (id, vpc_id, zone) in [
        ("subnet-1", "vpc-1", "us-east-1a"),
        ("subnet-2", "vpc-1", "us-east-1b"),
        ("subnet-3", "vpc-2", "us-east-1-bos-1a"),
    ] {
        network.subnets.insert(id.to_owned(), subnet(id, vpc_id, zone));
    }
    for (id, vpc_id) in [("sg-1", "vpc-1"), ("sg-2", "vpc-2")] {
        network.security_groups.insert(id.to_owned(), security_group(id, vpc_id));
    }
    for table in [route_table("rtb-1", true, &[]), route_table("rtb-2", false, &["subnet-2"])] {
        network.route_tables.insert(table.id.clone(), table);
    }
    for one in [endpoint("vpce-1", "s3", "Gateway"), endpoint("vpce-2", "sagemaker.api", "Interface")] {
        network.endpoints.insert(one.id.clone(), one);
    }
    for (name, id, kind) in [
        ("us-east-1a", "use1-az1", "availability-zone"),
        ("us-east-1b", "use1-az2", "availability-zone"),
        ("us-east-1-bos-1a", "use1-bos1-az1", "local-zone"),
    ] {
        let zone = Zone {
            name: name.to_owned(),
            id: id.to_owned(),
            kind: kind.to_owned(),
            lacks: Default::default(),
        };
        network.zones.insert(name.to_owned(), zone);
    }
    edges(&mut network);
    network
}
