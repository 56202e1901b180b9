//! TOML text to a policy.

mod cross;
mod later;
mod limits;
mod need;
mod rules;
mod scope;
mod selection;
mod settings;
mod target;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Place, Problem, Problems, Table, read};
use crate::ids::Digest;
use crate::policy::{Policy, Regions, Scope};

use limits::{DEFAULT_EXPIRY, DEFAULT_LIMITS};
use rules::Rules;
use settings::Chosen;

/// The newest format of policies that this version reads.
const FORMAT: i64 = 1;

/// Reads a policy, or says everything that is wrong with it.
///
/// `name` is what the problems call the file.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse(name: &str, text: &str) -> Result<Policy, Problems> {
    read(name, text, |root| policy(root, text))
}

/// The policy that holds where there is none: default rules and limits, no region, no target.
pub fn built_in() -> Policy {
    Policy {
        digest: Digest::of(""),
        scope: Scope { regions: Regions::Listed(Vec::new()), accounts: None },
        rules: Rules::default().modes(),
        targets: Vec::new(),
        exemptions: Vec::new(),
        limits: DEFAULT_LIMITS,
        expires_after: DEFAULT_EXPIRY,
    }
}

fn policy(root: &Table<'_>, text: &str) -> Option<Policy> {
    if root.is_empty() {
        root.report(empty());
        return None;
    }
    root.later(later::ANY);
    let format = root.format(FORMAT);
    let scope = root
        .field("scope")
        .required_with(
            "add a [scope] table with the regions to look at: regions = [\"us-east-1\"] or \"all\"",
        )
        .table(scope::read);
    let rules = root.field("rules").table(|table| Some(Rules::read(table))).unwrap_or_default();
    let defaults =
        root.field("defaults").table(|table| Some(Chosen::default().overridden(table))).unwrap_or_default();
    let targets = target::read_all(root, &defaults);
    let exemptions = root.field("exempt").tables(selection::exemption);
    let limits = root.field("limits").table(|table| Some(limits::read(table)));
    let expires_after = root.field("plan").table(limits::expiry);
    cross::check(root, &rules, &defaults, &targets);
    format?;
    Some(Policy {
        digest: Digest::of(text),
        scope: scope?,
        rules: rules.modes(),
        targets: targets.into_iter().map(|read| read.target).collect::<Option<_>>()?,
        exemptions,
        limits: limits.unwrap_or(DEFAULT_LIMITS),
        expires_after: expires_after.unwrap_or(DEFAULT_EXPIRY),
    })
}

fn empty() -> Problem {
    Problem::at(Place::START, "the policy is empty")
        .help("a policy has at least `format = 1` and [scope] with `regions`; see examples/policy.toml")
        .conclusion()
}
