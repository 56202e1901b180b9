//! Pure: an instance as the policy's selectors look at it.

use crate::ids::AccountId;
use crate::inventory::{Description, Instance};
use crate::policy::Subject;

/// What selectors look at. What could not be read is left open.
pub fn subject<'a>(account: &'a AccountId, instance: &'a Instance) -> Subject<'a> {
    let found = instance.description.as_ref();
    let text = |member: fn(&Description) -> &Option<String>| found.and_then(|found| member(found).as_deref());
    Subject {
        account,
        region: &instance.id.region,
        name: &instance.id.name,
        instance_type: text(|found| &found.instance_type),
        role: text(|found| &found.role_arn),
        platform: text(|found| &found.platform_identifier),
        status: found.map(|found| found.notebook_instance_status.as_str()),
        tags: instance.tags.as_ref(),
    }
}
