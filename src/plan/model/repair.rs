//! Pure: an instance that is repaired in place.

use serde::{Deserialize, Serialize};

use crate::ids::{InstanceName, ItemId};
use crate::inventory::{Description, MetadataService};
use crate::rules::RuleId;

use super::hazard::Hazard;
use super::parts::{Change, PlannedStep, Source};

/// An instance whose findings are repaired on the instance itself: it is stopped, updated, and started again where it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairItem {
    /// Its region and name.
    pub id: ItemId,
    /// The rules that it fails, also those that are only reported.
    pub findings: Vec<RuleId>,
    /// The instance as it was observed: the fingerprint.
    pub source: Source,
    /// What is changed on it.
    pub request: UpdateRequest,
    /// The same, before and after.
    pub changes: Vec<Change>,
    /// What will be done, in order.
    pub steps: Vec<PlannedStep>,
    /// What the reader should know before saying yes.
    pub warnings: Vec<String>,
    /// Patterns of the keys of tags that may change: no drift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore_tags: Vec<String>,
    /// What may make the repair fail, or undo it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
}

/// An UpdateNotebookInstance request under AWS's names, of the members that a repair can change: `aws sagemaker
/// update-notebook-instance --cli-input-json` takes it as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UpdateRequest {
    /// The instance.
    pub notebook_instance_name: InstanceName,
    /// `Enabled` or `Disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_access: Option<String>,
    /// The platform. There is no way back from one that AWS has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_identifier: Option<String>,
    /// The metadata service's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_metadata_service_configuration: Option<MetadataService>,
}

impl UpdateRequest {
    /// A request that changes nothing yet.
    pub fn of(name: &InstanceName) -> UpdateRequest {
        UpdateRequest {
            notebook_instance_name: name.clone(),
            root_access: None,
            platform_identifier: None,
            instance_metadata_service_configuration: None,
        }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == UpdateRequest::of(&self.notebook_instance_name)
    }

    /// The instance as it is once the request has been carried out.
    #[must_use]
    pub fn applied_to(&self, found: &Description) -> Description {
        let Self {
            notebook_instance_name: _,
            root_access,
            platform_identifier,
            instance_metadata_service_configuration,
        } = self.clone();
        let found = found.clone();
        Description {
            root_access: root_access.or(found.root_access),
            platform_identifier: platform_identifier.or(found.platform_identifier),
            instance_metadata_service_configuration: instance_metadata_service_configuration
                .or(found.instance_metadata_service_configuration),
            ..found
        }
    }

    /// Whether an instance is as the request asks for.
    pub fn is_met_by(&self, found: &Description) -> bool {
        self.applied_to(found) == *found
    }

    /// The request that gives an instance back what it had: of the members that are as this request asks for. A platform is
    /// not given back: AWS takes none back that it has ended.
    #[must_use]
    pub fn undone(&self, before: &Description, now: &Description) -> UpdateRequest {
        let root = self.root_access.as_ref().filter(|asked| now.root_access.as_ref() == Some(*asked));
        let service = self.instance_metadata_service_configuration.as_ref();
        let service =
            service.filter(|asked| now.instance_metadata_service_configuration.as_ref() == Some(*asked));
        UpdateRequest {
            root_access: root.and_then(|_| before.root_access.clone()),
            instance_metadata_service_configuration: service
                .and_then(|_| before.instance_metadata_service_configuration.clone()),
            ..UpdateRequest::of(&self.notebook_instance_name)
        }
    }
}
