//! Looks what lies in the bucket for an item. Reads, by the port to the bucket, and does nothing else.
//!
//! Costs one `ListObjectsV2` for each thousand objects, one `GetObject` for each attempt (its status, or its last
//! heartbeat), and one `HeadObject` for each object that a status of success names: a volume of 100 GB that does not
//! compress has some 3,000.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::found::{
    AttemptFound, AttemptState, BEAT, Ended, Folder, ItemTransfers, MOST_STATUS, STATUS, folders, judged,
    too_large, wanted_checksums,
};
use super::job::{AttemptId, AttemptName, Store, TransferOwner};
use super::port::TransferStore;
use super::progress::{self, WorkerBeat};
use super::standing::TransfersSeen;
use super::verdict::ObjectSeen;
use crate::api_error::ApiError;
use crate::ids::Nonce;
use crate::ids::{AccountId, Digest, ItemId, RunId};

/// How many calls are in flight at once.
const AT_ONCE: usize = 16;

/// Whose transfers are looked for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookFor {
    /// Where the objects are.
    pub store: Store,
    /// The account of the notebook.
    pub account: AccountId,
    /// The run or plan.
    pub of: TransferOwner,
    /// The item.
    pub item: ItemId,
    /// The nonce that its attempts have.
    pub nonce: Nonce,
}

impl LookFor {
    /// What was moved by hand for an item of that plan.
    pub fn by_hand(store: Store, account: AccountId, plan: &Digest, item: &ItemId) -> LookFor {
        let nonce = Nonce::of_plan(plan, item);
        LookFor { store, account, of: TransferOwner::Plan(plan.clone()), item: item.clone(), nonce }
    }

    /// What a run has moved for an item of its plan.
    pub fn by_run(store: Store, account: AccountId, (run, item): (&RunId, &ItemId), nonce: Nonce) -> LookFor {
        LookFor { store, account, of: TransferOwner::Run(run.clone()), item: item.clone(), nonce }
    }

    /// What the keys of the item begin with, without a slash at the end.
    pub fn prefix(&self) -> String {
        self.store.prefix_of(&self.account, &self.of, &self.item)
    }

    pub(super) fn attempt(&self, name: AttemptName) -> AttemptId {
        AttemptId { of: self.of.clone(), item: self.item.clone(), name, nonce: self.nonce.clone() }
    }

    pub(super) fn key(&self, name: AttemptName, object: &str) -> String {
        format!("{}/{name}/{object}", self.prefix())
    }
}

/// What lies in the bucket for an item, judged.
///
/// # Errors
/// Something could not be read: then nothing is known of the item.
pub async fn look<S: TransferStore>(store: &S, job: &LookFor) -> Result<ItemTransfers, ApiError> {
    look_closely(store, job).await.map(|seen| seen.transfers)
}

/// The same, with how much of each attempt is in the bucket.
///
/// # Errors
/// Something could not be read: then nothing is known of the item.
pub async fn look_closely<S: TransferStore>(store: &S, job: &LookFor) -> Result<TransfersSeen, ApiError> {
    let prefix = job.prefix();
    // With the slash: `churn` is no part of `churn-2`.
    let objects = store.objects(&job.store, &format!("{prefix}/")).await?;
    let folders = folders(&prefix, objects);
    let totals = folders.iter().map(|(name, folder)| (*name, folder.total())).collect();
    let (mut attempts, mut ended) = (Vec::new(), Vec::new());
    for (name, folder) in folders {
        match read(store, job, name, &folder).await? {
            Read::Running(beat) => {
                let state = AttemptState::Running(beat);
                attempts.push(AttemptFound { name, at: folder.at(), state });
            }
            Read::Ended(one) => ended.push(one),
        }
    }
    attempts.extend(judged(ended));
    attempts.sort_by_key(|found| found.name);
    let transfers = ItemTransfers { attempts };
    Ok(TransfersSeen { transfers, totals, manifests: BTreeMap::new(), differences: None })
}

enum Read {
    Running(Option<WorkerBeat>),
    Ended(Ended),
}

async fn read<S: TransferStore>(
    store: &S,
    job: &LookFor,
    name: AttemptName,
    folder: &Folder,
) -> Result<Read, ApiError> {
    let attempt = job.attempt(name);
    let Some(listed) = folder.0.get(STATUS) else {
        return Ok(Read::Running(beat(store, job, &attempt, folder).await?));
    };
    let (at, mut seen) = (folder.at(), folder.seen());
    if let Some(why) = too_large(listed.size, MOST_STATUS) {
        return Ok(Read::Ended(Ended { attempt, at, status: Err(why), seen }));
    }
    let Some(status) = store.content(&job.store, &listed.key, MOST_STATUS).await? else {
        // It was deleted since it was listed.
        return Ok(Read::Running(None));
    };
    let wanted = wanted_checksums(&attempt, &status, folder);
    for (object, sha256) in checksums(store, job, name, wanted).await? {
        if let Some(seen) = seen.get_mut(&object) {
            *seen = ObjectSeen { size: seen.size, sha256 };
        }
    }
    Ok(Read::Ended(Ended { attempt, at, status: Ok(status), seen }))
}

/// The last heartbeat, if it is the attempt's own.
async fn beat<S: TransferStore>(
    store: &S,
    job: &LookFor,
    attempt: &AttemptId,
    folder: &Folder,
) -> Result<Option<WorkerBeat>, ApiError> {
    let Some(listed) = folder.0.get(BEAT).filter(|beat| beat.size <= progress::MOST as u64) else {
        return Ok(None);
    };
    let content = store.content(&job.store, &listed.key, progress::MOST).await?;
    let beat = content.and_then(|content| WorkerBeat::read(&content).ok());
    Ok(beat.filter(|beat| beat.is_of_another(attempt).is_none()).map(|beat| beat.said))
}

async fn checksums<S: TransferStore>(
    store: &S,
    job: &LookFor,
    name: AttemptName,
    objects: Vec<String>,
) -> Result<Vec<(String, Option<Digest>)>, ApiError> {
    let asked = objects.into_iter().map(|object| async move {
        let sha256 = store.checksum(&job.store, &job.key(name, &object)).await?;
        Ok((object, sha256))
    });
    stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await
}

#[cfg(test)]
mod tests;
