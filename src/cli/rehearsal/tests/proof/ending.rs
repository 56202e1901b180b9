//! The laws of how a process ends: its report, its journal and its exit code say the same.

use crate::cli::outcome::of_run;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::execute::{Fared, RunReport};
use crate::exit::ExitStatus;
use crate::journal::{Outcome, Past, RunEnd, RunState};
use crate::plan::Plan;

/// What must hold when a process has made its report.
pub(super) fn judge(report: &RunReport, state: &RunState, plan: &Plan) -> Broken {
    let mut broken = Broken::new();
    hold(&mut broken, Law::Accounted, state.end.as_ref() == Some(&report.end), || {
        format!("the report says {:?}, the journal {:?}", report.end, state.end)
    });
    let ids: Vec<_> = report.items.iter().map(|item| &item.id).collect();
    let planned: Vec<_> = plan.items.iter().map(|item| &item.id).collect();
    hold(&mut broken, Law::Accounted, ids == planned, || format!("{ids:?} of {planned:?}"));
    for item in &report.items {
        let past = state.items.get(&item.id).cloned().unwrap_or_default();
        hold(&mut broken, Law::Accounted, agrees(&item.fared, &past), || {
            format!("{}: the report says {:?}, the journal {past:?}", item.id, item.fared)
        });
    }
    let ended = report.items.iter().all(|item| matches!(item.fared, Fared::Ended { .. }));
    let completed = report.end == RunEnd::Completed;
    hold(&mut broken, Law::Accounted, ended == completed, || format!("{:?}: {:?}", report.end, report.items));
    let (code, wanted) = (of_run(report), exit_code(report));
    hold(&mut broken, Law::ExitCode, code == wanted, || format!("{code:?}, not {wanted:?}: {report:?}"));
    broken
}

fn agrees(fared: &Fared, past: &Past) -> bool {
    match fared {
        Fared::Ended { outcome } => past.outcome.as_ref() == Some(outcome),
        Fared::Unfinished { .. } => past.outcome.is_none() && past.prior_status.is_some(),
        Fared::NotStarted => past.outcome.is_none() && past.prior_status.is_none(),
    }
}

/// Written down once more, from the documentation: 0 only if every instance has its replacement.
fn exit_code(report: &RunReport) -> ExitStatus {
    let good = report.items.iter().all(|item| {
        matches!(&item.fared, Fared::Ended { outcome: Outcome::Done { .. } | Outcome::AlreadyDone { .. } })
    });
    match &report.end {
        RunEnd::Completed if good => ExitStatus::Done,
        RunEnd::Completed | RunEnd::Unfinished => ExitStatus::Partial,
        RunEnd::Halted { .. } => ExitStatus::Halted,
        RunEnd::Interrupted | RunEnd::JournalLost { .. } => ExitStatus::Interrupted,
        RunEnd::PlanExpired => ExitStatus::PlanUnusable,
        RunEnd::CredentialsLost { .. } => ExitStatus::Access,
    }
}
