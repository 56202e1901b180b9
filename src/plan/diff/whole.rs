//! Pure: what differs of two plans as wholes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::members::{Difference, between, differences, value};
use crate::ids::{AccountId, Digest, Region};
use crate::plan::{Plan, PlannedExemption, PoliciesUnread, QuotaNeed, RepairItem};

/// The exemptions by what they are called.
pub(super) fn exemptions(plan: &Plan) -> BTreeMap<String, &PlannedExemption> {
    keyed(&plan.exemptions, |exemption| match &exemption.ticket {
        Some(ticket) => format!("{} ({ticket})", exemption.reason),
        None => exemption.reason.clone(),
    })
}

/// The repairs in place, by instance.
pub(super) fn repairs(plan: &Plan) -> BTreeMap<String, &RepairItem> {
    keyed(&plan.repairs, |item| item.id.to_string())
}

/// What the items need, by quota.
pub(super) fn quotas(plan: &Plan) -> BTreeMap<String, &QuotaNeed> {
    keyed(&plan.quotas, |need| match &need.instance_type {
        Some(kind) => format!("{}/{kind}", need.region),
        None => need.region.to_string(),
    })
}

/// Entries by what they are called; those that are called the same are told apart by their order.
fn keyed<T>(entries: &[T], called: impl Fn(&T) -> String) -> BTreeMap<String, &T> {
    let mut by_name = BTreeMap::new();
    for entry in entries {
        let name = called(entry);
        let numbered = (2..).map(|number| format!("{name} #{number}"));
        let mut free = std::iter::once(name.clone()).chain(numbered);
        if let Some(name) = free.find(|name| !by_name.contains_key(name)) {
            by_name.insert(name, entry);
        }
    }
    by_name
}

/// What a plan says of itself, without what is compared by itself.
#[derive(Serialize)]
struct Header<'a> {
    account: &'a AccountId,
    regions: &'a [Region],
    policy_digest: &'a Digest,
    format_version: u32,
    tool_version: &'a str,
    require_digest: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies_unread: &'a Option<PoliciesUnread>,
}

/// What differs of what the plans say of themselves.
pub(super) fn header(before: &Plan, after: &Plan) -> Vec<Difference> {
    let of = |plan: &Plan| {
        let Plan { account, regions, policy_digest, format_version, tool_version, policies_unread, .. } =
            plan;
        let require_digest = plan.requires_digest();
        value(&Header {
            account,
            regions,
            policy_digest,
            format_version: *format_version,
            tool_version,
            require_digest,
            policies_unread,
        })
    };
    between(&of(before), &of(after))
}

/// What differs of the free addresses of the subnets that both plans use.
pub(super) fn free_addresses(before: &Plan, after: &Plan) -> Vec<Difference> {
    let of = |plan: &'_ Plan| -> BTreeMap<String, u32> {
        let free = plan
            .items
            .iter()
            .map(|item| (format!("{}/{}", item.id.region, item.target.subnet), item.target.free_addresses));
        free.collect()
    };
    let (mut old, mut new) = (of(before), of(after));
    old.retain(|subnet, _| new.contains_key(subnet));
    new.retain(|subnet, _| old.contains_key(subnet));
    differences(&old, &new)
}
