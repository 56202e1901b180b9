//! The words for IAM policies that name a source and not its replacement.

use crate::plan::{NamingStatement, PoliciesUnread, StatementEffect};
use crate::text::{commas, counted, for_terminal, noun};

/// Who has a statement that names a source, and what becomes of them. One line.
pub fn naming(one: &NamingStatement) -> String {
    let NamingStatement { policy, policy_arn, sid, effect, .. } = one;
    let kind = if policy_arn.is_some() { "managed policy" } else { "inline policy" };
    let sid = sid.as_ref().map(|sid| format!(", statement {sid}")).unwrap_or_default();
    let effect = match effect {
        StatementEffect::Allow => "Allow",
        StatementEffect::Deny => "Deny",
    };
    let except = if one.not_actions { "all but " } else { "" };
    let more = if one.more_actions > 0 { format!(" and {} more", one.more_actions) } else { String::new() };
    let conditions = if one.conditions { ", has conditions" } else { "" };
    let long = if one.statement.is_none() { " The statement is too long to show here." } else { "" };
    for_terminal(&format!(
        "{} {}: {kind} {policy}{sid} ({effect} {except}{}{more}{conditions}).{long}",
        holders(one),
        fate(one),
        commas(&one.actions)
    ))
}

/// Those who have the policy: the first of them by name.
fn holders(one: &NamingStatement) -> String {
    let more = (one.attached_count as usize).saturating_sub(one.attached.len());
    match (one.attached.is_empty(), more) {
        (true, more) => counted(more, "holder", "holders"),
        (false, 0) => commas(&one.attached),
        (false, more) => format!("{} and {more} more", commas(&one.attached)),
    }
}

/// What becomes of them on the replacement.
fn fate(one: &NamingStatement) -> &'static str {
    let alone = if one.attached_count == 1 { 1 } else { 2 };
    match (one.uncertain, one.effect, one.leaves_out) {
        (false, StatementEffect::Allow, false) => noun(alone, "loses access", "lose access"),
        (false, StatementEffect::Deny, false) => noun(alone, "is no longer denied", "are no longer denied"),
        (false, StatementEffect::Deny, true) => noun(alone, "is denied access", "are denied access"),
        (false, StatementEffect::Allow, true) => noun(alone, "gets access", "get access"),
        (true, StatementEffect::Allow, false) => "may lose access (policy variables decide)",
        (true, StatementEffect::Deny, false) => "may no longer be denied (policy variables decide)",
        (true, StatementEffect::Deny, true) => "may be denied access (policy variables decide)",
        (true, StatementEffect::Allow, true) => "may get access (policy variables decide)",
    }
}

/// What is to be done with the statement that is given.
pub fn amendment(one: &NamingStatement) -> &'static str {
    if one.leaves_out { "Put in place of that statement:" } else { "Add to that policy:" }
}

/// That there are statements of which an item lists none.
pub fn more_naming(more: u32) -> String {
    format!("{} not listed here.", counted(more as usize, "more statement is", "more statements are"))
}

/// What of the IAM policies is not known, and what would tell.
pub fn policies_unread(unread: &PoliciesUnread) -> String {
    let PoliciesUnread { why, policies, more_policies } = unread;
    let words = match why {
        Some(why) => format!(
            "IAM policies were not read: who loses access is not known ({why}). Allow \
             iam:GetAccountAuthorizationDetails, then plan again."
        ),
        None => {
            let more = if *more_policies > 0 { format!(" and {more_policies} more") } else { String::new() };
            format!(
                "IAM policies that could not be understood: {}{more}. Who loses access by them is not known.",
                commas(policies)
            )
        }
    };
    for_terminal(&words)
}
