//! Pure: what is known by now and was not, or did not hold, when an item was planned: it must not be begun, and its source
//! not be stopped, as it stands.
//!
//! A loaded plan is checked without this: plans and runs of every age can be shown, gone on with and rolled back.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::facts::platforms;
use crate::inventory::{Rest, Status};
use crate::plan::{HazardKind, Item, RepairItem, kms_keys};

/// Why an item cannot be carried out any more as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outdated {
    /// AWS would refuse the create.
    NotCreated {
        /// The replacement's platform.
        platform: String,
    },
    /// AWS would refuse the create, or the launch would fail.
    NotOnType {
        /// The replacement's platform.
        platform: String,
        /// The replacement's instance type.
        instance_type: String,
    },
    /// The stop would be for good, and the plan does not say so; or the source cannot be started to export its files.
    NotStarted {
        /// The source's platform.
        platform: String,
    },
    /// AWS answers an alias by the key's ARN, so that the replacement could not be verified.
    Alias {
        /// The alias.
        alias: String,
    },
}

/// Why the item must not be begun on that day (UTC), if it must not.
pub fn outdated(item: &Item, today: Date) -> Option<Outdated> {
    let request = &item.request;
    let platform = request.platform_identifier.as_deref();
    if let Some(why) = platform.and_then(|platform| not_run(platform, &request.instance_type, today)) {
        return Some(why);
    }
    // A source that is not stopped before its replacement stands is not lost with it; but its files, which it must be started
    // for, would be.
    if (item.order.is_stop_first() || item.moved_by_run().is_some())
        && let Some(why) = not_started(item, today)
    {
        return Some(why);
    }
    let alias = request.kms_key_id.as_ref().filter(|key| kms_keys::is_alias(key))?;
    Some(Outdated::Alias { alias: alias.clone() })
}

/// Why AWS would not run an instance of that type on a platform on that day.
fn not_run(platform: &str, instance_type: &str, today: Date) -> Option<Outdated> {
    let (platform, instance_type) = (platform.to_owned(), instance_type.to_owned());
    if !platforms::is_created(&platform, today) {
        return Some(Outdated::NotCreated { platform });
    }
    let not_on_type = platforms::known(&platform).is_some_and(|known| !known.runs_on(&instance_type));
    not_on_type.then_some(Outdated::NotOnType { platform, instance_type })
}

/// Why the repair must not be begun on that day (UTC), if it must not.
pub fn repair_outdated(item: &RepairItem, today: Date) -> Option<Outdated> {
    let source = &item.source.description;
    if let Some(platform) = &item.request.platform_identifier {
        return not_run(platform, source.instance_type.as_deref().unwrap_or_default(), today);
    }
    let platform = source.platform_identifier.as_ref()?;
    let lost = source.rest() == Rest::Running && !platforms::is_started(platform, today);
    lost.then(|| Outdated::NotStarted { platform: platform.clone() })
}

/// Why the source must not be stopped on that day (UTC): it would not start again, and the plan does not say so. One that is
/// started to export its files, also one that is stopped, must start whatever the plan says.
pub fn not_started(item: &Item, today: Date) -> Option<Outdated> {
    let source = &item.source.description;
    let runs = source.notebook_instance_status == Status::InService;
    let said = item.hazards.iter().any(|hazard| hazard.kind == HazardKind::OneWayPlatform);
    let platform = source.platform_identifier.as_ref()?;
    let moved = item.moved_by_run().is_some();
    let lost =
        (moved || runs && !said) && item.upgrade_source.is_none() && !platforms::is_started(platform, today);
    lost.then(|| Outdated::NotStarted { platform: platform.clone() })
}
