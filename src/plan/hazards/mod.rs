//! Pure: what may make the replacement of an instance fail, or differ from it in ways that no attribute shows. One file a
//! family; their kinds and words are the table in `policy/hazard.rs`.

mod exempt_tag;
mod instance_type;
mod ipv6;
pub(super) mod managed;
pub(super) mod name;
mod platform;
mod repairing;
mod replacement_key;
mod replacing;
mod repository;
mod role;
mod script;
pub(super) mod source_restart;

use crate::plan::{Hazard, HazardKind, WithheldReason};
use crate::policy::{Decided, Policy, Treatment};

pub(super) use repairing::Repairing;
pub(super) use replacing::Replacing;

/// The hazards of a replacement that the policy only warns of.
///
/// # Errors
/// Those that it is withheld for.
pub(super) fn judge(replacing: &Replacing<'_>, policy: &Policy) -> Result<Vec<Hazard>, WithheldReason> {
    let (all, scripts_fail) = all(replacing, policy);
    decide(all, scripts_fail, policy)
}

/// The hazards of a repair in place that the policy only warns of.
///
/// # Errors
/// Those that it is withheld for.
pub(super) fn judge_repair(
    repairing: &Repairing<'_>,
    policy: &Policy,
) -> Result<Vec<Hazard>, WithheldReason> {
    decide(repairing::find(repairing), false, policy)
}

fn decide(all: Vec<Hazard>, scripts_fail: bool, policy: &Policy) -> Result<Vec<Hazard>, WithheldReason> {
    let leads_to = |hazard: &Hazard| treatment(hazard.kind, policy, scripts_fail);
    let (withheld, warned): (Vec<Hazard>, Vec<Hazard>) =
        all.into_iter().partition(|hazard| leads_to(hazard) == Treatment::Withhold);
    if withheld.is_empty() { Ok(warned) } else { Err(WithheldReason::Hazards { hazards: withheld }) }
}

/// What a hazard leads to. What needs the internet, or a service of AWS, where there is no way to it fails for certain: that
/// is withheld unless the policy says otherwise.
fn treatment(kind: HazardKind, policy: &Policy, scripts_fail: bool) -> Treatment {
    match kind.decided() {
        Decided::Never => Treatment::Withhold,
        // What is withheld by a key of its own never gets here.
        Decided::Elsewhere => Treatment::Warn,
        Decided::Here => {
            let certain = scripts_fail && kind == HazardKind::ScriptNeedsInternet;
            let usual = if certain { Treatment::Withhold } else { Treatment::Warn };
            policy.hazards.get(&kind).copied().unwrap_or(usual)
        }
    }
}

/// All of them, and whether scripts need for certain what is not reached for certain.
fn all(replacing: &Replacing<'_>, policy: &Policy) -> (Vec<Hazard>, bool) {
    let (scripts, scripts_fail) = script::find(replacing);
    let mut hazards = source_restart::find(replacing);
    hazards.extend(platform::find(replacing));
    hazards.extend(instance_type::find(replacing));
    hazards.extend(replacement_key::find(replacing));
    hazards.extend(role::find(replacing));
    hazards.extend(ipv6::find(replacing));
    hazards.extend(scripts);
    hazards.extend(repository::find(replacing));
    hazards.extend(name::find(replacing));
    hazards.extend(managed::find(replacing));
    hazards.extend(exempt_tag::find(replacing, policy));
    hazards.sort_by_key(|hazard| hazard.kind);
    (hazards, scripts_fail)
}
