//! Whether an instance has the settings that were requested, compared without the program's own comparison.

use crate::plan::CreateRequest;
use crate::sandbox::Settings;

/// Every setting. What the request leaves out is the service's.
pub(super) fn has_settings(request: &CreateRequest, found: &Settings) -> bool {
    let groups: Vec<&str> = request.security_group_ids.iter().map(|id| id.as_str()).collect();
    let imds = request.instance_metadata_service_configuration.as_ref();
    let same = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
    let Settings {
        instance_type,
        role_arn,
        subnet_id,
        security_group_ids,
        kms_key_id,
        lifecycle_config,
        direct_internet_access,
        volume_size_in_gb,
        accelerator_types,
        default_code_repository,
        additional_code_repositories,
        root_access,
        platform_identifier,
        ip_address_type,
        minimum_imds,
    } = found;
    *instance_type == request.instance_type
        && *role_arn == request.role_arn
        && subnet_id.as_deref() == Some(request.subnet_id.as_str())
        && *security_group_ids == groups
        && *kms_key_id == request.kms_key_id
        && *lifecycle_config == request.lifecycle_config_name
        && direct_internet_access.as_str() == "Disabled"
        && request.direct_internet_access == "Disabled"
        && request.volume_size_in_gb == i32::try_from(*volume_size_in_gb).ok()
        && accelerator_types.is_empty()
        && *default_code_repository == request.default_code_repository
        && *additional_code_repositories == request.additional_code_repositories
        && same(request.root_access.as_deref(), root_access.as_str())
        && same(request.platform_identifier.as_deref(), platform_identifier)
        && same(request.ip_address_type.as_deref(), ip_address_type)
        && same(imds.map(|imds| imds.minimum_instance_metadata_service_version.as_str()), minimum_imds)
}
