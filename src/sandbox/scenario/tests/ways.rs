//! The ways through a network.

use super::*;
use crate::sandbox::world::network::{Destination, RouteTarget};

#[test]
fn each_way_out_is_a_route_or_none() {
    let target = |egress: &str| {
        let text = format!(
            "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/16'\negress = '{egress}'"
        );
        let world = good(&text).world(now());
        let network = &sites(&world).nth(1).unwrap().network;
        let vpc = network.vpcs.values().find(|vpc| !vpc.is_default).unwrap();
        let main = network.route_tables.values().find(|table| table.main && table.vpc_id == vpc.id).unwrap();
        assert!(main.subnets.is_empty());
        let way = main.routes.iter().find(|route| route.destination == Destination::Ipv4("0.0.0.0/0".into()));
        way.map(|route| (route.target.clone(), route.blackhole, network.clone()))
    };
    let (nat, blackhole, network) = target("nat").unwrap();
    let RouteTarget::NatGateway(id) = nat else { panic!("{nat:?}") };
    let gateway = &network.nat_gateways[&id];
    assert_eq!(
        (gateway.state.as_str(), gateway.connectivity.as_str(), blackhole),
        ("available", "public", false)
    );
    let table =
        network.route_tables.values().find(|table| table.subnets.contains(&gateway.subnet_id)).unwrap();
    assert!(matches!(table.routes[1].target, RouteTarget::InternetGateway(_)));
    let (_, blackhole, network) = target("deleted-nat").unwrap();
    assert!(blackhole && network.nat_gateways.values().all(|gateway| gateway.state == "deleted"));
    let (_, _, network) = target("private-nat").unwrap();
    assert_eq!(network.nat_gateways.values().next().unwrap().connectivity, "private");
    assert!(matches!(target("transit-gateway").unwrap().0, RouteTarget::TransitGateway(_)));
    assert!(matches!(target("internet-gateway").unwrap().0, RouteTarget::InternetGateway(_)));
    assert!(target("endpoints").is_none() && target("none").is_none());
}

#[test]
fn what_is_wrong_with_the_ways_through_a_network_is_said() {
    let network = format!("{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n");
    let rule = "is not a rule (write it as \"out tcp/443 0.0.0.0/0\": `out` or `in`, the protocol with its ports, and \
                a block, `s3`, a prefix list or a group of the network)";
    let entry = "is not an entry of a network ACL (write it as \"100 allow out tcp/443 0.0.0.0/0\": a number, `allow` \
                 or `deny`, `out` or `in`, the protocol with its ports, and a block)";
    for (keys, expected) in [
        ("acl = ['100 alow out all 0.0.0.0/0']", format!("`100 alow out all 0.0.0.0/0` {entry}")),
        ("acl = ['0 allow out all 0.0.0.0/0']", format!("`0 allow out all 0.0.0.0/0` {entry}")),
        ("acl = ['1 allow out all 10.0.0.1/8']", "`10.0.0.1/8` is not a block of IPv4 addresses".to_owned()),
        ("security_group = [{ name = 'g', rules = ['out tcp/9-8 g'] }]", format!("`out tcp/9-8 g` {rule}")),
        (
            "security_group = [{ name = 'g', rules = ['out all h'] }]",
            "the network `n` has no security group `h` (it has: g, default, endpoints)".to_owned(),
        ),
        (
            "route = [{ to = '0.0.0.0/1', via = 'none' }]",
            "a route cannot be `none` (it leads somewhere: to a gateway, or to a black hole)".to_owned(),
        ),
        (
            "load_balancer = [{ name = 'front', security_groups = ['h'] }]",
            "the network `n` has no security group `h` (it has: notebooks, default, endpoints)".to_owned(),
        ),
        ("endpoint = [{ service = 'kms', kind = 'gateway' }]", "`kms` has no gateway endpoint".to_owned()),
        (
            "endpoint = [{ service = 'kms', subnets = ['x'] }]",
            "the network `n` has no subnet `x` (it has: private-a, private-b, public)".to_owned(),
        ),
        (
            "endpoint = [{ service = 's3', route_tables = ['x'] }]",
            "the network `n` has no route table `x` (it has: private-a, private-b, public, main, public)"
                .to_owned(),
        ),
        ("owner = '1'", "`1` is not an account id (12 digits)".to_owned()),
    ] {
        assert_eq!(wrong(&format!("{network}{keys}")), expected, "{keys}");
    }
}

#[test]
fn a_subnet_may_be_called_as_the_route_tables_are() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n[[network.subnet]]\nname = 'main'\n\
         cidr = '10.0.0.0/24'\nroute_table = 'own'\n[[network.subnet]]\nname = 'public'\ncidr = '10.0.1.0/24'\n\
         route_table = 'own'"
    );
    let world = good(&format!("default_vpc = false\n{text}")).world(now());
    for site in sites(&world) {
        let tables = &site.network.route_tables;
        assert_eq!(tables.len(), 4, "main, that of the NAT gateway, and two of their own");
        assert_eq!(tables.values().filter(|table| table.main).count(), 1);
    }
}

#[test]
fn endpoints_take_an_address_in_one_subnet_of_each_zone() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/16'\negress = 'endpoints'\n\
         [[network.subnet]]\nname = 'a1'\ncidr = '10.0.0.0/24'\n[[network.subnet]]\nname = 'a2'\ncidr = '10.0.1.0/24'"
    );
    let world = good(&text).world(now());
    let network = &sites(&world).nth(1).unwrap().network;
    let free = |name: &str| {
        network.subnets.values().find(|one| one.tags.get("Name").is_some_and(|tag| tag == name)).unwrap().free
    };
    assert_eq!((free("a1"), free("a2")), (251 - 4, 251));
    let kinds: Vec<_> =
        network.endpoints.values().map(|one| (one.kind.as_str(), one.subnets.len())).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == ("Interface", 1)).count(), 4);
    assert_eq!(kinds.iter().filter(|kind| **kind == ("Gateway", 0)).count(), 1);
}
