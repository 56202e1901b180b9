//! The words for why an instance is withheld.

use crate::facts::{limits, platforms};
use crate::ids::{InstanceName, RunId};
use crate::inventory::Status;
use crate::journal::Purpose;
use crate::network::Check;
use crate::plan::{Unmovable, WithheldReason, exempt, provenance};
use crate::report::commands::go_on;
use crate::rules::RuleId;
use crate::text::{commas, counted, for_terminal};

use super::check::check;
use super::hazard::{exempt_by_tag, hazard, managed};

const TAGS_UNREADABLE: &str = "its tags could not be read, and its replacement must carry them. Allow sagemaker:ListTags, then plan again.";

/// Why an instance is withheld, and what to do about it.
pub fn withheld(reason: &WithheldReason) -> String {
    let words = match reason {
        WithheldReason::Exempt { reason, expires, ticket } => {
            let ticket = ticket.as_ref().map(|ticket| format!(" ({ticket})")).unwrap_or_default();
            format!(
                "exempt until {expires}{ticket}: {}. To replace it sooner, take the exemption out of the policy.",
                without_full_stop(reason)
            )
        }
        WithheldReason::ExemptByTag { reason, expires, tagged } => {
            exempt_by_tag(reason.as_deref(), *expires, *tagged)
        }
        WithheldReason::ExemptTagUnclear { value } => format!(
            "its tag {} is `{value}`, from which no day can be read. Write it as 2027-03-31, or take it off.",
            exempt::UNTIL
        ),
        WithheldReason::Managed { owner } => managed(owner),
        WithheldReason::Hazards { hazards } => {
            // With its kind: that is what [hazards] in the policy calls it.
            let words = hazards.iter().map(|one| format!("{}: {}", one.kind.as_str(), hazard(one)));
            words.collect::<Vec<_>>().join(" ")
        }
        WithheldReason::NoTarget => {
            "no target of the policy matches it. Add a [[target]] for it, or an [[exempt]].".to_owned()
        }
        WithheldReason::TagsUnreadable => TAGS_UNREADABLE.to_owned(),
        WithheldReason::Network { target, failed } => network(target, failed),
        WithheldReason::BeingReplaced { by, run, status, rollback } => {
            being_replaced((by, status), run, *rollback)
        }
        WithheldReason::AlreadyReplaced { by, source, run, verified } => {
            already_replaced((by, source), run.as_ref(), *verified)
        }
        WithheldReason::ReplacedWrongly { by, run, why, used: true } => format!(
            "run {run} made {by} to replace it, which is not as it must be now: {why}. Somebody may have worked on {by}: look at \
             it and repair it, then plan again."
        ),
        WithheldReason::ReplacedWrongly { by, run, why, used: false } => format!(
            "run {run} made {by} to replace it, which is not as it must be: {why}. To undo that: {}; then plan again.",
            go_on(Purpose::Rollback, run)
        ),
        WithheldReason::InPlace => {
            "its findings can be repaired on the instance itself. Plan again with this version.".to_owned()
        }
        WithheldReason::NotRepaired { rules } => not_repaired(rules),
        WithheldReason::NeedsUpgrade { platform } => needs_upgrade(platform),
        WithheldReason::PlatformNotUpgradable { platform } => not_upgradable(platform),
        WithheldReason::Status { status } => in_status(status),
        WithheldReason::MemberNotReported { member } => format!(
            "AWS did not report {member}, without which it cannot be re-created. Plan again; if that does not \
             help, re-create it by hand."
        ),
        WithheldReason::Unknown { why } => {
            format!("it could not be judged: {why}. Plan again; if that does not help, look at it by hand.")
        }
        WithheldReason::MaybeReplaced { by, missing } => maybe_replaced(by, missing),
        WithheldReason::OneWayPlatform { platform } => {
            one_way(&format!("AWS no longer starts its platform {platform}"), "")
        }
        WithheldReason::SourceKeyUnusable { found } => one_way(
            &format!("the KMS key of its volume cannot be used ({found})"),
            "Enable the key, or cancel its deletion; or else: ",
        ),
        WithheldReason::DataCannotMove { why } => cannot_move(why),
        WithheldReason::NoName => format!(
            "no free name of at most {} characters is left for its replacement. Change replacement_name in \
             the policy.",
            InstanceName::MAX_LENGTH
        ),
        WithheldReason::TooManyTags { tags } => too_many_tags(*tags),
    };
    for_terminal(&words)
}

fn cannot_move(why: &Unmovable) -> String {
    match why {
        Unmovable::SourceNotStarted { platform } => not_started(platform),
        Unmovable::SourceNotStopped => format!(
            "to export its files the run has to stop it, and it might never run again. {BY_HAND} To replace it without its \
             files, set `data = \"none\"`."
        ),
        Unmovable::SourceKeyUnusable { found } => format!(
            "to export its files the run has to start it, and the KMS key of its volume cannot be used ({found}). Enable the \
             key, or cancel its deletion, then plan again. {BY_HAND}"
        ),
        Unmovable::SourceStopped => {
            "its files are to be moved by hand, and it is stopped: nobody can export them. Have its owner start it, plan again, \
             export its files while it runs (remediate data script), and then apply that plan. To replace it without its \
             files, set `data = \"none\"`."
                .to_owned()
        }
        Unmovable::BucketName { name } => format!(
            "its files are to be moved, and `{name}` is the name of no bucket. Change `bucket` in [transfer], then plan again."
        ),
    }
}

/// Who else can export files.
const BY_HAND: &str =
    "If it runs, its owner can export them instead: set `by = \"hand\"` in [transfer], then plan again.";

fn not_started(platform: &str) -> String {
    let upgraded = platforms::known(platform).and_then(|platform| platform.upgraded_to);
    let consent = upgraded.map(|to| {
        format!(
            "To have it upgraded for that, which cannot be undone, set `upgrade_source = \"{to}\"` in the policy, then plan \
             again. "
        )
    });
    format!(
        "to export its files the run has to start it, and AWS no longer starts its platform {platform}. {}{BY_HAND} To replace it \
         without its files, set `data = \"none\"`.",
        consent.unwrap_or_default()
    )
}

fn not_repaired(rules: &[RuleId]) -> String {
    let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
    format!(
        "it can be repaired in place, but the policy leaves what {} found as it is. Set what repairs that in the target that \
         matches it, or in [defaults] where none does.",
        commas(&rules)
    )
}

fn needs_upgrade(platform: &str) -> String {
    format!(
        "to repair it in place it may have to be stopped, and AWS no longer starts its platform {platform}. To have it \
         upgraded as it is repaired, which cannot be undone, set `upgrade_source = \"notebook-al2023-v1\"` in the policy."
    )
}

fn not_upgradable(platform: &str) -> String {
    format!(
        "AWS upgrades the platform {platform} to no other, and no longer starts it: it cannot be repaired in place. Create a \
         new instance, and save its data while it runs."
    )
}

/// Only the run that made a replacement can tell whether it is what was asked for, and only it takes back what it did.
fn being_replaced((by, status): (&InstanceName, &Status), run: &RunId, rollback: bool) -> String {
    if rollback {
        return format!(
            "run {run} replaced it by {by} ({status}) and is being rolled back. To finish that: {}",
            go_on(Purpose::Rollback, run)
        );
    }
    format!(
        "run {run} is replacing it by {by} ({status}) and has not finished. To finish: {}. To undo: {}",
        go_on(Purpose::Apply, run),
        go_on(Purpose::Rollback, run)
    )
}

fn already_replaced((by, source): (&InstanceName, &Status), run: Option<&RunId>, verified: bool) -> String {
    let Some(run) = run else {
        return format!(
            "already replaced by {by}. Plan again with this version to see by which run, and how to go on."
        );
    };
    let running = if *source == Status::Stopped {
        String::new()
    } else {
        format!(", and it is {source} all the same: somebody may be at work on it")
    };
    if verified {
        return format!(
            "already replaced by {by} (verified, run {run}){running}. When its data is no longer needed and the plan was made \
             with delete_source = \"cleanup\": {}. To undo: {}",
            go_on(Purpose::Cleanup, run),
            go_on(Purpose::Rollback, run)
        );
    }
    format!(
        "{by} of run {run} replaces it, or is on its way to{running}. The run's journal is not here, so that how far the run came \
         is not known: plan with the --state-dir where it is, or look there with `remediate status {run}`."
    )
}

fn maybe_replaced(by: &InstanceName, missing: &[String]) -> String {
    if missing.is_empty() {
        return format!(
            "{by} exists and could not be read: it may replace it already. Allow sagemaker:ListTags and \
             sagemaker:DescribeNotebookInstance on it, then plan again."
        );
    }
    format!(
        "{by} may replace it already: it has some of the tags of a replacement, but lacks {}. Put the missing back if it \
         does, take the others off if it does not, then plan again.",
        missing.join(" and ")
    )
}

fn network(target: &str, failed: &[Check]) -> String {
    if failed.is_empty() {
        return format!(
            "target {target} is not safe to use. Correct the network or the target, then plan again."
        );
    }
    let checks: Vec<String> = failed.iter().map(check).collect();
    format!(
        "target {target} is not safe to use: {}. Correct the network or the target, then plan again.",
        checks.join("; ")
    )
}

fn in_status(status: &Status) -> String {
    let advice = match status {
        Status::Pending | Status::Stopping | Status::Updating => {
            "Wait until it is InService or Stopped, then plan again."
        }
        Status::PendingMaintenance | Status::InMaintenance => {
            "Wait until AWS is done with its maintenance, then plan again."
        }
        Status::Failed => "Look at its failure reason and repair or delete it, then plan again.",
        Status::Deleting => "Nothing is left to do once it is gone.",
        Status::InService | Status::Stopped => "Plan again.",
        Status::Other(_) => {
            "This version does not know that status; look at the instance in the AWS console."
        }
    };
    format!("it is in status {status}, from which it cannot be replaced. {advice}")
}

fn too_many_tags(tags: u32) -> String {
    let (tags, ours) = (tags as usize, provenance::KEYS.len());
    let excess = tags.saturating_add(ours).saturating_sub(limits::TAGS).max(1);
    format!(
        "{} would be carried over, and {ours} provenance tags do not fit beside them: AWS allows {}. \
         Take at least {excess} off it, then plan again.",
        counted(tags, "tag", "tags"),
        limits::TAGS
    )
}

fn without_full_stop(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}

/// Why a source that runs is not stopped, and what else to do.
fn one_way(why: &str, first: &str) -> String {
    format!(
        "it runs, and {why}: once stopped, it may never run again. {first}Save its data while it runs, then set \
         `allow_one_way = true` in the policy; or let its replacement come first, with `order = \"create-first\"`."
    )
}
