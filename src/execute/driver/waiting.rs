//! Gives AWS time: to come to an end with a change, or to have time for a call.

use jiff::Timestamp;

use crate::api_error::{ApiError, Effect};
use crate::clock::{after, elapsed};
use crate::execute::cloud::Cloud;
use crate::execute::event::Phase;
use crate::execute::observed::Side;
use crate::execute::poller::News;
use crate::execute::step::End;
use crate::execute::waits::{Watch, ceiling, limit, patience, pause};
use crate::inventory::Status;
use crate::journal::{Call, CallState, CallVerb, Entry, Reason};

use super::state::{Driver, Parked, side_of, status_of};

impl<C: Cloud> Driver<'_, C> {
    /// Gives AWS time: to carry out what it accepted, or where it was too busy for the call.
    pub(super) async fn after_call(&mut self, call: Call, error: Option<&ApiError>) -> Result<(), Parked> {
        let clock = self.shared.clock;
        if !error.is_some_and(|error| error.is_busy() && error.effect == Effect::None) {
            self.fresh = None;
        }
        let Some(error) = error else {
            if self.busy > 0 {
                self.busy = 0;
                // What AWS was too busy for has only begun.
                self.entered = clock.now();
            }
            return self.settle(call).await;
        };
        let mut duration = self.interval();
        if error.is_busy() {
            self.busy += 1;
            let ceiling = ceiling(self.phase);
            if elapsed(self.entered, clock.now()) >= ceiling {
                let (minutes, cause) = (ceiling.as_secs() / 60, error.clone().into());
                return Err(self.parked(Reason::NoTime { minutes, cause }));
            }
            duration = patience(self.busy, duration, &self.item.id().to_string());
        }
        if pause(clock, &self.shared.stop, duration).await { Ok(()) } else { Err(Parked::Stopping) }
    }

    /// Waits until what was accepted has come to an end, or seems to have had no effect: AWS may answer with the
    /// status of before for a moment. What else there may be to know shows when both instances are looked at.
    async fn settle(&mut self, call: Call) -> Result<(), Parked> {
        // A configuration is there, or gone, at once.
        let Some(side) = side_of(call) else { return Ok(()) };
        let through = Some(status_during(call));
        let seen = self.seen.as_ref().and_then(|seen| status_of(seen, side)).cloned();
        let doubt = Some(after(self.shared.clock.now(), self.interval()));
        let until = after(self.entered, ceiling(self.phase));
        let watch = Watch { name: self.name_of(side).clone(), seen, through, doubt, until, stopping: None };
        match self.news_of(side, watch).await {
            News::Stopped => Err(Parked::Stopping),
            News::Changed | News::TooLong | News::Unreadable(_) => Ok(()),
        }
    }

    /// Waits for news of an instance. Each reading of the source is a look at its way down.
    async fn news_of(&mut self, side: Side, watch: Watch) -> News {
        let stopping = self.stopping.filter(|_| side == Side::Source);
        let (news, stopping) =
            self.region.poller.news_of(&self.shared.stop, Watch { stopping, ..watch }).await;
        self.stopping = stopping.or(self.stopping);
        news
    }

    /// Notes how the source is at rest, and whether somebody may have used it since the run stopped it.
    pub(super) async fn note_rest(&mut self, last_modified: Option<Timestamp>) -> Result<(), Parked> {
        let unwatched = self.stopping.is_some_and(|stopping| stopping.may_have_been_used());
        let item = self.item.id().clone();
        self.record(Entry::SourceAtRest { item, last_modified, unwatched }).await
    }

    /// Leaves the replacement alone until then, unless its status is another one before.
    pub(super) async fn hold(&mut self, until: Timestamp) -> Result<(), Parked> {
        self.enter(Phase::AwaitingOnCreate);
        self.fresh = None;
        let side = Side::Replacement;
        let seen = self.seen.as_ref().and_then(|seen| status_of(seen, side)).cloned();
        let name = self.name_of(side).clone();
        let watch = Watch { name, seen, through: None, doubt: None, until, stopping: None };
        match self.news_of(side, watch).await {
            News::Stopped => Err(Parked::Stopping),
            News::Unreadable(error) => self.stop_where_refused(&error),
            News::Changed | News::TooLong => Ok(()),
        }
    }

    /// Waits until the status is another one; the item's end, when it never is.
    pub(super) async fn wait(&mut self, side: Side, phase: Phase) -> Result<Option<End>, Parked> {
        self.enter(phase);
        self.fresh = None;
        let name = self.name_of(side);
        let seen = self.seen.as_ref().and_then(|seen| status_of(seen, side)).cloned();
        let watch = Watch::phase(name, seen.clone(), (phase, self.entered));
        match self.news_of(side, watch).await {
            News::Changed => return Ok(None),
            News::Stopped => return Err(Parked::Stopping),
            News::Unreadable(error) => {
                self.stop_where_refused(&error)?;
                return self.unreadable(error).map(Some);
            }
            News::TooLong => {}
        }
        let minutes = limit(phase, seen.as_ref()).as_secs() / 60;
        let (name, status) = (name.clone(), seen.clone());
        if self.past.prior_status.is_none() {
            return Ok(Some(End::Refused(Reason::StillInStatus { name, status, minutes })));
        }
        if side == Side::Source && seen == Some(Status::InService) {
            return Ok(self.started_by_others(Reason::StartedAfterStop { name, status, minutes }));
        }
        if seen.is_some() || self.past.failing.is_some() {
            return Err(self.parked(Reason::NotOursToForce { name, status, minutes }));
        }
        let reason = match self.past.call(Call::CreateReplacement) {
            // It was refused, and what an earlier create may have made would have shown by now.
            CallState::Rejected { error, .. } => Reason::CallFailed { cause: error.clone().into() },
            // What AWS accepted and never showed does not come by waiting: somebody has deleted it.
            CallState::NotSent | CallState::InDoubt { .. } | CallState::Accepted { .. } => {
                Reason::StillInStatus { name, status, minutes }
            }
        };
        self.record(Entry::ItemFailing { item: self.item.id().clone(), reason }).await?;
        Ok(None)
    }
}

impl<C> Driver<'_, C> {
    /// The end of an item whose source runs long after AWS accepted its stop, where that is one. A stop shows within
    /// moments: this one was over before anybody looked, and somebody has started the source since. Waiting for it to stop
    /// would never end.
    fn started_by_others(&mut self, why: Reason) -> Option<End> {
        match &self.past.failing {
            Some(reason) => Some(End::Failed(reason.clone().then(why))),
            None if self.shared.conduct.needs_source_stopped => Some(End::Failed(why)),
            None => {
                self.runs_on = Some(why);
                None
            }
        }
    }
}

/// The status that a call leads through.
fn status_during(call: Call) -> Status {
    match call.verb() {
        CallVerb::Stop => Status::Stopping,
        CallVerb::Create | CallVerb::Start => Status::Pending,
        CallVerb::Delete => Status::Deleting,
        CallVerb::Update => Status::Updating,
    }
}
