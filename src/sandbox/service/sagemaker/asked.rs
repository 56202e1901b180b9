//! The members that creating and updating an instance have in common.

use std::collections::BTreeSet;

use crate::sandbox::world::notebook::Switch;

use super::shapes;
use super::validate::Members;

/// What a caller asks an instance to be like, as far as it can be changed later. `None`: not said.
pub(super) struct Asked<'a> {
    pub(super) instance_type: Option<&'a str>,
    pub(super) role_arn: Option<&'a str>,
    pub(super) ip_address_type: Option<&'a str>,
    pub(super) platform_identifier: Option<&'a str>,
    pub(super) lifecycle_config: Option<&'a str>,
    pub(super) volume_size_in_gb: Option<u32>,
    pub(super) accelerator_types: Option<Vec<&'a str>>,
    pub(super) default_code_repository: Option<&'a str>,
    pub(super) additional_code_repositories: Option<Vec<&'a str>>,
    pub(super) root_access: Option<Switch>,
    pub(super) minimum_imds: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// Reads them. Instance types and platforms may be among those that are known besides the model's.
    pub(super) fn read(input: &mut Members<'a>, also_known: &BTreeSet<String>) -> Asked<'a> {
        let volume_size = input.integer("VolumeSizeInGB", shapes::VOLUME_SIZE);
        let imds = |imds: &mut Members<'a>| {
            imds.required("MinimumInstanceMetadataServiceVersion", &shapes::IMDS_VERSION)
        };
        Asked {
            instance_type: input.text_or("InstanceType", &shapes::INSTANCE_TYPE, also_known),
            role_arn: input.text("RoleArn", &shapes::ROLE_ARN),
            ip_address_type: input.text("IpAddressType", &shapes::IP_ADDRESS_TYPE),
            platform_identifier: input.text_or("PlatformIdentifier", &shapes::PLATFORM, also_known),
            lifecycle_config: input.text("LifecycleConfigName", &shapes::NAME),
            volume_size_in_gb: volume_size.and_then(|size| u32::try_from(size).ok()),
            accelerator_types: input.texts("AcceleratorTypes", shapes::ACCELERATORS, &shapes::ACCELERATOR),
            default_code_repository: input.text("DefaultCodeRepository", &shapes::CODE_REPOSITORY),
            additional_code_repositories: input.texts(
                "AdditionalCodeRepositories",
                shapes::REPOSITORIES,
                &shapes::CODE_REPOSITORY,
            ),
            root_access: input.text("RootAccess", &shapes::SWITCH).map(switch),
            minimum_imds: input.structure("InstanceMetadataServiceConfiguration", imds),
        }
    }
}

/// The switch of a value that has been found to be one.
pub(super) fn switch(text: &str) -> Switch {
    if text == Switch::Disabled.as_str() { Switch::Disabled } else { Switch::Enabled }
}

/// Strings of one's own.
pub(super) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
