//! Pure: what is known on the day keeps an item from being begun, a source from being stopped, and a replacement from being
//! stopped for a source that would not start again.
//!
//! The step functions decide by what is observed. This stands behind them, whatever plan or journal a run goes by.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::clock::after;
use crate::execute::observed::{Observed, Sight};
use crate::execute::situation::Situation;
use crate::execute::step::{End, Step, decline};
use crate::facts::limits::LIFECYCLE_SCRIPT;
use crate::facts::platforms;
use crate::inventory::Rest;
use crate::journal::{Call, Note, Past, PriorStatus, Reason};
use crate::plan::{AnyItem, HazardKind, Item, Outdated, RepairItem, not_started, outdated, repair_outdated};

/// The step of an application, unless the item has been overtaken by what AWS does by now: then it is refused before
/// anything was done, and fails before its source is stopped. A source whose replacement stands already is left running.
pub(super) fn before_stop(step: Step, item: &Item, today: Date) -> Step {
    let stops_first = item.order.is_stop_first();
    let stops_last = !stops_first && step == Step::Call(Call::StopSource);
    // Where its files are still to be moved, the replacement is none without them.
    if stops_last && item.moved_by_run().is_none() && not_started(item, today).is_some() {
        return Step::End(End::Done { source_deleted: false, notes: vec![Note::SourceLeftRunning] });
    }
    let stops = stops_first || item.moved_by_run().is_some();
    unless_outdated(step, stops, || outdated(item, today))
}

/// The step of a repair, unless AWS by now refuses the update, or would not start the source again: then it is refused before
/// anything was done, and fails before its source is stopped.
pub(super) fn before_repair(step: Step, item: &RepairItem, today: Date) -> Step {
    unless_outdated(step, true, || repair_outdated(item, today))
}

fn unless_outdated(step: Step, stops_first: bool, outdated: impl FnOnce() -> Option<Outdated>) -> Step {
    let stops = stops_first && step == Step::Call(Call::StopSource);
    if !stops && !matches!(step, Step::Begin(_)) {
        return step;
    }
    match outdated() {
        Some(why) => decline(&step, Reason::Outdated { why }),
        None => step,
    }
}

/// The step of an application, unless it would stop a replacement whose OnCreate script may still be at work: such a script
/// runs once, and what it had not done by then it never does.
///
/// AWS ends it after five minutes. Whether an instance is `InService` only after that is not written anywhere, so that it has
/// them from the moment that AWS last changed the instance: a clock that differs from AWS's by more than minutes signs
/// nothing that AWS accepts.
pub(super) fn before_rest(step: Step, item: &Item, observed: &Observed, past: &Past, now: Timestamp) -> Step {
    let stops = [Step::Call(Call::StopReplacement), Step::Call(Call::StopForImport)].contains(&step);
    if !stops || !item.on_create || past.failing.is_some() {
        return step;
    }
    match script_ends(&observed.replacement) {
        Some(until) if now < until => Step::Hold { until },
        Some(_) | None => step,
    }
}

/// When the OnCreate script of an instance has certainly ended, as far as AWS reports when that can have begun.
fn script_ends(sight: &Sight) -> Option<Timestamp> {
    let Sight::Present(seen) = sight else { return None };
    let begun = seen.description.creation_time.max(seen.description.last_modified_time)?;
    Some(after(begun, LIFECYCLE_SCRIPT))
}

/// The step of a rollback, unless it would stop a replacement that runs for a source that would not start again: AWS no longer
/// starts the platform that it is on now, or the plan says that the key of its volume cannot be used. Once somebody has
/// started the source, it can be gone back to.
pub(super) fn before_way_back(step: Step, situation: &Situation<'_, Item>) -> Step {
    let Situation { item, observed, applied, .. } = *situation;
    if !gives_up(&step, AnyItem::Replace(item), observed, applied) {
        return step;
    }
    match hopeless(item, &observed.source, situation.today()) {
        Some(why) => decline(&step, why),
        None => step,
    }
}

/// Whether the step of a rollback is the one that gives up what runs: the replacement, for a source that has to be started,
/// or a repaired source, to be changed back.
pub(super) fn gives_up(step: &Step, item: AnyItem<'_>, observed: &Observed, applied: &Past) -> bool {
    match item {
        AnyItem::Replace(_) => {
            let stops = *step == Step::Call(Call::StopReplacement);
            let gives = stops || *step == Step::Begin(PriorStatus::InService);
            let stopped_by_us = applied.has_stopped_source();
            gives && stopped_by_us && is_down(&observed.source) && is_up(&observed.replacement)
        }
        AnyItem::Repair(_) => *step == Step::Call(Call::StopSource),
    }
}

/// Why a source would not start, as far as that is known.
fn hopeless(item: &Item, source: &Sight, today: Date) -> Option<Reason> {
    // AWS may have upgraded it since the plan.
    let found = match source {
        Sight::Present(seen) => &seen.description,
        Sight::Absent => &item.source.description,
    };
    let ended = found.platform_identifier.as_deref().filter(|it| !platforms::is_started(it, today));
    if let Some(platform) = ended.filter(|_| item.upgrade_source.is_none()) {
        return Some(Reason::PlatformNotStarted { platform: platform.to_owned() });
    }
    let locked = item.hazards.iter().any(|hazard| hazard.kind == HazardKind::SourceKeyUnusable);
    locked.then_some(Reason::SourceKeyUnusable)
}

/// Whether an instance would have to be started to run.
fn is_down(sight: &Sight) -> bool {
    rest(sight).is_some_and(|rest| matches!(rest, Rest::Stopped | Rest::Failed))
}

/// Whether an instance runs, or is on its way to it.
fn is_up(sight: &Sight) -> bool {
    rest(sight).is_some_and(|rest| matches!(rest, Rest::Running | Rest::Busy))
}

fn rest(sight: &Sight) -> Option<Rest> {
    match sight {
        Sight::Absent => None,
        Sight::Present(seen) => Some(seen.description.rest()),
    }
}
