//! One item on its way: what is known of it, and the few things that all work on it consists of.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::api_error::{ApiError, ApiErrorKind, Effect};
use crate::clock::day;
use crate::execute::cloud::Cloud;
use crate::execute::event::{EventKind, Phase};
use crate::execute::observed::{Observed, Side, Sight};
use crate::execute::region::RegionContext;
use crate::execute::region_refusals::Scope;
use crate::execute::shared::Shared;
use crate::execute::source_stopping::SourceStopping;
use crate::execute::step::{End, Step};
use crate::ids::InstanceName;
use crate::inventory::{Description, Status};
use crate::journal::{Call, CallObject, Entry, Left, Past, Presence, Reason, RunEnd};
use crate::plan::AnyItem;
use crate::text::with_causes;

use super::heard::Heard;

/// What a journal says of a call whose intent was written, but that the end of the run overtook.
pub(in crate::execute) const NOT_SENT: &str = "not sent: the run was stopped";

/// Why work on the item cannot go on now. It can be resumed.
pub(in crate::execute) enum Parked {
    /// The run is to stop: nothing more may be sent.
    Stopping,
    /// Nothing more can be done about it now: AWS does not let us look at it, has no time for it, or does not come to
    /// an end with it.
    Because(Box<Reason>),
    /// The quota leaves no room for its replacement. Nothing was changed.
    NoRoom,
}

/// One item on its way.
pub(in crate::execute) struct Driver<'a, C> {
    pub(in crate::execute) shared: &'a Shared<'a, C>,
    pub(in crate::execute) region: &'a RegionContext<'a, C>,
    pub(in crate::execute) item: AnyItem<'a>,
    pub(in crate::execute) past: Past,
    /// What the application did, where this run follows one.
    pub(in crate::execute) applied: Past,
    pub(in crate::execute) phase: Phase,
    /// When the phase began: its ceiling counts from there.
    pub(in crate::execute) entered: Timestamp,
    /// What was observed last.
    pub(in crate::execute) seen: Option<Observed>,
    /// The instance that a call was sent for since: what was observed of it may no longer hold.
    pub(in crate::execute) touched: Option<Side>,
    /// When the last observation began, as long as nothing was changed or waited for since.
    pub(in crate::execute) fresh: Option<Timestamp>,
    /// When everything that the item depends on was last found to be usable, as far as AWS tells.
    pub(in crate::execute) cleared: Option<Timestamp>,
    /// The step before which it was asked whether files were moved, and when.
    pub(in crate::execute) moved: Option<(Step, Timestamp)>,
    /// How often in a row AWS was too busy for a call.
    pub(in crate::execute) busy: u32,
    /// What this process has seen of the source since it stopped it.
    pub(in crate::execute) stopping: Option<SourceStopping>,
    /// Why this process no longer waits for the source to stop, once that is so.
    pub(in crate::execute) runs_on: Option<Reason>,
    /// The starts of an instance that fails to start.
    pub(in crate::execute) starts: Option<Starts>,
    /// What was heard last of a worker that moves files.
    pub(in crate::execute) heard: Option<Heard>,
    /// Whether this process has been there since the export began, or has heard its worker at work.
    pub(in crate::execute) attended: bool,
}

/// The starts of one instance that fails to start, as far as this process knows of them.
pub(in crate::execute) struct Starts {
    pub(in crate::execute) call: Call,
    pub(in crate::execute) since: Timestamp,
    /// How often it was started again.
    pub(in crate::execute) times: u32,
    /// Whether the pause before the next is over.
    pub(in crate::execute) rested: bool,
}

impl<'a, C: Cloud> Driver<'a, C> {
    pub(in crate::execute) fn new(
        (shared, region): (&'a Shared<'a, C>, &'a RegionContext<'a, C>),
        item: AnyItem<'a>,
        past: Past,
    ) -> Self {
        let entered = shared.clock.now();
        let applied = shared.applied.get(item.id()).cloned().unwrap_or_default();
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
            cleared: None,
            moved: None,
            busy: 0,
            stopping: None,
            runs_on: None,
            starts: None,
            heard: None,
            attended: false,
        }
    }

    pub(in crate::execute) fn check_stop(&self) -> Result<(), Parked> {
        if self.shared.stop.requested().is_some() { Err(Parked::Stopping) } else { Ok(()) }
    }

    pub(in crate::execute) fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.entered = self.shared.clock.now();
            self.shared.tell(EventKind::ItemPhase { item: self.item.id().clone(), phase });
        }
    }

    /// Writes a record and takes it in. Without it on disk the run must not go on.
    pub(in crate::execute) async fn record(&mut self, entry: Entry) -> Result<(), Parked> {
        let _busy = self.shared.clock.busy();
        let message = match self.past.apply(&entry) {
            Err(why) => format!("a record cannot follow the ones before it: {why}"),
            Ok(()) => match self.shared.append(entry).await {
                Ok(()) => return Ok(()),
                Err(error) => with_causes(&error),
            },
        };
        self.shared.stop.request(RunEnd::JournalLost { message });
        Err(Parked::Stopping)
    }

    pub(in crate::execute) fn name_of(&self, side: Side) -> &'a InstanceName {
        match side {
            Side::Source => &self.item.id().name,
            // A repair never asks for one.
            Side::Replacement => self.item.replacement().unwrap_or(&self.item.id().name),
        }
    }

    /// The item is left as it is, to be resumed.
    pub(in crate::execute) fn parked(&self, why: Reason) -> Parked {
        Parked::Because(Box::new(match &self.past.failing {
            Some(reason) => reason.clone().then(why),
            None => why,
        }))
    }

    pub(in crate::execute) fn not_sent(&self, call: Call) -> ApiError {
        ApiError {
            operation: call.operation().to_owned(),
            region: self.item.id().region.clone(),
            kind: ApiErrorKind::NoAnswer,
            effect: Effect::None,
            code: None,
            message: NOT_SENT.to_owned(),
            request_id: None,
        }
    }

    /// The end of an item that AWS does not let us look at. One that was begun is never given up for that:
    /// its source may be stopped, and a resumed run takes it to its end.
    pub(in crate::execute) fn unreadable(&mut self, error: ApiError) -> Result<End, Parked> {
        if self.past.prior_status.is_none() {
            return Ok(End::Refused(Reason::Unreadable { cause: error.into() }));
        }
        self.seen = None;
        Err(self.parked(Reason::UnreadableAnyMore { cause: error.into() }))
    }

    /// Goes on only where an error that is final is about the item alone: neither the caller nor the region is refused.
    pub(in crate::execute) fn stop_where_refused(&self, error: &ApiError) -> Result<(), Parked> {
        match self.shared.refusals.judge(error) {
            Scope::Run => {
                self.shared.stop.request(RunEnd::CredentialsLost { message: error.to_string() });
                Err(Parked::Stopping)
            }
            Scope::Region => self.check_region(),
            Scope::Item => Ok(()),
        }
    }

    /// Nothing more is asked of a region that refuses the caller, or does not answer, while others are at work.
    pub(in crate::execute) fn check_region(&self) -> Result<(), Parked> {
        match self.shared.refusals.of(&self.item.id().region) {
            Some(error) => Err(self.parked(Reason::RegionRefused { cause: error.into() })),
            None => Ok(()),
        }
    }

    pub(in crate::execute) fn left(&self) -> Left {
        let presence = |side| match &self.seen {
            None => Presence::Unknown,
            Some(_) if self.touched == Some(side) => Presence::Unknown,
            Some(seen) => {
                status_of(seen, side).map_or(Presence::Absent, |status| Presence::Status(status.to_string()))
            }
        };
        Left { source: presence(Side::Source), replacement: presence(Side::Replacement) }
    }

    pub(in crate::execute) fn today(&self) -> Date {
        day(self.shared.clock.now())
    }

    pub(in crate::execute) fn interval(&self) -> Duration {
        self.shared.plan.limits.poll_interval()
    }
}

pub(in crate::execute) fn status_of(seen: &Observed, side: Side) -> Option<&Status> {
    status_in(match side {
        Side::Source => &seen.source,
        Side::Replacement => &seen.replacement,
    })
}

pub(in crate::execute) fn status_in(sight: &Sight) -> Option<&Status> {
    description_in(sight).map(|found| &found.notebook_instance_status)
}

pub(in crate::execute) fn description_in(sight: &Sight) -> Option<&Description> {
    match sight {
        Sight::Absent => None,
        Sight::Present(seen) => Some(&seen.description),
    }
}

/// The instance that a call is sent for, if it is one.
pub(in crate::execute) fn side_of(call: Call) -> Option<Side> {
    match call.object() {
        CallObject::Source => Some(Side::Source),
        CallObject::Replacement => Some(Side::Replacement),
        CallObject::Config(_) => None,
    }
}
