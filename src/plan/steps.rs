//! Pure: the steps of an item and how long they are expected to take.

use crate::facts::limits::LIFECYCLE_SCRIPT;
use crate::inventory::{Description, Rest};
use crate::plan::{Order, PlannedStep, PlannedTransfer, StepKind, TransferWay};

/// The steps for a source, in order; the replacement's OnCreate script has its time before it is first stopped.
pub(super) fn of(
    source: &Description,
    order: Order,
    (delete_source, transfer): (bool, Option<&PlannedTransfer>),
    on_create: bool,
) -> Vec<PlannedStep> {
    let running = source.rest() == Rest::Running;
    let mut planned = match transfer.filter(|transfer| transfer.by == TransferWay::Run) {
        Some(transfer) => moved_by_run((running, order), transfer, source.volume_size_in_gb),
        None => not_moved_by_run(running, order),
    };
    let script = u32::try_from(LIFECYCLE_SCRIPT.as_secs()).unwrap_or(0);
    let stops = [StepKind::StopReplacement, StepKind::StartImport];
    for step in planned.iter_mut().filter(|one| on_create && stops.contains(&one.step)) {
        step.expected_seconds += script;
    }
    planned.extend(expected([(StepKind::DeleteSource, delete_source)]));
    planned
}

fn not_moved_by_run(running: bool, order: Order) -> Vec<PlannedStep> {
    expected([
        (StepKind::StopSource, running && order == Order::StopFirst),
        (StepKind::CreateReplacement, true),
        (StepKind::VerifyReplacement, true),
        (StepKind::StopSource, running && order == Order::CreateFirst),
        (StepKind::StopReplacement, !running),
    ])
}

/// A source is started to export, whether it ran or not; a replacement that is not created to import is restarted for that.
fn moved_by_run(
    (running, order): (bool, Order),
    transfer: &PlannedTransfer,
    volume: Option<i32>,
) -> Vec<PlannedStep> {
    let first = order == Order::CreateFirst;
    let mut planned = expected([
        (StepKind::CreateReplacement, first),
        (StepKind::VerifyReplacement, first),
        (StepKind::StopSource, running),
        (StepKind::StartExport, true),
        (StepKind::ExportFiles, true),
        (StepKind::StopExport, true),
        (StepKind::CreateReplacement, !first),
        (StepKind::StartImport, first || transfer.own_on_create),
        (StepKind::ImportFiles, true),
        (StepKind::StopImport, true),
        (StepKind::StartReplacement, running),
        (StepKind::VerifyReplacement, true),
    ]);
    let moves = [StepKind::ExportFiles, StepKind::ImportFiles];
    for step in planned.iter_mut().filter(|one| moves.contains(&one.step)) {
        step.expected_seconds = moving_seconds(volume);
    }
    planned
}

/// The steps of a repair in place, in order.
pub(super) fn of_repair(running: bool) -> Vec<PlannedStep> {
    expected([
        (StepKind::StopSource, running),
        (StepKind::UpdateSource, true),
        (StepKind::StartSource, running),
        (StepKind::VerifySource, true),
    ])
}

fn expected<const N: usize>(steps: [(StepKind, bool); N]) -> Vec<PlannedStep> {
    let taken = steps.into_iter().filter(|(_, taken)| *taken);
    taken.map(|(step, _)| PlannedStep { step, expected_seconds: expected_seconds(step) }).collect()
}

/// The least time that is expected of an export or an import.
const LEAST_MOVING: u32 = 300;

/// How long the files of a volume of so many GiB are on their way in one direction: half of it at 60 MB a second, in whole
/// minutes. What it holds, and how fast its instance is, nobody knows beforehand.
fn moving_seconds(gib: Option<i32>) -> u32 {
    let half = u64::try_from(gib.unwrap_or(0)).unwrap_or(0) * (1 << 30) / 2;
    let minutes = half.div_ceil(60_000_000 * 60);
    u32::try_from(minutes * 60).unwrap_or(u32::MAX).max(LEAST_MOVING)
}

/// Rough figures: AWS publishes none. Starts of minutes and stops of one to three are what people report;
/// Terraform's provider allows 60 minutes for a create and 10 for a stop. What has an update in it has a minute more.
fn expected_seconds(step: StepKind) -> u32 {
    match step {
        StepKind::StopSource | StepKind::StopReplacement => 120,
        StepKind::CreateReplacement | StepKind::StartSource | StepKind::StartReplacement => 300,
        StepKind::StartExport => 360,
        StepKind::StopExport | StepKind::StopImport => 180,
        StepKind::StartImport => 480,
        StepKind::ExportFiles | StepKind::ImportFiles => LEAST_MOVING,
        StepKind::UpdateSource | StepKind::DeleteSource => 60,
        StepKind::VerifyReplacement | StepKind::VerifySource => 5,
    }
}
