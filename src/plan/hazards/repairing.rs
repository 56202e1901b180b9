//! Pure: the hazards of a repair in place.

use jiff::civil::Date;

use crate::plan::owner::Found;
use crate::plan::{Hazard, HazardKind, Source, UpdateRequest};

use super::managed;
use super::platform;
use super::replacing::hazard;

/// A source and what is to be changed on it: what hazards are looked for in.
pub(in crate::plan) struct Repairing<'a> {
    pub(in crate::plan) source: &'a Source,
    pub(in crate::plan) request: &'a UpdateRequest,
    pub(in crate::plan) owner: Option<&'a Found>,
    /// Why the state of its volume's key is not known, where it is not.
    pub(in crate::plan) key: Option<String>,
    /// The day (UTC) that is planned for.
    pub(in crate::plan) today: Date,
}

pub(super) fn find(repairing: &Repairing<'_>) -> Vec<Hazard> {
    let Repairing { source, request, owner, key, today } = repairing;
    let before = source.description.platform_identifier.as_deref();
    let after = request.platform_identifier.as_deref();
    let platform = before.zip(after).and_then(|(before, after)| platform::changes(before, after, *today));
    let key = key.as_ref().map(|why| hazard(HazardKind::KeyUnknown, [why.as_str()]));
    platform.into_iter().chain(key).chain(owner.map(managed::told)).collect()
}
