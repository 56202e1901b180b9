//! The laws of files that a run moves by itself.

use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::scene::Scene;
use crate::execute::config_name;
use crate::journal::{Call, CallObject, CallVerb, Purpose};
use crate::plan::{CreateRequest, Order, TransferKind};
use crate::sandbox::{Notebook, NotebookStatus as Status};

use TransferKind::{Export, Import};

/// Whether the call is one of a transfer.
pub(super) fn is_one(call: Call) -> bool {
    let plain = [
        Call::StopSource,
        Call::StartSource,
        Call::UpdateSource,
        Call::DeleteSource,
        Call::CreateReplacement,
        Call::StopReplacement,
        Call::StartReplacement,
        Call::DeleteReplacement,
    ];
    !plain.contains(&call)
}

fn name_of(scene: &Scene<'_>, transfer: TransferKind) -> String {
    config_name(scene.identity.0, scene.item.id(), transfer)
}

/// Whether an instance has the configuration of the item's transfer.
fn has(scene: &Scene<'_>, one: Option<&Notebook>, transfer: TransferKind) -> bool {
    one.is_some_and(|one| one.settings.lifecycle_config == Some(name_of(scene, transfer)))
}

/// What must hold when such a call is about to be sent.
pub(super) fn may_send(scene: &Scene<'_>, call: Call) -> Broken {
    let mut broken = Broken::new();
    let planned = scene.item.replaced().is_some_and(|item| item.moved_by_run().is_some());
    hold(&mut broken, Law::OnlyThePlan, planned, || format!("{call:?} where nothing is moved"));
    if !planned {
        return broken;
    }
    let forward = scene.purpose == Purpose::Apply && !scene.known.failing;
    let back = matches!(call, Call::StartExport | Call::StopExport | Call::DetachExport)
        && scene.purpose != Purpose::Cleanup;
    let deletes = matches!(call, Call::DeleteExportConfig | Call::DeleteImportConfig);
    hold(&mut broken, Law::OnlyThePlan, forward || back || deletes, || {
        format!("{call:?} in {:?}, failing {}", scene.purpose, scene.known.failing)
    });
    match call.object() {
        CallObject::Source => of_source(scene, call, forward, &mut broken),
        CallObject::Replacement => of_replacement(scene, call, &mut broken),
        CallObject::Config(transfer) => of_config(scene, call, transfer, &mut broken),
    }
    broken
}

fn of_source(scene: &Scene<'_>, call: Call, forward: bool, broken: &mut Broken) {
    let attached = scene.meddled[0] || has(scene, scene.source, Export);
    let wants = call != Call::AttachExport;
    hold(broken, Law::NotBlindly, attached == wants || scene.meddled[0], || {
        format!("{call:?} of {:?}", scene.source)
    });
    hold(broken, Law::OnlyThePlan, scene.is_the_same(), || {
        "another instance has the source's name".to_owned()
    });
    let exported = scene.known.moved.contains(&Export);
    if call == Call::AttachExport {
        scene.hold_reviewed(broken);
        scene.hold_source(broken, &[Status::Stopped]);
        return;
    }
    match call.verb() {
        CallVerb::Start => {
            scene.hold_source(broken, &[Status::Stopped, Status::Failed]);
            let twice = forward && exported && scene.source_is(&[Status::Stopped]);
            hold(broken, Law::NotTwice, !twice, || "the files are exported twice".to_owned());
        }
        CallVerb::Stop => {
            scene.hold_source(broken, &[Status::InService]);
            hold(broken, Law::DataFirst, exported || !forward, || "stopped while it exports".to_owned());
        }
        CallVerb::Create | CallVerb::Update | CallVerb::Delete => {
            scene.hold_source(broken, &[Status::Stopped]);
            hold(broken, Law::DataFirst, exported || !forward, || "nothing was exported".to_owned());
        }
    }
}

fn of_replacement(scene: &Scene<'_>, call: Call, broken: &mut Broken) {
    hold(broken, Law::OnlyThePlan, scene.is_ours(), || "the replacement is not ours".to_owned());
    let (exported, imported) = (scene.known.moved.contains(&Export), scene.known.moved.contains(&Import));
    hold(broken, Law::DataFirst, exported, || format!("{call:?} before anything was exported"));
    let attached = has(scene, scene.replacement, Import);
    let wants = !matches!(call, Call::StopForImport | Call::AttachImport);
    hold(broken, Law::NotBlindly, attached == wants || scene.meddled[1], || {
        format!("{call:?} of {:?}", scene.replacement)
    });
    let statuses: &[Status] = match call.verb() {
        CallVerb::Stop => &[Status::InService],
        CallVerb::Start => &[Status::Stopped, Status::Failed],
        CallVerb::Create | CallVerb::Update | CallVerb::Delete => &[Status::Stopped],
    };
    scene.hold_replacement(broken, statuses);
    if matches!(call, Call::StopImport | Call::DetachImport) {
        hold(broken, Law::DataFirst, imported, || format!("{call:?} before the import is proven"));
        hold_files(scene, broken);
    }
}

fn of_config(scene: &Scene<'_>, call: Call, transfer: TransferKind, broken: &mut Broken) {
    let creates = matches!(call, Call::CreateExportConfig | Call::CreateImportConfig);
    if creates {
        let ready = transfer == Export || scene.known.moved.contains(&Export);
        return hold(broken, Law::DataFirst, ready, || "imported before it is exported".to_owned());
    }
    let used = [(scene.source, 0), (scene.replacement, 1)]
        .into_iter()
        .any(|(one, side)| !scene.meddled[side] && has(scene, one, transfer));
    hold(broken, Law::OnlyThePlan, !used, || format!("{call:?}, and an instance has it"));
    let made = match transfer {
        Export => Call::CreateExportConfig,
        Import => Call::CreateImportConfig,
    };
    hold(broken, Law::OnlyThePlan, scene.ever.contains(&made), || format!("{call:?} of none of ours"));
}

/// The files of the source are on the replacement, to the last one; what was there first stands beside them.
pub(super) fn hold_files(scene: &Scene<'_>, broken: &mut Broken) {
    let (Some(source), Some(replacement)) = (scene.source, scene.replacement) else { return };
    if scene.meddled.contains(&true) || scene.used {
        return;
    }
    let there = &replacement.volume.files;
    let lost: Vec<&String> = source
        .volume
        .files
        .iter()
        .filter(|(name, what)| there.get(*name) != Some(*what))
        .map(|(name, _)| name)
        .collect();
    hold(broken, Law::DataFirst, lost.is_empty(), || format!("{lost:?} are not on the replacement"));
}

/// What must hold when a source is deleted whose files the run moves.
pub(super) fn may_delete(scene: &Scene<'_>, broken: &mut Broken) {
    let known = if scene.purpose == Purpose::Cleanup { scene.applied } else { scene.known };
    hold(broken, Law::DataFirst, known.moved.contains(&Import), || {
        "deleted before the import is proven".to_owned()
    });
    hold_files(scene, broken);
}

/// The request is that of the plan, but for what the transfer needs.
pub(super) fn is_requested(scene: &Scene<'_>, request: &CreateRequest) -> bool {
    let item = scene.replaced();
    let Some(transfer) = item.moved_by_run() else { return *request == item.request };
    let config = if transfer.own_on_create {
        item.request.lifecycle_config_name.clone()
    } else if item.order == Order::StopFirst {
        Some(name_of(scene, Import))
    } else {
        None
    };
    let plain = CreateRequest {
        lifecycle_config_name: config,
        default_code_repository: None,
        additional_code_repositories: Vec::new(),
        ..item.request.clone()
    };
    *request == plain
}

/// What must hold when an item has ended: nothing of the transfer is left, but where something may have kept it there.
pub(super) fn ended(scene: &Scene<'_>, done: bool, broken: &mut Broken) {
    if scene.item.replaced().is_none_or(|item| item.moved_by_run().is_none()) {
        return;
    }
    let back = !has(scene, scene.source, Export);
    hold(broken, Law::ConfigBack, back || scene.hindered[0] || scene.meddled[0] || scene.stop_denied, || {
        format!("the source is {:?}", scene.source)
    });
    let left = [Export, Import].map(|transfer| name_of(scene, transfer));
    let left: Vec<&String> = left.iter().filter(|name| scene.configs.contains(&name.as_str())).collect();
    hold(broken, Law::ConfigBack, left.is_empty() || scene.trouble, || format!("{left:?} are left"));
    if done {
        hold_files(scene, broken);
    }
}
