//! Pure: what else than its two instances an item depends on, and what must be asked of it before a step that cannot be
//! taken back: that the create would be refused, or the way back be shut, must show before anything is stopped.

use crate::execute::gate::gives_up;
use crate::execute::moving::{self, MoveStanding, MovedFiles, When};
use crate::execute::observed::{Observed, Sight};
use crate::execute::step::{End, Step, decline};
use crate::ids::{AccountId, Digest, RoleArn, SubnetId};
use crate::inventory::{Description, Key, Role};
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::network::Subnet;
use crate::plan::{AnyItem, HazardKind, Item, Order, PlannedTransfer, TransferKind};

/// Something that the create of a replacement, or the start of a source, depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// A KMS key, by its id or ARN.
    Key(String),
    /// A subnet.
    Subnet(SubnetId),
    /// An execution role.
    Role(RoleArn),
    /// The export of the files of a source.
    Export(MovedFiles),
    /// The import of these to its replacement.
    Import(MovedFiles),
    /// The bucket that the run moves files through.
    Bucket(PlannedTransfer),
}

impl Dependency {
    /// Which move of files it is; `None` for what is not one.
    pub(super) fn moved(&self) -> Option<(TransferKind, &MovedFiles)> {
        match self {
            Dependency::Export(files) => Some((TransferKind::Export, files)),
            Dependency::Import(files) => Some((TransferKind::Import, files)),
            Dependency::Key(_) | Dependency::Subnet(_) | Dependency::Role(_) | Dependency::Bucket(_) => None,
        }
    }
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
    /// Of an export or an import.
    Moved(MoveStanding),
    /// Of a bucket: why it cannot be used, where that is so.
    Bucket(Option<String>),
}

impl Standing {
    /// How many more items this says that there is a place for; `None` where it does not speak of places.
    pub(super) fn places(&self) -> Option<u32> {
        match self {
            Standing::Subnet(subnet) => subnet.as_ref().map(|subnet| subnet.free_addresses),
            Standing::Key(_) | Standing::Role(_) | Standing::Moved(_) | Standing::Bucket(_) => None,
        }
    }

    /// The same, with so many places given away.
    pub(super) fn without_places(self, given: u32) -> Standing {
        match self {
            Standing::Subnet(Some(subnet)) => Standing::Subnet(Some(Subnet {
                free_addresses: subnet.free_addresses.saturating_sub(given),
                ..subnet
            })),
            Standing::Subnet(None)
            | Standing::Key(_)
            | Standing::Role(_)
            | Standing::Moved(_)
            | Standing::Bucket(_) => self,
        }
    }
}

/// A step that is about to be taken, and what it is taken on.
pub(super) struct Outlook<'a> {
    pub(super) step: &'a Step,
    pub(super) item: AnyItem<'a>,
    pub(super) observed: &'a Observed,
    /// What the application did, where this run follows one.
    pub(super) applied: &'a Past,
    pub(super) account: &'a AccountId,
    /// The digest of the plan.
    pub(super) plan: &'a Digest,
}

impl Outlook<'_> {
    fn moved_files(&self) -> Option<MovedFiles> {
        MovedFiles::of(self.item.replaced()?, self.account, self.plan)
    }
}

/// What an application must ask before the step is taken: what the create needs, what the way back needs where the source is
/// stopped, and that files which are moved by hand were exported.
pub(super) fn before(outlook: &Outlook<'_>) -> Vec<Dependency> {
    let Outlook { step, item, account, .. } = *outlook;
    let replaced = item.replaced();
    let (creates, stops) = if let Step::Begin(prior) = step {
        // What was stopped is started to export its files.
        let starts =
            *prior == PriorStatus::InService || replaced.is_some_and(|item| item.moved_by_run().is_some());
        (true, starts && !replaced.is_some_and(is_never_stopped))
    } else if *step == Step::Call(Call::StopSource) {
        // Also where a stop is in doubt, and the source runs on: whoever resumes may come long after.
        (replaced.is_some_and(|item| item.order.is_stop_first()), true)
    } else {
        (false, false)
    };
    let mut all = Vec::new();
    if stops && !replaced.is_some_and(is_way_back_known_to_be_shut) {
        all.extend(of_start(&item.source().description, account));
    }
    if let Some(Item { request, .. }) = replaced.filter(|_| creates) {
        all.extend(request.kms_key_id.clone().map(Dependency::Key));
        all.extend(role(Some(&request.role_arn), account));
        all.push(Dependency::Subnet(request.subnet_id.clone()));
    }
    if creates || stops {
        let transfer = replaced.and_then(Item::moved_by_run);
        all.extend(transfer.cloned().map(Dependency::Bucket));
    }
    if moving::needs_export(step) {
        all.extend(outlook.moved_files().map(Dependency::Export));
    }
    all.sort();
    all.dedup();
    all
}

/// What a cleanup must ask before it deletes a source whose files were to be moved: that they are on the replacement.
pub(super) fn before_deletion(outlook: &Outlook<'_>) -> Vec<Dependency> {
    let moved = outlook.moved_files().filter(|_| moving::needs_import(outlook.step));
    moved.map(Dependency::Import).into_iter().collect()
}

/// What a rollback must ask before it gives up what runs: the source has to start again.
pub(super) fn before_way_back(outlook: &Outlook<'_>) -> Vec<Dependency> {
    let Outlook { step, item, observed, applied, account, .. } = *outlook;
    match &observed.source {
        Sight::Present(source) if gives_up(step, item, observed, applied) => {
            of_start(&source.description, account)
        }
        Sight::Present(_) | Sight::Absent => Vec::new(),
    }
}

/// What the start of an instance depends on.
fn of_start(source: &Description, account: &AccountId) -> Vec<Dependency> {
    let key = source.kms_key_id.clone().map(Dependency::Key);
    key.into_iter().chain(role(source.role_arn.as_deref(), account)).collect()
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

/// What is wrong with it: if what was told is a certain no, or, of files that are moved, if it is no certain yes.
pub(super) fn unmet(
    item: AnyItem<'_>,
    dependency: &Dependency,
    told: Option<&Standing>,
    when: When,
) -> Option<String> {
    if let Some((kind, files)) = dependency.moved() {
        let told = match told {
            Some(Standing::Moved(told)) => Some(told),
            Some(Standing::Key(_) | Standing::Subnet(_) | Standing::Role(_) | Standing::Bucket(_)) | None => {
                None
            }
        };
        return moving::unmet(kind, &files.transfer, told, when);
    }
    if let (Dependency::Bucket(_), None) = (dependency, told) {
        // Nothing could be proven by it.
        return Some("it could not be read".to_owned());
    }
    match (dependency, told?) {
        (Dependency::Bucket(_), Standing::Bucket(found)) => found.clone(),
        (Dependency::Key(key), Standing::Key(found)) => match found {
            Some(found) => found.unusable(key),
            None => Some(format!("{key} does not exist")),
        },
        (Dependency::Subnet(id), Standing::Subnet(found)) => subnet(item.replaced()?, id, found.as_ref()),
        (Dependency::Role(role), Standing::Role(found)) => match found {
            // Of that name, with another path: not what was asked about.
            Some(found) if found.arn != role.as_str() => None,
            Some(found) => found.unusable(),
            None => Some(format!("{} does not exist", role.as_str())),
        },
        // Told of something else: that says nothing.
        (
            Dependency::Key(_)
            | Dependency::Subnet(_)
            | Dependency::Role(_)
            | Dependency::Export(_)
            | Dependency::Import(_)
            | Dependency::Bucket(_),
            _,
        ) => None,
    }
}

/// Why an application must not go on, where that is wrong with what the item depends on.
pub(super) fn reason(item: AnyItem<'_>, dependency: &Dependency, found: String) -> Reason {
    match dependency {
        Dependency::Key(key) => {
            let asked = item.replaced().and_then(|item| item.request.kms_key_id.as_ref());
            if asked == Some(key) {
                Reason::KeyNotUsable { found }
            } else {
                Reason::OwnKeyNotUsable { found }
            }
        }
        Dependency::Subnet(_) => Reason::SubnetNotUsable { found },
        Dependency::Role(_) => Reason::RoleNotUsable { found },
        Dependency::Bucket(transfer) => {
            Reason::BucketNotUsable { bucket: transfer.bucket.to_string(), found }
        }
        Dependency::Export(_) => moving::reason(TransferKind::Export, found),
        Dependency::Import(_) => moving::reason(TransferKind::Import, found),
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
pub(super) fn instead(step: &Step, item: AnyItem<'_>, dependency: &Dependency, why: Reason) -> Step {
    if dependency.moved().is_some() {
        return moving::instead(step, why);
    }
    let stands =
        item.replaced().is_some_and(|item| !item.order.is_stop_first() && item.moved_by_run().is_none());
    if stands && *step == Step::Call(Call::StopSource) {
        let notes = vec![Note::SourceLeftRunning, Note::Because { why }];
        return Step::End(End::Done { source_deleted: false, notes });
    }
    decline(step, why)
}
