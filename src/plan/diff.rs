//! Pure: how two plans differ, so that a plan can be reviewed by what is new in it since the one before.
//!
//! When a plan was made, when it expires and its digest are no difference: they never agree. Nor is how many addresses of a
//! subnet were free, which changes by itself, and with each item before; it is told once a subnet.

mod members;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::ids::{AccountId, Digest, InstanceName, ItemId, SubnetId};
use crate::inventory::Gap;
use crate::network::CheckName;
use crate::plan::{Item, Plan, Withheld, WithheldReason};
use crate::rules::RuleId;

pub use members::Difference;
use members::differences;
use whole::{exemptions, free_addresses, header, quotas, repairs};

/// The format of a difference as JSON.
pub const DIFF_FORMAT_VERSION: u32 = 2;

/// How two plans differ. Every item of either is in exactly one of `new`, `gone`, `changed` and `unchanged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanDiff {
    /// The format of this document.
    pub format_version: u32,
    /// The older plan.
    pub before: PlanRef,
    /// The newer plan.
    pub after: PlanRef,
    /// What differs of the plans as a whole: account, regions, policy, and what made them.
    pub header: Vec<Difference>,
    /// Items of the newer plan alone, and why the older one does not have them.
    pub new: Vec<OneSided>,
    /// Items of the older plan alone, and why the newer one does not have them.
    pub gone: Vec<OneSided>,
    /// Items of both, and what differs of them.
    pub changed: Vec<Changed>,
    /// Items that are the same in both.
    pub unchanged: Vec<ItemId>,
    /// Instances that are an item of neither plan, and withheld by one or both.
    pub withheld: WithheldDiff,
    /// What could not be read for one plan alone.
    pub gaps: GapDiff,
    /// The free addresses of the subnets that both plans use, where they have changed. No difference by itself.
    pub free_addresses: Vec<Difference>,
    /// What differs of how the plans are carried out.
    pub limits: Vec<Difference>,
    /// What differs of the counts.
    pub totals: Vec<Difference>,
    /// What differs of the policy's exemptions.
    pub exemptions: Vec<Difference>,
    /// What differs of the repairs in place, by instance.
    pub repairs: Vec<Difference>,
    /// What differs of what the items need of quotas.
    pub quotas: Vec<Difference>,
}

/// Which plan it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRef {
    /// Its digest.
    pub digest: Digest,
    /// Its account.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
}

/// An item that one plan has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneSided {
    /// Region and name of the source.
    pub id: ItemId,
    /// The rules that the source fails.
    pub findings: Vec<RuleId>,
    /// The name of the replacement.
    pub replacement: InstanceName,
    /// The subnet that it goes into.
    pub subnet: SubnetId,
    /// Whether the source is deleted once its replacement has been verified.
    pub delete_source: bool,
    /// Why the other plan does not have it.
    pub other: Absence,
}

/// Why a plan does not have an item that the other one has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Absence {
    /// It is withheld there.
    Withheld {
        /// Why.
        reason: WithheldReason,
    },
    /// The plan was not made for its region.
    RegionNotAskedFor,
    /// It, or its region, could not be read.
    Unreadable,
    /// It was created after that plan was made.
    CreatedSince {
        /// When.
        at: Timestamp,
    },
    /// It was compliant, or not there.
    NotListed,
}

/// An item of both plans that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Region and name of the source.
    pub id: ItemId,
    /// What differs. Never empty.
    pub differences: Vec<Difference>,
}

/// What differs of the withheld instances that are an item of neither plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WithheldDiff {
    /// Withheld by the newer plan alone.
    pub new: Vec<WithheldOnce>,
    /// Withheld by the older plan alone.
    pub gone: Vec<WithheldOnce>,
    /// Withheld by both, with another reason or for other rules.
    pub changed: Vec<WithheldTwice>,
}

/// An instance that one plan withholds and the other does not speak of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithheldOnce {
    /// What the one plan says.
    pub withheld: Withheld,
    /// Why the other does not speak of it.
    pub other: Absence,
}

/// An instance that both plans withhold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithheldTwice {
    /// What the older plan says.
    pub before: Withheld,
    /// What the newer plan says.
    pub after: Withheld,
}

/// What differs of what could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GapDiff {
    /// Gaps of the newer plan alone.
    pub new: Vec<Gap>,
    /// Gaps of the older plan alone.
    pub gone: Vec<Gap>,
}

/// How `after`, the newer plan, differs from `before`.
pub fn diff(before: &Plan, after: &Plan) -> PlanDiff {
    let (old, new) = (by_id(&before.items), by_id(&after.items));
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for (id, item) in &new {
        let Some(earlier) = old.get(id) else { continue };
        let differences = item_differences(earlier, item);
        if differences.is_empty() {
            unchanged.push((*id).clone());
        } else {
            changed.push(Changed { id: (*id).clone(), differences });
        }
    }
    let alone = |items: &BTreeMap<&ItemId, &Item>, others: &BTreeMap<&ItemId, &Item>, other: &Plan| {
        let alone = items.values().filter(|item| !others.contains_key(&item.id));
        alone.map(|item| one_sided(item, other)).collect()
    };
    PlanDiff {
        format_version: DIFF_FORMAT_VERSION,
        before: plan_ref(before),
        after: plan_ref(after),
        header: header(before, after),
        new: alone(&new, &old, before),
        gone: alone(&old, &new, after),
        changed,
        unchanged,
        withheld: withheld(before, after),
        gaps: GapDiff { new: gaps_alone(after, before), gone: gaps_alone(before, after) },
        free_addresses: free_addresses(before, after),
        limits: differences(&before.limits, &after.limits),
        totals: differences(&before.totals, &after.totals),
        exemptions: differences(&exemptions(before), &exemptions(after)),
        repairs: differences(&repairs(before), &repairs(after)),
        quotas: differences(&quotas(before), &quotas(after)),
    }
}

impl PlanDiff {
    /// Whether the plans do the same, and say the same.
    pub fn is_empty(&self) -> bool {
        let Self {
            format_version: _,
            before: _,
            after: _,
            header,
            new,
            gone,
            changed,
            unchanged: _,
            withheld: WithheldDiff { new: withheld_new, gone: withheld_gone, changed: withheld_changed },
            gaps: GapDiff { new: gaps_new, gone: gaps_gone },
            free_addresses: _,
            limits,
            totals,
            exemptions,
            repairs,
            quotas,
        } = self;
        let members = [header, limits, totals, exemptions, repairs, quotas];
        members.iter().all(|members| members.is_empty())
            && new.is_empty()
            && gone.is_empty()
            && changed.is_empty()
            && withheld_new.is_empty()
            && withheld_gone.is_empty()
            && withheld_changed.is_empty()
            && gaps_new.is_empty()
            && gaps_gone.is_empty()
    }

    /// Whether the plans are for different accounts: then nothing in them can be compared.
    pub fn is_of_two_accounts(&self) -> bool {
        self.before.account != self.after.account
    }
}

fn by_id(items: &[Item]) -> BTreeMap<&ItemId, &Item> {
    items.iter().map(|item| (&item.id, item)).collect()
}

fn plan_ref(plan: &Plan) -> PlanRef {
    let Plan { digest, account, created, expires, .. } = plan;
    PlanRef { digest: digest.clone(), account: account.clone(), created: *created, expires: *expires }
}

/// Every member but the id, by which they were found, `changes`, which follows from source and request, and the free
/// addresses, though not whether they suffice.
fn item_differences(before: &Item, after: &Item) -> Vec<Difference> {
    let of = |item: &Item| {
        let mut whole = members::value(item);
        if let Some(members) = whole.as_object_mut() {
            members.retain(|name, _| !["id", "changes"].contains(&name.as_str()));
        }
        if let Some(target) = whole.get_mut("target").and_then(Value::as_object_mut) {
            target.remove("free_addresses");
            target.get_mut("checks").and_then(Value::as_array_mut).into_iter().flatten().for_each(uncounted);
        }
        whole
    };
    members::between(&of(before), &of(after))
}

/// The check without its evidence, where that is a count of free addresses.
fn uncounted(check: &mut Value) {
    if check["name"] == CheckName::FreeAddresses.as_str()
        && let Some(check) = check.as_object_mut()
    {
        check.remove("evidence");
    }
}

fn one_sided(item: &Item, other: &Plan) -> OneSided {
    let created = item.source.description.creation_time;
    OneSided {
        id: item.id.clone(),
        findings: item.findings.clone(),
        replacement: item.request.notebook_instance_name.clone(),
        subnet: item.request.subnet_id.clone(),
        delete_source: item.delete_source,
        other: absence(&item.id, created, other),
    }
}

/// Why a plan does not have an instance among its items.
fn absence(id: &ItemId, created: Option<Timestamp>, plan: &Plan) -> Absence {
    if let Some(withheld) = plan.withheld.iter().find(|one| one.id == *id) {
        return Absence::Withheld { reason: withheld.reason.clone() };
    }
    if !plan.regions.contains(&id.region) {
        return Absence::RegionNotAskedFor;
    }
    let hidden =
        |gap: &Gap| gap.region == id.region && gap.instance.as_ref().is_none_or(|name| *name == id.name);
    if plan.gaps.iter().any(hidden) {
        return Absence::Unreadable;
    }
    match created {
        Some(at) if at > plan.created => Absence::CreatedSince { at },
        Some(_) | None => Absence::NotListed,
    }
}

fn withheld(before: &Plan, after: &Plan) -> WithheldDiff {
    let all = [before.all_items(), after.all_items()].concat();
    let items: BTreeSet<&ItemId> = all.iter().map(|item| item.id()).collect();
    let of = |plan: &'_ Plan| -> BTreeMap<ItemId, Withheld> {
        let withheld = plan.withheld.iter().filter(|one| !items.contains(&one.id));
        withheld.map(|one| (one.id.clone(), one.clone())).collect()
    };
    let (old, new) = (of(before), of(after));
    let alone = |these: &BTreeMap<ItemId, Withheld>, others: &BTreeMap<ItemId, Withheld>, other: &Plan| {
        let alone = these.iter().filter(|(id, _)| !others.contains_key(*id));
        alone
            .map(|(id, one)| WithheldOnce { withheld: one.clone(), other: absence(id, None, other) })
            .collect()
    };
    let both = new.iter().filter_map(|(id, one)| Some((old.get(id)?, one)));
    WithheldDiff {
        new: alone(&new, &old, before),
        gone: alone(&old, &new, after),
        changed: both
            .filter(|(earlier, one)| earlier != one)
            .map(|(earlier, one)| WithheldTwice { before: earlier.clone(), after: one.clone() })
            .collect(),
    }
}

/// The gaps that the other plan does not have. Each call has another request id, and that alone is no difference.
fn gaps_alone(plan: &Plan, other: &Plan) -> Vec<Gap> {
    let same = |a: &Gap, b: &Gap| {
        let without_id = |gap: &Gap| {
            let mut gap = gap.clone();
            gap.error.request_id = None;
            gap
        };
        without_id(a) == without_id(b)
    };
    plan.gaps.iter().filter(|gap| !other.gaps.iter().any(|one| same(gap, one))).cloned().collect()
}
