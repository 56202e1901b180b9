//! Drives one item: observe, decide, write down, act, and observe again.

mod look;
mod waiting;

use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::clock::day;
use crate::execute::cloud::{Accepted, Cloud};
use crate::execute::conduct::Situation;
use crate::execute::descent::Descent;
use crate::execute::event::{EventKind, Fared, Phase};
use crate::execute::observed::{Observed, Party, Sight};
use crate::execute::places::Place;
use crate::execute::region::RegionContext;
use crate::execute::shared::Shared;
use crate::execute::step::{End, Step};
use crate::ids::InstanceName;
use crate::inventory::{Description, Status};
use crate::journal::{Call, Entry, Left, Outcome, Past, Presence, PriorStatus, Reason, RunEnd};
use crate::plan::{Item, provenance};
use crate::text::with_causes;

/// What a journal says of a call whose intent was written, but that the end of the run overtook.
pub(super) const NOT_SENT: &str = "not sent: the run was stopped";

/// Why work on the item cannot go on now. It can be resumed.
enum Parked {
    /// The run is to stop: nothing more may be sent.
    Stopping,
    /// Nothing more can be done about it now: AWS does not let us look at it, has no time for it, or does not come to
    /// an end with it.
    Because(Box<Reason>),
    /// The quota leaves no room for its replacement. Nothing was changed.
    NoRoom,
}

use Parked::Stopping;

/// One item on its way.
pub(super) struct Driver<'a, C> {
    shared: &'a Shared<'a, C>,
    region: &'a RegionContext<'a, C>,
    item: &'a Item,
    past: Past,
    /// What the application did, where this run follows one.
    applied: Past,
    phase: Phase,
    /// When the phase began: its ceiling counts from there.
    entered: Timestamp,
    /// What was observed last.
    seen: Option<Observed>,
    /// The instance that a call was sent for since: what was observed of it may no longer hold.
    touched: Option<Party>,
    /// When the last observation began, as long as nothing was changed or waited for since.
    fresh: Option<Timestamp>,
    /// How often in a row AWS was too busy for a call.
    busy: u32,
    /// What this process has seen of the source since it stopped it.
    descent: Option<Descent>,
    /// The starts of an instance that fails to start.
    starts: Option<Starts>,
}

/// The starts of one instance that fails to start, as far as this process knows of them.
struct Starts {
    call: Call,
    since: Timestamp,
    /// How often it was started again.
    times: u32,
    /// Whether the pause before the next is over.
    rested: bool,
}

impl<'a, C: Cloud> Driver<'a, C> {
    pub(super) fn new(
        (shared, region): (&'a Shared<'a, C>, &'a RegionContext<'a, C>),
        item: &'a Item,
        past: Past,
    ) -> Self {
        let entered = shared.clock.now();
        let applied = shared.applied.get(&item.id).cloned().unwrap_or_default();
        Self {
            shared,
            region,
            item,
            past,
            applied,
            phase: Phase::Checking,
            entered,
            seen: None,
            touched: None,
            fresh: None,
            busy: 0,
            descent: None,
            starts: None,
        }
    }

    /// Takes the item to its end, or as far as it gets.
    pub(super) async fn drive(mut self) -> Fared {
        self.shared.tell(EventKind::ItemPhase { item: self.item.id.clone(), phase: self.phase });
        loop {
            match self.advance().await {
                Ok(Some(outcome)) => return Fared::Ended { outcome },
                Ok(None) => {}
                Err(parked) => return self.unfinished(parked),
            }
        }
    }

    /// Ends the item before anything was done.
    pub(super) async fn refuse(mut self, reason: Reason) -> Fared {
        match self.end(End::Refused(reason)).await {
            Ok(outcome) => Fared::Ended { outcome },
            Err(parked) => self.unfinished(parked),
        }
    }

    fn unfinished(&self, parked: Parked) -> Fared {
        let why = match parked {
            Parked::Stopping | Parked::NoRoom => None,
            Parked::Because(why) => Some(*why),
        };
        if self.past.prior_status.is_none() && why.is_none() {
            return Fared::NotStarted;
        }
        Fared::Unfinished { phase: self.phase, left: self.left(), why }
    }

    /// One turn of the loop: the outcome, once there is one.
    async fn advance(&mut self) -> Result<Option<Outcome>, Parked> {
        self.check_stop()?;
        let observed = match self.observed().await? {
            Ok(observed) => observed,
            Err(error) => {
                let end = self.unreadable(error)?;
                return self.end(end).await.map(Some);
            }
        };
        let step = self.decide(&observed);
        self.seen = Some(observed);
        self.touched = None;
        let item = self.item.id.clone();
        if !matches!(step, Step::Again { .. } | Step::Wait(..)) {
            self.starts = None;
        }
        match step {
            Step::Begin(prior_status) => self.begin(prior_status).await?,
            Step::AtRest { last_modified } => self.note_rest(last_modified).await?,
            Step::Call(call) => self.call(call).await?,
            Step::Again { call, given_up } => {
                if !self.start_again(call).await? {
                    return self.give_up(given_up).await;
                }
            }
            Step::Wait(party, phase) => {
                if let Some(end) = self.wait(party, phase).await? {
                    return self.end(end).await.map(Some);
                }
            }
            Step::Verified { not_reported } => {
                self.enter(Phase::Verifying);
                let found = self.seen.as_ref().and_then(|seen| description_in(&seen.replacement));
                let found = found.map(|found| Box::new(found.clone()));
                self.record(Entry::ReplacementVerified { item, not_reported, found }).await?;
            }
            Step::Fail(reason) => self.record(Entry::ItemFailing { item, reason }).await?,
            Step::End(end) => return self.end(end).await.map(Some),
        }
        Ok(None)
    }

    /// Begins the item, if there is a place for its replacement.
    async fn begin(&mut self, prior_status: PriorStatus) -> Result<(), Parked> {
        let item = self.item.id.clone();
        match self.region.places.take(&item, &self.shared.stop).await {
            Place::Taken => self.record(Entry::ItemStarted { item, prior_status }).await,
            Place::TakenLate => {
                self.fresh = None;
                Ok(())
            }
            Place::None => Err(Parked::NoRoom),
        }
    }

    fn decide(&self, observed: &Observed) -> Step {
        (self.shared.conduct.decide)(&Situation {
            item: self.item,
            identity: &self.shared.identity,
            observed,
            past: &self.past,
            applied: &self.applied,
            today: day(self.shared.clock.now()),
        })
    }

    fn check_stop(&self) -> Result<(), Parked> {
        if self.shared.stop.requested().is_some() { Err(Stopping) } else { Ok(()) }
    }

    fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.entered = self.shared.clock.now();
            self.shared.tell(EventKind::ItemPhase { item: self.item.id.clone(), phase });
        }
    }

    /// Writes a record and takes it in. Without it on disk the run must not go on.
    async fn record(&mut self, entry: Entry) -> Result<(), Parked> {
        let _busy = self.shared.clock.busy();
        let message = match self.past.apply(&entry) {
            Err(why) => format!("a record cannot follow the ones before it: {why}"),
            Ok(()) => match self.shared.append(entry).await {
                Ok(()) => return Ok(()),
                Err(error) => with_causes(&error),
            },
        };
        self.shared.stop.request(RunEnd::JournalLost { message });
        Err(Stopping)
    }

    /// Sends one mutating call: its intent is on disk before, its result after.
    async fn call(&mut self, call: Call) -> Result<(), Parked> {
        // The run may have been stopped while the instances were looked at.
        self.check_stop()?;
        self.enter(phase_of(call));
        let item = self.item.id.clone();
        self.record(Entry::Intent { item: item.clone(), call }).await?;
        // From before it is sent: the machine may sleep while the answer is on its way.
        let descent = (call == Call::StopSource).then(|| Descent::begun(self.shared.clock.now()));
        // Another item may have stopped the run while the intent was being written.
        let answer = if self.check_stop().is_err() {
            Err(self.not_sent(call))
        } else {
            self.touched = Some(party_of(call));
            self.send(call).await
        };
        let (request_id, error) = answer.map_or_else(|error| (None, Some(error)), |id| (id, None));
        if !error.as_ref().is_some_and(|error| error.effect == Effect::None) {
            self.descent = descent.or(self.descent);
        }
        let (of, error_of) = (item.clone(), error.clone());
        self.record(Entry::CallEnded { item: of, call, error: error_of, request_id }).await?;
        if let Some(error) = &error {
            self.stop_without_credentials(error)?;
            if call == Call::CreateReplacement && error.kind == ApiErrorKind::TotalQuotaExceeded {
                self.region.places.refused(&item);
            }
            self.shared.tell(EventKind::CallFailed { item, call, error: error.to_string() });
        }
        self.after_call(call, error.as_ref()).await
    }

    fn name_of(&self, party: Party) -> &'a InstanceName {
        match party {
            Party::Source => &self.item.id.name,
            Party::Replacement => &self.item.request.notebook_instance_name,
        }
    }

    /// The item is left as it is, to be resumed.
    fn parked(&self, why: Reason) -> Parked {
        Parked::Because(Box::new(match &self.past.failing {
            Some(reason) => reason.clone().then(why),
            None => why,
        }))
    }

    fn not_sent(&self, call: Call) -> ApiError {
        ApiError {
            operation: call.operation().to_owned(),
            region: self.item.id.region.clone(),
            kind: ApiErrorKind::NoAnswer,
            effect: Effect::None,
            code: None,
            message: NOT_SENT.to_owned(),
            request_id: None,
        }
    }

    async fn send(&self, call: Call) -> Result<Accepted, ApiError> {
        let cloud = self.shared.cloud;
        let region = &self.item.id.region;
        let source = &self.item.id.name;
        let replacement = &self.item.request.notebook_instance_name;
        match call {
            Call::StopSource => cloud.stop(region, source).await,
            Call::StartSource => cloud.start(region, source).await,
            Call::DeleteSource => cloud.delete(region, source).await,
            Call::DeleteReplacement => cloud.delete(region, replacement).await,
            Call::StopReplacement => cloud.stop(region, replacement).await,
            Call::StartReplacement => cloud.start(region, replacement).await,
            Call::CreateReplacement => {
                let identity = &self.shared.identity;
                let arn = &self.item.source.description.notebook_instance_arn;
                let tags = provenance::tags(&identity.run, arn, &identity.plan);
                cloud.create(region, &self.item.request, &tags).await
            }
        }
    }

    /// The end of an item that AWS does not let us look at. One that was begun is never given up for that:
    /// its source may be stopped, and a resumed run takes it to its end.
    fn unreadable(&mut self, error: ApiError) -> Result<End, Parked> {
        if self.past.prior_status.is_none() {
            return Ok(End::Refused(Reason::Unreadable { cause: error.into() }));
        }
        self.seen = None;
        Err(self.parked(Reason::UnreadableAnyMore { cause: error.into() }))
    }

    fn stop_without_credentials(&self, error: &ApiError) -> Result<(), Parked> {
        if !error.kind.is_credentials() {
            return Ok(());
        }
        self.shared.stop.request(RunEnd::CredentialsLost { message: error.to_string() });
        Err(Stopping)
    }

    async fn end(&mut self, end: End) -> Result<Outcome, Parked> {
        let replacement = self.item.request.notebook_instance_name.clone();
        let outcome = match end {
            End::Done { source_deleted, notes } => Outcome::Done { replacement, source_deleted, notes },
            End::RolledBack { replacement_deleted, notes } => {
                Outcome::RolledBack { replacement_deleted, notes }
            }
            End::AlreadyDone => Outcome::AlreadyDone { replacement },
            End::Refused(reason) => Outcome::Refused { reason },
            End::Failed(reason) => Outcome::Failed { reason, left: self.left() },
        };
        let item = self.item.id.clone();
        self.record(Entry::ItemEnded { item: item.clone(), outcome: outcome.clone() }).await?;
        self.shared.tell(EventKind::ItemEnded { item, outcome: outcome.clone() });
        Ok(outcome)
    }

    fn left(&self) -> Left {
        let presence = |party| match &self.seen {
            None => Presence::Unknown,
            Some(_) if self.touched == Some(party) => Presence::Unknown,
            Some(seen) => {
                status_of(seen, party).map_or(Presence::Absent, |status| Presence::Status(status.to_string()))
            }
        };
        Left { source: presence(Party::Source), replacement: presence(Party::Replacement) }
    }

    fn interval(&self) -> Duration {
        self.shared.plan.limits.poll_interval()
    }
}

fn status_of(seen: &Observed, party: Party) -> Option<&Status> {
    status_in(match party {
        Party::Source => &seen.source,
        Party::Replacement => &seen.replacement,
    })
}

fn status_in(sight: &Sight) -> Option<&Status> {
    description_in(sight).map(|found| &found.notebook_instance_status)
}

fn description_in(sight: &Sight) -> Option<&Description> {
    match sight {
        Sight::Absent => None,
        Sight::Present(seen) => Some(&seen.description),
    }
}

fn party_of(call: Call) -> Party {
    match call {
        Call::StopSource | Call::StartSource | Call::DeleteSource => Party::Source,
        Call::CreateReplacement
        | Call::StopReplacement
        | Call::StartReplacement
        | Call::DeleteReplacement => Party::Replacement,
    }
}

fn phase_of(call: Call) -> Phase {
    match call {
        Call::StopSource => Phase::StoppingSource,
        Call::CreateReplacement => Phase::CreatingReplacement,
        Call::StopReplacement => Phase::StoppingReplacement,
        Call::StartReplacement => Phase::StartingReplacement,
        Call::StartSource => Phase::RestoringSource,
        Call::DeleteSource => Phase::DeletingSource,
        Call::DeleteReplacement => Phase::DeletingReplacement,
    }
}
