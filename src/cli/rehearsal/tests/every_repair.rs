//! The same fleet in its VPC, repaired in place in every way and given back: nothing that ran ends off, but where AWS refuses
//! the update without which it does not start again; and nothing is stopped that was known not to start again.

use crate::cli::rehearsal::tests::every_platform::{ROLES, fleet, name, scenario};
use crate::cli::rehearsal::tests::fault;
use crate::cli::rehearsal::tests::journey::{Journey, journey};
use crate::cli::rehearsal::tests::proof::on_all_cores;
use crate::facts::platforms;
use crate::plan::RepairItem;

const THERE: &str = "subnet = \"subnet-0a\"\ndirect_internet_access = \"Disabled\"\nminimum_imds = \"1\"\n";

/// One way to repair, and what AWS is like.
#[derive(Debug, Clone, Copy)]
struct RepairWays {
    /// The rules that are repaired.
    rules: &'static [&'static str],
    /// Whether a source that AWS no longer starts may be upgraded.
    upgrade: bool,
    /// How AWS refuses to start what has come to its end.
    ended: &'static str,
    /// What goes wrong with every update.
    trouble: Option<&'static str>,
    first_role: usize,
}

fn every_way() -> Vec<RepairWays> {
    let mut all = Vec::new();
    for rules in [&["imds-v2"][..], &["platform"], &["imds-v2", "platform", "root-access"]] {
        for upgrade in [false, true] {
            for ended in ["refused", "fails"] {
                for trouble in [None, Some("access-denied:UpdateNotebookInstance")] {
                    for first_role in 0..ROLES.len() {
                        all.push(RepairWays { rules, upgrade, ended, trouble, first_role });
                    }
                }
            }
        }
    }
    all
}

fn policy(RepairWays { rules, upgrade, .. }: RepairWays) -> String {
    let rules: String = rules.iter().map(|rule| format!("{rule} = \"remediate\"\n")).collect();
    let upgrade = if upgrade { "notebook-al2023-v1" } else { "never" };
    format!(
        "format = 1\n[scope]\nregions = [\"us-east-1\"]\n[rules]\n{rules}[defaults]\nroot_access = \"Disabled\"\nplatform = \"notebook-al2023-v1\"\nupgrade_source = \"{upgrade}\"\n\
         [limits]\nmax_instances = 100\nmax_percent = 100\ncanary = 0\nmax_failures = 100\nconcurrency = 60\n"
    )
}

/// Whether the instance starts again by an update of its platform alone.
fn hangs_on_update(item: &RepairItem, journey: &Journey) -> bool {
    let today = crate::clock::day(journey.plan.created);
    let platform = item.source.description.platform_identifier.as_deref();
    platform.is_some_and(|platform| !platforms::is_started(platform, today))
}

/// What must hold of every instance, whatever was done.
fn nothing_is_lost(ways: RepairWays, journey: &Journey, when: &str) {
    for (platform, status, key) in fleet() {
        let source = name(platform, status, key);
        let found = journey.plan.repairs.iter().find(|item| item.id.name.as_str() == source);
        let now = journey.status(&source);
        let off = found.is_some_and(|item| ways.trouble.is_some() && hangs_on_update(item, journey));
        assert!(now == status || off, "{when}, {ways:?}: {source} was {status} and is {now}");
        if let Some(item) = found.filter(|item| hangs_on_update(item, journey)) {
            let consented = ways.upgrade || status == "Stopped";
            assert!(consented, "{when}, {ways:?}: {source} is an item, which nobody consented to: {item:?}");
        }
    }
}

/// Repairs the fleet and goes back; how many items there were, and how many of them were repaired.
fn run_fleet(ways: RepairWays) -> (usize, usize) {
    journey((&policy(ways), &scenario(ways.ended, ways.first_role, THERE)), async |journey: Journey| {
        assert_eq!(journey.plan.items, []);
        journey.trouble(ways.trouble.into_iter().map(fault).collect());
        let report = journey.apply().await;
        let repaired = format!("{report:?}").matches("Repaired {").count();
        nothing_is_lost(ways, &journey, "applied");
        journey.trouble(Vec::new());
        journey.rollback().await;
        nothing_is_lost(ways, &journey, "rolled back");
        (journey.plan.repairs.len(), repaired)
    })
}

#[test]
fn what_is_repaired_in_place_ends_as_it_was_found_running_or_stopped() {
    let ways = every_way();
    let counted = std::sync::Mutex::new((0, 0));
    on_all_cores(0..u64::try_from(ways.len()).unwrap(), |number| {
        let (items, repaired) = run_fleet(ways[usize::try_from(number).unwrap()]);
        let mut counted = counted.lock().unwrap();
        *counted = (counted.0 + items, counted.1 + repaired);
    });
    let (items, repaired) = counted.into_inner().unwrap();
    eprintln!("{} fleets of {}: {items} repairs, {repaired} done", ways.len(), fleet().count());
    assert!(items > 300 && repaired > 150);
}
