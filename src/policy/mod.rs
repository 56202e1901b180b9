//! Pure: what the operator wants: scope, rules, targets, exemptions and limits, as a validated value.
//!
//! [`parse`] turns TOML text into a [`Policy`] or into every problem it has, each with its place in the file.

mod hazard;
mod parse;
mod pattern;
mod selector;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;

use crate::facts::platforms;
use crate::ids::{AccountId, Digest, Region, SecurityGroupId, SubnetId};
use crate::inventory::Description;
use crate::network::Need;
use crate::rules::{self, Judgement, Mode, RuleId, Severity, Standards};

pub use hazard::{Decided, HazardKind};
pub use parse::SCHEMA;
pub use parse::{built_in, parse};
pub use pattern::{InvalidPattern, NamePattern, Pattern};
pub use selector::{Match, Selector, Subject};
pub use template::{InvalidTemplate, NameTemplate};

/// A valid policy. Every value in it can be used as it stands.
#[derive(Debug, Clone)]
pub struct Policy {
    /// SHA-256 of the policy file's bytes: plans name the policy that they were made by.
    pub digest: Digest,
    /// Where to look.
    pub scope: Scope,
    /// What each rule's findings lead to.
    pub rules: BTreeMap<RuleId, Mode>,
    /// What the rules measure by.
    pub standards: Standards,
    /// How bad each rule's findings are, where that is not what the field says.
    pub severities: BTreeMap<RuleId, Severity>,
    /// Where replacements go; the first that matches an instance counts.
    pub targets: Vec<Target>,
    /// Instances that are left alone for a while.
    pub exemptions: Vec<Exemption>,
    /// Whether an instance may say by its own tag that it is left alone for a while.
    pub exempt_by_tag: bool,
    /// What tells that something else manages an instance, beside what is built in.
    pub owners: Vec<Owner>,
    /// What hazards lead to, where the policy says so.
    pub hazards: BTreeMap<HazardKind, Treatment>,
    /// How much a plan may hold and how fast it is carried out.
    pub limits: Limits,
    /// How long a plan may be applied after it was made.
    pub expires_after: Duration,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The regions.
    pub regions: Regions,
    /// The accounts that may be worked on; `None` where the policy does not restrict them.
    pub accounts: Option<Vec<AccountId>>,
}

/// The regions to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// Every region that is enabled in the account.
    All,
    /// These.
    Listed(Vec<Region>),
}

/// Where the replacements of matching instances go, and how they are made.
#[derive(Debug, Clone)]
pub struct Target {
    /// The target's name in the policy.
    pub name: String,
    /// Which instances it is for.
    pub matches: Selector,
    /// The subnets to choose from, all of one VPC. Never empty.
    pub subnets: Vec<SubnetId>,
    /// How one of them is chosen.
    pub placement: Placement,
    /// The security groups: 1 to 5, of the same VPC.
    pub security_groups: Vec<SecurityGroupId>,
    /// How the replacement is made: `[defaults]`, overridden by the target's own keys.
    pub settings: Settings,
}

/// How one of a target's subnets is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// The one with the most free addresses left, counting those already planned.
    MostFree,
    /// The first that has a free address left.
    First,
}

/// How a replacement is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How the replacement is named.
    pub replacement_name: NameTemplate,
    /// Whether the source is deleted.
    pub delete_source: DeleteSource,
    /// What becomes of a replacement that failed.
    pub on_failure: OnFailure,
    /// The platform of the replacement.
    pub platform: Platform,
    /// The KMS key of the replacement's volume; `None` keeps the source's.
    pub kms_key: Option<String>,
    /// Whether a running instance is stopped although it may never start again: AWS no longer starts its platform, or
    /// its own key cannot be used.
    pub allow_one_way: bool,
    /// Whether an instance that something else manages is replaced.
    pub managed: Managed,
    /// Root access on the replacement.
    pub root_access: RootAccess,
    /// The lowest version of the instance metadata service that the replacement accepts.
    pub imds: Imds,
    /// What the target must let it reach.
    pub require: BTreeSet<Need>,
    /// What follows where that cannot be decided.
    pub unknown: OnUnknown,
}

/// The platform of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Platform {
    /// That of the source, as long as AWS creates it; then the one that AWS upgrades it to.
    Keep,
    /// This one.
    Always(String),
    /// By the platform of the source; one that is not named is kept, as above.
    Mapped(BTreeMap<String, String>),
}

impl Platform {
    /// The platform for the replacement of a source with this one, made on that day (UTC).
    pub fn of<'a>(&'a self, source: Option<&'a str>, today: Date) -> Option<&'a str> {
        let kept = |from: &'a str| platforms::kept(from, today);
        match self {
            Platform::Keep => source.map(kept),
            Platform::Always(platform) => Some(platform),
            Platform::Mapped(map) => {
                source.map(|from| map.get(from).map_or_else(|| kept(from), String::as_str))
            }
        }
    }
}

/// What becomes of an instance that something else manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Managed {
    /// It is withheld.
    Withhold,
    /// It is replaced, with a warning.
    Allow,
}

/// What a hazard leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// The instance is withheld.
    Withhold,
    /// The plan says so.
    Warn,
}

/// What follows where it cannot be decided whether a target meets a need that it requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// The plan says so.
    Warn,
    /// What would go there is withheld.
    Withhold,
}

/// How it shows that something else manages an instance.
#[derive(Debug, Clone)]
pub struct Owner {
    /// What manages it, in the words of the policy.
    pub by: String,
    /// Any one of these tags tells. Never empty.
    pub tags: BTreeMap<String, Pattern>,
    /// The key of the tag that names the stack, project or module.
    pub named_by: Option<String>,
    /// What to change there instead.
    pub advice: Option<String>,
}

/// Whether a source is deleted in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteSource {
    /// Never.
    Never,
    /// As soon as its replacement has been verified.
    AfterVerify,
    /// Later, by `remediate cleanup`, when its replacement is verified again.
    Cleanup,
}

/// What becomes of a replacement that failed, or is not as requested. The source is brought back in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is deleted, so that everything is as it was.
    Restore,
    /// It is left where it is, to be looked at.
    Leave,
}

/// Root access on a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootAccess {
    /// As on the source.
    Keep,
    /// Disabled.
    Disabled,
}

/// The lowest metadata-service version on a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imds {
    /// As on the source.
    Keep,
    /// Version 2 only.
    V2,
}

/// Instances that are left alone until a date.
#[derive(Debug, Clone)]
pub struct Exemption {
    /// Which instances.
    pub matches: Selector,
    /// Why.
    pub reason: String,
    /// The last day (UTC) on which the exemption holds.
    pub expires: Date,
    /// The ticket it was granted in.
    pub ticket: Option<String>,
}

/// How much a plan may hold and how fast it is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most items a plan may have to be applied.
    pub max_instances: u32,
    /// The largest share of the instances seen that a plan may have as items, in percent.
    pub max_percent: u32,
    /// So many items go first; the others only start when those are done. 0: all at once.
    pub canary: u32,
    /// After so many failed items no further item is started.
    pub max_failures: u32,
    /// Items in flight per region.
    pub concurrency: u32,
    /// Requests per second and region.
    pub requests_per_second: u32,
    /// How often a status is read while waiting for it.
    pub poll_interval: Duration,
}

impl Policy {
    /// What a rule's findings lead to.
    pub fn mode(&self, rule: RuleId) -> Mode {
        self.rules.get(&rule).copied().unwrap_or(Mode::Off)
    }

    /// How bad the findings of a rule are: what the policy says, or else what the field says.
    pub fn severity(&self, rule: RuleId) -> Severity {
        self.severities.get(&rule).copied().unwrap_or(rule.row().severity)
    }

    /// The verdicts of all rules that are not off on an instance, on that day (UTC).
    pub fn judge(&self, description: Option<&Description>, today: Date) -> Vec<Judgement> {
        rules::judge(&self.rules, &self.standards, description, today)
    }
}
