//! What to do about calls that AWS denied: the command that prints the least policy.

use crate::access::Actor;
use crate::api_error::ApiErrorKind;
use crate::cli::printer::Printer;
use crate::execute::{ItemResult, RunReport};
use crate::inventory::Gap;
use crate::journal::{Note, Outcome, Reason};

/// Says so after an audit or a plan that could not read everything.
pub(super) fn after_reading(gaps: &[Gap], printer: &Printer) {
    if gaps.iter().any(|gap| gap.error.kind == ApiErrorKind::AccessDenied) {
        tell(Actor::Reader, printer);
    }
}

/// Says so after a run that was denied something.
pub(super) fn after_run(report: &RunReport, printer: &Printer) {
    let of_item = |result: &ItemResult| match result {
        ItemResult::Ended { outcome } => match outcome {
            Outcome::Done { notes, .. } | Outcome::Repaired { notes } | Outcome::RolledBack { notes, .. } => {
                notes.iter().any(Note::is_denial)
            }
            Outcome::Refused { reason } | Outcome::Failed { reason, .. } => reason.is_denial(),
            Outcome::AlreadyDone { .. } => false,
        },
        ItemResult::Unfinished { why, .. } => why.as_ref().is_some_and(Reason::is_denial),
        ItemResult::NotStarted => false,
    };
    if report.items.iter().any(|item| of_item(&item.result)) {
        tell(Actor::Operator, printer);
    }
}

fn tell(actor: Actor, printer: &Printer) {
    printer.note(&format!(
        "AWS denied what is named above; the least policy that allows it: remediate iam-policy --role {}",
        actor.as_str()
    ));
}
