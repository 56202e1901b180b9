//! Pure: the steps of an item and how long they are expected to take.

use crate::facts::limits::LIFECYCLE_SCRIPT;
use crate::inventory::Status;
use crate::plan::{Order, PlannedStep, StepKind};

/// The steps for a source in this status, in order; the replacement's OnCreate script has its time before it is stopped.
pub(super) fn of(source: &Status, order: Order, delete_source: bool, on_create: bool) -> Vec<PlannedStep> {
    let running = *source == Status::InService;
    let steps = [
        (StepKind::StopSource, running && order == Order::StopFirst),
        (StepKind::CreateReplacement, true),
        (StepKind::VerifyReplacement, true),
        (StepKind::StopSource, running && order == Order::CreateFirst),
        (StepKind::StopReplacement, !running),
        (StepKind::DeleteSource, delete_source),
    ];
    let script = u32::try_from(LIFECYCLE_SCRIPT.as_secs()).unwrap_or(0);
    let mut planned = planned(steps);
    for step in planned.iter_mut().filter(|one| on_create && one.step == StepKind::StopReplacement) {
        step.expected_seconds += script;
    }
    planned
}

/// The steps of a repair in place, in order.
pub(super) fn of_repair(running: bool) -> Vec<PlannedStep> {
    let steps = [
        (StepKind::StopSource, running),
        (StepKind::UpdateSource, true),
        (StepKind::StartSource, running),
        (StepKind::VerifySource, true),
    ];
    planned(steps)
}

fn planned<const N: usize>(steps: [(StepKind, bool); N]) -> Vec<PlannedStep> {
    let taken = steps.into_iter().filter(|(_, taken)| *taken);
    taken.map(|(step, _)| PlannedStep { step, expected_seconds: expected_seconds(step) }).collect()
}

/// Rough figures: AWS publishes none. Starts of minutes and stops of one to three are what people report;
/// Terraform's provider allows 60 minutes for a create and 10 for a stop.
fn expected_seconds(step: StepKind) -> u32 {
    match step {
        StepKind::StopSource | StepKind::StopReplacement => 120,
        StepKind::CreateReplacement | StepKind::StartSource => 300,
        StepKind::UpdateSource => 60,
        StepKind::VerifyReplacement | StepKind::VerifySource => 5,
        StepKind::DeleteSource => 60,
    }
}
