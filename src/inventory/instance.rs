//! Pure: notebook instances as AWS describes them, a collection of them, and what could not be read of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api_error::ApiError;
use crate::ids::{AccountId, Arn, InstanceName, ItemId, Region, SecurityGroupId, SubnetId};

use super::status::{Rest, Status};

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// One collection of notebook instances over the regions of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The account.
    pub account: AccountId,
    /// When it was collected.
    pub taken_at: Timestamp,
    /// The regions that were asked for, also those that could not be read.
    pub regions: Vec<Region>,
    /// The instances, by region and name.
    pub instances: Vec<Instance>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// One instance, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Region and name.
    pub id: ItemId,
    /// Its Describe answer; `None` when that could not be read (there is a gap then).
    pub description: Option<Description>,
    /// Its tags; `None` when they could not be read (there is a gap then) or were not asked for.
    pub tags: Option<Tags>,
}

/// A part of the inventory that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The region.
    pub region: Region,
    /// The instance; absent when the whole region could not be listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<InstanceName>,
    /// Why.
    pub error: ApiError,
}

/// Every member of a DescribeNotebookInstance answer (botocore 1.44.5), under AWS's names.
///
/// An absent member is `None`: what that means differs by member, and is decided where it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Description {
    /// The ARN.
    pub notebook_instance_arn: Arn,
    /// The name.
    pub notebook_instance_name: InstanceName,
    /// The status.
    pub notebook_instance_status: Status,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// Whether that says that something was denied: what AWS's text means, which only `aws` reads.
    #[serde(skip)]
    pub failed_by_denial: bool,
    /// The host of its Jupyter server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The instance type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// `ipv4` or `dualstack`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// The subnet; absent outside a VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The security groups; empty outside a VPC.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<SecurityGroupId>,
    /// The execution role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The key of the volume; absent for AWS's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// The network interface in the VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<String>,
    /// When it was last changed. A start or stop may move it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<Timestamp>,
    /// When it was created: tells an instance from a later one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<Timestamp>,
    /// The lifecycle configuration, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notebook_instance_lifecycle_config_name: Option<String>,
    /// `Enabled` or `Disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_internet_access: Option<String>,
    /// The volume's size in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "VolumeSizeInGB")]
    pub volume_size_in_gb: Option<i32>,
    /// Elastic Inference accelerators: AWS no longer takes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accelerator_types: Vec<String>,
    /// The default code repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_code_repository: Option<String>,
    /// Up to three more code repositories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_code_repositories: Vec<String>,
    /// `Enabled` or `Disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_access: Option<String>,
    /// The platform: `notebook-al2023-v1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_identifier: Option<String>,
    /// The metadata service's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_metadata_service_configuration: Option<MetadataService>,
}

impl Description {
    /// Whether the instance is at rest, and where.
    pub fn rest(&self) -> Rest {
        self.notebook_instance_status.rest()
    }
}

/// `InstanceMetadataServiceConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetadataService {
    /// `1` (versions 1 and 2) or `2`.
    pub minimum_instance_metadata_service_version: String,
}
