//! Laws of the choice between groups.

use proptest::prelude::*;

use super::*;
use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::fixtures::{account, facts, region};
use crate::network::{Block, Destination, Dns, Endpoint, Peer, Route, Rule, Traffic, Via};

/// A group of the fixture's VPC.
#[derive(Debug, Clone)]
struct Group {
    id: String,
    name: String,
    /// Whether it lets anything out.
    open: bool,
    /// Whether an endpoint has it, and whether a load balancer has.
    services: (bool, bool),
    /// How many compliant notebooks use it.
    used: usize,
}

fn group(name: &str) -> Group {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let id = format!("sg-{}", letters.to_lowercase());
    Group { id, name: name.to_owned(), open: true, services: (false, false), used: 0 }
}

fn closed(name: &str) -> Group {
    Group { open: false, ..group(name) }
}

fn used(by: usize, group: Group) -> Group {
    Group { used: by, ..group }
}

/// The fixture's networks, with these groups in place of its own.
fn networks(groups: &[Group]) -> RegionNetworks {
    let mut facts = facts();
    let survey = facts.surveys.get_mut(&region()).unwrap();
    let model = survey.groups.as_ref().unwrap()[0].clone();
    facts.security_groups.clear();
    let all_out = vec![Rule { traffic: Traffic::All, peer: Peer::Ipv4(Block::ALL) }];
    let made = |one: &Group| SecurityGroup {
        id: one.id.parse().unwrap(),
        name: one.name.clone(),
        egress: if one.open { all_out.clone() } else { Vec::new() },
        ..model.clone()
    };
    let made: Vec<SecurityGroup> = groups.iter().map(made).collect();
    for one in &made {
        facts.security_groups.insert((region(), one.id.clone()), Reading::Found(one.clone()));
    }
    survey.groups = Ok(made);
    let endpoint = |one: &Group| Endpoint {
        id: format!("vpce-{}", one.name),
        vpc: "vpc-1".parse().unwrap(),
        service: "com.amazonaws.us-east-1.sts".to_owned(),
        kind: "Interface".to_owned(),
        state: "available".to_owned(),
        route_tables: Vec::new(),
        subnets: Vec::new(),
        groups: vec![one.id.parse().unwrap()],
        private_dns: true,
    };
    survey.endpoints = Ok(groups.iter().filter(|one| one.services.0).map(endpoint).collect());
    let balanced = groups.iter().filter(|one| one.services.1).map(|one| one.id.parse().unwrap());
    let vpcs = [("vpc-1".parse().unwrap(), VpcName::default())].into();
    RegionNetworks {
        facts,
        names: Names { vpcs, ..Names::default() },
        load_balancers: Ok(balanced.collect()),
    }
}

/// The only VPC, as a candidate.
fn candidate(networks: &RegionNetworks, groups: &[Group]) -> Candidate {
    let subnet: SubnetId = "subnet-b".parse().unwrap();
    let of = |one: &Group| vec![vec![one.id.parse::<SecurityGroupId>().unwrap()]; one.used];
    let places: Vec<Vec<SecurityGroupId>> = groups.iter().flat_map(of).collect();
    let neighbours: Vec<_> = places.iter().map(|groups| (&subnet, groups.as_slice())).collect();
    let (region, account) = (&region(), &account());
    let siting = Siting { networks, region, account, neighbours: &neighbours };
    let mut all = siting.candidates();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn chosen(groups: &[Group]) -> Option<String> {
    candidate(&networks(groups), groups).best_group().map(|one| one.name.clone())
}

/// The fixture's networks, and a VPC beside its own for each of these, with its own route tables.
fn beside(others: &[(&str, Via)]) -> RegionNetworks {
    let mut networks = networks(&[group("notebooks")]);
    for (id, via) in others {
        let vpc: VpcId = id.parse().unwrap();
        let survey = networks.facts.surveys.get_mut(&region()).unwrap();
        let destination = Destination::Ipv4("10.128.0.0/9".parse().unwrap());
        let (subnet, sg) = (id.replace("vpc", "subnet"), id.replace("vpc", "sg"));
        let mut table = survey.route_tables.as_ref().unwrap()[0].clone();
        let first = table.routes[0].clone();
        table.routes = vec![Route { destination, via: via.clone(), ..first }];
        (table.id, table.vpc) = (id.replace("vpc", "rtb"), vpc.clone());
        survey.route_tables.as_mut().unwrap().push(table);
        let mut one = survey.vpcs.as_ref().unwrap()[0].clone();
        one.id = vpc.clone();
        survey.vpcs.as_mut().unwrap().push(one);
        let mut one = survey.subnets.as_ref().unwrap()[0].clone();
        (one.id, one.vpc) = (subnet.parse().unwrap(), vpc.clone());
        survey.acls.as_mut().unwrap()[0].subnets.push(one.id.clone());
        survey.subnets.as_mut().unwrap().push(one.clone());
        let mut group = survey.groups.as_ref().unwrap()[0].clone();
        (group.id, group.vpc) = (sg.parse().unwrap(), vpc.clone());
        survey.groups.as_mut().unwrap().push(group.clone());
        let dns = Dns { support: Ok(true), hostnames: Ok(true) };
        survey.dns.insert(vpc.clone(), dns);
        networks.facts.subnets.insert((region(), one.id.clone()), Reading::Found(one));
        networks.facts.security_groups.insert((region(), group.id.clone()), Reading::Found(group));
        networks.names.vpcs.insert(vpc, VpcName::default());
    }
    networks
}

#[test]
fn a_vpc_whose_routes_lead_elsewhere_is_better_than_one_that_certainly_reaches_nothing() {
    let transit = || Via::Elsewhere("transit gateway", "tgw-1".to_owned());
    let gone = || Via::Nat("nat-gone".to_owned());
    for others in [[("vpc-0", gone()), ("vpc-2", transit())], [("vpc-0", transit()), ("vpc-2", gone())]] {
        let networks = beside(&others);
        let (region, account) = (&region(), &account());
        let all = Siting { networks: &networks, region, account, neighbours: &[] }.candidates();
        let reached: Vec<Reach> = all.iter().map(Candidate::reach).collect();
        assert_eq!(reached, [Reach::Internet, Reach::Unknown, Reach::Nothing]);
        let via = others.iter().find(|(id, _)| *id == all[1].vpc.as_str()).map(|(_, via)| via);
        assert_eq!(via, Some(&transit()));
    }
}

#[test]
fn the_group_that_compliant_notebooks_use_wins_over_one_that_reaches_more() {
    let groups = [group("anything"), group("notebooks-new"), used(2, closed("team")), used(9, closed("ml"))];
    assert_eq!(chosen(&groups).as_deref(), Some("ml"));
    let found = candidate(&networks(&groups), &groups);
    let order: Vec<&str> = found.groups.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(order, ["ml", "team", "notebooks-new", "anything"]);
    // What is reached is told as it is, not as it would be with a better group.
    assert_eq!((found.groups[0].reach, found.reach()), (Reach::Nothing, Reach::Nothing));
    assert_eq!(found.groups[2].reach, Reach::Internet);
}

#[test]
fn what_nobody_uses_is_chosen_by_its_name_and_then_by_what_it_reaches() {
    assert_eq!(chosen(&[group("web"), closed("SageMaker-team")]).as_deref(), Some("SageMaker-team"));
    assert_eq!(chosen(&[closed("batch"), group("web")]).as_deref(), Some("web"));
}

#[test]
fn a_group_of_a_service_and_the_default_one_are_never_chosen_even_where_notebooks_use_them() {
    for services in [(true, false), (false, true)] {
        let service = |by| Group { services, ..used(by, group("notebooks")) };
        assert_eq!(chosen(&[service(9), closed("other")]).as_deref(), Some("other"), "{services:?}");
        assert_eq!(chosen(&[service(9), used(3, group("default"))]), None, "{services:?}");
    }
}

#[test]
fn a_vpc_without_a_group_to_choose_says_so_and_takes_none_in_secret() {
    let groups = [group("default"), Group { services: (true, false), ..group("interfaces") }];
    let found = candidate(&networks(&groups), &groups);
    assert_eq!((found.best_group(), found.reach()), (None, Reach::NoGroup));
    assert!(found.free_addresses() > 0, "its subnets can take instances");
    let whose: Vec<Option<&str>> = found.groups.iter().map(|one| one.belongs_to.as_deref()).collect();
    assert_eq!(whose, [Some("the VPC endpoint vpce-interfaces"), None]);
    // Once somebody has chosen one, what is reached with it is known.
    let networks = networks(&groups);
    let (region, account) = (&region(), &account());
    let siting = Siting { networks: &networks, region, account, neighbours: &[] };
    let mut again = found;
    siting.refit(&mut again, &["sg-default".parse().unwrap()]);
    assert_eq!(again.reach(), Reach::Internet);
}

#[test]
fn a_name_tells_whose_a_group_is_where_nothing_else_does() {
    for name in [
        "vpc-endpoints",
        "VPCEndpointSG",
        "sagemaker_vpce",
        "prod-alb",
        "MyStack-ALBSecurityGroup29A3BDEF",
        "k8s-elb-a1b2",
        "default_elb_0123",
        "notebook load-balancer",
        "LoadBalancerGroup",
    ] {
        assert_eq!(chosen(&[group(name), closed("other")]).as_deref(), Some("other"), "{name}");
        // What notebooks are seen to use weighs more than what it is called.
        assert_eq!(chosen(&[used(1, group(name)), closed("other")]).as_deref(), Some(name));
    }
    for name in ["albatross", "selbstlernen", "balance", "blueprints", "ml"] {
        assert_eq!(chosen(&[group(name), closed("other")]).as_deref(), Some(name));
    }
}

#[test]
fn a_description_tells_of_load_balancers_and_not_of_who_may_go_to_endpoints() {
    let groups = [group("k8s-traffic"), closed("other")];
    for (text, best) in [
        ("[k8s] Managed SecurityGroup for LoadBalancer", "other"),
        ("Automatically created Security Group for ELB StackLB1", "other"),
        ("lets HTTPS out to the VPC endpoints", "k8s-traffic"),
    ] {
        let mut networks = networks(&groups);
        let survey = networks.facts.surveys.get_mut(&region()).unwrap();
        survey.groups.as_mut().unwrap()[0].description = text.to_owned();
        let found = candidate(&networks, &groups);
        assert_eq!(found.best_group().map(|one| one.name.as_str()), Some(best), "{text}");
    }
}

#[test]
fn where_services_could_not_be_listed_only_what_notebooks_use_or_is_named_for_them_is_chosen() {
    let denied = || ApiError {
        operation: "DescribeVpcEndpoints".to_owned(),
        region: region(),
        kind: ApiErrorKind::AccessDenied,
        effect: Effect::None,
        code: None,
        message: "no".to_owned(),
        request_id: None,
    };
    let best = |groups: &[Group], endpoints: bool| {
        let mut networks = networks(groups);
        match endpoints {
            true => networks.facts.surveys.get_mut(&region()).unwrap().endpoints = Err(denied()),
            false => networks.load_balancers = Err(denied()),
        }
        candidate(&networks, groups).best_group().map(|one| one.name.clone())
    };
    for endpoints in [true, false] {
        assert_eq!(best(&[group("web"), group("batch")], endpoints), None);
        assert_eq!(best(&[group("web"), closed("notebooks")], endpoints).as_deref(), Some("notebooks"));
        assert_eq!(best(&[used(1, closed("web")), group("batch")], endpoints).as_deref(), Some("web"));
    }
}

fn any_group() -> impl Strategy<Value = Group> {
    let name = prop_oneof![Just("default"), Just("notebooks"), Just("web"), Just("vpc-endpoints")];
    (name, any::<bool>(), (any::<bool>(), any::<bool>()), 0..3_usize)
        .prop_map(|(name, open, services, used)| Group { open, services, used, ..group(name) })
}

proptest! {
    #[test]
    fn the_best_group_is_nobody_elses_and_the_one_that_most_notebooks_use(
        mut groups in prop::collection::vec(any_group(), 0..5)
    ) {
        for (at, one) in groups.iter_mut().enumerate() {
            one.id = format!("sg-{at}");
        }
        let mut backwards = groups.clone();
        backwards.reverse();
        let found = candidate(&networks(&groups), &groups);
        prop_assert_eq!(&found.groups, &candidate(&networks(&backwards), &groups).groups);
        let own = |one: &&Group| one.name != "default" && one.services == (false, false);
        let most = groups.iter().filter(own).map(|one| one.used).max().unwrap_or(0);
        match found.best_group() {
            Some(best) => {
                let best = groups.iter().find(|one| one.id == best.id.as_str()).unwrap();
                prop_assert!(own(&best), "{best:?}");
                prop_assert_eq!(best.used, most);
            }
            None => {
                prop_assert_eq!(most, 0);
                prop_assert!(groups.iter().filter(own).all(|one| one.name == "vpc-endpoints"));
                prop_assert!(found.reach() <= Reach::NoGroup);
            }
        }
    }
}
