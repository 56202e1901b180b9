//! Pure: which statements of IAM policies hold for a source and not for its replacement, or the other way round. A replacement
//! has a name of its own, and so an ARN of its own.

use serde_json::{Map, Value, json};

use crate::inventory::{
    AccountPolicies, ArnPattern, Companions, InstancePolicy, InstanceStatement, Matches, PolicyName,
};
use crate::plan::{Item, NamingStatement, PoliciesUnread, StatementEffect};

/// The most statements that an item lists, and policies that could not be understood. The others are counted.
pub(super) const MOST: usize = 20;
/// The most actions of a statement that are listed.
pub(super) const MOST_ACTIONS: usize = 6;
/// The longest statement that is given, in bytes: a plan is to be read.
pub(super) const LONGEST_STATEMENT: usize = 2_048;
/// The longest name, in characters: IAM's own are shorter, but for ARNs with a path.
pub(super) const LONGEST_NAME: usize = 700;

/// What of the policies is not known; nothing where nobody has asked.
pub(super) fn unread(companions: &Companions) -> Option<PoliciesUnread> {
    match companions.policies.as_ref()? {
        // Each call has another request id, and the same plan is to be the same bytes.
        Err(error) => {
            let why = crate::api_error::ApiError { request_id: None, ..error.clone() }.to_string();
            Some(PoliciesUnread { why: Some(why), policies: Vec::new(), more_policies: 0 })
        }
        Ok(AccountPolicies { unread, .. }) if unread.is_empty() => None,
        Ok(AccountPolicies { unread, .. }) => {
            let called = |one: &PolicyName| match one.attached.first().filter(|_| one.arn.is_none()) {
                Some(holder) => cut(&format!("{} of {holder}", one.name)),
                None => cut(&one.name),
            };
            let policies = unread.iter().take(MOST).map(called).collect();
            Some(PoliciesUnread { why: None, policies, more_policies: over(unread.len(), MOST) })
        }
    }
}

/// The statements that name the source of an item and not its replacement, and how many more there are.
pub(super) fn of(item: &Item, companions: &Companions) -> (Vec<NamingStatement>, u32) {
    let Some(Ok(all)) = &companions.policies else { return (Vec::new(), 0) };
    let arns = Arns::of(item);
    let mut found: Vec<NamingStatement> = all.policies.iter().flat_map(|one| in_policy(one, &arns)).collect();
    found.sort();
    let more = over(found.len(), MOST);
    found.truncate(MOST);
    (found, more)
}

fn over(length: usize, most: usize) -> u32 {
    u32::try_from(length.saturating_sub(most)).unwrap_or(u32::MAX)
}

/// What a source is called, and what its replacement will be.
struct Arns {
    source: String,
    replacement: String,
}

impl Arns {
    fn of(item: &Item) -> Arns {
        let source = item.source.description.notebook_instance_arn.as_str();
        let name = item.request.notebook_instance_name.as_str();
        let (before, own) = source.rsplit_once('/').unwrap_or((source, ""));
        // As AWS spells the source: it lower-cases the names in some ARNs, and IAM tells cases apart.
        let kept = own == item.id.name.as_str();
        let name = if kept { name.to_owned() } else { name.to_ascii_lowercase() };
        Arns { source: source.to_owned(), replacement: format!("{before}/{name}") }
    }

    /// Whether patterns match the one and not the other: certainly, perhaps, or certainly not.
    fn told_apart(&self, patterns: &[ArnPattern]) -> Matches {
        let of = |arn: &str| patterns.iter().map(|one| one.matches(arn)).max().unwrap_or(Matches::No);
        match (of(&self.source), of(&self.replacement)) {
            (Matches::No, _) | (_, Matches::Yes) => Matches::No,
            (Matches::Yes, Matches::No) => Matches::Yes,
            (Matches::Yes | Matches::Maybe, _) if self.is_carried_over(patterns) => Matches::No,
            (Matches::Yes | Matches::Maybe, Matches::No | Matches::Maybe) => Matches::Maybe,
        }
    }

    /// Whether each pattern that may match the source then matches the replacement, too, whoever calls.
    fn is_carried_over(&self, patterns: &[ArnPattern]) -> bool {
        let longer = self.replacement.to_ascii_lowercase().starts_with(&self.source.to_ascii_lowercase());
        let of_source = |one: &&ArnPattern| one.matches(&self.source) != Matches::No;
        longer && patterns.iter().filter(of_source).all(ArnPattern::is_open_ended)
    }
}

fn in_policy(policy: &InstancePolicy, arns: &Arns) -> Vec<NamingStatement> {
    let told = |one: &InstanceStatement| match arns.told_apart(&one.resources) {
        Matches::No => None,
        Matches::Maybe => Some(naming(&policy.name, one, true, arns)),
        Matches::Yes => Some(naming(&policy.name, one, false, arns)),
    };
    policy.statements.iter().filter_map(told).collect()
}

fn naming(policy: &PolicyName, one: &InstanceStatement, uncertain: bool, arns: &Arns) -> NamingStatement {
    let statement = Value::Object(amended(one, &arns.replacement)).to_string();
    NamingStatement {
        uncertain,
        policy: cut(&policy.name),
        policy_arn: policy.arn.as_deref().map(cut),
        attached: policy.attached.iter().map(|holder| cut(holder)).collect(),
        attached_count: policy.attached_count,
        sid: one.members.get("Sid").and_then(Value::as_str).map(cut),
        effect: if one.denies { StatementEffect::Deny } else { StatementEffect::Allow },
        actions: one.actions.iter().take(MOST_ACTIONS).map(|action| cut(action)).collect(),
        more_actions: over(one.actions.len(), MOST_ACTIONS),
        not_actions: one.is_not_action,
        conditions: one.members.contains_key("Condition"),
        leaves_out: one.is_not_resource,
        statement: (statement.len() <= LONGEST_STATEMENT).then_some(statement),
    }
}

/// The statement for the replacement. Beside the one that is there, it has another `Sid`, or none; where the source is left
/// out, the replacement must be left out by the same statement.
fn amended(one: &InstanceStatement, replacement: &str) -> Map<String, Value> {
    let mut members = one.members.clone();
    if !one.is_not_resource {
        members.remove("Sid");
        members.insert("Resource".to_owned(), json!(replacement));
        return members;
    }
    let all = match members.remove("NotResource") {
        Some(Value::Array(all)) => all,
        one => one.into_iter().collect(),
    };
    let all = all.into_iter().chain([json!(replacement)]).collect();
    members.insert("NotResource".to_owned(), Value::Array(all));
    members
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
