//! The quotas of an account in a region.
//!
//! The text is that of aws-cloudformation/rain#468 [I]; the unit `Instances` of a quota by type is that of the
//! service's other quotas by type (awsdocs/amazon-sagemaker-developer-guide#70 [I]).

use crate::sandbox::answer::AwsError;
use crate::sandbox::world::notebook::Status;
use crate::sandbox::world::{Site, TOTAL_QUOTA};

use super::injected_fault::InjectedFault;

const TOTAL_NAME: &str = "Total number of notebook instances";

/// Refuses one instance more than the account may have. Instances count as long as they exist [INF].
pub(super) fn check_total(site: &Site, fault: InjectedFault<'_>) -> Result<(), AwsError> {
    let limit = site.quotas.get(TOTAL_QUOTA).map(|quota| quota.value);
    let used = count(site.notebooks.len());
    check((TOTAL_NAME, "NotebookInstances"), (limit, used), fault)
}

/// Refuses one running instance of this type more than the account may have. Those count that have a machine:
/// not the stopped, the failed, the updating (which were stopped) and the deleting (which were either) [INF].
pub(super) fn check_type(site: &Site, instance_type: &str, fault: InjectedFault<'_>) -> Result<(), AwsError> {
    let name = format!("{instance_type} for notebook instance usage");
    let limit = site.quotas.values().find(|quota| quota.name == name).map(|quota| quota.value);
    let runs = |status| matches!(status, Status::Pending | Status::InService | Status::Stopping);
    let same = site.notebooks.values().filter(|one| one.settings.instance_type == instance_type);
    let used = count(same.filter(|one| runs(one.status)).count());
    check((&name, "Instances"), (limit, used), fault)
}

fn check(
    (name, unit): (&str, &str),
    (limit, used): (Option<u32>, u32),
    fault: InjectedFault<'_>,
) -> Result<(), AwsError> {
    let (limit, used) = match limit {
        _ if fault.quota_reached() => {
            let limit = limit.unwrap_or(used);
            (limit, used.max(limit))
        }
        Some(limit) if used >= limit => (limit, used),
        Some(_) | None => return Ok(()),
    };
    let message = format!(
        "The account-level service limit '{name}' is {limit} {unit}, with current utilization of {used} {unit} \
         and a request delta of 1 {unit}. Please contact AWS support to request an increase for this limit."
    );
    Err(AwsError::new(400, "ResourceLimitExceeded", message))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
