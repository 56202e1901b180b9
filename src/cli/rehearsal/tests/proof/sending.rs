//! The laws of what may be sent, and when.

use crate::cli::rehearsal::tests::proof::item_journal::Progress;
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::cli::rehearsal::tests::proof::repairs;
use crate::cli::rehearsal::tests::proof::scene::Scene;
use crate::cli::rehearsal::tests::proof::transfers;
use crate::journal::{Call, PriorStatus, Purpose};
use crate::plan::{OnFailure, Order, TransferWay};
use crate::sandbox::NotebookStatus as Status;

/// What must hold when a mutating call is about to be sent.
pub(super) fn may_send(scene: &Scene<'_>, call: Call) -> Broken {
    let mut broken = Broken::new();
    let known = scene.known;
    let announced = known.intent == Some((call, Progress::Written));
    hold(&mut broken, Law::IntentFirst, announced, || {
        format!("{call:?} is sent, and on disk is {:?}", known.intent)
    });
    let open = known.prior.is_some() && known.outcome.is_none();
    hold(&mut broken, Law::OnlyThePlan, open, || format!("{call:?} for an item that is not worked on"));
    let sane = match (scene.purpose, known.failing, call) {
        _ if transfers::is_one(call) => transfers::may_send(scene, call),
        _ if scene.item.replaced().is_none() => repairs::may_send(scene, call),
        (Purpose::Apply, true, Call::UpdateSource) | (Purpose::Rollback, false, Call::UpdateSource) => {
            upgrade(scene)
        }
        (Purpose::Apply, false, Call::StopSource) => stop_source(scene),
        (Purpose::Apply, false, Call::CreateReplacement) => create(scene),
        (Purpose::Apply, false, Call::StopReplacement) => turn(scene, PriorStatus::Stopped),
        (Purpose::Apply, false, Call::StartReplacement) => turn(scene, PriorStatus::InService),
        (Purpose::Apply | Purpose::Cleanup, false, Call::DeleteSource) => delete_source(scene),
        (Purpose::Apply, true, Call::StartSource) | (Purpose::Rollback, false, Call::StartSource) => {
            start_source(scene)
        }
        (Purpose::Apply, true, Call::StopReplacement) => stop_failed(scene),
        (Purpose::Rollback, false, Call::StopReplacement) => give_up(scene),
        (Purpose::Apply, true, Call::DeleteReplacement)
        | (Purpose::Rollback, false, Call::DeleteReplacement) => delete_replacement(scene),
        (Purpose::Rollback, true, Call::StartReplacement) => start_again(scene),
        (Purpose::Apply | Purpose::Rollback | Purpose::Cleanup, _, _) => {
            vec![(Law::OnlyThePlan, format!("{call:?} in {:?}, failing {}", scene.purpose, known.failing))]
        }
    };
    broken.extend(sane);
    broken
}

fn stop_source(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    scene.hold_reviewed(&mut broken);
    let ran = scene.known.prior == Some(PriorStatus::InService);
    hold(&mut broken, Law::OnlyThePlan, ran, || "a source that was stopped is stopped".to_owned());
    scene.hold_source(&mut broken, &[Status::InService]);
    way_back(scene, &mut broken);
    let moved = !is_by_hand(scene) || scene.moves.is_some_and(Moves::is_exported);
    hold(&mut broken, Law::DataFirst, moved, || format!("stopped with {:?}", scene.moves));
    broken
}

fn is_by_hand(scene: &Scene<'_>) -> bool {
    scene.replaced().transfer.as_ref().is_some_and(|transfer| transfer.by == TransferWay::Hand)
}

/// Nothing is stopped that could not be started again, as long as its replacement does not stand verified. What is to be
/// left running is not stopped at all.
fn way_back(scene: &Scene<'_>, broken: &mut Broken) {
    let order = scene.replaced().order;
    // One that its files are still to come to is verified by then as it was made.
    let moved = scene.replaced().moved_by_run().is_some();
    let verified = moved && scene.is_ours() || scene.known.verified && scene.is_as_requested();
    let stands = verified && scene.replacement_is(&[Status::InService]);
    let upgraded = scene.replaced().upgrade_source.is_some();
    let open = match order {
        Order::StopFirst => scene.usable && (repairs::starts(scene) || upgraded),
        // Its files are on a source that has to start again.
        Order::CreateFirst if moved => {
            scene.usable && (repairs::starts(scene) || upgraded) && (stands || scene.hindered[1])
        }
        Order::CreateFirst => stands || scene.hindered[1],
        Order::CreateOnly => false,
    };
    hold(broken, Law::WayBack, open || scene.meddled[0], || {
        format!("{order:?}: the source is stopped beside {:?}", scene.replacement.map(|found| found.status))
    });
}

fn create(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    scene.hold_reviewed(&mut broken);
    let runs = scene.replaced().order != Order::StopFirst;
    scene.hold_source(
        &mut broken,
        if runs { &[Status::Stopped, Status::InService] } else { &[Status::Stopped] },
    );
    hold(&mut broken, Law::NotTwice, scene.replacement.is_none(), || {
        format!("created while there is {:?}", scene.replacement.map(|found| found.status))
    });
    broken
}

pub(super) fn start_source(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    let mut announced = scene.known.announced.iter().chain(&scene.applied.announced);
    let ours =
        scene.known.prior == Some(PriorStatus::InService) && announced.any(|call| *call == Call::StopSource);
    hold(&mut broken, Law::GivenBack, ours, || "a source is started that we never stopped".to_owned());
    let same = scene.is_the_same();
    hold(&mut broken, Law::OnlyThePlan, same, || "another instance has the source's name".to_owned());
    scene.hold_source(&mut broken, &[Status::Stopped, Status::Failed]);
    broken
}

/// What the run stopped and AWS no longer starts is upgraded, where the plan says so, and nothing else is.
fn upgrade(scene: &Scene<'_>) -> Broken {
    let mut broken = start_source(scene);
    let planned = scene.replaced().upgrade_source.is_some();
    hold(&mut broken, Law::OnlyThePlan, planned, || "the plan upgrades no source".to_owned());
    let needed = scene.meddled[0] || !repairs::starts(scene);
    hold(&mut broken, Law::OnlyThePlan, needed, || "a source that starts is upgraded".to_owned());
    broken
}

/// The replacement may be started or stopped once it is verified, to have the prior status.
fn turn(scene: &Scene<'_>, to: PriorStatus) -> Broken {
    let mut broken = Broken::new();
    let wanted = scene.known.prior == Some(to);
    hold(&mut broken, Law::GivenBack, wanted, || format!("a replacement is turned {to:?}"));
    hold(&mut broken, Law::VerifiedFirst, scene.known.verified, || "it is not verified".to_owned());
    let from = match to {
        PriorStatus::Stopped => Status::InService,
        PriorStatus::InService => Status::Stopped,
    };
    // One that ran and failed to start again is started from there.
    let again = if to == PriorStatus::InService { &[from, Status::Failed][..] } else { &[from] };
    scene.hold_replacement(&mut broken, again);
    broken
}

fn delete_source(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    scene.hold_reviewed(&mut broken);
    scene.hold_source(&mut broken, &[Status::Stopped]);
    let cleans = scene.purpose == Purpose::Cleanup;
    let planned = if cleans { scene.replaced().cleanup } else { scene.replaced().delete_source };
    hold(&mut broken, Law::OnlyThePlan, planned, || "the plan keeps the source".to_owned());
    let verified = scene.known.verified;
    hold(&mut broken, Law::VerifiedFirst, verified, || "it is not verified on disk".to_owned());
    scene.hold_requested(&mut broken, Law::VerifiedFirst);
    if scene.replaced().moved_by_run().is_some() {
        transfers::may_delete(scene, &mut broken);
    }
    let moved = !is_by_hand(scene) || cleans && scene.moves.is_some_and(Moves::is_imported);
    hold(&mut broken, Law::DataFirst, moved, || format!("deleted with {:?}", scene.moves));
    let at_rest = if cleans { scene.applied.at_rest } else { scene.known.at_rest };
    let modified = scene.modified();
    let untouched = at_rest.is_some() && (scene.meddled[0] || modified == at_rest);
    hold(&mut broken, Law::Untouched, untouched, || {
        format!("the source was changed at {modified:?}, and seen at rest at {at_rest:?}")
    });
    let rests = if cleans {
        scene.replacement_is(&[Status::InService, Status::Stopped])
    } else {
        scene.replacement_has_prior_status()
    };
    hold(&mut broken, Law::VerifiedFirst, rests, || {
        format!("the replacement is {:?}", scene.replacement.map(|found| found.status))
    });
    broken
}

/// A replacement that failed to be what it should may be stopped, to be deleted.
fn stop_failed(scene: &Scene<'_>) -> Broken {
    let mut broken = stop_ours(scene);
    let planned = scene.replaced().on_failure == Some(OnFailure::Restore);
    hold(&mut broken, Law::OnlyThePlan, planned, || "the plan leaves failed replacements".to_owned());
    let verified = scene.known.verified;
    hold(&mut broken, Law::OnlyThePlan, !verified, || "somebody may be at work on it".to_owned());
    broken
}

fn stop_ours(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    hold(&mut broken, Law::OnlyThePlan, scene.is_ours(), || "the replacement is not ours".to_owned());
    scene.hold_replacement(&mut broken, &[Status::InService]);
    broken
}

/// A rollback stops no replacement for a source that could not start again: by then nothing would run any more.
fn give_up(scene: &Scene<'_>) -> Broken {
    let mut broken = stop_ours(scene);
    let starts = scene.known.prior == Some(PriorStatus::InService)
        && scene.source.is_some_and(|source| source.status == Status::Stopped)
        && scene.applied.announced.contains(&Call::StopSource);
    let upgraded = scene.replaced().upgrade_source.is_some();
    let open = scene.usable && (repairs::starts(scene) || upgraded);
    let known = !starts || open || scene.meddled[0];
    hold(&mut broken, Law::WayBack, known, || "the source does not start again".to_owned());
    broken
}

/// Only ours, only while the source is there, and only once the source is as it was before.
fn delete_replacement(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    hold(&mut broken, Law::OnlyThePlan, scene.is_ours(), || "the replacement is not ours".to_owned());
    let planned =
        scene.purpose == Purpose::Rollback || scene.replaced().on_failure == Some(OnFailure::Restore);
    hold(&mut broken, Law::OnlyThePlan, planned, || "the plan leaves failed replacements".to_owned());
    scene.hold_replacement(&mut broken, &[Status::Stopped, Status::Failed]);
    hold(&mut broken, Law::SourceFirst, scene.is_the_same(), || "the source is not there".to_owned());
    let back = scene.hindered[0] || scene.is_given_back();
    hold(&mut broken, Law::SourceFirst, back, || {
        format!("the source is {:?}", scene.source.map(|source| source.status))
    });
    broken
}

/// A rollback that has failed gives back what it has stopped.
fn start_again(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    hold(&mut broken, Law::OnlyThePlan, scene.is_ours(), || "the replacement is not ours".to_owned());
    let ours = scene.ever.contains(&Call::StopReplacement);
    hold(&mut broken, Law::GivenBack, ours, || "a replacement is started that we never stopped".to_owned());
    scene.hold_replacement(&mut broken, &[Status::Stopped, Status::Failed]);
    broken
}
