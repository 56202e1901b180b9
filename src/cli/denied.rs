//! What to do about calls that AWS denied: the command that prints the least policy.

use crate::access::Actor;
use crate::api_error::ApiErrorKind;
use crate::cli::printer::Printer;
use crate::execute::{Fared, RunReport};
use crate::inventory::Gap;
use crate::journal::{Outcome, RunEnd};

/// Says so after an audit or a plan that could not read everything.
pub(super) fn after_reading(gaps: &[Gap], printer: &Printer) {
    if gaps.iter().any(|gap| gap.error.kind == ApiErrorKind::AccessDenied) {
        tell(Actor::Reader, printer);
    }
}

/// Says so after a run that was denied something.
pub(super) fn after_run(report: &RunReport, printer: &Printer) {
    let of_item = |fared: &Fared| match fared {
        Fared::Ended { outcome } => match outcome {
            Outcome::Done { notes, .. } | Outcome::RolledBack { notes, .. } => {
                notes.iter().any(|note| is_denial(note))
            }
            Outcome::Refused { reason } | Outcome::Failed { reason, .. } => is_denial(reason),
            Outcome::AlreadyDone { .. } => false,
        },
        Fared::Unfinished { why, .. } => why.as_deref().is_some_and(is_denial),
        Fared::NotStarted => false,
    };
    let of_run = match &report.end {
        RunEnd::CredentialsLost { message } => is_denial(message),
        RunEnd::Completed
        | RunEnd::Unfinished
        | RunEnd::Interrupted
        | RunEnd::PlanExpired
        | RunEnd::Halted { .. }
        | RunEnd::NoRoom { .. }
        | RunEnd::JournalLost { .. } => false,
    };
    if of_run || report.items.iter().any(|item| of_item(&item.fared)) {
        tell(Actor::Operator, printer);
    }
}

/// AWS's own words: also why a launch failed comes as text (IAM user guide, "Troubleshoot access denied error messages").
fn is_denial(text: &str) -> bool {
    text.contains("not authorized to perform")
}

fn tell(actor: Actor, printer: &Printer) {
    printer.note(&format!(
        "AWS denied what is named above; the least policy that allows it: remediate iam-policy --role {}",
        actor.as_str()
    ));
}
