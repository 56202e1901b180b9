//! Pure: what else than its two instances an item depends on, and what must be asked of it before a step that cannot be
//! taken back: that the create would be refused, or the way back be shut, must show before anything is stopped.

use crate::execute::step::{End, Step, refuse};
use crate::ids::{AccountId, RoleArn, SubnetId};
use crate::inventory::{Key, Role};
use crate::journal::{Call, CallState, Note, Past, PriorStatus, Reason};
use crate::network::Subnet;
use crate::plan::{AnyItem, HazardKind, Item, Order};

/// Something that the create of a replacement, or the start of a source, depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// A KMS key, by its id or ARN.
    Key(String),
    /// A subnet.
    Subnet(SubnetId),
    /// An execution role.
    Role(RoleArn),
}

/// What AWS tells of one; `None` where it does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Of a key.
    Key(Option<Key>),
    /// Of a subnet.
    Subnet(Option<Subnet>),
    /// Of a role.
    Role(Option<Role>),
}

impl Standing {
    /// How many more items this says that there is a place for; `None` where it does not speak of places.
    pub(super) fn places(&self) -> Option<u32> {
        match self {
            Standing::Subnet(subnet) => subnet.as_ref().map(|subnet| subnet.free_addresses),
            Standing::Key(_) | Standing::Role(_) => None,
        }
    }
}

/// What must be asked before the step is taken: what the create needs, and what the way back needs where the source is
/// stopped. What the run has done already, it goes on with.
pub(super) fn before(step: &Step, item: AnyItem<'_>, past: &Past, account: &AccountId) -> Vec<Dependency> {
    let first_stop = *past.call(Call::StopSource) == CallState::NotSent;
    let (creates, stops) = match step {
        Step::Begin(prior) => {
            (true, *prior == PriorStatus::InService && !item.replaced().is_some_and(is_never_stopped))
        }
        // A run that was begun, and then interrupted or kept waiting.
        Step::Call(Call::StopSource) if first_stop => {
            (item.replaced().is_some_and(|item| item.order.is_stop_first()), true)
        }
        Step::Call(_)
        | Step::AtRest { .. }
        | Step::Again { .. }
        | Step::Wait(..)
        | Step::Hold { .. }
        | Step::Verified { .. }
        | Step::Fail(_)
        | Step::End(_) => (false, false),
    };
    let own = &item.source().description;
    let mut all = Vec::new();
    if stops && !item.replaced().is_some_and(is_way_back_known_to_be_shut) {
        all.extend(own.kms_key_id.clone().map(Dependency::Key));
        all.extend(role(own.role_arn.as_deref(), account));
    }
    if let Some(Item { request, .. }) = item.replaced().filter(|_| creates) {
        all.extend(request.kms_key_id.clone().map(Dependency::Key));
        all.extend(role(Some(&request.role_arn), account));
        all.push(Dependency::Subnet(request.subnet_id.clone()));
    }
    all.sort();
    all.dedup();
    all
}

/// IAM tells of the roles of the caller's account alone.
fn role(arn: Option<&str>, account: &AccountId) -> Option<Dependency> {
    RoleArn::read(arn?).filter(|role| role.account() == account).map(Dependency::Role)
}

fn is_never_stopped(item: &Item) -> bool {
    item.order == Order::CreateOnly
}

/// Whether the plan says that its own key may keep the source from starting again: then that was consented to.
fn is_way_back_known_to_be_shut(item: &Item) -> bool {
    item.hazards.iter().any(|hazard| hazard.kind == HazardKind::SourceKeyUnusable)
}

/// Why the item must not go on, if what was told is a certain no.
pub(super) fn unmet(item: AnyItem<'_>, dependency: &Dependency, told: &Standing) -> Option<Reason> {
    match (dependency, told) {
        (Dependency::Key(key), Standing::Key(found)) => {
            let found = match found {
                Some(found) => found.unusable(key)?,
                None => format!("{key} does not exist"),
            };
            let asked = item.replaced().and_then(|item| item.request.kms_key_id.as_ref());
            let of_replacement = asked == Some(key);
            let (ours, own) =
                (Reason::KeyNotUsable { found: found.clone() }, Reason::OwnKeyNotUsable { found });
            Some(if of_replacement { ours } else { own })
        }
        (Dependency::Subnet(id), Standing::Subnet(found)) => {
            let found = subnet(item.replaced()?, id, found.as_ref())?;
            Some(Reason::SubnetNotUsable { found })
        }
        (Dependency::Role(role), Standing::Role(found)) => {
            let found = match found {
                // Of that name, with another path: not what was asked about.
                Some(found) if found.arn != role.as_str() => return None,
                Some(found) => found.unusable()?,
                None => format!("{} does not exist", role.as_str()),
            };
            Some(Reason::RoleNotUsable { found })
        }
        // Told of something else: that says nothing.
        (Dependency::Key(_) | Dependency::Subnet(_) | Dependency::Role(_), _) => None,
    }
}

fn subnet(item: &Item, id: &SubnetId, found: Option<&Subnet>) -> Option<String> {
    let Some(subnet) = found else { return Some(format!("{id} does not exist")) };
    if subnet.state != "available" {
        Some(format!("{id} is in state {}", subnet.state))
    } else if subnet.free_addresses == 0 {
        Some(format!("{id} has no free address"))
    } else if item.request.ip_address_type.as_deref() == Some("dualstack") && !subnet.has_ipv6 {
        Some(format!("{id} has no IPv6 addresses, which `dualstack` needs"))
    } else {
        None
    }
}

/// What becomes of the step then. Nothing has been changed yet, but where the replacement stands already: then the source
/// is left running beside it.
pub(super) fn instead(step: &Step, item: AnyItem<'_>, why: Reason) -> Step {
    let stands = item.replaced().is_some_and(|item| !item.order.is_stop_first());
    match step {
        Step::Call(Call::StopSource) if !stands => Step::Fail(why),
        Step::Call(Call::StopSource) => {
            let notes = vec![Note::SourceLeftRunning, Note::Because { why }];
            Step::End(End::Done { source_deleted: false, notes })
        }
        Step::Begin(_)
        | Step::Call(_)
        | Step::AtRest { .. }
        | Step::Again { .. }
        | Step::Wait(..)
        | Step::Hold { .. }
        | Step::Verified { .. }
        | Step::Fail(_)
        | Step::End(_) => refuse(why),
    }
}
