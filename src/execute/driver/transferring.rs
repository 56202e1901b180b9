//! Moves the files of an item: draws what its workers are known by, makes their configurations, and listens to them.

use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::ApiError;
use crate::execute::cloud::{Attachment, Cloud, ConfigRequest};
use crate::execute::event::{EventKind, Phase};
use crate::execute::observed::Observed;
use crate::execute::transfer_config::{attachment, config_name, create_request};
use crate::execute::waits::pause;
use crate::execute::way_up;
use crate::ids::Digest;
use crate::inventory::Status;
use crate::journal::{Call, Entry, FilesProof, Reason};
use crate::plan::{CreateRequest, Item, TransferKind};
use crate::text::with_causes;
use crate::transfer::{
    AttemptName, AttemptSeen, LookFor, Proof, Store, TransferJob, Unproven, WorkerBeat, on_start,
};

use super::heard::Heard;
use super::state::{Driver, Parked, description_in, status_in};

/// How many of the entries that failed are named.
const NAMED: usize = 3;

/// How often the bucket is looked at before the instances are.
const LOOKS: u32 = 4;

/// How much of the time between two looks at the bucket counts as silence, where looks are frequent.
const MOST_APART: Duration = Duration::from_secs(60);

impl<C: Cloud> Driver<'_, C> {
    /// Draws what the worker is known by, and writes it down. Both workers of an item are known by the same.
    pub(super) async fn prepare(&mut self, transfer: TransferKind) -> Result<(), Parked> {
        self.enter(Phase::PreparingTransfer);
        let item = self.item.id().clone();
        let before = self.past.transfer(TransferKind::Export).map(|one| one.nonce.clone());
        let nonce = before.unwrap_or_else(|| (self.shared.nonce)(&item));
        let export = self.past.moved(TransferKind::Export);
        let source = export.filter(|_| transfer == TransferKind::Import).map(|proof| proof.status.clone());
        self.record(Entry::TransferPrepared { item, transfer, nonce, source }).await
    }

    /// A few looks at what the worker says, each with a pause after it. Between them the instances are looked at again, which
    /// costs twice as many calls as a look at the bucket.
    pub(super) async fn await_files(&mut self, transfer: TransferKind) -> Result<(), Parked> {
        self.enter(match transfer {
            TransferKind::Export => Phase::Exporting,
            TransferKind::Import => Phase::Importing,
        });
        self.fresh = None;
        for _ in 0..LOOKS {
            if self.listen(transfer).await? {
                return Ok(());
            }
            if !pause(self.shared.clock, &self.shared.stop, self.interval()).await {
                return Err(Parked::Stopping);
            }
        }
        Ok(())
    }

    /// Takes in what the worker says now; whether it has come to an end with it, one way or the other.
    async fn listen(&mut self, transfer: TransferKind) -> Result<bool, Parked> {
        let Some(job) = self.looked_for() else {
            return self.fail_transfer(transfer, "it was not prepared".to_owned()).await;
        };
        let word = match self.shared.cloud.attempt(&job, AttemptName::of_run(transfer)).await {
            Ok(AttemptSeen::Proven { proof, at }) => return self.proven(transfer, *proof, at).await,
            Ok(AttemptSeen::Unproven(why)) => return self.fail_transfer(transfer, said(&why)).await,
            Ok(AttemptSeen::Working { word, beat }) => Ok(Some((word, beat))),
            Ok(AttemptSeen::Nothing) => Ok(None),
            Err(error) if error.kind.is_credentials() => {
                self.stop_where_refused(&error)?;
                Err(error)
            }
            Err(error) => Err(error),
        };
        match self.is_silent(transfer, word) {
            Some(why) => self.fail_transfer(transfer, why).await,
            None => Ok(false),
        }
    }

    /// Why the worker is given up, if it is. A word counts from when this process heard it: the clocks of instances, of S3
    /// and of this machine may differ.
    fn is_silent(
        &mut self,
        transfer: TransferKind,
        said: Result<Option<(Digest, Option<WorkerBeat>)>, ApiError>,
    ) -> Option<String> {
        let now = self.shared.clock.now();
        let before = self.heard.take().filter(|heard| heard.transfer == transfer);
        let listened = before.is_some();
        let mut heard = before.unwrap_or_else(|| Heard::begun(transfer, now));
        heard.listens(now, MOST_APART.max(self.interval().saturating_mul(2)));
        if let Ok(Some((word, beat))) = &said
            && heard.hears(word, now)
        {
            // The word is a new one: there is a worker, on the source as it was last started.
            self.attended |= listened;
            if let Some(WorkerBeat { bytes, entries, .. }) = beat {
                let item = self.item.id().clone();
                let (bytes, entries) = (*bytes, *entries);
                self.shared.tell(EventKind::TransferProgress { item, transfer, bytes, entries });
            }
        }
        let given_up = heard.given_up(now, said.as_ref().err());
        self.heard = Some(heard);
        given_up
    }

    async fn proven(
        &mut self,
        transfer: TransferKind,
        proof: Proof,
        at: Option<Timestamp>,
    ) -> Result<bool, Parked> {
        let Proof { status, manifest, bytes, quiet, .. } = proof;
        if transfer == TransferKind::Export && !self.attended && self.may_have_changed_since(at, quiet) {
            let why = "the source ran on after it, and nobody was there to stop it".to_owned();
            return self.fail_transfer(transfer, why).await;
        }
        let export = self.past.moved(TransferKind::Export);
        if transfer == TransferKind::Import && export.is_none_or(|export| export.manifest != manifest.digest)
        {
            let why = "the files on the replacement are not those that were exported".to_owned();
            return self.fail_transfer(transfer, why).await;
        }
        let item = self.item.id().clone();
        let source_modified = self.source_modified().filter(|_| transfer == TransferKind::Export);
        let (manifest, entries) = (manifest.digest, manifest.entries);
        let proof = FilesProof { status, manifest, bytes, entries, quiet, source_modified };
        self.record(Entry::FilesMoved { item, transfer, proof }).await?;
        Ok(true)
    }

    /// Whether a source may hold what its export does not, that was made while nobody listened. Where its volume could not be
    /// written to, it can be once somebody has started it again.
    fn may_have_changed_since(&self, exported: Option<Timestamp>, quiet: bool) -> bool {
        let started = self.source_modified();
        !(quiet && started.zip(exported).is_some_and(|(started, exported)| started <= exported))
    }

    fn source_modified(&self) -> Option<Timestamp> {
        description_in(&self.seen.as_ref()?.source)?.last_modified_time
    }

    /// Takes in that the source does not run while its worker should be at work: whoever starts it next may use it first.
    pub(super) fn lose_sight(&mut self, observed: &Observed) {
        let listening = self.heard.as_ref().is_some_and(|heard| heard.transfer == TransferKind::Export);
        self.attended &= !listening || status_in(&observed.source) == Some(&Status::InService);
    }

    async fn fail_transfer(&mut self, transfer: TransferKind, found: String) -> Result<bool, Parked> {
        let item = self.item.id().clone();
        self.record(Entry::ItemFailing { item, reason: Reason::FilesNotMoved { transfer, found } }).await?;
        Ok(true)
    }

    fn looked_for(&self) -> Option<LookFor> {
        let item = self.item.replaced()?;
        let nonce = self.past.transfer(TransferKind::Export)?.nonce.clone();
        let store = Store::of(item.moved_by_run()?, &item.id.region);
        let (account, run) = (self.shared.plan.account.clone(), &self.shared.identity.run);
        Some(LookFor::by_run(store, account, (run, &item.id), nonce))
    }

    pub(super) fn config_name(&self, transfer: TransferKind) -> String {
        config_name(&self.shared.identity.run, self.item.id(), transfer)
    }

    /// The configuration that moves the files that way; `None` where it was not prepared.
    pub(super) fn config(&self, item: &Item, transfer: TransferKind) -> Option<ConfigRequest> {
        let planned = item.moved_by_run()?;
        let prepared = self.past.transfer(transfer)?;
        if transfer == TransferKind::Import && prepared.source.is_none() {
            return None;
        }
        let identity = &self.shared.identity;
        let known = (prepared.nonce.clone(), prepared.source.clone());
        let job = TransferJob::of_run(planned, &self.shared.plan.account, (&identity.run, &item.id), known);
        // The plan was checked for what no worker can be told.
        let script = on_start(&job).ok()?;
        let tags = identity.tags(item).to_vec();
        Some(ConfigRequest { name: self.config_name(transfer), on_start: script.content, tags })
    }

    /// What an update for a transfer asks for.
    pub(super) fn attachment(&self, item: &Item, call: Call) -> Option<Attachment> {
        let found = description_in(&self.seen.as_ref()?.source);
        let consented = item.upgrade_source.as_deref();
        let upgraded = found.is_some_and(|found| way_up::is_upgraded(found, consented, self.today()));
        let upgrade = consented.filter(|_| upgraded).map(str::to_owned);
        attachment(item, &self.shared.identity, call, upgrade)
    }

    pub(super) fn create_request(&self, item: &Item) -> CreateRequest {
        let exported = self.past.moved(TransferKind::Export).is_some();
        create_request(item, &self.shared.identity, exported)
    }
}

/// Why nothing is proven, with the first of the entries that the worker names.
fn said(why: &Unproven) -> String {
    let words = with_causes(why);
    let Unproven::Failed { failures, .. } = why else { return words };
    let named: Vec<String> =
        failures.iter().take(NAMED).map(|entry| format!("{} ({})", entry.path, entry.why)).collect();
    if named.is_empty() { words } else { format!("{words}: {}", named.join(", ")) }
}
