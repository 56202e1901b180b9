//! A fleet of every platform, running and stopped, with keys and roles in every state, under every way to choose a platform: applied
//! and rolled back today, under every order: nothing that ran ends with nothing running, and what may never start again is
//! stopped only where the policy consented, once its replacement stands.

use std::fmt::Write as _;

use crate::cli::rehearsal::tests::fault;
use crate::cli::rehearsal::tests::journey::{Journey, journey};
use crate::cli::rehearsal::tests::proof::on_all_cores;
use crate::plan::{HazardKind, Item};

pub(super) const PLATFORMS: [&str; 6] = [
    "notebook-al1-v1",
    "notebook-al2-v1",
    "notebook-al2-v2",
    "notebook-al2-v3",
    "notebook-al2023-v1",
    "notebook-al2023-v2",
];
pub(super) const KEYS: [&str; 5] = ["none", "enabled", "disabled", "pending-deletion", "gone"];
/// The roles that instances have: one that SageMaker may assume, one that it may not, and one that is gone.
pub(super) const ROLES: [&str; 3] = ["Trusted", "Closed", "Gone"];
const SETTINGS: [&str; 5] = [
    "\"keep\"",
    "\"notebook-al2023-v1\"",
    "\"notebook-al2023-v2\"",
    "\"notebook-al2-v3\"",
    "{ notebook-al1-v1 = \"notebook-al2023-v1\" }",
];

/// One way to plan and what AWS is like.
#[derive(Debug, Clone, Copy)]
struct Ways {
    setting: &'static str,
    /// Whether replacements are given a key of the policy's.
    key: bool,
    /// Whether a stop that may be for good is consented to.
    consent: bool,
    /// What comes first, where the policy says.
    order: &'static str,
    /// How AWS refuses to start what has come to its end.
    ended: &'static str,
    /// What goes wrong with every create.
    trouble: Option<&'static str>,
    /// Which role the first instance has: the others have theirs in turn, so that over all fleets each has had each.
    first_role: usize,
}

fn every_way() -> Vec<Ways> {
    let mut all = Vec::new();
    for setting in SETTINGS {
        for (key, consent) in [(false, false), (false, true), (true, false), (true, true)] {
            for ended in ["refused", "fails"] {
                for trouble in [None, Some("access-denied:CreateNotebookInstance")] {
                    // One after the other: all of them together would take three times as long.
                    let order = ["auto", "create-first", "stop-first"][all.len() % 3];
                    let first_role = all.len() / 3;
                    all.push(Ways { setting, key, consent, order, ended, trouble, first_role });
                }
            }
        }
    }
    all
}

/// The fleet, with the lines `more` about each instance.
pub(super) fn scenario(ended: &str, first_role: usize, more: &str) -> String {
    let mut text = format!(
        "format = 1\ndefault_vpc = false\nended_platform_start = \"{ended}\"\n\
         [latency]\ncreate = \"60s\"\nstart = \"60s\"\nstop = \"30s\"\ndelete = \"30s\"\n\
         [[account]]\nid = \"111122223333\"\nregions = [\"us-east-1\"]\nquota = 1000\n\
         deleted_roles = [\"Gone\"]\nclosed_roles = [\"Closed\"]\n\
         [[network]]\nname = \"n\"\ncidr = \"10.1.0.0/16\"\negress = \"none\"\n\
         [[network.subnet]]\nname = \"n\"\nid = \"subnet-0a\"\ncidr = \"10.1.0.0/20\"\n\
         [[network.security_group]]\nname = \"n\"\nid = \"sg-0a\"\n"
    );
    for state in ["enabled", "disabled", "pending-deletion"] {
        write!(text, "[[kms_key]]\nalias = \"{state}\"\nstate = \"{state}\"\n").unwrap();
    }
    for (number, one) in fleet().enumerate() {
        let role = ROLES[(number + first_role) % ROLES.len()];
        text += &notebook(one, &format!("role = \"{role}\"\n{more}"));
    }
    text
}

fn notebook((platform, status, key): (&str, &str, &str), more: &str) -> String {
    let given = match key {
        "none" => String::new(),
        "gone" => {
            "kms_key = \"arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000\"\n"
                .to_owned()
        }
        state => format!("kms_key = \"{state}\"\n"),
    };
    format!(
        "[[notebook]]\nname = \"{}\"\nregion = \"us-east-1\"\nstatus = \"{status}\"\n\
         platform_identifier = \"{platform}\"\n{more}{given}",
        name(platform, status, key)
    )
}

pub(super) fn fleet() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PLATFORMS.into_iter().flat_map(|platform| {
        let keyed = move |status| KEYS.into_iter().map(move |key| (platform, status, key));
        ["InService", "Stopped"].into_iter().flat_map(keyed)
    })
}

pub(super) fn name(platform: &str, status: &str, key: &str) -> String {
    format!("{}-{}-{key}", platform.trim_start_matches("notebook-"), status.to_lowercase())
}

fn policy(Ways { setting, key, consent, order, .. }: Ways) -> String {
    let key = if key { "kms_key = \"alias/enabled\"\n" } else { "" };
    format!(
        "format = 1\n[scope]\nregions = [\"us-east-1\"]\n[defaults]\nplatform = {setting}\nallow_one_way = {consent}\norder = \"{order}\"\n{key}\
         [[target]]\nname = \"t\"\nmatch = {{ regions = [\"us-east-1\"] }}\nsubnets = [\"subnet-0a\"]\n\
         security_groups = [\"sg-0a\"]\n[limits]\nmax_instances = 100\nmax_percent = 100\ncanary = 0\nmax_failures = 100\n\
         concurrency = 60\n"
    )
}

/// Whether the plan says of the item that its stop would be for good.
fn is_one_way(item: &Item) -> bool {
    let one_way = [HazardKind::OneWayPlatform, HazardKind::SourceKeyUnusable];
    item.hazards.iter().any(|hazard| one_way.contains(&hazard.kind))
}

/// What must hold of every instance, whatever was done.
fn nothing_is_lost(ways: Ways, journey: &Journey, when: &str) {
    for (platform, status, key) in fleet() {
        let source = name(platform, status, key);
        let found = journey.plan.items.iter().find(|item| item.id.name.as_str() == source);
        let now = journey.status(&source);
        let Some(item) = found else {
            assert_eq!(now, status, "{when}, {ways:?}: {source} is none of the plan's");
            continue;
        };
        let replacement = journey.status(item.request.notebook_instance_name.as_str());
        let runs = [&now, &replacement].into_iter().any(|status| status == "InService");
        if is_one_way(item) && !ways.consent {
            assert_eq!(now, status, "{when}, {ways:?}: {source} was stopped without consent");
        }
        let first = is_one_way(item) && ways.order == "stop-first";
        match status {
            "InService" => {
                assert!(runs || first, "{when}, {ways:?}: {source} is {now}, its replacement {replacement:?}")
            }
            _ => assert!(!runs && now == "Stopped", "{when}, {ways:?}: {source} is {now}, {replacement:?}"),
        }
    }
}

fn run_fleet(ways: Ways) -> (usize, usize) {
    journey(
        (&policy(ways), &scenario(ways.ended, ways.first_role, "minimum_imds = \"2\"\n")),
        async |journey: Journey| {
            let items = &journey.plan.items;
            assert_eq!(items.len() + journey.plan.withheld.len(), fleet().count(), "{ways:?}");
            journey.trouble(ways.trouble.into_iter().map(fault).collect());
            journey.apply().await;
            nothing_is_lost(ways, &journey, "applied");
            journey.trouble(Vec::new());
            journey.rollback().await;
            nothing_is_lost(ways, &journey, "rolled back");
            (items.len(), items.iter().filter(|item| is_one_way(item)).count())
        },
    )
}

#[test]
fn nothing_that_ran_ends_with_nothing_running_whatever_comes_first() {
    let ways = every_way();
    let counted = std::sync::Mutex::new((0, 0));
    on_all_cores(0..u64::try_from(ways.len()).unwrap(), |number| {
        let (items, one_way) = run_fleet(ways[usize::try_from(number).unwrap()]);
        let mut counted = counted.lock().unwrap();
        *counted = (counted.0 + items, counted.1 + one_way);
    });
    let (items, one_way) = counted.into_inner().unwrap();
    let fleets = ways.len();
    eprintln!(
        "{fleets} fleets of {}: {items} items, {one_way} of them that may never start again",
        fleet().count()
    );
    assert!(items > 700 && one_way > 100);
}
