//! Pure: which permissions there are to be tried, and what the answers of all regions say of them together.

use std::collections::BTreeMap;

use crate::access::{Actor, Weight, needs};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::ids::Region;

use super::report::{CheckState, DoctorCheck};

/// A permission, who needs it, and whether a job can be done without it.
pub(crate) struct WantedPermission {
    pub(crate) action: &'static str,
    actors: Vec<Actor>,
    needed: bool,
}

/// What came of trying a permission in one region.
pub(crate) enum Tried {
    Allowed,
    Denied(ApiError),
    Unknown(ApiError),
    /// Nothing was tried, for this reason.
    Not(&'static str),
}

/// Why nothing was tried.
pub(crate) const ACTS: &str = "cannot be tried without acting";
pub(crate) const NO_SUBNET: &str =
    "no subnet is known to try it in: name targets in a policy, or pass --plan";
pub(crate) const NO_KEY: &str = "no key is known to try it on: pass --plan";

/// Every permission that any of the actors needs, by its name.
pub(crate) fn wanted_permissions(actors: &[Actor]) -> Vec<WantedPermission> {
    let mut all: BTreeMap<&'static str, WantedPermission> = BTreeMap::new();
    for actor in actors {
        for (need, weight) in needs(*actor) {
            let new = || WantedPermission { action: need.action, actors: Vec::new(), needed: false };
            let wanted = all.entry(need.action).or_insert_with(new);
            wanted.needed |= weight == Weight::Needed;
            if !wanted.actors.contains(actor) {
                wanted.actors.push(*actor);
            }
        }
    }
    all.into_values().collect()
}

/// What was tried of all of them, region by region. Regions that did not answer are missing themselves, and say nothing
/// about permissions.
pub(crate) fn permission_checks(
    wanted: &[WantedPermission],
    found: &[(&Region, Vec<Tried>)],
) -> Vec<DoctorCheck> {
    let mut checks: Vec<DoctorCheck> = found.iter().map(|(region, tried)| reached(region, tried)).collect();
    let answered: Vec<_> = found.iter().filter(|(_, tried)| tried.iter().any(is_answer)).collect();
    for (at, wanted) in wanted.iter().enumerate() {
        let of: Vec<(&Region, &Tried)> =
            answered.iter().filter_map(|(region, tried)| Some((*region, tried.get(at)?))).collect();
        checks.push(judged(wanted, &of));
    }
    checks
}

/// The permissions of somebody who is not known.
pub(crate) fn untried_permissions(wanted: &[WantedPermission]) -> Vec<DoctorCheck> {
    let why = "not tried: nobody is known to be calling";
    wanted.iter().map(|wanted| wanted.check(CheckState::Unknown, why)).collect()
}

impl WantedPermission {
    fn check(&self, state: CheckState, detail: impl Into<String>) -> DoctorCheck {
        let check = DoctorCheck::permission(self.action, &self.actors, (state, self.needed));
        DoctorCheck { detail: detail.into(), ..check }
    }
}

impl From<Result<(), ApiError>> for Tried {
    fn from(answer: Result<(), ApiError>) -> Tried {
        match answer {
            Ok(()) => Tried::Allowed,
            Err(error) if error.kind == ApiErrorKind::AccessDenied => Tried::Denied(error),
            Err(error) => Tried::Unknown(error),
        }
    }
}

/// Whether somebody answered who knows the caller.
fn is_answer(tried: &Tried) -> bool {
    match tried {
        Tried::Allowed | Tried::Denied(_) => true,
        Tried::Unknown(error) => error.kind != ApiErrorKind::NoAnswer && !error.kind.is_credentials(),
        Tried::Not(_) => false,
    }
}

/// Whether a region can be reached, and is enabled.
fn reached(region: &Region, tried: &[Tried]) -> DoctorCheck {
    let name = format!("region {region}");
    if tried.iter().any(is_answer) {
        return DoctorCheck::connection(&name, CheckState::Ok, "reachable and enabled");
    }
    let why = tried.iter().find_map(|tried| match tried {
        Tried::Unknown(error) => Some(error.to_string()),
        Tried::Allowed | Tried::Denied(_) | Tried::Not(_) => None,
    });
    DoctorCheck::connection(&name, CheckState::Missing, why.unwrap_or_default())
        .advice("check its name, and that it is enabled in the account")
}

/// What all regions say of one permission: the worst counts.
fn judged(wanted: &WantedPermission, found: &[(&Region, &Tried)]) -> DoctorCheck {
    let role = wanted.actors.last().map_or("reader", |actor| actor.as_str());
    let policy = format!("remediate iam-policy --role {role}");
    let denied = errors(found, |tried| if let Tried::Denied(error) = tried { Some(error) } else { None });
    if let Some((_, error)) = denied.first() {
        let detail = format!("denied in {}: {}", regions(&denied), error.message);
        return wanted.check(CheckState::Missing, detail).advice(policy);
    }
    let unknown = errors(found, |tried| if let Tried::Unknown(error) = tried { Some(error) } else { None });
    if let Some((_, error)) = unknown.first() {
        return wanted.check(CheckState::Unknown, format!("in {}: {error}", regions(&unknown)));
    }
    if found.iter().any(|(_, tried)| matches!(tried, Tried::Allowed)) {
        return wanted.check(CheckState::Ok, "");
    }
    let why = found.iter().find_map(|(_, tried)| if let Tried::Not(why) = tried { Some(*why) } else { None });
    match why {
        Some(ACTS) => wanted.check(CheckState::NotProbed, ACTS).advice(policy),
        Some(why) => wanted.check(CheckState::NotProbed, why),
        None => wanted.check(CheckState::Unknown, "no region could be asked"),
    }
}

fn errors<'a>(
    found: &[(&'a Region, &'a Tried)],
    of: impl Fn(&'a Tried) -> Option<&'a ApiError>,
) -> Vec<(&'a Region, &'a ApiError)> {
    found.iter().filter_map(|(region, tried)| Some((*region, of(tried)?))).collect()
}

fn regions(found: &[(&Region, &ApiError)]) -> String {
    found.iter().map(|(region, _)| region.as_str()).collect::<Vec<_>>().join(", ")
}
