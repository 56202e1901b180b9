//! Where items go: what the policy requires of a target, and how often a subnet is looked into.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use crate::fixtures::{POLICY, exposed, facts, instance, inventory, plan_by, plan_in, policy, region, tags};
use crate::inventory::Inventory;
use crate::network::{Check, CheckName, CheckVerdict, EVALUATIONS, Need, NetworkFacts, Reading};
use crate::plan::{Plan, WithheldReason, check};

/// A plan for one instance, with a target that says this of its network, after a change of the facts.
fn planned(keys: &str, change: impl FnOnce(&mut NetworkFacts)) -> Plan {
    let policy = policy(&format!("{POLICY}{keys}\n"));
    let (inventory, mut facts) = (inventory(vec![instance(exposed("a"), tags(&[]))]), facts());
    change(&mut facts);
    let plan = plan_in(&policy, &inventory, &facts);
    assert_eq!(check::check(&plan), []);
    plan
}

fn no_way_out(facts: &mut NetworkFacts) {
    let survey = facts.surveys.get_mut(&region()).unwrap();
    survey.route_tables.iter_mut().flatten().for_each(|table| table.routes.clear());
}

fn not_known(facts: &mut NetworkFacts) {
    let survey = facts.surveys.get_mut(&region()).unwrap();
    survey.nat_gateways.iter_mut().flatten().for_each(|nat| nat.connectivity = None);
}

fn of(checks: &[Check], name: CheckName) -> (CheckVerdict, bool) {
    let check = checks.iter().find(|check| check.name == name).unwrap();
    (check.verdict, check.required)
}

#[test]
fn what_is_not_required_is_told_and_withholds_nothing() {
    let plan = planned("", no_way_out);
    let checks = &plan.items[0].target.checks;
    let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
    let expected = [
        "subnet",
        "zone",
        "security-groups",
        "same-vpc",
        "tenancy",
        "egress",
        "s3",
        "sagemaker-api",
        "free-addresses",
    ];
    assert_eq!(names, expected);
    assert_eq!(of(checks, CheckName::Need(Need::Egress)), (CheckVerdict::No, false));
}

#[test]
fn what_is_required_and_is_not_so_withholds_with_the_evidence_of_each_subnet_once() {
    let plan = planned("require = ['egress', 's3']", no_way_out);
    let WithheldReason::Network { target, failed } = &plan.withheld[0].reason else { panic!("{plan:?}") };
    let told: Vec<(&str, CheckVerdict, bool)> =
        failed.iter().map(|check| (check.name.as_str(), check.verdict, check.required)).collect();
    // Both subnets fall under the same table.
    assert_eq!(told, [("egress", CheckVerdict::No, true), ("s3", CheckVerdict::No, true)]);
    assert_eq!(target, "private");
    assert_eq!(failed[0].evidence, "rtb-main (the main table) has no route to the internet");
}

#[test]
fn what_is_required_and_not_known_warns_or_withholds_as_the_policy_says() {
    let warned = planned("require = ['egress']", not_known);
    assert_eq!(
        of(&warned.items[0].target.checks, CheckName::Need(Need::Egress)),
        (CheckVerdict::Unknown, true)
    );
    assert_eq!(of(&warned.items[0].target.checks, CheckName::Need(Need::S3)), (CheckVerdict::Unknown, false));
    let withheld = planned("require = ['egress']\nunknown = 'withhold'", not_known);
    let WithheldReason::Network { failed, .. } = &withheld.withheld[0].reason else { panic!("{withheld:?}") };
    assert_eq!(failed.iter().map(|check| check.name).collect::<Vec<_>>(), [CheckName::Need(Need::Egress)]);
    // What is only told is never withheld for.
    assert_eq!(planned("unknown = 'withhold'", not_known).items.len(), 1);
}

#[test]
fn a_subnet_that_meets_the_needs_is_taken_before_one_that_does_not() {
    let plan = planned("require = ['egress']", |facts| {
        let survey = facts.surveys.get_mut(&region()).unwrap();
        let tables = survey.route_tables.as_mut().unwrap();
        let mut own = tables[0].clone();
        (own.id, own.main, own.subnets) = ("rtb-own".to_owned(), false, vec!["subnet-a".parse().unwrap()]);
        own.routes.clear();
        tables.push(own);
    });
    assert_eq!(plan.items[0].target.subnet.as_str(), "subnet-b");
}

#[test]
fn the_checker_knows_a_check_that_must_not_be_in_a_plan() {
    let good = plan_by(POLICY, vec![instance(exposed("a"), tags(&[]))]);
    let problem = |change: &dyn Fn(&mut Vec<Check>)| {
        let mut plan = good.clone();
        change(&mut plan.items[0].target.checks);
        check::check(&plan).iter().any(|problem| problem.what == "not every network check passed")
    };
    let set = |name: CheckName, verdict: CheckVerdict, required: bool| {
        problem(&|checks| {
            let one = checks.iter_mut().find(|check| check.name == name).unwrap();
            (one.verdict, one.required) = (verdict, required);
        })
    };
    let (no, unknown, yes) = (CheckVerdict::No, CheckVerdict::Unknown, CheckVerdict::Yes);
    assert!(!problem(&|_| {}));
    for name in CheckName::BASIC {
        assert!(set(name, no, false) && set(name, unknown, false) && set(name, yes, true), "{name:?}");
    }
    assert!(set(CheckName::Tenancy, no, false) && !set(CheckName::Tenancy, unknown, false));
    assert!(
        set(CheckName::Need(Need::S3), no, true)
            && !set(CheckName::Need(Need::S3), no, false)
            && !set(CheckName::Need(Need::S3), unknown, true)
    );
    for gone in [CheckName::Zone, CheckName::Tenancy, CheckName::Need(Need::Egress), CheckName::FreeAddresses]
    {
        assert!(problem(&|checks| checks.retain(|check| check.name != gone)), "{gone:?}");
    }
    assert!(problem(&|checks| checks.push(checks[0].clone())));
    assert!(problem(&|checks| checks.push(checks[5].clone())));
    // Before format 3 there are four checks, and all passed.
    let mut old = good.clone();
    old.format_version = 2;
    let broken = |plan: &Plan| check::check(plan).iter().any(|one| one.what.contains("network check"));
    assert!(broken(&old));
    let checks = &mut old.items[0].target.checks;
    checks.retain(|check| CheckName::BEFORE_FORMAT_3.contains(&check.name));
    assert!(!broken(&old));
    old.items[0].target.checks[3].verdict = CheckVerdict::Unknown;
    assert!(broken(&old));
}

// ---------------------------------------------------------------------------------------------------------------
// The worst case: 5,000 instances, 40 targets of two subnets each.

const INSTANCES: usize = 5_000;
const TARGETS: usize = 40;

fn many_targets() -> String {
    let limits = POLICY.split("[[target]]").next().unwrap();
    let mut text = limits.replace("max_percent", "max_instances = 10000\nmax_percent");
    for number in 0..TARGETS {
        let _ = write!(
            text,
            "[[target]]\nname = \"t{number}\"\nmatch = {{ names = [\"team{number}-*\"] }}\nsecurity_groups = [\"sg-a\"]\n\
             subnets = [\"subnet-{number}x\", \"subnet-{number}y\"]\nrequire = [\"egress\"]\n"
        );
    }
    text
}

fn many_instances() -> Inventory {
    let name = |number: usize| format!("team{}-notebook-{number}", number % TARGETS);
    inventory((0..INSTANCES).map(|number| instance(exposed(&name(number)), tags(&[("Team", "x")]))).collect())
}

/// The facts of the fixtures with two subnets a target, of so many free addresses.
fn many_subnets(free: u32) -> NetworkFacts {
    let mut facts = facts();
    let (_, Reading::Found(like)) = facts.subnets.last_key_value().unwrap() else { panic!() };
    let like = like.clone();
    for id in (0..TARGETS).flat_map(|number| [format!("subnet-{number}x"), format!("subnet-{number}y")]) {
        let mut subnet = like.clone();
        (subnet.id, subnet.free_addresses) = (id.parse().unwrap(), free);
        let survey = facts.surveys.get_mut(&region()).unwrap();
        survey.acls.as_mut().unwrap()[0].subnets.push(subnet.id.clone());
        facts.subnets.insert((region(), subnet.id.clone()), Reading::Found(subnet));
    }
    facts
}

/// What this thread has had of the processor.
fn on_processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[test]
fn each_subnet_is_looked_into_once_however_many_instances_there_are() {
    let (policy, inventory) = (policy(&many_targets()), many_instances());
    for (what, free, items) in [("all placed", 5_000, INSTANCES), ("no room", 1, 0)] {
        let facts = many_subnets(free);
        EVALUATIONS.with(|count| count.set(0));
        let begun = on_processor();
        let plan = plan_in(&policy, &inventory, &facts);
        let ended = on_processor();
        let taken = begun.zip(ended).map(|(begun, ended)| ended.saturating_sub(begun));
        println!("{what}: {INSTANCES} instances and {TARGETS} targets planned in {taken:?} on the processor");
        assert_eq!((plan.items.len(), plan.items.len() + plan.withheld.len()), (items, INSTANCES));
        assert_eq!(EVALUATIONS.with(std::cell::Cell::get), 2 * TARGETS);
    }
}
