//! One notebook instance, as the service keeps it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::sandbox::worker::Files;

/// Where an instance stands (botocore 1.44.5, `NotebookInstanceStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray, EnumMessage)]
pub(crate) enum Status {
    Pending,
    InService,
    Stopping,
    Stopped,
    Failed,
    Deleting,
    Updating,
}

impl Status {
    /// As on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What becomes of an instance when its time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// It settles in a status.
    Status(Status),
    /// It ends as `Failed`, for this reason.
    Failed(String),
    /// It is gone, and its volume and network interface with it.
    Gone,
}

/// A change under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// When it is over; `None` for one that is stuck.
    pub(crate) at: Option<Timestamp>,
    pub(crate) becomes: Becomes,
}

/// The instance's own disk. It is made with the instance and dies with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Names the disk in the world's final state, so that a lost one shows. No AWS call returns it.
    pub(crate) id: String,
    pub(crate) size_in_gb: u32,
    /// What stands for its files.
    pub(crate) files: Files,
}

impl Volume {
    /// A new one. The OnCreate script of the instance has left something there, if it has one.
    pub(crate) fn new(id: String, size_in_gb: u32, has_on_create: bool) -> Volume {
        let mut files = Files::new();
        if has_on_create {
            files.insert("on-create.log".to_owned(), "written by the OnCreate script".to_owned());
        }
        Volume { id, size_in_gb, files }
    }

    /// One that somebody has worked on: its files are made from its id.
    pub(crate) fn used(id: String, settings: &Settings) -> Volume {
        let names = ["analysis.ipynb", "data.csv", "model/weights.bin"];
        let files = names.map(|name| (name.to_owned(), format!("{name} of {id}"))).into();
        let mut volume = Volume { id, size_in_gb: settings.volume_size_in_gb, files };
        volume.clone_repositories(settings);
        volume
    }

    /// Clones the repositories of an instance that are not there yet, as SageMaker does when it starts.
    pub(super) fn clone_repositories(&mut self, settings: &Settings) {
        let Settings { default_code_repository, additional_code_repositories, .. } = settings;
        for repository in default_code_repository.iter().chain(additional_code_repositories) {
            let name = repository.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let name = name.trim_end_matches(".git").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            self.files.entry(format!("{name}/README.md")).or_insert_with(|| format!("clone of {repository}"));
        }
    }
}

/// A notebook instance: every member of DescribeNotebookInstance, and what no call returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notebook {
    pub(crate) name: String,
    /// With the name in lower case, as SageMaker's own answers have it (amazon-sagemaker-examples#1798).
    pub(crate) arn: String,
    pub(crate) status: Status,
    pub(crate) failure_reason: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) network_interface_id: Option<String>,
    pub(crate) volume: Volume,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// Members that its description leaves out, as AWS does of some instances.
    pub(crate) unreported: BTreeSet<&'static str>,
    pub(crate) change: Option<Change>,
    /// How many changes it has been through: each takes a time of its own.
    pub(crate) changes: u32,
}

/// What CreateNotebookInstance sets, with the service's defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) instance_type: String,
    pub(crate) role_arn: String,
    pub(crate) subnet_id: Option<String>,
    pub(crate) security_group_ids: Vec<String>,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) lifecycle_config: Option<String>,
    pub(crate) direct_internet_access: Switch,
    pub(crate) volume_size_in_gb: u32,
    pub(crate) accelerator_types: Vec<String>,
    pub(crate) default_code_repository: Option<String>,
    pub(crate) additional_code_repositories: Vec<String>,
    pub(crate) root_access: Switch,
    pub(crate) platform_identifier: String,
    pub(crate) ip_address_type: String,
    /// `"1"` or `"2"`.
    pub(crate) minimum_imds: String,
}

/// `Enabled` or `Disabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    Enabled,
    Disabled,
}

impl Switch {
    /// As on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Switch::Enabled => "Enabled",
            Switch::Disabled => "Disabled",
        }
    }
}
