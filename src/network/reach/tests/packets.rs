//! Routes, ACLs and groups against slow and obvious references, packet by packet.

use proptest::prelude::*;

use super::*;
use crate::network::{Acl, AclEntry, Addresses, Block, Traffic};

// Small spaces: addresses 0.0.0.0 to 0.0.0.15, ports 440 to 447.

const SPACE: std::ops::Range<u32> = 0..16;
const PORTS: std::ops::RangeInclusive<u16> = 440..=447;

fn block() -> impl Strategy<Value = Block> {
    (SPACE, 28..=32_u8).prop_map(|(base, bits)| Block::around(base, bits))
}

fn traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![
        1 => Just(Traffic::All),
        1 => Just(Traffic::Other),
        4 => (PORTS, PORTS).prop_map(|(a, b)| Traffic::Tcp(a.min(b), a.max(b))),
    ]
}

/// Whether it is for TCP on one port.
fn is_for(traffic: Traffic, port: u16) -> bool {
    match traffic {
        Traffic::All => true,
        Traffic::Other => false,
        Traffic::Tcp(from, to) => (from..=to).contains(&port),
    }
}

fn route() -> impl Strategy<Value = Route> {
    let destination = prop_oneof![
        8 => block().prop_map(Destination::Ipv4),
        1 => Just(Destination::Ipv4(Block::ALL)),
        1 => any::<bool>().prop_map(|everything| Destination::Ipv6 { everything }),
        1 => Just(Destination::PrefixList("pl-1".to_owned())),
    ];
    (destination, 0..9_u8, any::<bool>()).prop_map(|(destination, number, propagated)| Route {
        destination,
        via: Via::Nat(format!("nat-{number}")),
        state: "active".to_owned(),
        propagated,
    })
}

fn entry() -> impl Strategy<Value = AclEntry> {
    (1..40_u32, any::<bool>(), any::<bool>(), traffic(), block())
        .prop_map(|(number, egress, allow, traffic, peer)| AclEntry { number, egress, allow, traffic, peer })
}

/// A list that has each number once for each way, in no order.
fn acl() -> impl Strategy<Value = Acl> {
    prop::collection::vec(entry(), 0..10).prop_map(|mut entries| {
        let mut seen = std::collections::BTreeSet::new();
        entries.retain(|entry| seen.insert((entry.egress, entry.number)));
        let (id, vpc) = ("acl-1".to_owned(), "vpc-1".parse().unwrap());
        Acl { id, vpc, subnets: Vec::new(), entries }
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    (traffic(), block()).prop_map(|(traffic, block)| Rule { traffic, peer: Peer::Ipv4(block) })
}

/// The route that one packet takes: of those for its address the one with the longest prefix, a propagated one last.
fn taken(routes: &[Route], address: u32) -> Option<&Route> {
    let mut best: Option<(&Route, u8)> = None;
    for route in routes {
        let Destination::Ipv4(block) = &route.destination else { continue };
        if !block.has(address) {
            continue;
        }
        let better = match best {
            None => true,
            Some((held, bits)) => {
                block.bits() > bits || (block.bits() == bits && held.propagated && !route.propagated)
            }
        };
        if better {
            best = Some((route, block.bits()));
        }
    }
    best.map(|(route, _)| route)
}

/// What happens to one packet at the border of a subnet.
fn passes(acl: &Acl, egress: bool, (port, address): (u16, u32)) -> bool {
    let mut entries: Vec<&AclEntry> = acl.entries.iter().filter(|entry| entry.egress == egress).collect();
    entries.sort_by_key(|entry| entry.number);
    let first = entries.into_iter().find(|entry| is_for(entry.traffic, port) && entry.peer.has(address));
    first.is_some_and(|entry| entry.allow)
}

/// Where a route leads, and its state.
fn lead() -> impl Strategy<Value = (Via, &'static str)> {
    prop_oneof![
        3 => Just((Via::Elsewhere("transit gateway", "tgw-1".to_owned()), "active")),
        1 => Just((Via::Elsewhere("transit gateway", "tgw-2".to_owned()), "blackhole")),
        1 => Just((Via::Endpoint("vpce-1".to_owned()), "active")),
        1 => Just((Via::InternetGateway("igw-1".to_owned()), "active")),
        1 => Just((Via::Nat("nat-gone".to_owned()), "active")),
    ]
}

/// What a VPC of the small space has for itself.
fn own_block() -> Block {
    Block::around(8, 30)
}

/// The VPC of the fixtures in the small space, with these routes, rules and entries of its own.
fn small(routes: &[Route], rules: &[Rule], acl: &Acl) -> NetworkFacts {
    let mut facts = facts();
    for group in facts.security_groups.values_mut() {
        let Reading::Found(group) = group else { panic!("{group:?}") };
        group.egress = rules.to_vec();
    }
    let survey = facts.surveys.get_mut(&region()).unwrap();
    survey.vpcs.iter_mut().flatten().for_each(|vpc| vpc.blocks = vec![own_block()]);
    survey.route_tables.iter_mut().flatten().for_each(|table| table.routes = routes.to_vec());
    survey.acls.iter_mut().flatten().for_each(|one| one.entries.clone_from(&acl.entries));
    facts
}

fn of_all(passed: impl Iterator<Item = bool>) -> CheckVerdict {
    let passed: Vec<bool> = passed.collect();
    if passed.iter().all(|one| *one) {
        CheckVerdict::Yes
    } else if passed.iter().any(|one| *one) {
        CheckVerdict::Unknown
    } else {
        CheckVerdict::No
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_route_wins_the_addresses_whose_packets_take_it(
        routes in prop::collection::vec(route(), 0..8),
        wanted in prop::collection::vec(block(), 1..4),
    ) {
        let wanted: Addresses = wanted.into_iter().collect();
        let (shares, left) = routes::shares(&routes, &wanted);
        for address in 0..20 {
            let winners: Vec<&Route> =
                shares.iter().filter(|(_, won)| won.has(address)).map(|(route, _)| *route).collect();
            let expected = if wanted.has(address) { taken(&routes, address) } else { None };
            prop_assert_eq!(&winners, &expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(left.has(address), wanted.has(address) && expected.is_none());
        }
    }

    #[test]
    fn an_acl_lets_through_what_it_lets_through_packet_by_packet(
        acl in acl(),
        egress: bool,
        (a, b) in (PORTS, PORTS),
        peers in prop::collection::vec(block(), 1..4),
    ) {
        let peers: Addresses = peers.into_iter().collect();
        let ports = (a.min(b), a.max(b));
        let packets = (ports.0..=ports.1).flat_map(|port| SPACE.map(move |address| (port, address)));
        let packets = packets.filter(|(_, address)| peers.has(*address));
        let expected = of_all(packets.map(|packet| passes(&acl, egress, packet)));
        let found = rules::crosses(&acl, rules::Crossing { egress, ports, peers: &peers, told: "them" });
        prop_assert_eq!(found.verdict, expected, "{:?}", found.evidence);
    }

    #[test]
    fn groups_let_through_what_any_rule_of_theirs_does(
        all in prop::collection::vec(rule(), 0..8),
        peers in prop::collection::vec(block(), 1..4),
    ) {
        let peers: Addresses = peers.into_iter().collect();
        let addresses = SPACE.filter(|address| peers.has(*address));
        let open = |address: u32| all.iter().any(|rule| {
            is_for(rule.traffic, 443) && matches!(rule.peer, Peer::Ipv4(block) if block.has(address))
        });
        prop_assert_eq!(rules::covers(&rules::Open::of(&all), &peers), of_all(addresses.map(open)));
    }

    #[test]
    fn a_service_may_answer_beyond_the_vpc_where_one_packet_may_go_there_and_come_back(
        mut routes in prop::collection::vec(route(), 0..6),
        leads in prop::collection::vec(lead(), 6),
        rules in prop::collection::vec(rule(), 0..6),
        acl in acl(),
    ) {
        for (route, (via, state)) in routes.iter_mut().zip(leads) {
            (route.via, route.state) = (via, state.to_owned());
        }
        routes.retain(|route| !matches!(route.destination, Destination::PrefixList(_)));
        let ports = |egress| if egress { (443, 443) } else { (1024, 65535) };
        let entries = acl.entries.into_iter().map(|one| {
            let (first, last) = ports(one.egress);
            AclEntry { traffic: Traffic::Tcp(first, last), ..one }
        });
        let acl = Acl { entries: entries.collect(), ..acl };
        let goes = |address: u32| taken(&routes, address).is_some_and(|route| {
            matches!(route.via, Via::Elsewhere(..) | Via::Endpoint(_)) && route.state == "active"
        });
        let open = |address: u32| rules.iter().any(|rule| {
            is_for(rule.traffic, 443) && matches!(rule.peer, Peer::Ipv4(block) if block.has(address))
        });
        let may = SPACE.filter(|address| !own_block().has(*address)).any(|address| {
            let (out, back) = ((443, address), (1024, address));
            goes(address) && open(address) && passes(&acl, true, out) && passes(&acl, false, back)
        });
        let found = checks(&small(&routes, &rules, &acl));
        let (verdict, evidence) = told(&found, CheckName::Need(Need::S3));
        prop_assert_eq!(verdict, if may { CheckVerdict::Unknown } else { CheckVerdict::No }, "{}", evidence);
    }

    #[test]
    fn one_no_decides_for_all_and_one_yes_for_any(verdicts in prop::collection::vec(0..3_u8, 1..6)) {
        let finding = |verdict: &u8| match verdict {
            0 => Finding::no("n"),
            1 => Finding::unknown("u"),
            _ => Finding::yes("y"),
        };
        let lowest = finding(verdicts.iter().min().unwrap());
        let highest = finding(verdicts.iter().max().unwrap());
        prop_assert_eq!(Finding::all(verdicts.iter().map(finding)), lowest);
        prop_assert_eq!(Finding::any(verdicts.iter().map(finding)), highest);
    }
}
