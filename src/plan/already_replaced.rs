//! Pure: was a source replaced by an earlier run already? By default it still exists then.

use std::collections::BTreeMap;

use crate::ids::{Digest, InstanceName, ItemId, Region, RunId};
use crate::inventory::{Description, Instance, Inventory, Rest, Tags};
use crate::plan::{WithheldReason, provenance};
use crate::policy::NameTemplate;

/// How far an earlier run has come with an item, as its journal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierProgress {
    /// The run has not finished with it.
    Unfinished,
    /// The run is on its way back with it.
    RollingBack,
    /// Its replacement was verified, and the run has finished with it.
    Done,
    /// The run has given it up.
    Failed,
}

/// What is known of earlier runs: those whose journals are at hand. Another machine's are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownRuns {
    items: BTreeMap<(RunId, ItemId), EarlierProgress>,
}

impl KnownRuns {
    /// Notes how far a run has come with an item.
    pub fn insert(&mut self, run: RunId, item: ItemId, standing: EarlierProgress) {
        self.items.insert((run, item), standing);
    }

    fn standing(&self, run: &RunId, item: &ItemId) -> Option<EarlierProgress> {
        self.items.get(&(run.clone(), item.clone())).copied()
    }
}

/// What may be replacements of earlier runs, found once for all sources.
pub(super) struct Replacements<'a> {
    /// Those that say so, with their place in the inventory, by the ARN that they name in lower case.
    by_source: BTreeMap<String, Vec<(usize, &'a Instance)>>,
    /// Those of which not everything could be read, and those that lack the tag that names their source.
    unclear: Vec<(usize, &'a Instance)>,
    runs: &'a KnownRuns,
}

impl<'a> Replacements<'a> {
    pub(super) fn of(inventory: &'a Inventory, runs: &'a KnownRuns) -> Self {
        let mut found = Replacements { by_source: BTreeMap::new(), unclear: Vec::new(), runs };
        for (at, one) in inventory.instances.iter().enumerate() {
            let named = one.tags.as_ref().and_then(|tags| tags.get(provenance::SOURCE));
            if let Some(arn) = named {
                found.by_source.entry(arn.to_ascii_lowercase()).or_default().push((at, one));
            }
            if !is_readable(one) || (named.is_none() && has_some_provenance(one)) {
                found.unclear.push((at, one));
            }
        }
        found
    }

    /// A source that was replaced by an earlier run still exists, unless the plan said that it goes. Its replacement is known
    /// by its three provenance tags, and counts while it is not older. One that could not be read, or that has some of the
    /// tags, may be the replacement: then it is not known whether one is needed.
    pub(super) fn refuse(&self, region: &Region, source: &Description) -> Result<(), WithheldReason> {
        let arn = source.notebook_instance_arn.as_str().to_ascii_lowercase();
        let named = self.by_source.get(&arn).into_iter().flatten();
        let others = named.chain(&self.unclear).filter(|(_, one)| one.id.region == *region);
        // What is certain comes first: it says more.
        let mut others: Vec<_> = others.collect();
        others.sort_by_key(|(at, one)| (made_by(one, source).is_none(), *at));
        others.into_iter().try_for_each(|(_, other)| self.refuse_one(other, source))
    }

    fn refuse_one(&self, other: &Instance, source: &Description) -> Result<(), WithheldReason> {
        let by = other.id.name.clone();
        if by == source.notebook_instance_name || is_older(other, source) {
            return Ok(());
        }
        if let (Some(run), Some(found)) = (made_by(other, source), &other.description) {
            let item =
                ItemId { region: other.id.region.clone(), name: source.notebook_instance_name.clone() };
            return Err(made(by, (&run, self.runs.standing(&run, &item)), found, source));
        }
        if other.tags.as_ref().is_some_and(|tags| provenance::replaces(tags, &source.notebook_instance_arn)) {
            return Err(WithheldReason::MaybeReplaced { by, missing: missing(other) });
        }
        if may_replace(other, source) {
            return Err(WithheldReason::MaybeReplaced { by, missing: missing(other) });
        }
        Ok(())
    }
}

/// The run that made this instance as the replacement of `source`: its three tags say so together, and nothing less does.
fn made_by(other: &Instance, source: &Description) -> Option<RunId> {
    let tags = other.tags.as_ref()?;
    let whole = provenance::replaces(tags, &source.notebook_instance_arn) && missing(other).is_empty();
    tags.get(provenance::RUN).filter(|_| whole)?.parse().ok()
}

/// What is to be said of a replacement that a run made.
fn made(
    by: InstanceName,
    (run, standing): (&RunId, Option<EarlierProgress>),
    found: &Description,
    source: &Description,
) -> WithheldReason {
    let run = run.clone();
    let status = found.notebook_instance_status.clone();
    match (standing, what_is_wrong(found)) {
        (Some(EarlierProgress::Unfinished), _) => {
            WithheldReason::BeingReplaced { by, run, status, rollback: false }
        }
        (Some(EarlierProgress::RollingBack), _) => {
            WithheldReason::BeingReplaced { by, run, status, rollback: true }
        }
        (Some(EarlierProgress::Done) | None, Some(why)) => {
            WithheldReason::ReplacedWrongly { by, run, why, used: true }
        }
        (Some(EarlierProgress::Failed), Some(why)) => {
            WithheldReason::ReplacedWrongly { by, run, why, used: false }
        }
        (Some(EarlierProgress::Failed), None) => {
            let why = "the run gave it up".to_owned();
            WithheldReason::ReplacedWrongly { by, run, why, used: false }
        }
        (standing @ (Some(EarlierProgress::Done) | None), None) => {
            let source = source.notebook_instance_status.clone();
            let verified = standing == Some(EarlierProgress::Done);
            WithheldReason::AlreadyReplaced { by, source, run: Some(run), verified }
        }
    }
}

/// The provenance tags that an instance lacks, or that hold what no run writes.
fn missing(one: &Instance) -> Vec<String> {
    let Some(tags) = &one.tags else { return Vec::new() };
    let lacks = |key: &&str| {
        let value = tags.get(*key);
        match *key {
            provenance::RUN => value.is_none_or(|text| text.parse::<RunId>().is_err()),
            provenance::PLAN => value.is_none_or(|text| text.parse::<Digest>().is_err()),
            _ => value.is_none(),
        }
    };
    provenance::KEYS.into_iter().filter(lacks).map(str::to_owned).collect()
}

fn has_some_provenance(one: &Instance) -> bool {
    let has = |tags: &Tags| provenance::KEYS.into_iter().any(|key| tags.contains_key(key));
    one.tags.as_ref().is_some_and(has)
}

/// Whether it is known of this instance what it replaces, if anything.
fn is_readable(one: &Instance) -> bool {
    match &one.description {
        None => false,
        Some(found) => one.tags.is_some() || what_is_wrong(found).is_some(),
    }
}

/// Whether this instance, of which not everything could be read or tells, may be a replacement of `source`.
///
/// The name of every replacement holds its source's name, of which a template of up to
/// [`NameTemplate::MOST_ADDED`] characters and a number can cut off the end.
fn may_replace(other: &Instance, source: &Description) -> bool {
    let name = source.notebook_instance_name.as_str();
    let kept = InstanceName::MAX_LENGTH - NameTemplate::MOST_ADDED - "-1000".len();
    let stem = name.get(..kept).unwrap_or(name).trim_end_matches('-');
    let names_another = other.tags.as_ref().is_some_and(|tags| tags.contains_key(provenance::SOURCE));
    (!is_readable(other) || (!names_another && has_some_provenance(other)))
        && other.id.name.as_str().contains(stem)
}

/// Whether it was certainly made before `source`: then it replaced an earlier instance of that name.
fn is_older(other: &Instance, source: &Description) -> bool {
    let made = other.description.as_ref().and_then(|found| found.creation_time);
    made.zip(source.creation_time).is_some_and(|(made, source)| made < source)
}

/// What keeps an instance from being what a source is replaced by.
fn what_is_wrong(found: &Description) -> Option<String> {
    let Description { notebook_instance_status: status, subnet_id, direct_internet_access, .. } = found;
    if matches!(status.rest(), Rest::Failed | Rest::Deleting) {
        let reason = found.failure_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        return Some(format!("its status is {status}{reason}"));
    }
    if subnet_id.is_none() {
        return Some("it is in no VPC".to_owned());
    }
    match direct_internet_access.as_deref() {
        Some("Disabled") => None,
        Some(other) => Some(format!("its DirectInternetAccess is {other}")),
        None => Some("AWS does not report its DirectInternetAccess".to_owned()),
    }
}
