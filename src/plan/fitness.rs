//! Pure: can an instance be worked from at all, and which of the policy's targets is it for?

use crate::facts::limits;
use crate::ids::{AccountId, ItemId};
use crate::inventory::{Description, Instance, Rest, Tags};
use crate::plan::already_replaced::Replacements;
use crate::plan::hazards::{managed, source_restart};
use crate::plan::inputs::Inputs;
use crate::plan::{Order, Source, WithheldReason, exempt, owner, provenance, request, subject, transfer};
use crate::policy::{Destination, Match, Policy, Settings, Subject, Target};

/// A source that can be worked from.
pub(super) struct Fit<'a> {
    /// With its tags.
    pub(super) source: Source,
    /// What its replacement is made by.
    pub(super) target: &'a Target,
    /// Where that goes.
    pub(super) destination: Destination,
    /// What comes first, its stop or its replacement.
    pub(super) order: Order,
    /// Who manages it, where somebody does.
    pub(super) owner: Option<owner::Found>,
}

/// The source with its tags, and the policy's target for it.
///
/// # Errors
/// Why it cannot be worked from.
pub(super) fn fit<'a>(
    inputs: Inputs<'a>,
    replacements: &Replacements<'a>,
    instance: &'a Instance,
    description: &Description,
) -> Result<Fit<'a>, WithheldReason> {
    let Inputs { policy, companions, .. } = inputs;
    let (subject, tags) = workable(inputs, replacements, instance, description)?;
    let (target, destination) = target(policy, subject, description)?;
    refuse_status(description)?;
    let here = (&instance.id.region, description);
    if transfer::is_by_run(target)
        && let Some(why) = source_restart::unstartable(here, &target.settings, companions, inputs.today())
    {
        return Err(WithheldReason::DataCannotMove { why });
    }
    let order = source_restart::order(here, &target.settings, companions, inputs.today())?;
    let owner = owner::of(&tags, &policy.owners);
    managed::refuse(owner.as_ref(), &target.settings)?;
    let carried = request::carried_tags(&tags, &target.settings).len();
    if carried + provenance::KEYS.len() > limits::TAGS {
        return Err(WithheldReason::TooManyTags { tags: u32::try_from(carried).unwrap_or(u32::MAX) });
    }
    let source = Source { description: description.clone(), tags };
    Ok(Fit { source, target, destination, order, owner })
}

/// An instance that can be repaired in place.
pub(super) struct FitInPlace<'a> {
    /// With its tags.
    pub(super) source: Source,
    /// Those of its target, or else the defaults: it stays where it is.
    pub(super) settings: &'a Settings,
    /// Who manages it, where somebody does.
    pub(super) owner: Option<owner::Found>,
}

/// The instance with its tags, and the settings for it.
///
/// # Errors
/// Why it cannot be worked on.
pub(super) fn fit_in_place<'a>(
    inputs: Inputs<'a>,
    replacements: &Replacements<'_>,
    instance: &'a Instance,
    description: &Description,
) -> Result<FitInPlace<'a>, WithheldReason> {
    let policy = inputs.policy;
    let (subject, tags) = workable(inputs, replacements, instance, description)?;
    let settings = match target(policy, subject, description) {
        Ok((target, _)) => &target.settings,
        Err(WithheldReason::NoTarget) => &policy.defaults,
        Err(other) => return Err(other),
    };
    refuse_status(description)?;
    let owner = owner::of(&tags, &policy.owners);
    managed::refuse(owner.as_ref(), settings)?;
    Ok(FitInPlace { source: Source { description: description.clone(), tags }, settings, owner })
}

/// What every item must be: not exempt, what was asked for, not replaced already, and with tags that could be read.
fn workable<'a>(
    inputs: Inputs<'a>,
    replacements: &Replacements<'_>,
    instance: &'a Instance,
    description: &Description,
) -> Result<(Subject<'a>, Tags), WithheldReason> {
    let Inputs { policy, inventory, .. } = inputs;
    let subject = subject(&inventory.account, instance);
    exempt::refuse(policy, subject, inputs.today())?;
    refuse_other_arn(&inventory.account, &instance.id, description)?;
    replacements.refuse(&instance.id.region, description)?;
    let tags = instance.tags.clone().ok_or(WithheldReason::TagsUnreadable)?;
    Ok((subject, tags))
}

/// The first target that matches. One above it that may match is as good as none: which is the first is not known then.
fn target<'a>(
    policy: &'a Policy,
    subject: Subject<'_>,
    own: &Description,
) -> Result<(&'a Target, Destination), WithheldReason> {
    let fits = policy.targets.iter().filter_map(|target| {
        let destination = target.destination(own, &policy.standards)?;
        Some((target, destination, target.matches.matches(subject)))
    });
    match fits.into_iter().find(|(_, _, matches)| *matches != Match::No) {
        Some((target, destination, Match::Yes)) => Ok((target, destination)),
        Some((target, _, Match::Unknown | Match::No)) => {
            let why =
                format!("AWS did not report all that tells whether the target {} is for it", target.name);
            Err(WithheldReason::Unknown { why })
        }
        None => Err(WithheldReason::NoTarget),
    }
}

/// An answer about something else than what was asked for is no ground to act on.
fn refuse_other_arn(account: &AccountId, id: &ItemId, found: &Description) -> Result<(), WithheldReason> {
    let arn = found.notebook_instance_arn.as_str().to_ascii_lowercase();
    let expected = format!(":sagemaker:{}:{account}:notebook-instance/{}", id.region, id.name);
    if arn.ends_with(&expected.to_ascii_lowercase()) && found.notebook_instance_name == id.name {
        Ok(())
    } else {
        Err(WithheldReason::Unknown { why: format!("AWS described `{arn}` when asked for it") })
    }
}

/// Only instances at rest can be worked from.
fn refuse_status(source: &Description) -> Result<(), WithheldReason> {
    let status = &source.notebook_instance_status;
    match status.rest() {
        Rest::Running | Rest::Stopped => Ok(()),
        Rest::Busy | Rest::Failed | Rest::Deleting => Err(WithheldReason::Status { status: status.clone() }),
    }
}
