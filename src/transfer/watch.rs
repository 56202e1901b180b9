//! Looks how far the worker of one attempt is. Reads, by the port to the bucket, and does nothing else.
//!
//! Costs two `GetObject` while the worker is at work, one more before its first heartbeat, and what [`super::look`] costs once
//! it has ended.

use jiff::Timestamp;

use super::found::{AttemptState, BEAT, STATUS};
use super::job::AttemptName;
use super::look::{LookFor, look};
use super::port::TransferStore;
use super::progress::{self, WorkerBeat};
use super::verdict::{Proof, Unproven};
use crate::api_error::ApiError;
use crate::ids::Digest;

const HELLO: &str = "hello.json";

/// How far the worker of an attempt is.
#[derive(Debug)]
pub enum AttemptSeen {
    /// It has said nothing yet.
    Nothing,
    /// It is at work.
    Working {
        /// Another one each time that it says something: a heartbeat has the time in it.
        word: Digest,
        /// How far it is, once it has said that.
        beat: Option<WorkerBeat>,
    },
    /// It has ended, and that proves that the files were moved.
    Proven {
        /// What proves it.
        proof: Box<Proof>,
        /// When it had ended, by S3's clock, where S3 says.
        at: Option<Timestamp>,
    },
    /// It has ended, and proves nothing.
    Unproven(Unproven),
}

/// How far the worker of an attempt is.
///
/// # Errors
/// The bucket could not be read: then nothing is known.
pub async fn watch<S: TransferStore>(
    store: &S,
    job: &LookFor,
    name: AttemptName,
) -> Result<AttemptSeen, ApiError> {
    if store.content(&job.store, &job.key(name, STATUS), super::found::MOST_STATUS).await?.is_some() {
        let all = look(store, job).await?;
        let found = all.attempts.into_iter().find(|found| found.name == name);
        match found.map(|found| (found.state, found.at)) {
            Some((AttemptState::Proven(proof), at)) => {
                return Ok(AttemptSeen::Proven { proof: Box::new(proof), at });
            }
            Some((AttemptState::Unproven(why), _)) => return Ok(AttemptSeen::Unproven(why)),
            // It was there a moment ago: lists are as new as what they list.
            Some((AttemptState::Running(_), _)) | None => {}
        }
    }
    for object in [BEAT, HELLO] {
        let Some(content) = store.content(&job.store, &job.key(name, object), progress::MOST).await? else {
            continue;
        };
        let beat = WorkerBeat::read(&content).ok();
        let beat = beat.filter(|beat| beat.is_of_another(&job.attempt(name)).is_none()).map(|beat| beat.said);
        return Ok(AttemptSeen::Working { word: Digest::of(&content), beat });
    }
    Ok(AttemptSeen::Nothing)
}
