//! What is true of one item at a moment, in the world and on disk, and the laws of what may be sent and written then.

use std::collections::BTreeMap;

use crate::cli::rehearsal::tests::proof::dossier::{Dossier, Progress};
use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::execute::Party;
use crate::ids::{Digest, RunId};
use crate::journal::{Call, Entry, Outcome, PriorStatus};
use crate::plan::{CreateRequest, Item, Tag, provenance};
use crate::sandbox::{Notebook, NotebookStatus as Status, Settings};

/// The tag that outsiders set.
const RETAG: &str = "changed-by";

/// One item at a moment.
pub(super) struct Scene<'a> {
    pub(super) item: &'a Item,
    pub(super) identity: (&'a RunId, &'a Digest),
    pub(super) known: &'a Dossier,
    /// The source when the plan was made.
    pub(super) reviewed: &'a Notebook,
    pub(super) source: Option<&'a Notebook>,
    pub(super) replacement: Option<&'a Notebook>,
    /// Whether somebody else has changed the source, and the replacement, since the program last looked at it: what it
    /// does then, it could not have known better.
    pub(super) meddled: (bool, bool),
}

impl Scene<'_> {
    /// Whether the source is the instance that was reviewed, its status aside.
    fn is_as_reviewed(&self) -> bool {
        let same = |now: &Notebook| {
            let then = self.reviewed;
            (&now.settings, &now.tags, now.created, &now.volume)
                == (&then.settings, &then.tags, then.created, &then.volume)
        };
        self.meddled.0 || self.source.is_some_and(same)
    }

    fn source_is(&self, status: Status) -> bool {
        self.meddled.0 || self.source.is_some_and(|source| source.status == status)
    }

    fn replacement_is(&self, status: Status) -> bool {
        self.meddled.1 || self.replacement.is_some_and(|replacement| replacement.status == status)
    }

    /// Whether the replacement is what was requested, to the last setting and tag.
    fn is_as_requested(&self) -> bool {
        self.meddled.1
            || self.replacement.is_some_and(|found| {
                has_settings(&self.item.request, &found.settings) && found_tags(found) == self.wanted_tags()
            })
    }

    fn wanted_tags(&self) -> BTreeMap<String, String> {
        let (run, plan) = self.identity;
        let own = provenance::tags(run, &self.item.source.description.notebook_instance_arn, plan);
        let all = self.item.request.tags.iter().cloned().chain(own);
        all.map(|Tag { key, value }| (key, value)).collect()
    }

    fn has_prior_status(&self) -> bool {
        self.known.prior.is_some_and(|prior| self.replacement_is(status_of(prior)))
    }

    /// What must hold when a mutating call is about to be sent.
    pub(super) fn may_send(&self, call: Call) -> Broken {
        let mut broken = Broken::new();
        let known = self.known;
        let announced = known.intent == Some((call, Progress::Written));
        hold(&mut broken, Law::IntentFirst, announced, || {
            format!("{call:?} is sent, and on disk is {:?}", known.intent)
        });
        let open = known.prior.is_some() && known.outcome.is_none();
        hold(&mut broken, Law::OnlyThePlan, open, || {
            format!("{call:?} for an item that is not being worked on")
        });
        let (onward, sane) = match call {
            Call::StartSource => (known.failing, self.may_start_source()),
            Call::StopSource => (!known.failing, self.may_stop_source()),
            Call::CreateReplacement => (!known.failing, self.may_create()),
            Call::StopReplacement => (!known.failing, self.may_turn(PriorStatus::Stopped)),
            Call::StartReplacement => (!known.failing, self.may_turn(PriorStatus::InService)),
            Call::DeleteSource => (!known.failing, self.may_delete_source()),
        };
        hold(&mut broken, Law::OnlyThePlan, onward, || {
            format!("{call:?} while failing is {}", known.failing)
        });
        broken.extend(sane);
        broken
    }

    fn may_stop_source(&self) -> Broken {
        let mut broken = Broken::new();
        self.hold_reviewed(&mut broken);
        let ran = self.known.prior == Some(PriorStatus::InService);
        hold(&mut broken, Law::OnlyThePlan, ran, || "a source that was stopped is stopped".to_owned());
        self.hold_source(&mut broken, Status::InService);
        broken
    }

    fn may_create(&self) -> Broken {
        let mut broken = Broken::new();
        self.hold_reviewed(&mut broken);
        self.hold_source(&mut broken, Status::Stopped);
        hold(&mut broken, Law::NotTwice, self.replacement.is_none(), || {
            format!("created while there is {:?}", self.replacement.map(|found| found.status))
        });
        broken
    }

    fn may_start_source(&self) -> Broken {
        let mut broken = Broken::new();
        let ours = self.known.prior == Some(PriorStatus::InService)
            && self.known.announced.contains(&Call::StopSource);
        hold(&mut broken, Law::GivenBack, ours, || "a source is started that we never stopped".to_owned());
        self.hold_source(&mut broken, Status::Stopped);
        broken
    }

    /// The replacement may be started or stopped once it is verified, to have the prior status.
    fn may_turn(&self, to: PriorStatus) -> Broken {
        let mut broken = Broken::new();
        let wanted = self.known.prior == Some(to);
        hold(&mut broken, Law::GivenBack, wanted, || format!("a replacement is turned {to:?}"));
        hold(&mut broken, Law::VerifiedFirst, self.known.verified, || "it is not verified".to_owned());
        let from = match to {
            PriorStatus::Stopped => Status::InService,
            PriorStatus::InService => Status::Stopped,
        };
        hold(&mut broken, Law::NotBlindly, self.replacement_is(from), || {
            format!("the replacement is {:?}", self.replacement.map(|found| found.status))
        });
        broken
    }

    fn may_delete_source(&self) -> Broken {
        let mut broken = Broken::new();
        self.hold_reviewed(&mut broken);
        self.hold_source(&mut broken, Status::Stopped);
        let planned = self.item.delete_source;
        hold(&mut broken, Law::OnlyThePlan, planned, || "the plan keeps the source".to_owned());
        let verified = self.known.verified;
        hold(&mut broken, Law::VerifiedFirst, verified, || "it is not verified on disk".to_owned());
        self.hold_requested(&mut broken, Law::VerifiedFirst);
        hold(&mut broken, Law::VerifiedFirst, self.has_prior_status(), || {
            "the replacement does not have the prior status".to_owned()
        });
        broken
    }

    fn hold_reviewed(&self, broken: &mut Broken) {
        hold(broken, Law::DriftRefused, self.is_as_reviewed(), || {
            format!("the source is {:?}, reviewed was {:?}", self.source, self.reviewed)
        });
    }

    fn hold_requested(&self, broken: &mut Broken, law: Law) {
        hold(broken, law, self.is_as_requested(), || {
            format!("the replacement is {:?}, requested {:?}", self.replacement, self.item.request)
        });
    }

    fn hold_source(&self, broken: &mut Broken, wanted: Status) {
        hold(broken, Law::NotBlindly, self.source_is(wanted), || {
            format!("the source is {:?}", self.source.map(|source| source.status))
        });
    }

    /// What must hold when this was written.
    pub(super) fn may_write(&self, entry: &Entry) -> Broken {
        let mut broken = Broken::new();
        match entry {
            Entry::ItemStarted { prior_status, .. } => {
                self.hold_reviewed(&mut broken);
                self.hold_source(&mut broken, status_of(*prior_status));
                let woken =
                    self.reviewed.status == Status::Stopped && *prior_status == PriorStatus::InService;
                hold(&mut broken, Law::DriftRefused, !woken, || {
                    "someone has started it since the review".to_owned()
                });
            }
            Entry::ReplacementVerified { .. } => self.hold_requested(&mut broken, Law::VerifiedFirst),
            Entry::ItemEnded { outcome: Outcome::Done { source_deleted, .. }, .. } => {
                self.hold_done(*source_deleted, &mut broken);
            }
            Entry::ItemEnded { outcome: Outcome::AlreadyDone { .. }, .. } => {
                self.hold_requested(&mut broken, Law::DoneMeansDone);
            }
            Entry::ItemEnded { outcome: Outcome::Refused { .. }, .. } => {
                hold(&mut broken, Law::Accounted, self.known.announced.is_empty(), || {
                    format!("refused after {:?}", self.known.announced)
                });
            }
            Entry::ItemEnded { outcome: Outcome::Failed { .. }, .. }
            | Entry::Intent { .. }
            | Entry::CallEnded { .. }
            | Entry::ItemFailing { .. }
            | Entry::RunStarted { .. }
            | Entry::RunResumed { .. }
            | Entry::RunEnded { .. } => {}
        }
        broken
    }

    fn hold_done(&self, source_deleted: bool, broken: &mut Broken) {
        hold(broken, Law::DoneMeansDone, self.known.verified, || "done, but not verified on disk".to_owned());
        self.hold_requested(broken, Law::DoneMeansDone);
        hold(broken, Law::GivenBack, self.has_prior_status(), || {
            format!("{:?} became {:?}", self.known.prior, self.replacement.map(|found| found.status))
        });
        let gone = self.meddled.0 || self.source.is_none();
        hold(broken, Law::DoneMeansDone, !source_deleted || gone, || "the source is still there".to_owned());
    }

    /// Whether a source whose item has failed is as it was before.
    pub(super) fn is_given_back(&self) -> bool {
        self.known.prior.is_none_or(|prior| self.source.is_some_and(|one| one.status == status_of(prior)))
    }

    /// The call that this operation is on this instance.
    pub(super) fn call(operation: &str, party: Party) -> Option<Call> {
        match (operation, party) {
            ("StopNotebookInstance", Party::Source) => Some(Call::StopSource),
            ("StartNotebookInstance", Party::Source) => Some(Call::StartSource),
            ("DeleteNotebookInstance", Party::Source) => Some(Call::DeleteSource),
            ("CreateNotebookInstance", Party::Replacement) => Some(Call::CreateReplacement),
            ("StopNotebookInstance", Party::Replacement) => Some(Call::StopReplacement),
            ("StartNotebookInstance", Party::Replacement) => Some(Call::StartReplacement),
            (_, Party::Source | Party::Replacement) => None,
        }
    }
}

fn status_of(prior: PriorStatus) -> Status {
    match prior {
        PriorStatus::InService => Status::InService,
        PriorStatus::Stopped => Status::Stopped,
    }
}

/// The tags of a replacement, but for what outsiders set.
fn found_tags(found: &Notebook) -> BTreeMap<String, String> {
    let mut tags = found.tags.clone();
    tags.remove(RETAG);
    tags
}

/// Every setting, compared without the program's own comparison. What the request leaves out is the service's.
fn has_settings(request: &CreateRequest, found: &Settings) -> bool {
    let groups: Vec<&str> = request.security_group_ids.iter().map(|id| id.as_str()).collect();
    let imds = request.instance_metadata_service_configuration.as_ref();
    let same = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
    let Settings {
        instance_type,
        role_arn,
        subnet_id,
        security_group_ids,
        kms_key_id,
        lifecycle_config,
        direct_internet_access,
        volume_size_in_gb,
        accelerator_types,
        default_code_repository,
        additional_code_repositories,
        root_access,
        platform_identifier,
        ip_address_type,
        minimum_imds,
    } = found;
    *instance_type == request.instance_type
        && *role_arn == request.role_arn
        && subnet_id.as_deref() == Some(request.subnet_id.as_str())
        && *security_group_ids == groups
        && *kms_key_id == request.kms_key_id
        && *lifecycle_config == request.lifecycle_config_name
        && direct_internet_access.as_str() == "Disabled"
        && request.direct_internet_access == "Disabled"
        && request.volume_size_in_gb == i32::try_from(*volume_size_in_gb).ok()
        && accelerator_types.is_empty()
        && *default_code_repository == request.default_code_repository
        && *additional_code_repositories == request.additional_code_repositories
        && same(request.root_access.as_deref(), root_access.as_str())
        && same(request.platform_identifier.as_deref(), platform_identifier)
        && same(request.ip_address_type.as_deref(), ip_address_type)
        && same(imds.map(|imds| imds.minimum_instance_metadata_service_version.as_str()), minimum_imds)
}
