//! Pure: the checker's rules on IAM statements: they are few, in order, and what is to be added is for the replacement alone.

use serde_json::Value;

use crate::plan::naming::{LONGEST_NAME, LONGEST_STATEMENT, MOST, MOST_ACTIONS};
use crate::plan::{Item, NamingStatement, Plan, StatementEffect};

/// More than that no plan says of who has a policy.
const MOST_ATTACHED: usize = 3;

type Report<'a> = dyn FnMut(bool, String) + 'a;

/// What is said of policies that could not be read.
pub(super) fn policies_unread(plan: &Plan, report: &mut Report<'_>) {
    let Some(unread) = &plan.policies_unread else { return };
    report(plan.format_version < 5, "its format does not speak of IAM policies".into());
    let (named, more) = (unread.policies.len(), unread.more_policies);
    report(unread.why.is_some() == (named > 0), "it does not say which IAM policies were not read".into());
    report(named > MOST || (more > 0 && named < MOST), "it counts IAM policies that it could name".into());
    let has_named = plan.items.iter().any(|item| !item.named_by.is_empty());
    report(unread.why.is_some() && has_named, "it tells of IAM policies that it has not read".into());
}

/// What is said of the statements that name the source of an item.
pub(super) fn named_by(plan: &Plan, item: &Item, report: &mut Report<'_>) {
    let Item { named_by, more_named_by, .. } = item;
    let any = !named_by.is_empty() || *more_named_by > 0;
    report(plan.format_version < 5 && any, "its format does not speak of IAM policies".into());
    report(named_by.len() > MOST, format!("it lists more than {MOST} IAM statements"));
    report(*more_named_by > 0 && named_by.len() < MOST, "it counts IAM statements that it could list".into());
    report(!named_by.is_sorted(), "its IAM statements are not in order".into());
    for one in named_by {
        report(!is_bounded(one), format!("the IAM policy {} is told at too great length", one.policy));
        report(
            !is_for_replacement(one, item),
            format!("the statement for {} is not for its replacement", one.policy),
        );
    }
}

fn is_bounded(one: &NamingStatement) -> bool {
    let texts = [&one.policy].into_iter().chain(&one.policy_arn).chain(&one.sid).chain(&one.attached);
    let short = |text: &String| text.chars().count() <= LONGEST_NAME + "...".len();
    let counted = usize::try_from(one.attached_count).is_ok_and(|count| count >= one.attached.len());
    texts.chain(&one.actions).all(short)
        && counted
        && one.attached.len() <= MOST_ATTACHED
        && one.actions.len() <= MOST_ACTIONS
        && one.statement.as_ref().is_none_or(|text| text.len() <= LONGEST_STATEMENT)
}

/// Whoever edits a plan cannot have somebody add more than what was there: the statement is for the replacement, and does
/// what the one beside it does.
fn is_for_replacement(one: &NamingStatement, item: &Item) -> bool {
    let Some(text) = &one.statement else { return true };
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return false };
    let (source, name) =
        (&item.source.description.notebook_instance_arn, &item.request.notebook_instance_name);
    let before = source.as_str().rsplit_once('/').map_or("", |(before, _)| before);
    let own = format!("{before}/{name}");
    let is_own = |value: &Value| value.as_str().is_some_and(|arn| arn.eq_ignore_ascii_case(&own));
    let resource = match (members.get("Resource"), members.get("NotResource")) {
        (Some(one_alone), None) => !one.leaves_out && is_own(one_alone),
        (None, Some(Value::Array(all))) => one.leaves_out && all.last().is_some_and(is_own),
        _ => false,
    };
    let effect = match one.effect {
        StatementEffect::Allow => "Allow",
        StatementEffect::Deny => "Deny",
    };
    let actions = members.get(if one.not_actions { "NotAction" } else { "Action" });
    let told = match actions {
        Some(Value::Array(all)) => {
            let more = usize::try_from(one.more_actions).unwrap_or(usize::MAX);
            all.len() == one.actions.len().saturating_add(more)
        }
        Some(Value::String(_)) => one.actions.len() == 1 && one.more_actions == 0,
        _ => false,
    };
    let effects = members.get("Effect").and_then(Value::as_str) == Some(effect);
    resource && effects && told && one.conditions == members.contains_key("Condition")
}
