//! The words for why an instance is withheld.

use crate::ids::InstanceName;
use crate::inventory::Status;
use crate::network::Check;
use crate::plan::{MAX_TAGS, WithheldReason, exempt, provenance};
use crate::text::{counted, for_terminal};

use super::check;
use super::hazard::{exempt_by_tag, hazard, managed};

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
        WithheldReason::ExemptByTag { reason, expires } => exempt_by_tag(reason.as_deref(), *expires),
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
        WithheldReason::TagsUnreadable => "its tags could not be read, and its replacement must carry them. \
             Allow sagemaker:ListTags, then plan again."
            .to_owned(),
        WithheldReason::Network { target, failed } => network(target, failed),
        WithheldReason::AlreadyReplaced { by, source: Status::Stopped } => format!(
            "{by} replaces it already. Delete the source once nobody needs the data on it; if it is {by} that \
             is not wanted, delete {by} and plan again."
        ),
        WithheldReason::AlreadyReplaced { by, source } => format!(
            "{by} was made to replace it, but it is {source}, as after a run that failed. Look at both; if {by} \
             is not wanted, delete that one and plan again."
        ),
        WithheldReason::InPlace => "its findings can be repaired on the instance itself. Stop it and use \
             `aws sagemaker update-notebook-instance`."
            .to_owned(),
        WithheldReason::Status { status } => in_status(status),
        WithheldReason::MemberNotReported { member } => format!(
            "AWS did not report {member}, without which it cannot be re-created. Plan again; if that does not \
             help, re-create it by hand."
        ),
        WithheldReason::Unknown { why } => {
            format!("it could not be judged: {why}. Plan again; if that does not help, look at it by hand.")
        }
        WithheldReason::MaybeReplaced { by } => format!(
            "{by} exists and could not be read: it may replace it already. Allow sagemaker:ListTags and \
             sagemaker:DescribeNotebookInstance on it, then plan again."
        ),
        WithheldReason::OneWayPlatform { platform } => format!(
            "its platform {platform} is one that AWS no longer starts: once stopped, it may never run again, \
             and no new instance can have it. Save its data while it runs, then set `allow_one_way = true` in the \
             policy, and `platform` to one that AWS supports."
        ),
        WithheldReason::NoName => format!(
            "no free name of at most {} characters is left for its replacement. Change replacement_name in \
             the policy.",
            InstanceName::MAX_LENGTH
        ),
        WithheldReason::TooManyTags { tags } => too_many_tags(*tags),
    };
    for_terminal(&words)
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
    let excess = tags.saturating_add(ours).saturating_sub(MAX_TAGS).max(1);
    format!(
        "{} would be carried over, and {ours} provenance tags do not fit beside them: AWS allows {MAX_TAGS}. \
         Take at least {excess} off it, then plan again.",
        counted(tags, "tag", "tags")
    )
}

fn without_full_stop(text: &str) -> &str {
    text.trim_end().trim_end_matches('.')
}
