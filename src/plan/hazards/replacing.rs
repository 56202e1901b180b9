//! Pure: what hazards are looked for in.

use jiff::civil::Date;

use crate::ids::Region;
use crate::inventory::Companions;
use crate::network::{self, Asked, Check, CheckName, CheckVerdict, Need, NetworkFacts};
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
    /// The platform that the source is upgraded to when it must be started.
    pub(in crate::plan) upgrade: Option<&'a str>,
    /// Whether the source is started again whatever happens, since the run moves its files.
    pub(in crate::plan) moved_by_run: bool,
    /// What the rules measure by.
    pub(in crate::plan) standards: &'a Standards,
    /// The day (UTC) that is planned for.
    pub(in crate::plan) today: Date,
    /// What was found out about the target's network.
    pub(in crate::plan) checks: &'a [Check],
    /// Where it would be.
    pub(in crate::plan) place: Asked<'a>,
    /// What is known of networks.
    pub(in crate::plan) facts: &'a NetworkFacts,
}

impl Replacing<'_> {
    /// Whether the replacement would reach the internet.
    pub(super) fn internet(&self) -> CheckVerdict {
        let check = self.checks.iter().find(|check| check.name == CheckName::Need(Need::Egress));
        check.map_or(CheckVerdict::Unknown, |check| check.verdict)
    }

    /// Whether it would reach a service of AWS, as the names of its endpoints end: the target's own check, also of those
    /// that the policy says nothing of.
    pub(super) fn reaches(&self, service: &str) -> CheckVerdict {
        network::reaches(self.facts, &self.place, service)
    }
}

/// A hazard with its evidence.
pub(super) fn hazard<T: Into<String>>(kind: HazardKind, evidence: impl IntoIterator<Item = T>) -> Hazard {
    Hazard { kind, evidence: evidence.into_iter().map(Into::into).collect() }
}
