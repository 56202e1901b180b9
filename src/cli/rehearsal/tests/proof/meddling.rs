//! What others do to the instances of a story: between the review and the run, and while nobody is at work on the run.

use crate::cli::rehearsal::tests::proof::notes::spots;
use crate::plan::AnyItem;
use crate::sandbox::{KeyState, Notebook, NotebookStatus as Status, Switch, World};

/// What happened to a source, or to its replacement's name, between the review and the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Twist {
    Nothing,
    Retagged,
    Resized,
    Started,
    Stopped,
    Deleted,
    MadeAnew,
    NameTaken,
    /// Its execution role no longer lets SageMaker assume it.
    RoleClosed,
    /// The key of its volume is disabled.
    KeyDisabled,
}

/// What somebody does to every item while nobody is at work on the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mischief {
    /// An instance of theirs takes the replacement's name, where it is free.
    Usurp,
    /// The replacement, where there is one, is no longer as it was requested.
    Warp,
    /// The source is started, worked on and stopped again.
    Use,
    /// The source's role no longer lets SageMaker assume it, and its key is disabled.
    Lock,
    /// What was exported and imported by hand is lost.
    Unmove,
}

/// Does that to an item.
pub(super) fn twist(twist: Twist, item: AnyItem<'_>, world: &mut World) {
    let [(region, source), (_, replacement)] = spots(item);
    let (_, account) = world.accounts.iter_mut().next().unwrap();
    let site = account.sites.get_mut(&region).unwrap();
    let one = site.notebooks.get_mut(&source).unwrap();
    match twist {
        Twist::Nothing => {}
        Twist::RoleClosed => {
            let name = one.settings.role_arn.rsplit('/').next().unwrap();
            account.roles.get_mut(name).unwrap().for_sagemaker = false;
        }
        Twist::KeyDisabled => {
            let key =
                site.kms_keys.values_mut().find(|key| Some(&key.arn) == one.settings.kms_key_id.as_ref());
            key.unwrap().state = KeyState::Disabled;
        }
        Twist::Retagged => drop(one.tags.insert("Owner".to_owned(), "someone".to_owned())),
        Twist::Resized => one.settings.root_access = Switch::Disabled,
        Twist::Started => one.status = Status::InService,
        Twist::Stopped => one.status = Status::Stopped,
        Twist::Deleted => drop(site.notebooks.remove(&source)),
        Twist::MadeAnew => {
            one.created = one.modified + jiff::SignedDuration::from_secs(1);
            one.volume.id.push('a');
        }
        Twist::NameTaken => {
            if let Some(name) = item.replacement() {
                let taker = stranger(one, name.as_str(), &replacement);
                site.insert(taker);
            }
        }
    }
}

/// An instance of somebody else's, with the name of an item's replacement.
fn stranger(source: &Notebook, spelt: &str, name: &str) -> Notebook {
    let mut taker = source.clone();
    taker.arn = taker.arn.replace(&source.name.to_ascii_lowercase(), name);
    spelt.clone_into(&mut taker.name);
    taker.volume.id.push('a');
    // What the run has given its source for a while, nobody else gives theirs.
    taker.settings.lifecycle_config = None;
    (taker.status, taker.change) = (Status::Stopped, None);
    taker
}

/// Does that to an item. Whether anything came of it.
pub(super) fn mischief(mischief: Mischief, item: AnyItem<'_>, world: &mut World) -> bool {
    if mischief == Mischief::Unmove {
        return item.replaced().is_some_and(|item| item.transfer.is_some());
    }
    let [(region, source), (_, replacement)] = spots(item);
    let (_, account) = world.accounts.iter_mut().next().unwrap();
    let site = account.sites.get_mut(&region).unwrap();
    if let (Mischief::Lock, Some(one)) = (mischief, site.notebooks.get(&source)) {
        let own_key = one.settings.kms_key_id.as_ref();
        if let Some(key) = site.kms_keys.values_mut().find(|key| Some(&key.arn) == own_key) {
            key.state = KeyState::Disabled;
        }
        let name = one.settings.role_arn.rsplit('/').next().unwrap();
        if let Some(role) = account.roles.get_mut(name) {
            role.for_sagemaker = false;
        }
        return true;
    }
    let (source, found) = (site.notebooks.get(&source).cloned(), site.notebooks.get_mut(&replacement));
    match (mischief, source, found) {
        (Mischief::Usurp, Some(source), None) => item.replacement().is_some_and(|name| {
            site.insert(stranger(&source, name.as_str(), &replacement));
            true
        }),
        (Mischief::Warp, _, Some(found)) => {
            found.settings.role_arn.push('x');
            true
        }
        (Mischief::Use, Some(mut source), found) if source.status == Status::Stopped => {
            let made = found.map_or(source.modified, |found| found.created);
            source.modified = source.modified.max(made) + jiff::SignedDuration::from_secs(1);
            site.insert(source);
            true
        }
        (Mischief::Usurp | Mischief::Warp | Mischief::Use | Mischief::Lock | Mischief::Unmove, _, _) => false,
    }
}
