//! The verdict on a target: what no scenario can say.

mod packets;

use super::*;
use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::fixtures::{account, facts, region};
use crate::network::{Destination, Endpoint, Peer, Route, Rule, Survey, Traffic, Via};

/// The checks of subnet-a, in the VPC of the fixtures after a change.
fn after(change: impl FnOnce(&mut Survey)) -> Vec<Check> {
    let mut facts = facts();
    change(facts.surveys.get_mut(&region()).unwrap());
    checks(&facts)
}

fn checks(facts: &NetworkFacts) -> Vec<Check> {
    let (subnet, groups) = ("subnet-a".parse().unwrap(), ["sg-a".parse().unwrap()]);
    let (region, account, required) = (&region(), &account(), &BTreeSet::from([Need::Egress, Need::Kms]));
    lasting_checks(facts, &Asked { region, account, subnet: &subnet, groups: &groups, required })
}

fn told(checks: &[Check], name: CheckName) -> (CheckVerdict, &str) {
    let check = checks.iter().find(|check| check.name == name).unwrap();
    (check.verdict, &check.evidence)
}

#[test]
fn what_is_required_and_what_is_always_told_are_looked_into_and_nothing_else() {
    let all = after(|_| {});
    let told: Vec<(&str, CheckVerdict, bool)> =
        all.iter().map(|check| (check.name.as_str(), check.verdict, check.required)).collect();
    let yes = CheckVerdict::Yes;
    let expected = [
        ("subnet", yes, false),
        ("zone", yes, false),
        ("security-groups", yes, false),
        ("same-vpc", yes, false),
        ("tenancy", yes, false),
        ("egress", yes, true),
        ("s3", yes, false),
        ("sagemaker-api", yes, false),
        ("kms", yes, true),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_could_not_be_read_is_unknown_never_yes_and_never_no() {
    let denied = || ApiError {
        operation: "DescribeAnything".to_owned(),
        region: region(),
        kind: ApiErrorKind::AccessDenied,
        effect: Effect::None,
        code: None,
        message: String::new(),
        request_id: None,
    };
    let mut unread = facts();
    unread.subnets.values_mut().for_each(|one| *one = Reading::Unreadable(denied()));
    unread.security_groups.values_mut().for_each(|one| *one = Reading::Unreadable(denied()));
    let all = checks(&unread);
    assert!(all.iter().all(|check| check.verdict == CheckVerdict::Unknown), "{all:?}");
    let nothing = after(|survey| {
        let Survey { vpcs, subnets, groups, route_tables, nat_gateways, endpoints, acls, dns } = survey;
        (*vpcs, *subnets, *groups) = (Err(denied()), Err(denied()), Err(denied()));
        (*route_tables, *nat_gateways, *endpoints) = (Err(denied()), Err(denied()), Err(denied()));
        *acls = Err(denied());
        dns.clear();
    });
    for check in nothing.iter().filter(|check| !CheckName::BASIC.contains(&check.name)) {
        assert_eq!(check.verdict, CheckVerdict::Unknown, "{check:?}");
    }
    assert!(told(&nothing, CheckName::Need(Need::Egress)).1.contains("access denied"));
    let mut no_survey = facts();
    no_survey.surveys.clear();
    assert_eq!(told(&checks(&no_survey), CheckName::Need(Need::Egress)).0, CheckVerdict::Unknown);
    no_survey.zones.clear();
    assert_eq!(told(&checks(&no_survey), CheckName::Zone).0, CheckVerdict::Unknown);
}

#[test]
fn what_this_version_does_not_know_is_unknown() {
    let nat = |change: fn(&mut crate::network::NatGateway)| {
        after(move |survey| survey.nat_gateways.iter_mut().flatten().for_each(change))
    };
    for (all, evidence) in [
        (nat(|one| one.state = "resting".to_owned()), "`resting`"),
        (nat(|one| one.connectivity = None), "does not tell whether it is public"),
        (nat(|one| one.connectivity = Some("secret".to_owned())), "`secret`"),
        (nat(|one| one.subnet = None), "neither its subnet nor its route table"),
        (
            after(|survey| {
                let blocked = Some("block-some".to_owned());
                survey.vpcs.iter_mut().flatten().for_each(|vpc| vpc.block_public_access = blocked.clone());
            }),
            "`block-some`",
        ),
        (
            after(|survey| {
                let tables = survey.route_tables.iter_mut().flatten();
                tables.flat_map(|table| &mut table.routes).for_each(|one| one.state = "filtered".to_owned());
            }),
            "`filtered`",
        ),
        (after(|survey| survey.route_tables = Ok(Vec::new())), "no route table of subnet-a"),
        (after(|survey| survey.acls = Ok(Vec::new())), "no network ACL of subnet-a"),
    ] {
        let (verdict, told) = told(&all, CheckName::Need(Need::Egress));
        assert!(
            verdict == CheckVerdict::Unknown && told.contains(evidence),
            "{evidence}: {verdict:?} {told}"
        );
    }
}

#[test]
fn a_nat_gateway_that_is_not_there_is_no_way_out() {
    let all = after(|survey| survey.nat_gateways = Ok(Vec::new()));
    let (verdict, evidence) = told(&all, CheckName::Need(Need::Egress));
    assert!(
        verdict == CheckVerdict::No && evidence.contains("nat-1, which is no NAT gateway of vpc-1"),
        "{evidence}"
    );
}

/// The route of the main table, or of the public one, where there is one more beside it.
fn with_route(survey: &mut Survey, table: &str, destination: Destination, via: Via) {
    let found = survey.route_tables.iter_mut().flatten().find(|one| one.id == table).unwrap();
    found.routes.push(Route { destination, via, state: "active".to_owned(), propagated: false });
}

fn transit() -> Via {
    Via::Elsewhere("transit gateway", "tgw-1".to_owned())
}

#[test]
fn a_nat_gateway_leads_to_other_networks_where_its_own_table_does() {
    let private = || Destination::Ipv4("10.0.0.0/8".parse().unwrap());
    let stranded = |onward: bool| {
        after(move |survey| {
            survey.route_tables.as_mut().unwrap()[1].routes.clear();
            if onward {
                with_route(survey, "rtb-public", private(), transit());
            }
        })
    };
    let (verdict, evidence) =
        (CheckName::Need(Need::S3), "nat-1, and from there rtb-public has 10.0.0.0/8 to tgw-1");
    let all = stranded(true);
    let found = told(&all, verdict);
    assert!(found.0 == CheckVerdict::Unknown && found.1.contains(evidence), "{}", found.1);
    assert_eq!(told(&all, CheckName::Need(Need::Egress)).0, CheckVerdict::No);
    assert_eq!(told(&stranded(false), verdict).0, CheckVerdict::No);
}

#[test]
fn a_prefix_list_may_hold_other_networks_unless_it_leads_to_an_endpoint_of_a_service() {
    let endpoint = |kind: &str| Endpoint {
        id: "vpce-1".to_owned(),
        vpc: "vpc-1".parse().unwrap(),
        service: "com.amazonaws.us-east-1.dynamodb".to_owned(),
        kind: kind.to_owned(),
        state: "available".to_owned(),
        route_tables: vec!["rtb-main".to_owned()],
        subnets: Vec::new(),
        groups: Vec::new(),
        private_dns: false,
    };
    let lists = |via: Via, kind: &str| {
        let endpoints = vec![endpoint(kind)];
        let all = after(move |survey| {
            survey.route_tables.as_mut().unwrap()[0].routes.clear();
            survey.endpoints = Ok(endpoints);
            with_route(survey, "rtb-main", Destination::PrefixList("pl-1".to_owned()), via);
        });
        [Need::Egress, Need::S3].map(|need| told(&all, CheckName::Need(need)).0)
    };
    let (no, unknown) = ([CheckVerdict::No; 2], [CheckVerdict::Unknown; 2]);
    assert_eq!(lists(transit(), "Gateway"), unknown);
    assert_eq!(lists(Via::Endpoint("vpce-1".to_owned()), "GatewayLoadBalancer"), unknown);
    assert_eq!(lists(Via::Endpoint("vpce-1".to_owned()), "Gateway"), no);
}

#[test]
fn a_rule_for_a_group_lets_out_of_the_vpc_only_where_the_group_may_be_a_peers() {
    let to = |group: &str| {
        let mut facts = facts();
        let rule = Rule { traffic: Traffic::All, peer: Peer::Group(group.parse().unwrap()) };
        for reading in facts.security_groups.values_mut() {
            let Reading::Found(one) = reading else { panic!("{reading:?}") };
            one.egress = vec![rule.clone()];
        }
        let survey = facts.surveys.get_mut(&region()).unwrap();
        with_route(survey, "rtb-main", Destination::Ipv4("172.16.0.0/12".parse().unwrap()), transit());
        told(&checks(&facts), CheckName::Need(Need::S3)).0
    };
    assert_eq!(to("sg-a"), CheckVerdict::No);
    assert_eq!(to("sg-peer"), CheckVerdict::Unknown);
}

#[test]
fn block_public_access_of_a_vpc_says_nothing_for_sure_of_subnets_whose_own_is_not_told() {
    let with = |vpc: Option<&str>, subnets: [Option<&str>; 2]| {
        let mut facts = facts();
        let of = |mode: Option<&str>| mode.map(str::to_owned);
        for reading in facts.subnets.values_mut() {
            let Reading::Found(subnet) = reading else { panic!("{reading:?}") };
            subnet.block_public_access = of(subnets[0]);
        }
        let survey = facts.surveys.get_mut(&region()).unwrap();
        survey.vpcs.iter_mut().flatten().for_each(|one| one.block_public_access = of(vpc));
        for one in survey.subnets.iter_mut().flatten().filter(|one| one.id.as_str() == "subnet-public") {
            one.block_public_access = of(subnets[1]);
        }
        checks(&facts)
    };
    let (all, off) = (Some("block-bidirectional"), Some("off"));
    let (yes, no, unknown) = (CheckVerdict::Yes, CheckVerdict::No, CheckVerdict::Unknown);
    for (vpc, subnets, expected, evidence) in [
        (None, [None, None], yes, "igw-1"),
        (off, [None, None], yes, "igw-1"),
        (Some("block-ingress"), [None, None], yes, "igw-1"),
        (all, [None, None], unknown, "EC2 does not tell whether subnet-a is excluded"),
        (all, [off, None], unknown, "EC2 does not tell whether subnet-public is excluded"),
        (all, [all, None], unknown, "block public access of subnet-a is `block-bidirectional`"),
        (all, [off, Some("block-ingress")], yes, "igw-1"),
        (None, [all, all], no, "of subnet-a and of subnet-public is `block-bidirectional`"),
        (off, [Some("block-some"), off], unknown, "block public access of subnet-a is `block-some`"),
    ] {
        let found = with(vpc, subnets);
        let (verdict, told) = told(&found, CheckName::Need(Need::Egress));
        assert!(verdict == expected && told.contains(evidence), "{vpc:?} {subnets:?}: {verdict:?} {told}");
    }
}

#[test]
fn the_first_of_several_endpoints_that_can_be_reached_is_enough() {
    let endpoint = |id: &str, groups: &[&str]| Endpoint {
        id: id.to_owned(),
        vpc: "vpc-1".parse().unwrap(),
        service: "cn.com.amazonaws.us-east-1.kms".to_owned(),
        kind: "Interface".to_owned(),
        state: "available".to_owned(),
        route_tables: Vec::new(),
        subnets: vec!["subnet-a".parse().unwrap()],
        groups: groups.iter().map(|id| id.parse().unwrap()).collect(),
        private_dns: true,
    };
    let itself = Rule { traffic: Traffic::Tcp(443, 443), peer: Peer::Group("sg-a".parse().unwrap()) };
    let with = |endpoints: Vec<Endpoint>| {
        let itself = itself.clone();
        after(move |survey| {
            survey.endpoints = Ok(endpoints);
            survey.groups.iter_mut().flatten().for_each(|group| group.ingress = vec![itself.clone()]);
        })
    };
    let both = with(vec![endpoint("vpce-1", &["sg-gone"]), endpoint("vpce-2", &["sg-a"])]);
    let (verdict, evidence) = told(&both, CheckName::Need(Need::Kms));
    assert!(verdict == CheckVerdict::Yes && evidence.contains("vpce-2"), "{evidence}");
    let one = with(vec![endpoint("vpce-1", &["sg-gone"])]);
    assert_eq!(
        told(&one, CheckName::Need(Need::Kms)),
        (CheckVerdict::Unknown, "EC2 does not tell of sg-gone")
    );
}
