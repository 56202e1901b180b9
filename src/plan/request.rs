//! Pure: the complete CreateNotebookInstance request for a source, and what it changes.

use jiff::civil::Date;

use crate::facts::answers;
use crate::ids::{InstanceName, SecurityGroupId, SubnetId};
use crate::inventory::{MetadataService, Tags};
use crate::plan::members::{MEMBERS, Value};
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

/// Whether a replacement can be given this tag of its source.
///
/// AWS refuses keys with the reserved prefix `aws:`, in any case; a source that was itself a replacement
/// does not pass its own provenance on.
fn can_be_carried(key: &str) -> bool {
    let reserved = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    !reserved && !provenance::KEYS.contains(&key)
}

fn is_dropped(key: &str, settings: &Settings) -> bool {
    settings.drop_tags.iter().any(|pattern| pattern.matches(key))
}

/// The tags that a replacement of a source with `tags` is created with, provenance not counted.
pub(super) fn carried_tags(tags: &Tags, settings: &Settings) -> Vec<Tag> {
    let carried = tags.iter().filter(|(key, _)| can_be_carried(key) && !is_dropped(key, settings));
    carried.map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The keys of the tags that the policy keeps from a replacement.
pub(super) fn dropped_tags(tags: &Tags, settings: &Settings) -> Vec<String> {
    tags.keys().filter(|key| can_be_carried(key) && is_dropped(key, settings)).cloned().collect()
}

/// Carries everything of the source over, except what the policy changes. Accelerators are dropped: AWS
/// no longer takes them. A member that AWS does not report is sent with its documented default: what an organization's
/// guard rails require is there.
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
        ip_address_type: or(&from.ip_address_type, answers::IP_ADDRESS_TYPE),
        lifecycle_config_name: from.notebook_instance_lifecycle_config_name.clone(),
        // Without it the replacement could be smaller than its source.
        volume_size_in_gb: Some(
            from.volume_size_in_gb
                .ok_or_else(|| WithheldReason::MemberNotReported { member: "VolumeSizeInGB".to_owned() })?,
        ),
        default_code_repository: from.default_code_repository.clone(),
        additional_code_repositories: from.additional_code_repositories.clone(),
        root_access: match settings.root_access {
            RootAccess::Keep => or(&from.root_access, answers::ROOT_ACCESS),
            RootAccess::Disabled => Some("Disabled".to_owned()),
        },
        platform_identifier: settings
            .platform
            .of(from.platform_identifier.as_deref(), today)
            .map(str::to_owned),
        instance_metadata_service_configuration: match settings.imds {
            Imds::Keep => Some(
                from.instance_metadata_service_configuration
                    .clone()
                    .unwrap_or_else(|| metadata_service(answers::METADATA_SERVICE)),
            ),
            Imds::V2 => Some(metadata_service("2")),
        },
        tags: carried_tags(&source.tags, settings),
    })
}

/// What AWS reports of a member, or else its documented default.
fn or(reported: &Option<String>, default: &str) -> Option<String> {
    Some(reported.as_deref().unwrap_or(default).to_owned())
}

fn metadata_service(least: &str) -> MetadataService {
    MetadataService { minimum_instance_metadata_service_version: least.to_owned() }
}

/// What differs between a source and the replacement that `request` makes.
pub(super) fn changes(source: &Source, request: &CreateRequest) -> Vec<Change> {
    let row = |name: &str, before: Value, after: Value| Change {
        attribute: name.to_owned(),
        before: before.line(),
        after: after.line(),
    };
    let changed = MEMBERS.iter().filter(|member| !GIVEN_BY_AWS.contains(&member.name)).filter_map(|member| {
        let before = (member.found)(&source.description);
        let after = member.asked.map_or(Value::Absent, |asked| asked(request));
        let unsaid = before == Value::Absent && after.line().as_deref() == member.default();
        (before != after && !unsaid).then(|| row(member.name, before, after))
    });
    let is_sent = |key: &str| request.tags.iter().any(|tag| tag.key == key);
    let dropped = source.tags.iter().filter(|(key, _)| !is_sent(key));
    let dropped: Vec<String> = dropped.map(|(key, value)| format!("{key}={value}")).collect();
    let dropped = (!dropped.is_empty()).then(|| row("Tags", Value::Text(dropped.join(", ")), Value::Absent));
    changed.chain(dropped).collect()
}

/// Another instance has others of these, and nobody chooses them.
const GIVEN_BY_AWS: [&str; 2] = ["NotebookInstanceArn", "CreationTime"];

/// What the request asks for of the members that AWS did not report of the source: its own defaults, as it documents them.
pub(super) fn defaulted(source: &Source, request: &CreateRequest) -> Vec<String> {
    let defaulted = MEMBERS.iter().filter(|member| member.is_always_set()).filter_map(|member| {
        let unreported = (member.found)(&source.description) == Value::Absent;
        let asked = member.asked?(request).line()?;
        unreported.then(|| format!("{} = {asked}", member.name))
    });
    defaulted.collect()
}
