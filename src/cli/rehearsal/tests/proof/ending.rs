//! The laws of how a process ends: its report, its journal and its exit code say the same.

use crate::cli::outcome::of_run;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::execute::{ItemResult, RunReport};
use crate::exit::ExitStatus;
use crate::ids::ItemId;
use crate::journal::{Note, Outcome, Past, Reason, RunEnd, RunState};
use crate::plan::Plan;

/// What must hold when a process has made its report on these items.
pub(super) fn judge((report, plan): (&RunReport, &Plan), state: &RunState, concerned: &[ItemId]) -> Broken {
    let mut broken = Broken::new();
    hold(&mut broken, Law::Accounted, state.end.as_ref() == Some(&report.end), || {
        format!("the report says {:?}, the journal {:?}", report.end, state.end)
    });
    let ids: Vec<_> = report.items.iter().map(|item| &item.id).collect();
    let all = concerned.iter().collect::<Vec<_>>() == ids;
    hold(&mut broken, Law::Accounted, all, || format!("{ids:?} of {concerned:?}"));
    hold(&mut broken, Law::Accounted, report.purpose == state.purpose, || {
        format!("{:?}, not {:?}", report.purpose, state.purpose)
    });
    for item in &report.items {
        let past = state.items.get(&item.id).cloned().unwrap_or_default();
        hold(&mut broken, Law::Accounted, agrees(&item.result, &past), || {
            format!("{}: the report says {:?}, the journal {past:?}", item.id, item.result)
        });
    }
    let ended = report.items.iter().all(|item| matches!(item.result, ItemResult::Ended { .. }));
    let completed = report.end == RunEnd::Completed;
    hold(&mut broken, Law::Accounted, ended == completed, || format!("{:?}: {:?}", report.end, report.items));
    let (code, wanted) = (of_run(report, plan), exit_code(report, plan));
    hold(&mut broken, Law::ExitCode, code == wanted, || format!("{code:?}, not {wanted:?}: {report:?}"));
    broken
}

fn agrees(result: &ItemResult, past: &Past) -> bool {
    match result {
        ItemResult::Ended { outcome } => past.outcome.as_ref() == Some(outcome),
        // What a region that refuses the caller has kept from being begun is left, and said to be.
        ItemResult::Unfinished { why: Some(Reason::RegionRefused { .. }), .. } => past.outcome.is_none(),
        ItemResult::Unfinished { .. } => past.outcome.is_none() && past.prior_status.is_some(),
        ItemResult::NotStarted => past.outcome.is_none() && past.prior_status.is_none(),
    }
}

/// Written down once more, from the documentation: 0 only if every item has what was wanted of it.
fn exit_code(report: &RunReport, plan: &Plan) -> ExitStatus {
    let deletes = |id: &ItemId| plan.items.iter().any(|item| item.id == *id && item.delete_source);
    let good = report.items.iter().all(|item| {
        let ItemResult::Ended { outcome } = &item.result else { return false };
        match outcome {
            Outcome::Done { notes, .. } if notes.contains(&Note::SourceStoppedSincePlan) => false,
            Outcome::Done { source_deleted, .. } => *source_deleted || !deletes(&item.id),
            Outcome::Repaired { .. } | Outcome::AlreadyDone { .. } | Outcome::RolledBack { .. } => true,
            Outcome::Refused { .. } | Outcome::Failed { .. } => false,
        }
    });
    match &report.end {
        RunEnd::Completed if good => ExitStatus::Done,
        RunEnd::Completed | RunEnd::Unfinished => ExitStatus::Partial,
        RunEnd::Halted { .. } | RunEnd::NoRoom { .. } => ExitStatus::Halted,
        RunEnd::Interrupted | RunEnd::JournalLost { .. } => ExitStatus::Interrupted,
        RunEnd::PlanExpired => ExitStatus::PlanUnusable,
        RunEnd::CredentialsLost { .. } => ExitStatus::Access,
    }
}
