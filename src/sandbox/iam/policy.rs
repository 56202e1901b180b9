//! Identity policies, and what they say of one action on one resource.

use std::collections::BTreeMap;

use super::condition::{Condition, Facts};
use super::pattern::{Case, like};

/// An identity policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy(pub(super) Vec<Statement>);

/// Policies by who has them: `None` for the account's own user, else the role of that name. Whoever is not here may do
/// everything.
pub(crate) type Identities = BTreeMap<Option<String>, Vec<Policy>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) allows: bool,
    pub(super) actions: Matcher,
    pub(super) resources: Matcher,
    pub(super) conditions: Vec<Condition>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher {
    pub(super) patterns: Vec<String>,
    pub(super) negated: bool,
}

/// What the policies say of one action on one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// Nothing allows it.
    NotAllowed,
    /// Something denies it, whatever allows it.
    Denied,
}

impl Statement {
    pub(super) fn is_about(&self, (action, resource): (&str, &str), facts: &Facts) -> bool {
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

pub(super) fn verdict(policies: &[Policy], on: (&str, &str), facts: &Facts) -> Decision {
    let about = policies.iter().flat_map(|Policy(statements)| statements);
    let about: Vec<&Statement> = about.filter(|statement| statement.is_about(on, facts)).collect();
    if about.iter().any(|statement| !statement.allows) {
        Decision::Denied
    } else if about.is_empty() {
        Decision::NotAllowed
    } else {
        Decision::Allowed
    }
}
