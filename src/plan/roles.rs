//! Pure: the execution role of an instance and of its replacement. It is one role: no policy gives a replacement another, and
//! without it the one cannot be made, nor the other be started again.

use crate::api_error::Reading;
use crate::ids::{AccountId, RoleArn};
use crate::inventory::{Companions, Description};
use crate::plan::kms_keys::Known;

/// The role of an instance, where IAM can be asked about it: it tells of the roles of the caller's account alone.
pub(super) fn of(found: &Description, account: &AccountId) -> Option<RoleArn> {
    RoleArn::read(found.role_arn.as_deref()?).filter(|role| role.account() == account)
}

/// What is known of the role with this ARN; nothing where it was not asked about.
pub(super) fn known(companions: &Companions, role: &str) -> Option<Known> {
    let read = companions.roles.get(&RoleArn::read(role)?)?;
    Some(match read {
        // Of that name, with another path: IAM would know no role of this ARN, but that is not what it has said.
        Reading::Found(found) if found.arn != role => Known::Unread(format!("IAM tells of {}", found.arn)),
        Reading::Found(found) => found.unusable().map_or(Known::Usable, Known::Unusable),
        Reading::Missing => Known::Unusable(format!("{role} does not exist")),
        Reading::Unreadable(error) => Known::Unread(format!("{role}: {error}")),
    })
}
