//! Pure: how a source that is stopped comes to run again: by a start, or, where AWS no longer starts its platform and the plan
//! consents, by an update of its platform first.

use jiff::civil::Date;

use crate::execute::attempts::{no_effect, send, send_or};
use crate::execute::observed::Seen;
use crate::execute::step::{End, GivenUp, Step};
use crate::facts::platforms;
use crate::inventory::Description;
use crate::journal::{Call, Past, Reason};

/// The platform that a source is on and that AWS no longer starts, where the plan consents that it is upgraded.
pub(super) fn needed<'a>(source: &'a Seen, upgrade: Option<&str>, today: Date) -> Option<&'a str> {
    let platform = source.description.platform_identifier.as_deref()?;
    is_upgraded(&source.description, upgrade, today).then_some(platform)
}

/// Whether an instance that is described so has to be upgraded to start, and that is consented to.
pub(super) fn is_upgraded(found: &Description, upgrade: Option<&str>, today: Date) -> bool {
    let platform = found.platform_identifier.as_deref();
    platform.is_some_and(|it| upgrade.is_some_and(|to| to != it) && !platforms::is_started(it, today))
}

/// The update of a source that does not start without it: tried with growing pauses for as long as a phase may last. After
/// that it is off.
pub(super) fn update(platform: &str, past: &Past, given_up: impl FnOnce(Reason) -> GivenUp) -> Step {
    let off = Reason::SourceOff { platform: platform.to_owned(), cause: no_effect(Call::UpdateSource, past) };
    Step::Again { call: Call::UpdateSource, given_up: given_up(off) }
}

/// Starts a source, or upgrades it first; `given_up` is what follows where that is refused for as long as a phase may last.
pub(super) fn begin(
    (source, upgrade): (&Seen, Option<&str>),
    past: &Past,
    today: Date,
    given_up: impl FnOnce(Reason) -> GivenUp,
) -> Step {
    match needed(source, upgrade, today) {
        Some(platform) => update(platform, past, given_up),
        None => send(Call::StartSource, past),
    }
}

/// Starts a source that this run stopped, after a failure.
pub(super) fn start(
    (source, upgrade): (&Seen, Option<&str>),
    past: &Past,
    today: Date,
    said: impl FnOnce(Reason) -> Reason,
) -> Step {
    match needed(source, upgrade, today) {
        Some(platform) => update(platform, past, |off| GivenUp::End(said(off))),
        None => send_or(Call::StartSource, past, |cause| {
            Step::End(End::Failed(said(Reason::SourceNotStartedAgain { cause })))
        }),
    }
}
