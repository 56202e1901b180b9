//! Stands between the program and AWS and sees everything: what is asked, what the world is like before and after, and
//! what is on disk by then.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api_error::{ApiError, Effect};
use crate::cli::rehearsal::SandboxSession;
use crate::cli::rehearsal::tests::proof::cutoff::Cutoff;
use crate::cli::rehearsal::tests::proof::item_journal::Progress;
use crate::cli::rehearsal::tests::proof::journal_lines::JournalLines;
use crate::cli::rehearsal::tests::proof::law::{Breach, Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::meddling::Mischief;
use crate::cli::rehearsal::tests::proof::notes::{Notes, Spot};
use crate::cli::rehearsal::tests::proof::sending::may_send;
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::cli::rehearsal::tests::proof::transfers::is_requested;
use crate::execute::{Accepted, Attachment, Cloud, ConfigRequest, Dependency, Listing, Standing};
use crate::ids::{Arn, InstanceName, ItemId, Region};
use crate::inventory::{Description, Tags};
use crate::journal::Purpose;
use crate::plan::{CreateRequest, Tag, UpdateRequest, provenance};
use crate::sandbox::World;
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

/// One who sees everything.
pub(super) struct Witness {
    session: Arc<SandboxSession>,
    notes: Mutex<Notes>,
}

/// A call of the port.
pub(super) struct Asked {
    operation: &'static str,
    spot: Spot,
}

impl Asked {
    fn new(operation: &'static str, region: &Region, name: &str) -> Asked {
        Asked { operation, spot: (region.clone(), name.to_ascii_lowercase()) }
    }

    fn reads(&self) -> bool {
        ["Describe", "List"].iter().any(|verb| self.operation.starts_with(verb))
    }
}

impl Witness {
    /// The calls so far are none of the run's.
    pub(super) fn new(session: Arc<SandboxSession>, mut notes: Notes) -> Witness {
        notes.heard = session.sandbox.witness(0, |_, calls| calls.len());
        Witness { session, notes: Mutex::new(notes) }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<T>(&self, act: impl FnOnce(&mut Notes, &World) -> T) -> T {
        let mut notes = self.notes();
        self.session.sandbox.witness(notes.heard, |world, calls| {
            notes.catch_up(world, calls);
            act(&mut notes, world)
        })
    }

    /// Sees what there is to see.
    pub(super) fn glance(&self) {
        self.look(|_, _| ());
    }

    /// Another process begins, with this journal.
    pub(super) fn pass_on(&self, purpose: Purpose, journal: &Path) {
        self.look(|notes, _| {
            if !notes.journal_lines.is_at(journal) {
                notes.turn_to(purpose, JournalLines::at(journal.to_owned()));
            }
            for track in notes.tracks.values_mut() {
                track.item_journal.pass_on();
            }
        });
    }

    pub(super) fn breach(&self, broken: Broken) {
        self.look(|notes, _| notes.breach(None, broken));
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.notes().tally);
    }

    /// Somebody has done something to an item behind the program's back.
    pub(super) fn disturb(&self, id: &ItemId, done: Mischief) {
        let mut notes = self.notes();
        self.session.sandbox.witness(0, |world, _| notes.disturb(id, done, world));
    }

    /// The items that have something done for them now.
    pub(super) fn concerned(&self) -> Vec<ItemId> {
        self.notes().concerned()
    }

    /// What it has to say in the end.
    pub(super) fn testimony(&self) -> (Vec<Breach>, Tally) {
        self.look(|notes, _| (notes.breaches.clone(), notes.tally.clone()))
    }

    /// Before a call. The number of the next call in the log.
    fn before(&self, asked: &Asked) -> usize {
        self.look(|notes, world| {
            let mut broken = Broken::new();
            let Some((id, object)) = notes.meant(&asked.spot) else {
                broken.push((Law::OnlyThePlan, format!("{} of {:?}", asked.operation, asked.spot)));
                notes.breach(None, broken);
                return notes.heard;
            };
            if asked.reads() {
                let open = &notes.tracks[&id].item_journal.intent;
                let quiet = matches!(open, None | Some((_, Progress::Written)));
                hold(&mut broken, Law::ResultKept, quiet, || format!("looked at while {open:?} is open"));
            } else if let Some(call) = notes.announced(&id, asked.operation, object) {
                broken = notes.scene(&id, world, |scene| may_send(scene, call));
                if let Some(track) = notes.tracks.get_mut(&id) {
                    track.item_journal.intent = Some((call, Progress::Sent));
                }
            } else {
                broken.push((Law::OnlyThePlan, format!("{} of the {object:?}", asked.operation)));
            }
            notes.breach(Some(&id), broken);
            notes.heard
        })
    }

    fn after(&self, asked: &Asked, began: (usize, jiff::Timestamp), error: Option<&ApiError>) {
        if asked.reads() {
            return self.glance();
        }
        let broken = self.session.sandbox.witness(began.0, |_, calls| {
            let ours = |call: &&crate::sandbox::LoggedCall| {
                call.by == "caller"
                    && call.operation == asked.operation
                    && call.region.as_deref() == Some(asked.spot.0.as_str())
                    && call.resource.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&asked.spot.1))
            };
            let sent: Vec<_> = calls.iter().filter(ours).collect();
            let mut broken = Broken::new();
            hold(&mut broken, Law::NotTwice, sent.len() <= 1, || format!("sent {} times", sent.len()));
            let taken = sent.iter().any(|call| call.status == Some(200));
            let lost = sent.iter().any(|call| call.fault.as_deref() == Some("cut-after"));
            let told = match error.map(|error| error.effect) {
                None => taken,
                Some(Effect::None) => !taken && !lost,
                Some(Effect::Unknown) => true,
            };
            hold(&mut broken, Law::ResultKept, told, || format!("{error:?} of {sent:?}"));
            broken
        });
        self.look(|notes, _| {
            let Some((id, _)) = notes.meant(&asked.spot) else { return };
            notes.breach(Some(&id), broken);
            if let Some(track) = notes.tracks.get_mut(&id)
                && let Some((_, progress)) = &mut track.item_journal.intent
            {
                *progress = Progress::Answered(error.cloned());
            }
        });
    }

    /// The program knows that there was no such instance at this moment.
    fn known(&self, spot: &Spot, at: jiff::Timestamp) {
        self.look(|notes, _| {
            notes.looks.insert(spot.clone(), at);
        });
    }

    /// It has seen an instance. Without the tags, that only tells it whether a change is over.
    fn seen(&self, spot: &Spot, at: jiff::Timestamp) {
        self.look(|notes, _| {
            notes.glimpses.insert(spot.clone(), at);
        });
    }

    /// It has read the tags too: what it decides rests on the moment of the description.
    fn read_whole(&self, spot: &Spot) {
        self.look(|notes, _| {
            if let Some(at) = notes.glimpses.get(spot) {
                notes.looks.insert(spot.clone(), *at);
            }
        });
    }

    /// What the bucket tells of files that were moved: there is none in the sandbox, so the story tells. `None` of anything else.
    fn moved(&self, dependency: &Dependency) -> Option<Result<Standing, ApiError>> {
        let files = match dependency {
            Dependency::Export(files) | Dependency::Import(files) => files,
            Dependency::Key(_) | Dependency::Subnet(_) | Dependency::Role(_) | Dependency::Bucket(_) => {
                return None;
            }
        };
        let now = self.session.connected.clock.now();
        self.look(|notes, _| {
            let moves = notes.tracks.get(&files.item).and_then(|track| track.moves)?;
            notes.tally.add("moves", moves.word());
            Some(moves.told(dependency, &files.item.region, now))
        })
    }

    /// What is to be created is what was reviewed.
    fn requested(&self, region: &Region, request: &CreateRequest, own: &[Tag]) {
        self.look(|notes, world| {
            let spot = (region.clone(), request.notebook_instance_name.as_str().to_ascii_lowercase());
            let Some((id, _)) = notes.spots.get(&spot).cloned() else { return };
            let Some(item) = notes.tracks[&id].item.any().replaced().cloned() else { return };
            let arn = &item.source.description.notebook_instance_arn;
            let tags = provenance::tags(&notes.run, arn, &notes.plan.digest);
            let mut broken = Broken::new();
            let same = notes.scene(&id, world, |scene| is_requested(scene, request)) && own == tags;
            hold(&mut broken, Law::OnlyThePlan, same, || format!("requested is {request:?} with {own:?}"));
            notes.breach(Some(&id), broken);
        });
    }
}

/// A cloud that is watched, and that can be reached only as long as the process lives.
pub(super) struct Watched<'a, C> {
    pub(super) cloud: &'a C,
    pub(super) witness: &'a Witness,
    pub(super) cutoff: &'a Cutoff,
}

impl<C: Cloud> Watched<'_, C> {
    async fn around<T>(
        &self,
        asked: Asked,
        call: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        self.cutoff.point().await;
        let began = self.witness.session.connected.clock.now();
        let first = self.witness.before(&asked);
        let answer = call.await;
        self.witness.after(&asked, (first, began), answer.as_ref().err());
        self.cutoff.point().await;
        answer
    }
}

impl<C: Cloud> Cloud for Watched<'_, C> {
    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let at = self.witness.session.connected.clock.now();
        let asked = Asked::new("DescribeNotebookInstance", region, name.as_str());
        let spot = asked.spot.clone();
        let answer = self.around(asked, self.cloud.describe(region, name)).await;
        match &answer {
            Ok(Some(_)) => self.witness.seen(&spot, at),
            Ok(None) => self.witness.known(&spot, at),
            Err(_) => {}
        }
        answer
    }

    async fn quota(&self, region: &Region) -> Result<Option<u32>, ApiError> {
        // About no item either.
        self.cutoff.point().await;
        let answer = self.cloud.quota(region).await;
        self.cutoff.point().await;
        answer
    }

    async fn standing(&self, region: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        self.cutoff.point().await;
        let answer = match self.witness.moved(dependency) {
            Some(told) => told,
            None => self.cloud.standing(region, dependency).await,
        };
        self.cutoff.point().await;
        answer
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        let name = arn.as_str().rsplit('/').next().unwrap_or_default();
        let asked = Asked::new("ListTags", region, name);
        let spot = asked.spot.clone();
        let answer = self.around(asked, self.cloud.tags(region, arn)).await;
        if answer.is_ok() {
            self.witness.read_whole(&spot);
        }
        answer
    }

    async fn statuses(&self, region: &Region) -> Result<Listing, ApiError> {
        self.cutoff.point().await;
        self.witness.glance();
        let answer = self.cloud.statuses(region).await;
        self.witness.glance();
        self.cutoff.point().await;
        answer
    }

    async fn stop(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let asked = Asked::new("StopNotebookInstance", region, name.as_str());
        self.around(asked, self.cloud.stop(region, name)).await
    }

    async fn start(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let asked = Asked::new("StartNotebookInstance", region, name.as_str());
        self.around(asked, self.cloud.start(region, name)).await
    }

    async fn create(
        &self,
        region: &Region,
        request: &CreateRequest,
        tags: &[Tag],
    ) -> Result<Accepted, ApiError> {
        self.witness.requested(region, request, tags);
        let asked = Asked::new("CreateNotebookInstance", region, request.notebook_instance_name.as_str());
        self.around(asked, self.cloud.create(region, request, tags)).await
    }

    async fn update(&self, region: &Region, request: &UpdateRequest) -> Result<Accepted, ApiError> {
        let asked = Asked::new("UpdateNotebookInstance", region, request.notebook_instance_name.as_str());
        self.around(asked, self.cloud.update(region, request)).await
    }

    async fn attach(&self, region: &Region, request: &Attachment) -> Result<Accepted, ApiError> {
        let asked = Asked::new("UpdateNotebookInstance", region, request.instance.as_str());
        self.around(asked, self.cloud.attach(region, request)).await
    }

    async fn create_config(&self, region: &Region, request: &ConfigRequest) -> Result<Accepted, ApiError> {
        let asked = Asked::new("CreateNotebookInstanceLifecycleConfig", region, &request.name);
        self.around(asked, self.cloud.create_config(region, request)).await
    }

    async fn delete_config(&self, region: &Region, name: &str) -> Result<Accepted, ApiError> {
        let asked = Asked::new("DeleteNotebookInstanceLifecycleConfig", region, name);
        self.around(asked, self.cloud.delete_config(region, name)).await
    }

    async fn attempt(&self, job: &LookFor, name: AttemptName) -> Result<AttemptSeen, ApiError> {
        self.cutoff.point().await;
        let answer = self.cloud.attempt(job, name).await;
        self.cutoff.point().await;
        answer
    }

    async fn delete(&self, region: &Region, name: &InstanceName) -> Result<Accepted, ApiError> {
        let asked = Asked::new("DeleteNotebookInstance", region, name.as_str());
        self.around(asked, self.cloud.delete(region, name)).await
    }
}
