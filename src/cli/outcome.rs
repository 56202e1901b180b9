//! Pure: which exit code an audit, a plan or a run ends with.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::api_error::ApiErrorKind;
use crate::execute::{ItemResult, RunReport};
use crate::exit::ExitStatus;
use crate::ids::ItemId;
use crate::inventory::Gap;
use crate::journal::{Note, Outcome, Purpose, RunEnd};
use crate::network::CheckVerdict;
use crate::plan::{Plan, WithheldReason};

/// Gaps come first: what is not known must not look like what is fine.
pub(super) fn of_reading(gaps: &[Gap], findings: bool, detailed: bool) -> ExitStatus {
    if credentials_expired(gaps) {
        ExitStatus::Access
    } else if !gaps.is_empty() {
        ExitStatus::Partial
    } else if findings && detailed {
        ExitStatus::Findings
    } else {
        ExitStatus::Done
    }
}

/// A plan, too, must not look like nothing to do where a target's network could not be read.
pub(super) fn of_plan(plan: &Plan, detailed: bool) -> ExitStatus {
    let status = of_reading(&plan.gaps, !plan.is_empty(), detailed);
    if status != ExitStatus::Access && plan.withheld.iter().any(|one| is_for_want_of_facts(&one.reason)) {
        ExitStatus::Partial
    } else {
        status
    }
}

/// What is certainly wrong is known, whatever could not be looked into because of it.
fn is_for_want_of_facts(reason: &WithheldReason) -> bool {
    let WithheldReason::Network { failed, .. } = reason else { return false };
    !failed.is_empty() && failed.iter().all(|check| check.verdict == CheckVerdict::Unknown)
}

/// Whether the credentials, which STS took at the start, ran out on the way. A single region that refuses them is
/// one that is not enabled in the account: a gap like others.
fn credentials_expired(gaps: &[Gap]) -> bool {
    let lost = [ApiErrorKind::CredentialsExpired, ApiErrorKind::RoleRefused];
    gaps.iter().any(|gap| lost.contains(&gap.error.kind))
}

/// How the run ended first, then how its items did. An item is not done whose source the plan deletes and the run kept.
pub(super) fn of_run(report: &RunReport, plan: &Plan) -> ExitStatus {
    let deleted_by_plan: BTreeSet<&ItemId> = match report.purpose {
        Purpose::Apply => plan.items.iter().filter(|item| item.delete_source).map(|item| &item.id).collect(),
        Purpose::Rollback | Purpose::Cleanup => BTreeSet::new(),
    };
    match &report.end {
        RunEnd::CredentialsLost { .. } => ExitStatus::Access,
        RunEnd::Interrupted | RunEnd::JournalLost { .. } => ExitStatus::Interrupted,
        RunEnd::Halted { .. } | RunEnd::NoRoom { .. } => ExitStatus::Halted,
        RunEnd::PlanExpired => ExitStatus::PlanUnusable,
        RunEnd::Unfinished => ExitStatus::Partial,
        RunEnd::Completed => {
            let all_done = report.items.iter().all(|item| match &item.result {
                ItemResult::Ended { outcome } => match outcome {
                    Outcome::Done { source_deleted, notes, .. } => {
                        let kept = !*source_deleted && deleted_by_plan.contains(&item.id);
                        // Nothing runs now where something ran when the plan was approved: somebody has to look.
                        !kept && !notes.contains(&Note::SourceStoppedSincePlan)
                    }
                    Outcome::Repaired { .. } | Outcome::RolledBack { .. } | Outcome::AlreadyDone { .. } => {
                        true
                    }
                    Outcome::Refused { .. } | Outcome::Failed { .. } => false,
                },
                ItemResult::Unfinished { .. } | ItemResult::NotStarted => false,
            });
            if all_done { ExitStatus::Done } else { ExitStatus::Partial }
        }
    }
}
