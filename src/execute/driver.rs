//! Drives one item: observe, decide, write down, act, and observe again.

mod heard;
mod look;
mod second_look;
mod sending;
mod state;
mod transferring;
mod waiting;

use crate::api_error::{ApiErrorKind, Effect};
use crate::clock::elapsed;
use crate::execute::cloud::Cloud;
use crate::execute::event::{EventKind, ItemResult, Phase};
use crate::execute::leftovers::before_end;
use crate::execute::observed::{Observed, Side};
use crate::execute::quota_room::Admission;
use crate::execute::situation::Situation;
use crate::execute::source_stopping::SourceStopping;
use crate::execute::step::{End, GivenUp, Step};
use crate::execute::waits::{ceiling, patience, pause};
use crate::ids::ItemId;
use crate::journal::{Call, CallState, Entry, Outcome, PriorStatus, Reason};
use crate::plan::AnyItem;

pub(super) use state::Driver;
#[cfg(test)]
pub(super) use state::NOT_SENT;
use state::{Parked, Starts, description_in, side_of};

impl<C: Cloud> Driver<'_, C> {
    /// Takes the item to its end, or as far as it gets.
    pub(super) async fn drive(mut self) -> ItemResult {
        self.shared.tell(EventKind::ItemPhase { item: self.item.id().clone(), phase: self.phase });
        loop {
            match self.advance().await {
                Ok(Some(outcome)) => return ItemResult::Ended { outcome },
                Ok(None) => {}
                Err(parked) => return self.unfinished(parked),
            }
        }
    }

    /// Ends the item before anything was done.
    pub(super) async fn refuse(mut self, reason: Reason) -> ItemResult {
        match self.end(End::Refused(reason)).await {
            Ok(outcome) => ItemResult::Ended { outcome },
            Err(parked) => self.unfinished(parked),
        }
    }

    fn unfinished(&self, parked: Parked) -> ItemResult {
        let why = match parked {
            Parked::Stopping | Parked::NoRoom => None,
            Parked::Because(why) => Some(*why),
        };
        if self.past.prior_status.is_none() && why.is_none() {
            return ItemResult::NotStarted;
        }
        ItemResult::Unfinished { phase: self.phase, left: self.left(), why }
    }

    /// One turn of the loop: the outcome, once there is one.
    async fn advance(&mut self) -> Result<Option<Outcome>, Parked> {
        self.check_stop()?;
        self.check_region()?;
        let observed = match self.observed().await? {
            Ok(observed) => observed,
            Err(error) => {
                let end = self.unreadable(error)?;
                return self.end(end).await.map(Some);
            }
        };
        let step = self.decide(&observed);
        self.lose_sight(&observed);
        self.seen = Some(observed);
        self.touched = None;
        let Some(step) = self.still_possible(step).await else { return Ok(None) };
        let item = self.item.id().clone();
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
            Step::Wait(side, phase) => {
                if let Some(end) = self.wait(side, phase).await? {
                    return self.end_early(end).await.map(Some);
                }
            }
            Step::Hold { until } => self.hold(until).await?,
            Step::Verified { not_reported } => {
                let in_place = self.item.replaced().is_none();
                self.enter(if in_place { Phase::VerifyingSource } else { Phase::Verifying });
                let entry = self.verified(item, not_reported)?;
                self.record(entry).await?;
            }
            Step::Prepare(transfer) => self.prepare(transfer).await?,
            Step::AwaitFiles(transfer) => self.await_files(transfer).await?,
            Step::Fail(reason) => self.record(Entry::ItemFailing { item, reason }).await?,
            Step::End(end) => return self.end(end).await.map(Some),
        }
        Ok(None)
    }

    /// That the replacement, or the repaired source, is as was asked for.
    fn verified(&self, item: ItemId, not_reported: Vec<String>) -> Result<Entry, Parked> {
        let seen = self.seen.as_ref().ok_or(Parked::Stopping)?;
        Ok(match (self.item, description_in(&seen.source)) {
            (AnyItem::Repair(_), Some(found)) => {
                Entry::RepairVerified { item, found: Box::new(found.clone()) }
            }
            (AnyItem::Replace(_) | AnyItem::Repair(_), _) => {
                let found = description_in(&seen.replacement).map(|found| Box::new(found.clone()));
                Entry::ReplacementVerified { item, not_reported, found }
            }
        })
    }

    /// Begins the item, if there is a place for its replacement.
    async fn begin(&mut self, prior_status: PriorStatus) -> Result<(), Parked> {
        let item = self.item.id().clone();
        if self.item.replaced().is_none() {
            return self.record(Entry::ItemStarted { item, prior_status }).await;
        }
        match self.region.quota_room.take(&item, &self.shared.stop).await {
            Admission::Taken => self.record(Entry::ItemStarted { item, prior_status }).await,
            Admission::TakenLate => {
                self.fresh = None;
                Ok(())
            }
            Admission::None => Err(Parked::NoRoom),
        }
    }

    fn decide(&self, observed: &Observed) -> Step {
        let conduct = self.shared.conduct;
        match self.item {
            AnyItem::Replace(item) => (conduct.replace)(&self.situation(item, observed)),
            AnyItem::Repair(item) => (conduct.repair)(&self.situation(item, observed)),
        }
    }

    fn situation<'s, I>(&'s self, item: &'s I, observed: &'s Observed) -> Situation<'s, I> {
        Situation {
            item,
            identity: &self.shared.identity,
            observed,
            past: &self.past,
            applied: &self.applied,
            runs_on: self.runs_on.as_ref(),
            now: self.shared.clock.now(),
        }
    }

    /// Sends one mutating call: its intent is on disk before, its result after.
    async fn call(&mut self, call: Call) -> Result<(), Parked> {
        // The run may have been stopped while the instances were looked at.
        self.check_stop()?;
        self.enter(self.phase_of(call));
        let item = self.item.id().clone();
        self.record(Entry::Intent { item: item.clone(), call }).await?;
        // From before it is sent: the machine may sleep while the answer is on its way.
        let stopping = if matches!(call, Call::StopSource | Call::StopExport) {
            Some(SourceStopping::begun(self.shared.clock.now()))
        } else {
            self.stopping.filter(|_| call == Call::DetachExport).map(SourceStopping::updated)
        };
        // Another item may have stopped the run while the intent was being written.
        let answer = if self.check_stop().is_err() {
            Err(self.not_sent(call))
        } else {
            self.touched = side_of(call);
            self.attended |= call == Call::StartExport && self.past.call(call).attempts() == 1;
            if call == Call::CreateReplacement {
                self.shared.standings.seen_to(&item).await;
            }
            self.send_call(call).await
        };
        let (request_id, error) = answer.map_or_else(|error| (None, Some(error)), |id| (id, None));
        if !error.as_ref().is_some_and(|error| error.effect == Effect::None) {
            self.stopping = stopping.or(self.stopping);
        }
        self.record(Entry::CallEnded { item: item.clone(), call, error: error.clone(), request_id }).await?;
        if let Some(error) = &error {
            self.stop_where_refused(error)?;
            if call == Call::CreateReplacement && error.kind == ApiErrorKind::TotalQuotaExceeded {
                self.region.quota_room.refused(&item);
            }
            self.shared.tell(EventKind::CallFailed { item, call, error: error.to_string() });
        }
        self.after_call(call, error.as_ref()).await
    }

    async fn end(&mut self, end: End) -> Result<Outcome, Parked> {
        let replacement = self.name_of(Side::Replacement).clone();
        let outcome = match end {
            End::Done { source_deleted, notes } => Outcome::Done { replacement, source_deleted, notes },
            End::RolledBack { replacement_deleted, notes } => {
                Outcome::RolledBack { replacement_deleted, notes }
            }
            End::Repaired { notes } => Outcome::Repaired { notes },
            End::AlreadyDone => Outcome::AlreadyDone { replacement },
            End::Refused(reason) => Outcome::Refused { reason },
            End::Failed(reason) => Outcome::Failed { reason, left: self.left() },
        };
        let item = self.item.id().clone();
        self.shared.standings.seen_to(&item).await;
        self.record(Entry::ItemEnded { item: item.clone(), outcome: outcome.clone() }).await?;
        self.shared.tell(EventKind::ItemEnded { item, outcome: outcome.clone() });
        Ok(outcome)
    }

    /// Ends the item where a wait has no end, or a start was given up: no step function has seen to what moved its files.
    async fn end_early(&mut self, end: End) -> Result<Outcome, Parked> {
        loop {
            let (AnyItem::Replace(item), Some(seen)) = (self.item, &self.seen) else {
                return self.end(end).await;
            };
            let step = before_end(Step::End(end.clone()), &self.situation(item, seen));
            if let Step::Call(call) = step {
                self.call(call).await?;
                continue;
            }
            return self.end(if let Step::End(end) = step { end } else { end }).await;
        }
    }

    /// Starts an instance again that has failed to start: after a pause that grows, and a look at what it has come to
    /// meanwhile. `false` once the phase has lasted as long as it may.
    async fn start_again(&mut self, call: Call) -> Result<bool, Parked> {
        self.enter(self.phase_of(call));
        let clock = self.shared.clock;
        let mut starts = match self.starts.take() {
            Some(starts) if starts.call == call => starts,
            // Each instance has its own time.
            Some(_) | None => Starts { call, since: self.entered, times: 0, rested: false },
        };
        let first = *self.past.call(call) == CallState::NotSent;
        if first || starts.rested {
            starts.rested = false;
            self.starts = Some(starts);
            // Each start may take as long as any other.
            self.entered = clock.now();
            self.call(call).await?;
            return Ok(true);
        }
        if elapsed(starts.since, clock.now()) >= ceiling(self.phase) {
            return Ok(false);
        }
        starts.times += 1;
        let duration = patience(starts.times, self.interval(), &self.item.id().to_string());
        if !pause(clock, &self.shared.stop, duration).await {
            return Err(Parked::Stopping);
        }
        starts.rested = true;
        (self.starts, self.fresh) = (Some(starts), None);
        Ok(true)
    }

    /// What follows when an instance has failed to start for as long as it may.
    async fn give_up(&mut self, given_up: GivenUp) -> Result<Option<Outcome>, Parked> {
        match given_up {
            GivenUp::End(reason) => self.end_early(End::Failed(reason)).await.map(Some),
            GivenUp::Fail(reason) => {
                let item = self.item.id().clone();
                self.record(Entry::ItemFailing { item, reason }).await?;
                Ok(None)
            }
        }
    }
}
