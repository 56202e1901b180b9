//! Pure: what hazards are looked for in.

use jiff::civil::Date;

use crate::ids::Region;
use crate::inventory::Companions;
use crate::network::{Check, CheckName, CheckVerdict, Need};
use crate::plan::owner::Found;
use crate::plan::{CreateRequest, Hazard, HazardKind, Source};
use crate::rules::Standards;

/// A source and the replacement that is asked for it: what hazards are looked for in.
pub(in crate::plan) struct Replacing<'a> {
    pub(in crate::plan) region: &'a Region,
    pub(in crate::plan) source: &'a Source,
    pub(in crate::plan) request: &'a CreateRequest,
    pub(in crate::plan) companions: &'a Companions,
    pub(in crate::plan) owner: Option<&'a Found>,
    /// What the rules measure by.
    pub(in crate::plan) standards: &'a Standards,
    /// The day (UTC) that is planned for.
    pub(in crate::plan) today: Date,
    /// What was found out about the target's network.
    pub(in crate::plan) checks: &'a [Check],
}

impl Replacing<'_> {
    /// Whether there is certainly no way to the internet from where the replacement would be.
    pub(super) fn is_cut_off(&self) -> bool {
        self.checks
            .iter()
            .any(|check| check.name == CheckName::Need(Need::Egress) && check.verdict == CheckVerdict::No)
    }
}

/// A hazard with its evidence.
pub(super) fn hazard<T: Into<String>>(kind: HazardKind, evidence: impl IntoIterator<Item = T>) -> Hazard {
    Hazard { kind, evidence: evidence.into_iter().map(Into::into).collect() }
}
