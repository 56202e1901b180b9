//! Pure: the instances that a plan leaves out on purpose, and why.

use serde::{Deserialize, Serialize};

use crate::ids::{InstanceName, ItemId, RunId};
use crate::inventory::Status;
use crate::network::Check;
use crate::rules::RuleId;

use super::hazard::{Hazard, Owner};
use super::transfer::Unmovable;

/// An instance that needs replacing but will not be replaced by this plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Region and name.
    pub id: ItemId,
    /// The rules that it fails.
    pub findings: Vec<RuleId>,
    /// Why it is withheld.
    pub reason: WithheldReason,
}

/// Why an instance is withheld. How it is worded for people is `report`'s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WithheldReason {
    /// The policy exempts it for now.
    Exempt {
        /// The exemption's reason.
        reason: String,
        /// The last day on which it holds.
        expires: jiff::civil::Date,
        /// Its ticket.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<String>,
    },
    /// Its own tag exempts it for now. Since format 3.
    ExemptByTag {
        /// The reason that its tags give, if they do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The last day (UTC) on which it holds.
        expires: jiff::civil::Date,
        /// The tag's own day, where that is later than the policy lets a tag reach. Since format 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tagged: Option<jiff::civil::Date>,
    },
    /// It has the tag that exempts, but no day can be read from it. Since format 3.
    ExemptTagUnclear {
        /// The tag's value.
        value: String,
    },
    /// Something else manages it, and would not know its replacement. Since format 3.
    Managed {
        /// Who.
        owner: Owner,
    },
    /// Hazards that the policy does not allow. Since format 3.
    Hazards {
        /// Those that it is withheld for.
        hazards: Vec<Hazard>,
    },
    /// No target of the policy matches it.
    NoTarget,
    /// A target with tag selectors could match it, but its tags could not be read.
    TagsUnreadable,
    /// A check of the target network did not pass.
    Network {
        /// The target's name.
        target: String,
        /// The checks that did not pass.
        failed: Vec<Check>,
    },
    /// An earlier run is at it: its replacement was created, and the run has not finished. Since format 4.
    BeingReplaced {
        /// The replacement.
        by: InstanceName,
        /// The run.
        run: RunId,
        /// The replacement's status.
        status: Status,
        /// Whether the run is on its way back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        rollback: bool,
    },
    /// A replacement of it exists already.
    AlreadyReplaced {
        /// The replacement.
        by: InstanceName,
        /// The status of the instance that was replaced: once it has been, it is stopped.
        source: Status,
        /// The run that made the replacement. Since format 4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<RunId>,
        /// Whether the run's journal is here and says that the replacement was verified. Since format 4.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        verified: bool,
    },
    /// An earlier run made a replacement of it that is not as it must be. Since format 4.
    ReplacedWrongly {
        /// The replacement.
        by: InstanceName,
        /// The run.
        run: RunId,
        /// What is wrong with it.
        why: String,
        /// Whether it was as it must be when the run ended, or may have been: then somebody may have worked on it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        used: bool,
    },
    /// Its findings can be repaired on the instance itself. Before format 5, which does that.
    InPlace,
    /// Its findings can be repaired on the instance itself, but what the policy sets for it leaves these. Since format 5.
    NotRepaired {
        /// The rules.
        rules: Vec<RuleId>,
    },
    /// It is repaired in place, and AWS no longer starts its platform: it would have to be upgraded, which the policy does not
    /// consent to. Since format 5.
    NeedsUpgrade {
        /// The platform.
        platform: String,
    },
    /// The same, and AWS has no way from its platform to another. Since format 5.
    PlatformNotUpgradable {
        /// The platform.
        platform: String,
    },
    /// It is in a status that cannot be worked from.
    Status {
        /// The status.
        status: Status,
    },
    /// AWS did not report a member without which it cannot be re-created.
    MemberNotReported {
        /// The member.
        member: String,
    },
    /// A rule in mode `remediate` could not be decided on what AWS reported.
    Unknown {
        /// Why.
        why: String,
    },
    /// An instance that goes with it may be its replacement: it could not be read, or it has some of the tags of a
    /// replacement of it, but not all.
    MaybeReplaced {
        /// That instance.
        by: InstanceName,
        /// The tags that it lacks; none where it could not be read. Since format 4.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<String>,
    },
    /// It runs, and AWS no longer starts its platform: stopped, it may never run again.
    OneWayPlatform {
        /// The platform.
        platform: String,
    },
    /// It runs, and the key of its own volume cannot be used: stopped, it may never run again. Since format 4.
    SourceKeyUnusable {
        /// The key and its state, in words.
        found: String,
    },
    /// Its files are to be moved, and cannot be. Since format 5.
    DataCannotMove {
        /// Why.
        why: Unmovable,
    },
    /// There is no name left for the replacement.
    NoName,
    /// Its tags leave no room for the three provenance tags under AWS's limit of 50.
    TooManyTags {
        /// How many tags would be carried over.
        tags: u32,
    },
}
