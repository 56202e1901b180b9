//! The laws of what is repaired in place.

use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::scene::{Scene, status_of};
use crate::cli::rehearsal::tests::proof::sending::start_source;
use crate::cli::rehearsal::tests::proof::story_world::RETIRED;
use crate::journal::{Call, Outcome, PriorStatus, Purpose};
use crate::plan::{AnyItem, UpdateRequest};
use crate::sandbox::{NotebookStatus as Status, Settings};

/// Whether AWS starts the source, as it is now.
pub(super) fn starts(scene: &Scene<'_>) -> bool {
    scene.source.is_some_and(|source| !RETIRED.contains(&source.settings.platform_identifier.as_str()))
}

fn request<'a>(scene: &Scene<'a>) -> &'a UpdateRequest {
    match scene.item {
        AnyItem::Repair(item) => &item.request,
        AnyItem::Replace(_) => unreachable!("is repaired"),
    }
}

/// The settings as the repair leaves them: the stories repair nothing but these two.
fn repaired(scene: &Scene<'_>) -> Settings {
    let mut settings = scene.reviewed.settings.clone();
    let request = request(scene);
    if let Some(platform) = &request.platform_identifier {
        settings.platform_identifier.clone_from(platform);
    }
    if let Some(service) = &request.instance_metadata_service_configuration {
        settings.minimum_imds.clone_from(&service.minimum_instance_metadata_service_version);
    }
    settings
}

fn has(scene: &Scene<'_>, settings: &Settings) -> bool {
    scene.meddled[0] || scene.source.is_some_and(|source| source.settings == *settings)
}

/// Every setting is what it was, or what was asked for.
pub(super) fn hold_repaired(scene: &Scene<'_>, broken: &mut Broken, law: Law) {
    hold(broken, law, has(scene, &repaired(scene)), || format!("the source is {:?}", scene.source));
}

/// What must hold when a call is about to be sent.
pub(super) fn may_send(scene: &Scene<'_>, call: Call) -> Broken {
    match (scene.purpose, call) {
        (Purpose::Apply, Call::StopSource) if !scene.known.failing => stop(scene, &scene.reviewed.settings),
        (Purpose::Rollback, Call::StopSource) if !scene.known.failing => stop(scene, &repaired(scene)),
        (Purpose::Apply | Purpose::Rollback, Call::UpdateSource) => update(scene),
        (Purpose::Apply | Purpose::Rollback, Call::StartSource) => start(scene),
        (Purpose::Apply | Purpose::Rollback | Purpose::Cleanup, _) => {
            vec![(Law::OnlyThePlan, format!("{call:?} of a repair in {:?}", scene.purpose))]
        }
    }
}

fn stop(scene: &Scene<'_>, settings: &Settings) -> Broken {
    let mut broken = Broken::new();
    let ran = scene.known.prior == Some(PriorStatus::InService);
    hold(&mut broken, Law::OnlyThePlan, ran, || "what was stopped is stopped".to_owned());
    scene.hold_source(&mut broken, &[Status::InService]);
    hold(&mut broken, Law::DriftRefused, has(scene, settings), || format!("it is {:?}", scene.source));
    let open = starts(scene) || request(scene).platform_identifier.is_some();
    let open = (open && scene.usable) || scene.meddled[0];
    hold(&mut broken, Law::WayBack, open, || "it does not start again".to_owned());
    broken
}

fn update(scene: &Scene<'_>) -> Broken {
    let mut broken = Broken::new();
    scene.hold_source(&mut broken, &[Status::Stopped]);
    hold(&mut broken, Law::OnlyThePlan, scene.is_the_same(), || "another instance has its name".to_owned());
    match (scene.purpose, scene.known.failing) {
        (Purpose::Apply, false) => scene.hold_reviewed(&mut broken),
        // Whatever others have changed: without it, what was stopped does not run again.
        (Purpose::Apply, true) => {
            let needed = scene.meddled[0] || !starts(scene);
            hold(&mut broken, Law::OnlyThePlan, needed, || "it starts without".to_owned());
        }
        (Purpose::Rollback | Purpose::Cleanup, _) => {}
    }
    broken
}

/// What was stopped on the way, and AWS starts as it is now.
fn start(scene: &Scene<'_>) -> Broken {
    let mut broken = start_source(scene);
    let open = starts(scene) || scene.meddled[0];
    hold(&mut broken, Law::WayBack, open, || "AWS does not start it".to_owned());
    broken
}

/// What must hold when a repair has ended so.
pub(super) fn ended(scene: &Scene<'_>, outcome: &Outcome, broken: &mut Broken) {
    let back = scene.is_given_back() || scene.hindered[0];
    let status = || format!("{:?} became {:?}", scene.known.prior.map(status_of), scene.source);
    match outcome {
        Outcome::Repaired { .. } => {
            let verified = scene.known.verified;
            hold(broken, Law::DoneMeansDone, verified, || "not verified on disk".to_owned());
            hold_repaired(scene, broken, Law::DoneMeansDone);
            hold(broken, Law::GivenBack, back || scene.meddled[0], status);
        }
        Outcome::RolledBack { .. } => {
            let reviewed = &scene.reviewed.settings;
            let before =
                Settings { platform_identifier: repaired(scene).platform_identifier, ..reviewed.clone() };
            let given_back = has(scene, reviewed) || has(scene, &before) || scene.hindered[0];
            hold(broken, Law::DoneMeansDone, given_back, || format!("the source is {:?}", scene.source));
            hold(broken, Law::GivenBack, back, status);
        }
        Outcome::Refused { .. } => {
            hold(broken, Law::Accounted, scene.known.announced.is_empty(), || "refused after all".to_owned());
        }
        Outcome::Failed { .. } => hold(broken, Law::GivenBack, back, status),
        Outcome::Done { .. } | Outcome::AlreadyDone { .. } => {
            hold(broken, Law::OnlyThePlan, false, || format!("{outcome:?} of a repair"));
        }
    }
}
