//! What the create needs besides the target's network and its key: an execution role, IPv6 for `dualstack`, and a zone that has
//! the type.

use crate::api_error::Reading;
use crate::fixtures::{POLICY, companions, exposed, facts, instance, inventory, now, policy, region, tags};
use crate::ids::RoleArn;
use crate::inventory::{Assumable, Companions, Description, Role, Status};
use crate::network::{CheckName, CheckVerdict, Destination, NetworkFacts, Reading as Read, Route, Via};
use crate::plan::planner::{make, wanted_companions, wanted_facts};
use crate::plan::tests::hazards::{denied, kinds, plan_with, withheld, withheld_for};
use crate::plan::{HazardKind, Inputs, KnownRuns, Order, Plan, WithheldReason, check};

const ROLE: &str = "arn:aws:iam::123456789012:role/nb-research";

fn read(reading: &Reading<Role>) -> impl Fn(&mut Companions) {
    move |companions| _ = companions.roles.insert(RoleArn::read(ROLE).unwrap(), reading.clone())
}

fn role(arn: &str, assumable: Assumable) -> Reading<Role> {
    Reading::Found(Role { arn: arn.to_owned(), assumable })
}

fn stopped(one: &mut Description) {
    one.notebook_instance_status = Status::Stopped;
}

#[test]
fn a_role_that_is_gone_or_closed_withholds_a_running_source_and_a_stopped_one_alike() {
    for reading in [Reading::Missing, role(ROLE, Assumable::No)] {
        for one in [stopped, |_: &mut Description| {}] {
            for order in ["auto", "create-first"] {
                let policy = format!("{POLICY}[defaults]\norder = \"{order}\"\n");
                let reason = withheld(&policy, tags(&[]), one, read(&reading));
                assert_eq!(withheld_for(&reason), [HazardKind::RoleUnusable], "{reading:?}");
            }
        }
    }
}

#[test]
fn a_role_that_is_not_known_never_withholds() {
    let elsewhere = role("arn:aws:iam::123456789012:role/other/nb-research", Assumable::No);
    for reading in [denied(), elsewhere] {
        let plan = plan_with(POLICY, tags(&[]), |_| {}, read(&reading));
        assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::RoleUnknown], "{reading:?}");
    }
    for assumable in [Assumable::Yes, Assumable::Unknown] {
        let plan = plan_with(POLICY, tags(&[]), |_| {}, read(&role(ROLE, assumable)));
        assert_eq!(plan.items[0].hazards, [], "{assumable:?}");
    }
}

#[test]
fn roles_of_other_accounts_are_not_asked_about() {
    let mut other = exposed("b");
    other.role_arn = Some(ROLE.replace("1234", "9999"));
    let inventory = inventory(vec![instance(exposed("a"), tags(&[])), instance(other, tags(&[]))]);
    let wanted = wanted_companions(&policy(POLICY), &inventory);
    assert_eq!(wanted[&region()].roles, [RoleArn::read(ROLE).unwrap()].into());
}

fn plan_in(facts: &NetworkFacts, one: impl Fn(&mut Description)) -> Plan {
    let mut description = exposed("etl");
    one(&mut description);
    let (policy, inventory) = (policy(POLICY), inventory(vec![instance(description, tags(&[]))]));
    let (companions, runs) = (&companions(&inventory), &KnownRuns::default());
    let inventory = &inventory;
    let plan = make(Inputs { policy: &policy, inventory, facts, companions, runs, now: now() }).unwrap();
    assert_eq!(check::check(&plan), []);
    plan
}

fn dualstack(one: &mut Description) {
    one.ip_address_type = Some("dualstack".to_owned());
}

fn without_ipv6(facts: &mut NetworkFacts, id: &str) {
    let Some(Read::Found(subnet)) = facts.subnets.get_mut(&(region(), id.parse().unwrap())) else {
        panic!("{id}")
    };
    subnet.has_ipv6 = false;
}

#[test]
fn a_dualstack_source_goes_into_a_subnet_with_ipv6_and_is_withheld_where_there_is_none() {
    let mut facts = facts();
    without_ipv6(&mut facts, "subnet-a");
    let in_a = |plan: &Plan| plan.items[0].request.subnet_id.as_str() == "subnet-a";
    let plan = plan_in(&facts, dualstack);
    assert!(!in_a(&plan), "the policy prefers the first");
    assert!(plan.items[0].target.checks.iter().any(|check| check.name == CheckName::Ipv6));
    assert_eq!(plan.items[0].hazards, []);
    let plan = plan_in(&facts, |_| {});
    assert!(in_a(&plan) && !plan.items[0].target.checks.iter().any(|check| check.name == CheckName::Ipv6));
    without_ipv6(&mut facts, "subnet-b");
    let plan = plan_in(&facts, dualstack);
    let WithheldReason::Network { failed, .. } = &plan.withheld[0].reason else { panic!("{plan:?}") };
    let found: Vec<_> = failed.iter().map(|check| (check.name, check.verdict)).collect();
    assert_eq!(found, [(CheckName::Ipv6, CheckVerdict::No); 2]);
}

#[test]
fn a_way_to_an_internet_gateway_by_ipv6_is_told_of_who_has_such_addresses() {
    let mut facts = facts();
    let survey = facts.surveys.get_mut(&region()).unwrap();
    let table = &mut survey.route_tables.as_mut().unwrap()[0];
    table.routes.push(Route {
        destination: Destination::Ipv6 { everything: true },
        via: Via::InternetGateway("igw-6".to_owned()),
        state: "active".to_owned(),
        propagated: false,
    });
    let plan = plan_in(&facts, dualstack);
    assert_eq!(kinds(&plan.items[0].hazards), [HazardKind::Ipv6ToInternet]);
    assert_eq!(plan.items[0].hazards[0].evidence, ["rtb-main sends IPv6 from subnet-a to igw-6"]);
    assert_eq!(plan_in(&facts, |_| {}).items[0].hazards, []);
    // Egress-only gateways let nobody in.
    let survey = facts.surveys.get_mut(&region()).unwrap();
    let routes = &mut survey.route_tables.as_mut().unwrap()[0].routes;
    routes.last_mut().unwrap().via = Via::Elsewhere("egress-only internet gateway", "eigw-1".to_owned());
    assert_eq!(plan_in(&facts, dualstack).items[0].hazards, []);
    let Reading::Unreadable(error) = denied::<()>() else { unreachable!() };
    facts.surveys.get_mut(&region()).unwrap().route_tables = Err(error);
    assert_eq!(kinds(&plan_in(&facts, dualstack).items[0].hazards), [HazardKind::Ipv6ToInternet]);
}

#[test]
fn a_zone_without_the_type_is_a_hint_and_a_type_that_ec2_does_not_know_is_none() {
    let mut facts = facts();
    let listed = |zones: &[&str]| {
        let zones = zones.iter().map(|zone| (*zone).to_owned()).collect();
        Ok([("t3.medium".to_owned(), zones)].into())
    };
    facts.offerings.insert(region(), listed(&["us-east-1b", "us-east-1c"]));
    let hazards = plan_in(&facts, |_| {}).items[0].hazards.clone();
    assert_eq!(kinds(&hazards), [HazardKind::TypeNotInZone]);
    assert_eq!(plan_in(&facts, |_| {}).items[0].order, Order::CreateFirst);
    assert_eq!(hazards[0].evidence, ["EC2 has t3.medium in us-east-1b, us-east-1c, not in us-east-1a"]);
    facts.offerings.insert(region(), listed(&["us-east-1a"]));
    let there = &plan_in(&facts, |_| {}).items[0];
    assert_eq!((&there.hazards, there.order), (&vec![], Order::StopFirst));
    let Reading::Unreadable(error) = denied::<()>() else { unreachable!() };
    for nothing in [Ok([].into()), Err(error)] {
        facts.offerings.insert(region(), nothing);
        assert_eq!(plan_in(&facts, |_| {}).items[0].hazards, []);
    }
    let inventory = inventory(vec![instance(exposed("a"), tags(&[]))]);
    let wanted = wanted_facts(&policy(POLICY), &inventory);
    assert_eq!(wanted[&region()].types, ["t3.medium".to_owned()].into());
}
