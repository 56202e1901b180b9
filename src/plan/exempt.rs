//! Pure: which instances are left alone until a day, by the policy or by tags of their own.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::day;
use crate::ids::ItemId;
use crate::inventory::{Instance, Inventory, Tags};
use crate::plan::{AnyItem, Plan, PlannedExemption, Source, WithheldReason, subject};
use crate::policy::{Exemption, Match, Policy, Subject, TagExemption};

/// The last day (UTC) on which its instance is left alone: `2027-03-31`.
pub const UNTIL: &str = "remediate:exempt-until";
/// Why; not required, as a tag is not the place for long texts.
pub const REASON: &str = "remediate:exempt-reason";

/// What an instance's own tags say of an exemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByTag {
    /// Nothing, or one whose day is over.
    None,
    /// It is exempt.
    Until {
        /// The last day on which it is.
        expires: Date,
        /// Why, where it says so.
        reason: Option<String>,
        /// The tag's own day, where that is later than the policy lets a tag reach.
        tagged: Option<Date>,
    },
    /// The tag is there, but no day can be read from it: somebody meant to exempt the instance.
    Unclear {
        /// Its value.
        value: String,
    },
}

/// Whether a tag names a day before that one. What names no day is never over.
pub(super) fn is_over(tag: &str, today: Date) -> bool {
    day_in(tag).is_some_and(|day| day < today)
}

fn day_in(tag: &str) -> Option<Date> {
    tag.trim().parse().ok()
}

/// What the tags of an instance say of an exemption on that day, as far as the policy lets tags exempt.
pub fn by_tag(tags: &Tags, today: Date, bound: &TagExemption) -> ByTag {
    let Some(value) = tags.get(UNTIL) else { return ByTag::None };
    match day_in(value) {
        Some(day) if today <= day => {
            let reason = tags.get(REASON).filter(|reason| !reason.trim().is_empty()).cloned();
            let last = bound.last_day(today);
            ByTag::Until { expires: day.min(last), reason, tagged: (day > last).then_some(day) }
        }
        Some(_) => ByTag::None,
        None => ByTag::Unclear { value: value.clone() },
    }
}

/// Refuses an instance that is exempt on that day, by the policy or by its own tags.
///
/// What could not be read never exempts, and never lets an instance in that may be exempt.
///
/// # Errors
/// Why it is left alone.
pub(super) fn refuse(policy: &Policy, subject: Subject<'_>, today: Date) -> Result<(), WithheldReason> {
    let current = || policy.exemptions.iter().filter(|exemption| today <= exemption.expires);
    let matching = |wanted| current().find(|exemption| exemption.matches.matches(subject) == wanted);
    if let Some(Exemption { matches: _, reason, expires, ticket }) = matching(Match::Yes) {
        let (reason, ticket) = (reason.clone(), ticket.clone());
        return Err(WithheldReason::Exempt { reason, expires: *expires, ticket });
    }
    let bound = policy.plan.exempt_by_tag.as_ref();
    match subject.tags.zip(bound).map_or(ByTag::None, |(tags, bound)| by_tag(tags, today, bound)) {
        ByTag::Until { expires, reason, tagged } => {
            return Err(WithheldReason::ExemptByTag { reason, expires, tagged });
        }
        ByTag::Unclear { value } => return Err(WithheldReason::ExemptTagUnclear { value }),
        ByTag::None => {}
    }
    match matching(Match::Unknown) {
        Some(_) if subject.tags.is_none() => Err(WithheldReason::TagsUnreadable),
        Some(Exemption { reason, .. }) => {
            let why = format!("AWS did not report all that tells whether it is exempt ({reason})");
            Err(WithheldReason::Unknown { why })
        }
        None if bound.is_some() && subject.tags.is_none() => Err(WithheldReason::TagsUnreadable),
        None => Ok(()),
    }
}

/// The items of a plan that a policy exempts at that moment, and how. What a plan says of a source tells all that
/// exemptions ask for.
pub fn since_planned(plan: &Plan, policy: &Policy, now: Timestamp) -> Vec<(ItemId, WithheldReason)> {
    let exempt = |item: AnyItem<'_>| {
        let Source { description, tags } = item.source();
        let (description, tags) = (Some(description.clone()), Some(tags.clone()));
        let instance = Instance { id: item.id().clone(), description, tags };
        let reason = refuse(policy, subject(&plan.account, &instance), day(now)).err()?;
        Some((item.id().clone(), reason))
    };
    plan.all_items().into_iter().filter_map(exempt).collect()
}

/// Every exemption of the policy on that day, with the instances that it selects among those that break a rule.
pub fn of_inventory(policy: &Policy, inventory: &Inventory, today: Date) -> Vec<PlannedExemption> {
    let breaks = |one: &&Instance| {
        policy.judge(one.description.as_ref(), today).iter().any(|one| one.verdict.is_fail())
    };
    let broken: Vec<&Instance> = match policy.exemptions.as_slice() {
        [] => return Vec::new(),
        _ => inventory.instances.iter().filter(breaks).collect(),
    };
    let planned = |exemption: &Exemption| {
        let Exemption { matches, reason, expires, ticket } = exemption;
        let selects = |one: &&&Instance| matches.matches(subject(&inventory.account, one)) == Match::Yes;
        PlannedExemption {
            reason: reason.clone(),
            expires: *expires,
            ticket: ticket.clone(),
            expired: today > *expires,
            instances: broken.iter().filter(selects).map(|one| one.id.clone()).collect(),
        }
    };
    policy.exemptions.iter().map(planned).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const FOREVER: TagExemption = TagExemption { at_most: Duration::from_hours(24 * 36_500) };

    fn until(value: &str, today: &str) -> ByTag {
        let tags = Tags::from([(UNTIL.to_owned(), value.to_owned())]);
        by_tag(&tags, today.parse().unwrap(), &FOREVER)
    }

    #[test]
    fn an_exemption_by_tag_holds_to_the_end_of_its_day() {
        let day = "2027-03-31";
        for today in ["2026-11-22", "2027-03-30", "2027-03-31"] {
            let expected = ByTag::Until { expires: day.parse().unwrap(), reason: None, tagged: None };
            assert_eq!(until(day, today), expected, "{today}");
        }
        assert_eq!(until(day, "2027-04-01"), ByTag::None);
        assert_eq!(by_tag(&Tags::new(), "2027-04-01".parse().unwrap(), &FOREVER), ByTag::None);
    }

    #[test]
    fn a_tag_reaches_no_further_than_the_policy_lets_it() {
        let bound = TagExemption { at_most: Duration::from_hours(24 * 90) };
        let until = |value: &str| {
            let tags = Tags::from([(UNTIL.to_owned(), value.to_owned())]);
            match by_tag(&tags, "2026-11-22".parse().unwrap(), &bound) {
                ByTag::Until { expires, tagged, .. } => {
                    (expires.to_string(), tagged.map(|day| day.to_string()))
                }
                other @ (ByTag::None | ByTag::Unclear { .. }) => panic!("{value}: {other:?}"),
            }
        };
        assert_eq!(until("2027-02-20"), ("2027-02-20".to_owned(), None));
        assert_eq!(until("2027-02-21"), ("2027-02-20".to_owned(), Some("2027-02-21".to_owned())));
        assert_eq!(until("9999-12-31"), ("2027-02-20".to_owned(), Some("9999-12-31".to_owned())));
    }

    #[test]
    fn a_tag_that_names_no_day_is_unclear_and_neither_exempts_nor_lets_in() {
        for value in ["", "forever", "31.03.2027", "2027-02-30", "2027-3-31", "true"] {
            assert_eq!(until(value, "2026-11-22"), ByTag::Unclear { value: value.to_owned() }, "{value}");
        }
    }

    #[test]
    fn the_day_is_that_of_utc() {
        let day = |moment: &str| super::day(moment.parse().unwrap()).to_string();
        assert_eq!(day("2027-03-31T23:59:59Z"), "2027-03-31");
        assert_eq!(day("2027-03-31T23:59:59-01:00"), "2027-04-01");
        assert_eq!(day("2027-04-01T00:30:00+14:00"), "2027-03-31");
    }

    proptest! {
        #[test]
        fn an_exemption_by_tag_holds_on_no_day_after_its_own(
            value in "202[0-9]-[01][0-9]-[0-3][0-9]", today in "202[0-9]-0[1-9]-[12][0-8]",
        ) {
            match until(&value, &today) {
                ByTag::Until { expires, .. } => prop_assert!(today.as_str() <= value.as_str() && expires.to_string() == value),
                ByTag::None => prop_assert!(today > value),
                ByTag::Unclear { .. } => prop_assert!(value.parse::<Date>().is_err()),
            }
        }
    }
}
