//! What a plan says of an item beside its attributes: hazards, exemptions, quotas and who owns it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, Region};

/// Something that may make a replacement fail, or differ from its source in ways that no attribute shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// What it is.
    pub kind: HazardKind,
    /// What it was found by: a platform, a key, the lines of a script. How it is worded is `report`'s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// The kinds of hazards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HazardKind {
    /// Its platform may not start again once it is stopped.
    OneWayPlatform,
    /// AWS no longer creates instances of the platform that the replacement would have.
    PlatformNotCreatable,
    /// The replacement's platform does not run on its instance type.
    TypeNotOnPlatform,
    /// The replacement's platform is one that SageMaker.8 fails.
    PlatformUnsupported,
    /// The platform changes: what is installed on the source may not run on the replacement.
    PlatformChanges,
    /// Its instance type is of a generation that AWS retires.
    TypeRetired,
    /// Its instance type has local storage, which AWS's documentation says takes no KMS key.
    LocalStorageWithKey,
    /// The KMS key of the replacement's volume cannot be used: it is disabled, about to be deleted, or gone.
    KeyUnusable,
    /// The KMS key of the replacement's volume is named by an alias, and which key that is could not be read.
    KeyUnresolved,
    /// The KMS key of the source's own volume cannot be used, so that the source may never start again.
    SourceKeyUnusable,
    /// The state of the KMS key of a volume could not be read.
    KeyUnknown,
    /// Its lifecycle scripts have lines that need the internet.
    ScriptNeedsInternet,
    /// Its lifecycle scripts call `yum`, which its new platform does not have.
    ScriptUsesYum,
    /// Its lifecycle scripts stop it when nobody uses it.
    ScriptStopsInstance,
    /// Its lifecycle configuration does not exist any more.
    ScriptMissing,
    /// Its lifecycle scripts could not be read.
    ScriptUnknown,
    /// Its code repositories are cloned again, and need a way to their host.
    CodeRepository,
    /// The URL of a code repository holds a password or token, which a plan must not.
    RepositoryCredentials,
    /// Its name is so long that the replacement's name cuts it.
    LongName,
    /// Another service knows it by the start of its name.
    NamePrefix,
    /// Something else manages it, and will not know its replacement.
    Managed,
    /// AWS no longer takes accelerators: the replacement has none.
    AcceleratorsDropped,
}

impl HazardKind {
    /// Every kind, in the order they are looked for.
    pub const ALL: [HazardKind; 22] = [
        HazardKind::OneWayPlatform,
        HazardKind::PlatformNotCreatable,
        HazardKind::TypeNotOnPlatform,
        HazardKind::PlatformUnsupported,
        HazardKind::PlatformChanges,
        HazardKind::TypeRetired,
        HazardKind::LocalStorageWithKey,
        HazardKind::KeyUnusable,
        HazardKind::KeyUnresolved,
        HazardKind::SourceKeyUnusable,
        HazardKind::KeyUnknown,
        HazardKind::ScriptNeedsInternet,
        HazardKind::ScriptUsesYum,
        HazardKind::ScriptStopsInstance,
        HazardKind::ScriptMissing,
        HazardKind::ScriptUnknown,
        HazardKind::CodeRepository,
        HazardKind::RepositoryCredentials,
        HazardKind::LongName,
        HazardKind::NamePrefix,
        HazardKind::Managed,
        HazardKind::AcceleratorsDropped,
    ];

    /// Its name in plans, reports and policies.
    pub fn as_str(self) -> &'static str {
        match self {
            HazardKind::OneWayPlatform => "one-way-platform",
            HazardKind::PlatformNotCreatable => "platform-not-creatable",
            HazardKind::TypeNotOnPlatform => "type-not-on-platform",
            HazardKind::PlatformUnsupported => "platform-unsupported",
            HazardKind::PlatformChanges => "platform-changes",
            HazardKind::TypeRetired => "type-retired",
            HazardKind::LocalStorageWithKey => "local-storage-with-key",
            HazardKind::KeyUnusable => "key-unusable",
            HazardKind::KeyUnresolved => "key-unresolved",
            HazardKind::SourceKeyUnusable => "source-key-unusable",
            HazardKind::KeyUnknown => "key-unknown",
            HazardKind::ScriptNeedsInternet => "script-needs-internet",
            HazardKind::ScriptUsesYum => "script-uses-yum",
            HazardKind::ScriptStopsInstance => "script-stops-instance",
            HazardKind::ScriptMissing => "script-missing",
            HazardKind::ScriptUnknown => "script-unknown",
            HazardKind::CodeRepository => "code-repository",
            HazardKind::RepositoryCredentials => "repository-credentials",
            HazardKind::LongName => "long-name",
            HazardKind::NamePrefix => "name-prefix",
            HazardKind::Managed => "managed",
            HazardKind::AcceleratorsDropped => "accelerators-dropped",
        }
    }
}

/// Who manages an instance, as its tags tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// What it is: `CloudFormation`, `Service Catalog`, or the name that the policy gives it.
    pub by: String,
    /// The stack, product or project, where a tag names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The tag that tells, as `key=value`.
    pub tag: String,
    /// What the policy says to change there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// An exemption of the policy, and whom it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedExemption {
    /// Why.
    pub reason: String,
    /// The last day (UTC) on which it holds.
    pub expires: Date,
    /// Its ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Whether its day was over when the plan was made.
    pub expired: bool,
    /// The instances that it selects among those that break a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<ItemId>,
}

impl PlannedExemption {
    /// Within so many days of its end an exemption is about to expire.
    const SOON: i32 = 30;

    /// Whether it no longer holds, or will not for long, seen from that day.
    pub fn ends_soon(&self, day: Date) -> bool {
        self.expired || day.until(self.expires).is_ok_and(|left| left.get_days() <= Self::SOON)
    }
}

impl QuotaNeed {
    /// Whether the plan is known to fit at this concurrency.
    pub fn fits(&self, concurrency: u32) -> bool {
        self.concurrency.is_some_and(|fits| fits >= concurrency)
    }
}

/// What the items need of one quota in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaNeed {
    /// The region.
    pub region: Region,
    /// The instance type; absent for the quota on all notebook instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The quota; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<u32>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// How many instances count against it now.
    pub in_use: u32,
    /// How many more there are while the plan's concurrency is in flight, over those that have been replaced and kept.
    pub needed: u32,
    /// The highest concurrency that fits; 0 where not even one does. Absent where the quota is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}
