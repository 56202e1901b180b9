//! Who may do what: identity policies, and whether they allow a call. Where a scenario gives a caller policies, what
//! these do not allow is denied.
//!
//! What the sandbox does not know of IAM makes a policy invalid: nothing is allowed by having been overlooked. Only
//! identity policies are looked at: there are no boundaries, no policies of an organization, and none of resources but
//! that another account's key is denied (`service/kms.rs`).

mod condition;
mod demand;
mod document;
mod launch;
mod s3;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::ids::Region;
use crate::sandbox::answer::AwsError;
use crate::sandbox::request::{Request, Service};
use crate::sandbox::service::Caller;
use crate::sandbox::trouble::{self, Denial};
use crate::sandbox::world::World;

use condition::Condition;
use demand::Demand;
pub use document::InvalidPolicy;
pub(crate) use s3::judge as judge_s3;

/// An identity policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy(Vec<Statement>);

/// Policies by who has them: `None` for the account's own user, else the role of that name. Whoever is not here may do
/// everything.
pub(crate) type Identities = BTreeMap<Option<String>, Vec<Policy>>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    allows: bool,
    actions: Matcher,
    resources: Matcher,
    conditions: Vec<Condition>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Matcher {
    patterns: Vec<String>,
    negated: bool,
}

/// What is known of a call, by the condition key in lower case. A key that is absent is one that the call has not.
type Facts = BTreeMap<String, Vec<String>>;

/// What the policies say of one action on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    /// Nothing allows it.
    NotAllowed,
    /// Something denies it, whatever allows it.
    Denied,
}

impl Statement {
    fn is_about(&self, (action, resource): (&str, &str), facts: &Facts) -> bool {
        self.actions.matches(action, Case::Ignored)
            && self.resources.matches(resource, Case::Counts)
            && self.conditions.iter().all(|condition| condition.holds(facts))
    }
}

impl Matcher {
    fn matches(&self, text: &str, case: Case) -> bool {
        self.patterns.iter().any(|pattern| like(pattern, text, case)) != self.negated
    }
}

/// Whether letters match whatever their case: those of actions do, those of resources do not (IAM user guide, "IAM JSON
/// policy elements").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Ignored,
    Counts,
}

/// Whether a text is like a pattern, in which `*` stands for anything and `?` for one character.
fn like(pattern: &str, text: &str, case: Case) -> bool {
    let letters = |text: &str| -> Vec<char> {
        match case {
            Case::Ignored => text.to_ascii_lowercase().chars().collect(),
            Case::Counts => text.chars().collect(),
        }
    };
    let (pattern, text) = (letters(pattern), letters(text));
    // The text so far matches the first `n` characters of the pattern, for each `n` that is true here.
    let mut reached = vec![false; pattern.len() + 1];
    let past_stars = |reached: &mut Vec<bool>| {
        for (at, letter) in pattern.iter().enumerate() {
            if *letter == '*' && reached[at] {
                reached[at + 1] = true;
            }
        }
    };
    reached[0] = true;
    past_stars(&mut reached);
    for letter in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            match wanted {
                '*' => next[at] |= reached[at],
                '?' => next[at + 1] |= reached[at],
                exact => next[at + 1] |= reached[at] && *exact == letter,
            }
        }
        past_stars(&mut next);
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

fn verdict(policies: &[Policy], on: (&str, &str), facts: &Facts) -> Verdict {
    let about = policies.iter().flat_map(|Policy(statements)| statements);
    let about: Vec<&Statement> = about.filter(|statement| statement.is_about(on, facts)).collect();
    if about.iter().any(|statement| !statement.allows) {
        Verdict::Denied
    } else if about.is_empty() {
        Verdict::NotAllowed
    } else {
        Verdict::Allowed
    }
}

/// What the policies of a caller make of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    Admitted,
    /// The call is refused.
    Refused(AwsError),
    /// The call is accepted, and what it begins fails for this reason.
    FailsLater(String),
}

/// The policies that a caller has; `None` where it may do everything.
fn policies_of<'w>(world: &'w World, caller: &Caller) -> Option<&'w [Policy]> {
    let identities = &world.accounts.get(&caller.account)?.identities;
    let role = caller.arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    identities.get(&role.map(str::to_owned)).map(Vec::as_slice)
}

/// Judges a call of any service but S3.
pub(crate) fn judge(world: &World, caller: &Caller, request: &Request, region: &Region) -> Judgement {
    let Some(policies) = policies_of(world, caller) else { return Judgement::Admitted };
    let mut later = None;
    for demand in demand::demands(world, caller, request, region) {
        let Some(denial) = refused(policies, caller, &demand) else { continue };
        if !demand.later {
            return Judgement::Refused(trouble::denied(request.service, &denial));
        }
        later = later.or_else(|| Some(reason(&denial)));
    }
    later.map_or(Judgement::Admitted, Judgement::FailsLater)
}

/// Why a demand is not met, if it is not: it must be allowed on each of its resources.
fn refused(policies: &[Policy], caller: &Caller, demand: &Demand) -> Option<Denial> {
    let denial = |resource: &String, explicit: bool| Denial {
        caller: caller.arn.clone(),
        action: demand.action.clone(),
        resource: resource.clone(),
        explicit,
    };
    demand.resources.iter().find_map(|resource| {
        match verdict(policies, (&demand.action, resource), &demand.facts) {
            Verdict::Allowed => None,
            Verdict::NotAllowed => Some(denial(resource, false)),
            Verdict::Denied => Some(denial(resource, true)),
        }
    })
}

/// What an instance that could not be launched says. AWS's own text names `ec2:CreateNetworkInterface` and goes on with
/// the failure in encoded form (aws/aws-sdk-go#4071 [I]); that it names other permissions is [INF].
fn reason(denial: &Denial) -> String {
    let error = trouble::denied(Service::Ec2, denial);
    format!(
        "Unable to create or start a notebook instance that can access resources in your VPC. Please check if you have \
         {} permission. {}",
        denial.action, error.message
    )
}

impl World {
    /// From now on the own user of each account may do what these documents allow, and nothing else.
    ///
    /// # Errors
    /// What is wrong with the first of them that is no identity policy, or has something that the sandbox does not know.
    pub fn allow_only<'d>(
        &mut self,
        documents: impl IntoIterator<Item = &'d str>,
    ) -> Result<(), InvalidPolicy> {
        let policies: Vec<Policy> =
            documents.into_iter().map(document::parse).collect::<Result<_, InvalidPolicy>>()?;
        for account in self.accounts.values_mut() {
            account.identities.insert(None, policies.clone());
        }
        Ok(())
    }
}

/// Reads a policy document.
pub(crate) fn parse(text: &str) -> Result<Policy, InvalidPolicy> {
    document::parse(text)
}
