//! Pure: the saved document: what it holds, member by member. It holds no secret and leaves no choice open.

mod any_item;
mod exemption;
mod hazard;
mod naming;
mod parts;
mod quota;
mod repair;
mod transfer;
mod withheld;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::day;
use crate::ids::{AccountId, Digest, InstanceName, ItemId, Region, SecurityGroupId, SubnetId, VpcId};
use crate::inventory::{Gap, MetadataService};
use crate::network::Check;
use crate::rules::RuleId;

pub use any_item::AnyItem;
pub use exemption::PlannedExemption;
pub use hazard::{Hazard, Owner};
pub use naming::{NamingStatement, PoliciesUnread, StatementEffect};
pub use parts::{Change, PlannedStep, Source, StepKind, Tag};
pub use quota::QuotaNeed;
pub use repair::{RepairItem, UpdateRequest};
pub use transfer::{PlannedTransfer, TransferKind, TransferWay, Unmovable};
pub use withheld::{Withheld, WithheldReason};

/// The newest plan format that this version reads, and the one it writes.
pub const FORMAT_VERSION: u32 = 5;

/// A plan: everything that a run will do, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The format of this document.
    pub format_version: u32,
    /// The version of the program that made it.
    pub tool_version: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops being applicable.
    pub expires: Timestamp,
    /// SHA-256 of the policy file it was made by.
    pub policy_digest: Digest,
    /// The account it is for.
    pub account: AccountId,
    /// The regions that were asked for.
    pub regions: Vec<Region>,
    /// How it is carried out.
    pub limits: Limits,
    /// Whether `apply` must be given its digest where nobody is asked. Absent in plans of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_digest: Option<bool>,
    /// The counts.
    pub totals: Totals,
    /// The instances that will be replaced, by region and name.
    pub items: Vec<Item>,
    /// The instances that will be repaired in place, by region and name. None before format 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<RepairItem>,
    /// The instances that need it but will not be replaced by this plan, and why.
    pub withheld: Vec<Withheld>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The exemptions of the policy, also those whose day is over. None before format 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<PlannedExemption>,
    /// What the items need of the account's quotas. None before format 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<QuotaNeed>,
    /// What of the account's IAM policies is not known; absent where all was read, or no plan said so before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies_unread: Option<PoliciesUnread>,
    /// SHA-256 of all the members above as canonical JSON (RFC 8785).
    pub digest: Digest,
}

/// How a plan is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The most items the plan may have to be applied.
    pub max_instances: u32,
    /// The largest share of the instances seen that may be items, in percent.
    pub max_percent: u32,
    /// So many items go first; the others only start when those are done. Absent: all at once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub canary: u32,
    /// After so many failed items no further item is started.
    pub max_failures: u32,
    /// Items in flight per region.
    pub concurrency: u32,
    /// Requests per second and region.
    pub requests_per_second: u32,
    /// How often a status is read while waiting for it, in milliseconds.
    pub poll_interval_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Plan {
    /// The day (UTC) on which it was made.
    pub fn day(&self) -> jiff::civil::Date {
        day(self.created)
    }

    /// Whether `apply` must be given its digest where nobody is asked. A plan of a format that did not speak of it was made
    /// before anyone could know, and needs none; one that should speak of it and does not needs it.
    pub fn requires_digest(&self) -> bool {
        self.require_digest.unwrap_or(self.format_version >= 5)
    }
}

impl Limits {
    /// How often a status is read while waiting for it.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms)
    }
}

/// The counts of a plan. Every instance seen is counted once: as compliant, item, withheld or unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Instances listed.
    pub seen: u32,
    /// Those that no rule in mode `remediate` failed on.
    pub compliant: u32,
    /// Those that will be replaced.
    pub items: u32,
    /// Those that will be repaired in place.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repairs: u32,
    /// Those that are withheld.
    pub withheld: u32,
    /// Those that could not be read and so could not be judged.
    pub unreadable: u32,
}

/// One source instance and its replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Region and name of the source.
    pub id: ItemId,
    /// The rules that the source fails, also those that are only reported.
    pub findings: Vec<RuleId>,
    /// The source as it was observed: the fingerprint.
    pub source: Source,
    /// Where the replacement goes.
    pub target: Target,
    /// The complete request for the replacement. At run time three provenance tags are added to it.
    pub request: CreateRequest,
    /// What differs between the source and its replacement.
    pub changes: Vec<Change>,
    /// What comes first, the stop of the source or its replacement. Always the stop before format 5.
    #[serde(default, skip_serializing_if = "Order::is_stop_first")]
    pub order: Order,
    /// The platform that the source is updated to in place when it must be started and AWS no longer starts the one it is on.
    /// Absent: then it is not started. Since format 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_source: Option<String>,
    /// How the files of the source are moved; absent where they are not. Since format 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<PlannedTransfer>,
    /// Whether the source is deleted once its replacement has been verified.
    pub delete_source: bool,
    /// Whether the source may be deleted later by `remediate cleanup`. Never in format 1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cleanup: bool,
    /// What becomes of a replacement that failed. Absent in format 1 only, where it is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    /// What will be done, in order.
    pub steps: Vec<PlannedStep>,
    /// Whether the replacement is stopped again and its lifecycle configuration has an OnCreate script, or may have one: it
    /// is not stopped before AWS has ended that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_create: bool,
    /// Patterns for the keys of tags of the source that may change before the plan is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore_tags: Vec<String>,
    /// The keys of tags of the source that the policy keeps from the replacement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped_tags: Vec<String>,
    /// What the reader should know before saying yes.
    pub warnings: Vec<String>,
    /// What may make the replacement fail, or differ from its source in ways that no attribute shows. None before
    /// format 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// Statements of IAM policies that name the source and not its replacement: who loses access. None before format 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named_by: Vec<NamingStatement>,
    /// How many more of them there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_named_by: u32,
}

/// What comes first of a running source: its stop, or its replacement. One that is stopped already has no order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The source is stopped, then its replacement is created.
    #[default]
    StopFirst,
    /// The replacement is created and verified, then the source is stopped.
    CreateFirst,
    /// The replacement is created and verified, and the source is left running: stopped, it may never run again, and the
    /// policy does not accept that.
    CreateOnly,
}

impl Item {
    /// How a run moves the files of the source; `None` where it does not.
    pub fn moved_by_run(&self) -> Option<&PlannedTransfer> {
        self.transfer.as_ref().filter(|transfer| transfer.by == TransferWay::Run)
    }
}

impl Order {
    /// Whether the source is stopped before anything is created.
    pub fn is_stop_first(&self) -> bool {
        *self == Order::StopFirst
    }
}

/// What becomes of a replacement that failed, or is not as requested. The source is brought back in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// It is deleted, so that everything is as it was.
    Restore,
    /// It is left where it is, to be looked at.
    Leave,
}

/// Where a replacement goes, and what was found out about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The target's name in the policy.
    pub name: String,
    /// The VPC.
    pub vpc: VpcId,
    /// The subnet.
    pub subnet: SubnetId,
    /// The subnet's availability zone.
    pub availability_zone: String,
    /// The subnet's free addresses when the plan was made.
    pub free_addresses: u32,
    /// The security groups.
    pub security_groups: Vec<SecurityGroupId>,
    /// The checks that were made. All of them are `yes` but for those of the tenancy and of needs: since format 3 these
    /// are told whatever their verdict, and one that is required is not `no`.
    pub checks: Vec<Check>,
}

/// A CreateNotebookInstance request under AWS's names: `aws sagemaker create-notebook-instance
/// --cli-input-json` takes it as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateRequest {
    /// The replacement's name.
    pub notebook_instance_name: InstanceName,
    /// The instance type.
    pub instance_type: String,
    /// The subnet.
    pub subnet_id: SubnetId,
    /// The security groups.
    pub security_group_ids: Vec<SecurityGroupId>,
    /// Always `Disabled`.
    pub direct_internet_access: String,
    /// The execution role.
    pub role_arn: String,
    /// The key of the volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `ipv4` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The lifecycle configuration, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle_config_name: Option<String>,
    /// The volume's size in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "VolumeSizeInGB")]
    pub volume_size_in_gb: Option<i32>,
    /// The default code repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_code_repository: Option<String>,
    /// Up to three more code repositories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_code_repositories: Vec<String>,
    /// `Enabled` or `Disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_access: Option<String>,
    /// The platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_identifier: Option<String>,
    /// The metadata service's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_metadata_service_configuration: Option<MetadataService>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}
