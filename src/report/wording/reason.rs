//! The words for why an item was refused, has failed or cannot go on, and for notes.

use crate::inventory::Status;
use crate::journal::{Cause, Note, Purpose, Reason, Words};
use crate::plan::{Drift, Outdated};
use crate::report::commands::go_on;
use crate::text::{counted, for_terminal};

use super::withheld::withheld;

/// Says reasons and notes, for journals of formats that have them in words.
pub const WORDS: Words = Words { reason, note };

/// What a run does with its plan, before the word `run`.
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Apply => "",
        Purpose::Rollback => "rollback of ",
        Purpose::Cleanup => "cleanup after ",
    }
}

/// Why an item was refused, has failed or cannot go on, in one line.
pub fn reason(reason: &Reason) -> String {
    for_terminal(&said(reason))
}

/// A note, in one line.
pub fn note(note: &Note) -> String {
    let words = match note {
        Note::FilesMoved { bytes, entries } => {
            let entries = counted(usize::try_from(*entries).unwrap_or(usize::MAX), "entry", "entries");
            format!("its files ({entries}, {}) are on it, as two equal manifests prove", super::bytes(*bytes))
        }
        Note::Told { text } => text.clone(),
        Note::SourceKept { why } => format!("the source was not deleted: {}", said(why)),
        Note::NotCompared { members, source_kept } => format!(
            "could not be compared, because AWS does not report it of both instances: {}{}",
            members.join(", "),
            if *source_kept { ", so the source was not deleted" } else { "" }
        ),
        Note::SourceDeletedByOthers => "the source was deleted by someone else".to_owned(),
        Note::SourceDeletedInRun => "the source was deleted by someone else during the run".to_owned(),
        Note::SourceStartedInRun { status } => {
            format!("the source is {status}: someone has started it during the run")
        }
        Note::SourceStoppedSincePlan => {
            "the source was running when the plan was made, and stopped when the run came to it: \
             its replacement is stopped, too"
                .to_owned()
        }
        Note::SourceLeftRunning => {
            "the source was left running: stopped, it may never run again. Save its data; then stop it"
                .to_owned()
        }
        Note::SourceStarted => "someone has started the source".to_owned(),
        Note::SourceStoppedByOthers => {
            "the source was running and is stopped now: that was not done by this run, so it was not undone"
                .to_owned()
        }
        Note::PlatformStays { platform } => {
            format!("its platform stays {platform}: AWS does not take the one before back")
        }
        Note::Because { why } => said(why),
    };
    for_terminal(&words)
}

#[expect(clippy::too_many_lines, reason = "a sentence for each code, and nothing else")]
fn said(reason: &Reason) -> String {
    match reason {
        Reason::Told { text } => text.clone(),
        Reason::SourceGone => "the source no longer exists".to_owned(),
        Reason::SourceDrifted { drift } => {
            format!("the source has drifted since the plan was made: {}", drifts(drift))
        }
        Reason::SourceStarted => {
            "the source was stopped when the plan was made and is running now: someone has started it"
                .to_owned()
        }
        Reason::SourceFailed => "the source's status is Failed".to_owned(),
        Reason::SourceBeingDeleted => "the source is being deleted".to_owned(),
        Reason::UpgradedByAws { from, to } => {
            format!("AWS has upgraded it from {from} to {to} since the plan was made: plan again")
        }
        Reason::Outdated { why } => format!("{}: plan again", outdated(why)),
        Reason::Exempt { reason } => {
            format!("it has become exempt since the plan was made: {}", withheld(reason))
        }
        Reason::KeyNotUsable { found } => format!(
            "the KMS key of the replacement's volume cannot be used any more ({found}): enable it, or plan again with another"
        ),
        Reason::OwnKeyNotUsable { found } => format!(
            "the KMS key of the source's own volume cannot be used any more ({found}): once stopped, the source would not start \
             again. Enable the key, or plan again"
        ),
        Reason::SubnetNotUsable { found } => {
            format!("the target's subnet cannot be used any more ({found}): plan again")
        }
        Reason::RoleNotUsable { found } => format!(
            "the execution role cannot be used any more ({found}): neither would a replacement be made with it, nor the source \
             start again. Restore the role, then plan again"
        ),
        Reason::DataNotExported { found } => format!(
            "its files are to be moved by hand, and their export is not proven ({found}): the source was not stopped. Plan \
             again, export them by that plan (remediate data script PLAN ITEM), then apply it"
        ),
        Reason::DataNotImported { found } => format!(
            "its files are not proven to be on the replacement ({found}): the source was kept. Import them (remediate data \
             script PLAN ITEM --import), then clean up again"
        ),
        Reason::BucketNotUsable { bucket, found } => format!(
            "its files cannot be moved through the bucket {bucket} ({found}): nothing was stopped. Mend that, then plan again"
        ),
        Reason::FilesNotMoved { transfer, found } => {
            format!("the {} of its files failed: {found}", transfer.as_str())
        }
        Reason::ConfigStays { name, config, cause } => {
            let why = cause.as_ref().map(|cause| format!(" ({})", self::cause(cause))).unwrap_or_default();
            format!(
                "`{name}` still has the lifecycle configuration `{config}` of this run, which could not be taken away{why}: once \
                 it is Stopped, roll back, or give it its own and delete that one"
            )
        }
        Reason::ConfigLeft { config, cause } => format!(
            "the lifecycle configuration `{config}` of this run could not be deleted ({}): delete it by hand",
            self::cause(cause)
        ),
        Reason::SourceWouldNotStart { found } => format!(
            "the source would not start again ({found}): what runs was left running. Mend that, then roll back again"
        ),
        Reason::BegunByRun { run, purpose: of } => format!(
            "{}run {run} of another plan has begun it and not ended it: end that first, with `{}`",
            purpose(*of),
            go_on(*of, run)
        ),
        Reason::ChangedByRun { run, purpose: of } => {
            format!("{}run {run} has worked on it since this plan was made: plan again", purpose(*of))
        }
        Reason::LeftByEarlierRun { name, status } => format!(
            "an earlier run of this plan left `{name}` behind, in status {status}, and did not come to its end: \
             resume that run, or look at both instances by hand"
        ),
        Reason::MadeByRun { name, run } => format!(
            "`{name}` was made by run {run} of this plan, and is left to it: go on with that run, or roll it back, where its \
             journal is"
        ),
        Reason::NameTaken { name } => {
            format!("the name `{name}` is taken by an instance that this plan did not make")
        }
        Reason::SourceDeletedByOthers => "the source was deleted by someone else".to_owned(),
        Reason::SourceDriftedInRun { drift } => {
            format!("the source drifted during the run: {}", drifts(drift))
        }
        Reason::SourceStartedInRun => "someone has started the source during the run".to_owned(),
        Reason::SourceBecameFailed => "the source's status became Failed".to_owned(),
        Reason::SourceBeingDeletedByOthers => "the source is being deleted by someone else".to_owned(),
        Reason::ReplacementBeingDeletedByOthers => {
            "the replacement is being deleted by someone else".to_owned()
        }
        Reason::ReplacementFailed { cause } => format!("the replacement failed: {}", self::cause(cause)),
        Reason::NotAsRequested { wrong } => {
            format!("the replacement is not as requested: {}", wrong.join("; "))
        }
        Reason::SourceDeletedByUs { purpose } => {
            let by = if *purpose == Purpose::Cleanup { "cleanup" } else { "run" };
            format!("it cannot be undone: its source was deleted by the {by}")
        }
        Reason::NothingToGoBackTo => {
            "the source does not exist any more: there is nothing to go back to, and its \
             replacement is left alone"
                .to_owned()
        }
        Reason::SourceCannotBeStarted { status } => {
            format!("cannot roll back: the source is {status}. Its replacement was left alone")
        }
        Reason::PlatformNotStarted { platform } => format!(
            "the source's platform {platform} is one that AWS no longer starts: it cannot be gone back to. Its replacement \
             was left alone"
        ),
        Reason::SourceKeyUnusable => {
            "the plan says that the KMS key of the source's volume cannot be used. Start the \
             source, and give the command again once it runs. Its replacement was left alone"
                .to_owned()
        }
        Reason::PlatformStays { platform } => format!(
            "nothing but its platform was changed, to {platform}, and AWS does not take the one before back"
        ),
        Reason::SourceFailedToStart { cause } => {
            format!("the source failed to start: {}", self::cause(cause))
        }
        Reason::ReplacementInUse => {
            "the replacement was left stopped and is running now: someone has started it, and \
             may work on it"
                .to_owned()
        }
        Reason::ReplacementNotProvedOurs { name } => format!(
            "`{name}` does not carry the tags of this run any more: whether it is ours cannot be proved"
        ),
        Reason::SourceNotDeleted { why } => format!("the source was not deleted: {}", said(why)),
        Reason::ReplacementGone { name } => {
            format!("the replacement `{name}` does not exist any more: the source is all there is")
        }
        Reason::ReplacementNotOurs { name } => {
            format!("`{name}` does not carry the tags of this run any more")
        }
        Reason::ReplacementNotAtRest { status } => format!("the replacement is {status}"),
        Reason::NoLongerAsRequested { wrong } => {
            format!("the replacement is not as requested any more: {}", wrong.join("; "))
        }
        Reason::NotVerified { members } => format!(
            "the replacement is not verified: AWS does not report {} of both instances",
            members.join(", ")
        ),
        Reason::SourceInUse { status } => format!("the source is {status}: someone has started it since"),
        Reason::SourceChanged { modified, at_rest: Some(at_rest) } => format!(
            "the source was changed at {modified}, after the run had seen it at rest (last changed at {at_rest}): someone \
             has used it since"
        ),
        Reason::SourceChanged { modified, at_rest: None } => format!(
            "the source was changed at {modified}, after its replacement was created: someone has used it since"
        ),
        Reason::SourceMayHaveBeenUsed => {
            "it is not certain that nobody used the source between the run's last call to \
             it and its rest: the run was interrupted, looked away, or saw it run"
                .to_owned()
        }
        Reason::ChangeNotReported => {
            "AWS does not report when the source was last changed: whether someone has used it \
             is not known"
                .to_owned()
        }
        Reason::CallFailed { cause } => self::cause(cause),
        Reason::StillInStatus { name, status, minutes } => still(name.as_str(), status.as_ref(), *minutes),
        Reason::NotOursToForce { name, status, minutes } => {
            format!("{}: not ours to force", still(name.as_str(), status.as_ref(), *minutes))
        }
        Reason::StartedAfterStop { name, status, minutes } => format!(
            "{}, although its stop was accepted: someone has started it",
            still(name.as_str(), status.as_ref(), *minutes)
        ),
        Reason::NoTime { minutes, cause } => {
            format!("AWS had no time for it in {minutes} minutes: {}", self::cause(cause))
        }
        Reason::Unreadable { cause } => format!("it could not be read: {}", self::cause(cause)),
        Reason::UnreadableAnyMore { cause } => {
            format!("it could not be read any more: {}", self::cause(cause))
        }
        Reason::RegionRefused { cause } => format!(
            "its region refuses this caller or does not answer, so nothing more was sent there. Enable the region or restore \
             access to it, then resume. {}",
            self::cause(cause)
        ),
        Reason::SourceNotStartedAgain { cause } => {
            format!("the source could not be started again: {}", self::cause(cause))
        }
        Reason::SourceOff { platform, cause } => format!(
            "the source is OFF: AWS no longer starts its platform {platform}, and the update to another came to nothing: {}",
            self::cause(cause)
        ),
        Reason::FailedReplacementNotStopped { cause } => format!(
            "the failed replacement could not be stopped, so it was not deleted: {}",
            self::cause(cause)
        ),
        Reason::FailedReplacementNotDeleted { cause } => {
            format!("the failed replacement could not be deleted: {}", self::cause(cause))
        }
        Reason::ReplacementNotStartedAgain { cause } => {
            format!("the replacement could not be started again: {}", self::cause(cause))
        }
        Reason::Then { first, then } => format!("{}; and {}{}", said(first), link(then), said(then)),
    }
}

/// What did not follow from the failure, but came after it.
fn link(then: &Reason) -> &'static str {
    let after = matches!(
        then,
        Reason::NotOursToForce { .. }
            | Reason::StartedAfterStop { .. }
            | Reason::NoTime { .. }
            | Reason::UnreadableAnyMore { .. }
            | Reason::RegionRefused { .. }
    );
    if after { "then " } else { "" }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Refused { error } => error.to_string(),
        Cause::NoEffect { call, attempts, last } => {
            let last =
                last.as_ref().map(|error| format!("; the last answer was: {error}")).unwrap_or_default();
            format!("{} had no effect in {attempts} attempts{last}", call.operation())
        }
        Cause::InstanceFailed { reason, denied: _ } => {
            reason.clone().unwrap_or_else(|| "AWS gives no reason".to_owned())
        }
    }
}

fn still(name: &str, status: Option<&Status>, minutes: u64) -> String {
    let status = status.map_or_else(|| "not visible".to_owned(), ToString::to_string);
    format!("`{name}` is still {status} after {minutes} minutes")
}

fn drifts(drifts: &[Drift]) -> String {
    let words = drifts
        .iter()
        .map(|Drift { member, expected, found }| format!("{member} was {expected} and is {found}"));
    words.collect::<Vec<_>>().join("; ")
}

fn outdated(outdated: &Outdated) -> String {
    match outdated {
        Outdated::NotCreated { platform } => {
            format!("AWS creates no instances with the platform {platform} any more")
        }
        Outdated::NotOnType { platform, instance_type } => {
            format!("the platform {platform} does not run on {instance_type}")
        }
        Outdated::NotStarted { platform } => format!(
            "AWS no longer starts the source's platform {platform}, and this plan was made without saying so"
        ),
        Outdated::Alias { alias } => {
            format!("its KMS key is named by an alias ({alias}), and which key was reviewed is not known")
        }
    }
}
