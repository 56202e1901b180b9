//! Pure: is the replacement what the request asked for, member by member and tag by tag?

use std::collections::BTreeSet;

use crate::inventory::{Description, Tags};
use crate::plan::{CreateRequest, Tag, is_alias};

/// What the comparison of a replacement with its request gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Members that are not as requested. One is enough to fail the item.
    pub wrong: Vec<String>,
    /// Members that AWS does not report of the replacement, so that they could not be compared. They never
    /// count as verified: a source whose replacement has one is not deleted.
    pub not_reported: Vec<String>,
}

/// Compares every member and tag of the replacement with the request and the provenance.
///
/// Tags beyond those are tolerated: accounts have automatic tagging.
pub fn verify(request: &CreateRequest, provenance: &[Tag], found: &Description, tags: &Tags) -> Verification {
    let mut verification = Verification::default();
    for (member, wanted, found) in members(request, found) {
        match (wanted, found) {
            (None, None) if NO_DEFAULT.contains(&member) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            // Plans of before aliases were resolved: AWS answers the key, and which key was meant nobody has written down.
            (Some(wanted), Some(found)) if member == "KmsKeyId" && is_alias(&wanted) && !is_alias(&found) => {
                verification.not_reported.push(member.to_owned());
            }
            (Some(wanted), Some(found)) => {
                verification.wrong.push(format!("{member} is `{found}`, not `{wanted}`"));
            }
            // Without these the instance is not in the VPC, or not cut off: absence is an answer there.
            (Some(wanted), None) if MUST_BE_REPORTED.contains(&member) => {
                verification.wrong.push(format!("{member} is absent, not `{wanted}`"));
            }
            (Some(_), None) => verification.not_reported.push(member.to_owned()),
            (None, Some(found)) if NO_DEFAULT.contains(&member) => {
                verification.wrong.push(format!("{member} is `{found}`, but none was asked for"));
            }
            // Nothing was asked for because AWS did not report it of the source: nobody knows whether the two
            // agree. (Both absent is agreement only for members that can be unset; see the first arm.)
            (None, Some(_) | None) => verification.not_reported.push(member.to_owned()),
        }
    }
    for tag in request.tags.iter().chain(provenance) {
        if tags.get(&tag.key) != Some(&tag.value) {
            verification.wrong.push(format!("the tag `{}` is not `{}`", tag.key, tag.value));
        }
    }
    verification
}

/// Members that AWS leaves out of an answer only when they are not set.
const MUST_BE_REPORTED: [&str; 10] = [
    "NotebookInstanceName",
    "InstanceType",
    "RoleArn",
    "SubnetId",
    "SecurityGroups",
    "DirectInternetAccess",
    "KmsKeyId",
    "NotebookInstanceLifecycleConfigName",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
];

/// Members that stay unset when nothing is asked for.
const NO_DEFAULT: [&str; 4] = [
    "KmsKeyId",
    "NotebookInstanceLifecycleConfigName",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
];

type Row = (&'static str, Option<String>, Option<String>);

/// Each member as requested and as found. The request is destructured, so that no member can be forgotten.
fn members(request: &CreateRequest, found: &Description) -> Vec<Row> {
    let CreateRequest {
        notebook_instance_name,
        instance_type,
        subnet_id,
        security_group_ids,
        direct_internet_access,
        role_arn,
        kms_key_id,
        ip_address_type,
        lifecycle_config_name,
        volume_size_in_gb,
        default_code_repository,
        additional_code_repositories,
        root_access,
        platform_identifier,
        instance_metadata_service_configuration: imds,
        tags: _,
    } = request;
    let text = |value: &str| Some(value.to_owned());
    let metadata = found.instance_metadata_service_configuration.as_ref();
    vec![
        (
            "NotebookInstanceName",
            text(notebook_instance_name.as_str()),
            text(found.notebook_instance_name.as_str()),
        ),
        ("InstanceType", text(instance_type), found.instance_type.clone()),
        ("SubnetId", text(subnet_id.as_str()), found.subnet_id.as_ref().map(ToString::to_string)),
        ("SecurityGroups", set(security_group_ids), set(&found.security_groups)),
        ("DirectInternetAccess", text(direct_internet_access), found.direct_internet_access.clone()),
        ("RoleArn", text(role_arn), found.role_arn.clone()),
        ("KmsKeyId", kms_key_id.clone(), same_key(kms_key_id.as_deref(), found.kms_key_id.as_deref())),
        ("IpAddressType", ip_address_type.clone(), found.ip_address_type.clone()),
        (
            "NotebookInstanceLifecycleConfigName",
            lifecycle_config_name.clone(),
            found.notebook_instance_lifecycle_config_name.clone(),
        ),
        (
            "VolumeSizeInGB",
            volume_size_in_gb.map(|size| size.to_string()),
            found.volume_size_in_gb.map(|size| size.to_string()),
        ),
        ("DefaultCodeRepository", default_code_repository.clone(), found.default_code_repository.clone()),
        (
            "AdditionalCodeRepositories",
            set(additional_code_repositories),
            set(&found.additional_code_repositories),
        ),
        ("RootAccess", root_access.clone(), found.root_access.clone()),
        ("PlatformIdentifier", platform_identifier.clone(), found.platform_identifier.clone()),
        (
            "MinimumInstanceMetadataServiceVersion",
            imds.as_ref().map(|imds| imds.minimum_instance_metadata_service_version.clone()),
            metadata.map(|imds| imds.minimum_instance_metadata_service_version.clone()),
        ),
    ]
}

fn set<T: ToString>(values: &[T]) -> Option<String> {
    let texts: BTreeSet<String> = values.iter().map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.into_iter().collect::<Vec<_>>().join(", "))
}

/// A key can be named by its id or by its ARN; both name the same key, and are then taken for equal.
fn same_key(wanted: Option<&str>, found: Option<&str>) -> Option<String> {
    let (Some(wanted), Some(found)) = (wanted, found) else { return found.map(str::to_owned) };
    let names = |long: &str, short: &str| long.ends_with(&format!(":key/{short}"));
    let same = names(wanted, found) || names(found, wanted);
    Some(if same { wanted } else { found }.to_owned())
}
