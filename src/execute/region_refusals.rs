//! Which regions of a run let the caller in. A region that is not enabled in the account, that a policy of the organization
//! denies, or whose endpoint does not answer, says so of itself alone: its items are left to be resumed, and the others go on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::ids::Region;

/// What a failed call says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The caller, wherever it calls.
    Run,
    /// The region that it was sent to.
    Region,
    /// The item that it was about.
    Item,
}

/// What the regions of a run have answered, in this process.
pub(super) struct RegionRefusals {
    /// How many regions the run is about.
    regions: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    answered: BTreeSet<Region>,
    refused: BTreeMap<Region, ApiError>,
}

impl RegionRefusals {
    /// Of a run that is about so many regions.
    pub(super) fn among(regions: usize) -> Self {
        Self { regions, known: Mutex::default() }
    }

    /// A region has let the caller look at something.
    pub(super) fn answered(&self, region: &Region) {
        self.known().answered.insert(region.clone());
    }

    /// Why nothing more is sent to a region, if that is so.
    pub(super) fn of(&self, region: &Region) -> Option<ApiError> {
        self.known().refused.get(region).cloned()
    }

    /// Takes in an error that was final, and tells what it is about.
    ///
    /// Credentials that have expired, or that there are none of, are the same everywhere. A region that is not enabled
    /// answers as if it did not know them: that they are bad for all is only certain once every region says so.
    pub(super) fn judge(&self, error: &ApiError) -> Scope {
        let mut known = self.known();
        let unknown_caller = error.kind == ApiErrorKind::Credentials && error.code.is_some();
        if error.kind.is_credentials() && !unknown_caller {
            return Scope::Run;
        }
        let silent = self.regions > 1 && !known.answered.contains(&error.region);
        let of_the_region = unknown_caller || (silent && may_be_of_the_region(error.kind));
        if !of_the_region {
            return Scope::Item;
        }
        known.refused.insert(error.region.clone(), error.clone());
        let everywhere = known.refused.len() >= self.regions;
        if everywhere && known.refused.values().all(|error| error.kind.is_credentials()) {
            Scope::Run
        } else {
            Scope::Region
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a region that has answered nothing yet may answer everything in this way.
fn may_be_of_the_region(kind: ApiErrorKind) -> bool {
    match kind {
        ApiErrorKind::AccessDenied
        | ApiErrorKind::Throttled
        | ApiErrorKind::Unavailable
        | ApiErrorKind::NoAnswer => true,
        ApiErrorKind::NotFound
        | ApiErrorKind::AlreadyExists
        | ApiErrorKind::WrongStatus
        | ApiErrorKind::QuotaExceeded
        | ApiErrorKind::TotalQuotaExceeded
        | ApiErrorKind::Credentials
        | ApiErrorKind::CredentialsExpired
        | ApiErrorKind::RoleRefused
        | ApiErrorKind::Invalid
        | ApiErrorKind::Unreadable => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(region: &str, kind: ApiErrorKind, code: Option<&str>) -> ApiError {
        ApiError {
            operation: "DescribeNotebookInstance".to_owned(),
            region: region.parse().unwrap(),
            kind,
            effect: kind.effect(),
            code: code.map(str::to_owned),
            message: String::new(),
            request_id: None,
        }
    }

    const UNKNOWN: Option<&str> = Some("UnrecognizedClientException");

    #[test]
    fn credentials_are_bad_for_all_once_every_region_says_so() {
        let of_two = RegionRefusals::among(2);
        assert_eq!(of_two.judge(&refused("eu-west-1", ApiErrorKind::Credentials, UNKNOWN)), Scope::Region);
        assert!(of_two.of(&"eu-west-1".parse().unwrap()).is_some());
        assert_eq!(of_two.of(&"us-east-1".parse().unwrap()), None);
        assert_eq!(of_two.judge(&refused("us-east-1", ApiErrorKind::Credentials, UNKNOWN)), Scope::Run);
        let only = RegionRefusals::among(1);
        assert_eq!(only.judge(&refused("us-east-1", ApiErrorKind::Credentials, UNKNOWN)), Scope::Run);
    }

    #[test]
    fn what_has_expired_or_is_missing_is_so_everywhere() {
        let of_two = RegionRefusals::among(2);
        let expired = refused("eu-west-1", ApiErrorKind::CredentialsExpired, Some("ExpiredTokenException"));
        assert_eq!(of_two.judge(&expired), Scope::Run);
        assert_eq!(of_two.judge(&refused("eu-west-1", ApiErrorKind::Credentials, None)), Scope::Run);
    }

    #[test]
    fn a_denial_is_of_the_region_only_while_it_has_answered_nothing() {
        let of_two = RegionRefusals::among(2);
        let denied = refused("eu-west-1", ApiErrorKind::AccessDenied, Some("AccessDeniedException"));
        of_two.answered(&"us-east-1".parse().unwrap());
        assert_eq!(of_two.judge(&denied), Scope::Region);
        let other = RegionRefusals::among(2);
        other.answered(&"eu-west-1".parse().unwrap());
        assert_eq!(other.judge(&denied), Scope::Item);
        assert_eq!(RegionRefusals::among(1).judge(&denied), Scope::Item, "there is no other to compare with");
        let unreadable = refused("eu-west-1", ApiErrorKind::Unreadable, None);
        assert_eq!(RegionRefusals::among(2).judge(&unreadable), Scope::Item);
    }
}
