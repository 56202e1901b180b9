//! Pure: the complete CreateNotebookInstance request for a source, and what it changes.

use jiff::civil::Date;

use crate::ids::{InstanceName, SecurityGroupId, SubnetId};
use crate::inventory::{MetadataService, Tags};
use crate::plan::members::{Absence, MEMBERS, Member, Value};
use crate::plan::{Change, CreateRequest, Source, Tag, WithheldReason, provenance};
use crate::policy::{Imds, RootAccess, Settings};

/// What the policy decides about a replacement.
pub(super) struct WantedReplacement<'a> {
    pub(super) name: InstanceName,
    pub(super) subnet: &'a SubnetId,
    pub(super) security_groups: &'a [SecurityGroupId],
    pub(super) settings: &'a Settings,
    /// The key of its volume.
    pub(super) kms_key: Option<String>,
    /// The day (UTC) on which it is planned.
    pub(super) today: Date,
}

/// Whether a replacement is given this tag of its source.
///
/// AWS refuses keys with the reserved prefix `aws:`, in any case; a source that was itself a replacement
/// does not pass its own provenance on.
fn is_carried(key: &str) -> bool {
    let reserved = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    !reserved && !provenance::KEYS.contains(&key)
}

/// The tags that a replacement of a source with `tags` is created with, provenance not counted.
pub(super) fn carried_tags(tags: &Tags) -> Vec<Tag> {
    let carried = tags.iter().filter(|(key, _)| is_carried(key));
    carried.map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// Carries everything of the source over, except what the policy changes. Accelerators are dropped: AWS
/// no longer takes them. A member that AWS does not report is left to AWS's default.
///
/// # Errors
/// When AWS did not report a member that a create request must have.
pub(super) fn build(source: &Source, wanted: WantedReplacement<'_>) -> Result<CreateRequest, WithheldReason> {
    let from = &source.description;
    let required = |member: &str, value: &Option<String>| {
        value.clone().ok_or_else(|| WithheldReason::MemberNotReported { member: member.to_owned() })
    };
    let WantedReplacement { name, subnet, security_groups, settings, kms_key, today } = wanted;
    Ok(CreateRequest {
        notebook_instance_name: name,
        instance_type: required("InstanceType", &from.instance_type)?,
        subnet_id: subnet.clone(),
        security_group_ids: security_groups.to_vec(),
        direct_internet_access: "Disabled".to_owned(),
        role_arn: required("RoleArn", &from.role_arn)?,
        kms_key_id: kms_key,
        ip_address_type: from.ip_address_type.clone(),
        lifecycle_config_name: from.notebook_instance_lifecycle_config_name.clone(),
        // Without it the replacement could be smaller than its source.
        volume_size_in_gb: Some(
            from.volume_size_in_gb
                .ok_or_else(|| WithheldReason::MemberNotReported { member: "VolumeSizeInGB".to_owned() })?,
        ),
        default_code_repository: from.default_code_repository.clone(),
        additional_code_repositories: from.additional_code_repositories.clone(),
        root_access: match settings.root_access {
            RootAccess::Keep => from.root_access.clone(),
            RootAccess::Disabled => Some("Disabled".to_owned()),
        },
        platform_identifier: settings
            .platform
            .of(from.platform_identifier.as_deref(), today)
            .map(str::to_owned),
        instance_metadata_service_configuration: match settings.imds {
            Imds::Keep => from.instance_metadata_service_configuration.clone(),
            Imds::V2 => Some(MetadataService { minimum_instance_metadata_service_version: "2".to_owned() }),
        },
        tags: carried_tags(&source.tags),
    })
}

/// What differs between a source and the replacement that `request` makes.
pub(super) fn changes(source: &Source, request: &CreateRequest) -> Vec<Change> {
    let row = |name: &str, before: Value, after: Value| {
        let differ = before != after;
        differ.then(|| Change { attribute: name.to_owned(), before: before.line(), after: after.line() })
    };
    let asked = |member: &Member| member.asked.map_or(Value::Absent, |asked| asked(request));
    let taken_over = MEMBERS.iter().filter(|member| !GIVEN_BY_AWS.contains(&member.name));
    let changed =
        taken_over.filter_map(|member| row(member.name, (member.found)(&source.description), asked(member)));
    let dropped = source.tags.iter().filter(|(key, _)| !is_carried(key));
    let dropped: Vec<String> = dropped.map(|(key, value)| format!("{key}={value}")).collect();
    let dropped = if dropped.is_empty() { Value::Absent } else { Value::Text(dropped.join(", ")) };
    changed.chain(row("Tags", dropped, Value::Absent)).collect()
}

/// Another instance has others of these, and nobody chooses them.
const GIVEN_BY_AWS: [&str; 2] = ["NotebookInstanceArn", "CreationTime"];

/// Members that a create request can carry but that AWS did not report of the source and the policy does
/// not set: AWS's default applies to them.
pub(super) fn left_to_aws(request: &CreateRequest) -> Vec<&'static str> {
    let left = MEMBERS.iter().filter(|member| member.absence == Absence::NotKnown);
    let left = left.filter(|member| member.asked.is_some_and(|asked| asked(request) == Value::Absent));
    left.map(|member| member.name).collect()
}
