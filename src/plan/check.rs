//! Pure: the plan checker: reads a finished plan and says everything that must not be. Written without the planner's
//! code, so that a mistake there is not repeated here.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{InstanceName, ItemId, Region, SubnetId};
use crate::network::SPARE_ADDRESSES;
use crate::plan::check_item::item_problems;
use crate::plan::check_naming::policies_unread;
use crate::plan::check_repair::repair_problems;
use crate::plan::{FORMAT_VERSION, Item, Plan};

/// An hour: longer than any policy may say.
const MOST_POLL_INTERVAL_MS: u64 = 3_600_000;

/// Something in a plan that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The item or withheld instance; absent when it is the plan as a whole.
    pub item: Option<ItemId>,
    /// What.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{item}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// Every problem of a plan. A plan with one is neither saved nor applied.
pub fn check(plan: &Plan) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut whole = |broken: bool, what: String| {
        if broken {
            problems.push(Problem { item: None, what });
        }
    };
    whole(!(1..=FORMAT_VERSION).contains(&plan.format_version), "its format is unknown".to_owned());
    whole(plan.format_version < 2 && plan.limits.canary > 0, "its format has no canary".to_owned());
    let newer = !plan.exemptions.is_empty() || !plan.quotas.is_empty();
    whole(plan.format_version < 3 && newer, "its format has no exemptions and no quotas".to_owned());
    whole(
        plan.format_version < 5 && plan.require_digest.is_some(),
        "its format has no require_digest".to_owned(),
    );
    policies_unread(plan, &mut whole);
    whole(plan.created >= plan.expires, "it expires before it was made".to_owned());
    whole(plan.limits.concurrency == 0, "its concurrency is 0".to_owned());
    whole(plan.limits.requests_per_second == 0, "its requests per second are 0".to_owned());
    let pace = 1..=MOST_POLL_INTERVAL_MS;
    whole(!pace.contains(&plan.limits.poll_interval_ms), "its poll interval is out of bounds".to_owned());
    whole(plan.limits.max_failures == 0, "its max_failures is 0".to_owned());
    totals(plan, &mut whole);
    uniqueness(plan, &mut whole);
    addresses(plan, &mut whole);
    whole(
        plan.format_version < 5 && !plan.repairs.is_empty(),
        "its format has no repairs in place".to_owned(),
    );
    for item in &plan.repairs {
        let found = repair_problems(plan, item);
        problems.extend(found.into_iter().map(|what| Problem { item: Some(item.id.clone()), what }));
    }
    for item in &plan.items {
        let found = item_problems(plan, item);
        problems.extend(found.into_iter().map(|what| Problem { item: Some(item.id.clone()), what }));
    }
    problems
}

type Report<'a> = dyn FnMut(bool, String) + 'a;

fn totals(plan: &Plan, report: &mut Report<'_>) {
    let totals = &plan.totals;
    let counted = |total: u32, list: usize| usize::try_from(total) == Ok(list);
    report(!counted(totals.items, plan.items.len()), "its total of items is not the number of items".into());
    report(
        !counted(totals.repairs, plan.repairs.len()),
        "its total of repairs is not the number of repairs".into(),
    );
    report(
        !counted(totals.withheld, plan.withheld.len()),
        "its total of withheld is not the number of withheld".into(),
    );
    let parts = [totals.compliant, totals.items, totals.repairs, totals.withheld, totals.unreadable];
    let sum: u64 = parts.into_iter().map(u64::from).sum();
    report(sum != u64::from(totals.seen), "its totals do not add up to the instances seen".into());
    let unread: BTreeSet<_> =
        plan.gaps.iter().filter_map(|gap| gap.instance.as_ref().map(|name| (&gap.region, name))).collect();
    report(
        usize::try_from(totals.unreadable).is_ok_and(|unreadable| unreadable > unread.len()),
        "it counts more unreadable instances than it has gaps".into(),
    );
}

fn uniqueness(plan: &Plan, report: &mut Report<'_>) {
    let ids: Vec<&ItemId> = plan
        .all_items()
        .iter()
        .map(|item| item.id())
        .chain(plan.withheld.iter().map(|one| &one.id))
        .collect();
    let distinct: BTreeSet<&ItemId> = ids.iter().copied().collect();
    report(distinct.len() != ids.len(), "an instance is in it twice".into());
    report(!plan.items.is_sorted_by(|a, b| a.id < b.id), "its items are not in order".into());
    report(!plan.repairs.is_sorted_by(|a, b| a.id < b.id), "its repairs are not in order".into());
    let mut names: BTreeSet<(&Region, &InstanceName)> = ids.iter().map(|id| (&id.region, &id.name)).collect();
    for item in &plan.items {
        let name = &item.request.notebook_instance_name;
        let new = names.insert((&item.id.region, name));
        report(!new, format!("the name `{name}` is used twice in {}", item.id.region));
    }
    let strangers: Vec<String> = ids
        .iter()
        .map(|id| &id.region)
        .chain(plan.gaps.iter().map(|gap| &gap.region))
        .filter(|region| !plan.regions.contains(region))
        .map(ToString::to_string)
        .collect();
    report(!strangers.is_empty(), format!("it names regions that it is not for: {}", strangers.join(", ")));
}

/// Each subnet must have room for all the items that go into it.
fn addresses(plan: &Plan, report: &mut Report<'_>) {
    let mut wanted: BTreeMap<(&Region, &SubnetId), Vec<&Item>> = BTreeMap::new();
    for item in &plan.items {
        wanted.entry((&item.id.region, &item.target.subnet)).or_default().push(item);
    }
    for ((region, subnet), items) in wanted {
        let room = items.iter().map(|item| item.target.free_addresses).min().unwrap_or(0);
        let spare = if plan.format_version < 3 { 0 } else { SPARE_ADDRESSES };
        let left = room.saturating_sub(spare);
        report(
            usize::try_from(left).is_ok_and(|left| left < items.len()),
            format!("{subnet} in {region} has {room} free addresses for {} items", items.len()),
        );
    }
}
