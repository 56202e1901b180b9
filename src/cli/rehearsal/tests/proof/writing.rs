//! The laws of what may be written, and when.

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::repairs;
use crate::cli::rehearsal::tests::proof::scene::{Scene, status_of};
use crate::cli::rehearsal::tests::proof::transfers;
use crate::journal::{Call, Entry, Outcome, PriorStatus, Purpose, Reason};
use crate::sandbox::NotebookStatus as Status;

/// What must hold when this was written.
pub(super) fn may_write(scene: &Scene<'_>, entry: &Entry) -> Broken {
    let mut broken = Broken::new();
    match entry {
        Entry::ItemStarted { prior_status, .. } => started(scene, *prior_status, &mut broken),
        Entry::SourceAtRest { last_modified, unwatched, .. } => {
            at_rest(scene, (*last_modified, *unwatched), &mut broken);
        }
        Entry::ReplacementVerified { .. } => scene.hold_requested(&mut broken, Law::VerifiedFirst),
        Entry::RepairVerified { .. } => repairs::hold_repaired(scene, &mut broken, Law::VerifiedFirst),
        Entry::ItemEnded { outcome, .. } => ended(scene, outcome, &mut broken),
        Entry::Intent { .. }
        | Entry::TransferPrepared { .. }
        | Entry::FilesMoved { .. }
        | Entry::CallEnded { .. }
        | Entry::ItemFailing { .. }
        | Entry::RunStarted { .. }
        | Entry::RunResumed { .. }
        | Entry::RunEnded { .. } => {}
    }
    broken
}

fn started(scene: &Scene<'_>, prior: PriorStatus, broken: &mut Broken) {
    if scene.purpose != Purpose::Apply {
        let same = scene.applied.prior == Some(prior);
        return hold(broken, Law::GivenBack, same, || {
            format!("{prior:?} here, {:?} in the application", scene.applied.prior)
        });
    }
    scene.hold_reviewed(broken);
    scene.hold_source(broken, &[status_of(prior)]);
    let woken = scene.reviewed.status == Status::Stopped && prior == PriorStatus::InService;
    hold(broken, Law::DriftRefused, !woken, || "someone has started it since the review".to_owned());
}

/// What is written down of a source at rest is so, and nobody else can have changed it since the run's own last call to it.
fn at_rest(scene: &Scene<'_>, (last_modified, unwatched): (Option<Timestamp>, bool), broken: &mut Broken) {
    scene.hold_source(broken, &[Status::Stopped]);
    let known = scene.known;
    let stopped_by_others =
        known.prior == Some(PriorStatus::InService) && !known.announced.contains(&Call::StopSource);
    let there = known.is_at_it || stopped_by_others || unwatched;
    hold(broken, Law::Untouched, there, || "nobody was there when the source came to rest".to_owned());
    let modified = scene.modified();
    let same = scene.meddled[0] || modified == last_modified;
    hold(broken, Law::Untouched, same, || format!("changed at {modified:?}, written is {last_modified:?}"));
}

fn ended(scene: &Scene<'_>, outcome: &Outcome, broken: &mut Broken) {
    match outcome {
        _ if scene.item.replaced().is_none() => repairs::ended(scene, outcome, broken),
        // Nothing that is replaced ends so.
        Outcome::Repaired { .. } => hold(broken, Law::OnlyThePlan, false, || "repaired".to_owned()),
        Outcome::Done { source_deleted, .. } => {
            transfers::ended(scene, true, broken);
            done(scene, *source_deleted, broken);
        }
        // Of a cleanup it says that there is no source any more.
        Outcome::AlreadyDone { .. } if scene.purpose == Purpose::Cleanup => source_gone(scene, broken),
        Outcome::AlreadyDone { .. } => scene.hold_requested(broken, Law::DoneMeansDone),
        Outcome::RolledBack { .. } => {
            transfers::ended(scene, false, broken);
            rolled_back(scene, broken);
        }
        Outcome::Refused { .. } => {
            hold(broken, Law::Accounted, scene.known.announced.is_empty(), || {
                format!("refused after {:?}", scene.known.announced)
            });
        }
        Outcome::Failed { reason, .. } => {
            transfers::ended(scene, false, broken);
            failed(scene, reason, broken);
        }
    }
}

fn done(scene: &Scene<'_>, source_deleted: bool, broken: &mut Broken) {
    if source_deleted {
        source_gone(scene, broken);
    }
    if scene.purpose == Purpose::Cleanup {
        return hold(broken, Law::DoneMeansDone, source_deleted, || "cleaned up, and kept".to_owned());
    }
    let verified = scene.known.verified;
    hold(broken, Law::DoneMeansDone, verified, || "done, but not verified on disk".to_owned());
    scene.hold_requested(broken, Law::DoneMeansDone);
    hold(broken, Law::GivenBack, scene.replacement_has_prior_status(), || {
        format!("{:?} became {:?}", scene.known.prior, scene.replacement.map(|found| found.status))
    });
}

fn source_gone(scene: &Scene<'_>, broken: &mut Broken) {
    let gone = scene.meddled[0] || scene.source.is_none();
    hold(broken, Law::DoneMeansDone, gone, || "the source is still there".to_owned());
}

fn rolled_back(scene: &Scene<'_>, broken: &mut Broken) {
    let gone = scene.meddled[1] || !scene.is_ours();
    hold(broken, Law::DoneMeansDone, gone, || "the replacement is still there".to_owned());
    let back = scene.is_given_back() || scene.hindered[0];
    hold(broken, Law::GivenBack, back, || {
        format!("{:?} became {:?}", scene.known.prior, scene.source.map(|source| source.status))
    });
}

/// What has failed has the source back; a rollback that has failed has at least one of the two run that ran before.
fn failed(scene: &Scene<'_>, reason: &Reason, broken: &mut Broken) {
    let stopped_it = scene.known.announced.contains(&Call::StopReplacement);
    let back = match scene.purpose {
        // What becomes of the replacement once the source was deleted as planned, others may have to answer for.
        Purpose::Apply => {
            let leaving = scene.source.is_none_or(|source| source.status == Status::Deleting);
            let deleted = leaving && scene.known.announced.contains(&Call::DeleteSource);
            scene.is_given_back() || scene.hindered[0] || deleted
        }
        Purpose::Rollback if scene.known.prior == Some(PriorStatus::InService) => {
            scene.is_given_back()
                || scene.replacement_is(&[Status::InService])
                || scene.hindered[1]
                || (scene.hindered[0] && !stopped_it)
        }
        Purpose::Rollback | Purpose::Cleanup => true,
    };
    hold(broken, Law::GivenBack, back, || {
        let status = scene.source.map(|source| source.status);
        format!("failed ({reason:?}): {:?} became {status:?}", scene.known.prior)
    });
}
