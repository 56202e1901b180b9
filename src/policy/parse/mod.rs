//! Pure: TOML text to a policy.

mod cross;
mod hazards;
mod later;
mod limits;
mod need;
mod rules;
mod scope;
mod selection;
mod settings;
mod severity;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::diagnostic::{Place, Problem, Problems, Table, read};
use crate::ids::Digest;
use crate::policy::{Policy, Regions, Scope};
use crate::rules::Standards;

use limits::{DEFAULT_EXPIRY, DEFAULT_LIMITS};

use rules::Rules;
use settings::Chosen;

/// The JSON Schema of policies, for editors: `remediate policy schema`.
pub const SCHEMA: &str = include_str!("../schema.json");

/// The newest format of policies that this version reads.
const FORMAT: i64 = 1;

/// Reads a policy, or says everything that is wrong with it.
///
/// `name` is what the problems call the file. Whether a setting can do what a rule wants is judged for that day (UTC).
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse(name: &str, text: &str, today: Date) -> Result<Policy, Problems> {
    read(name, text, |root| policy(root, text, today))
}

/// The policy that holds where there is none: default rules and limits, no region, no target.
pub fn built_in() -> Policy {
    Policy {
        digest: Digest::of(""),
        scope: Scope { regions: Regions::Listed(Vec::new()), accounts: None },
        rules: Rules::default().modes(),
        standards: Standards::default(),
        severities: BTreeMap::new(),
        targets: Vec::new(),
        exemptions: Vec::new(),
        exempt_by_tag: true,
        owners: Vec::new(),
        hazards: BTreeMap::new(),
        limits: DEFAULT_LIMITS,
        expires_after: DEFAULT_EXPIRY,
    }
}

fn policy(root: &Table<'_>, text: &str, today: Date) -> Option<Policy> {
    if root.is_empty() {
        root.report(empty());
        return None;
    }
    let format = root.format(FORMAT);
    let scope = root
        .field("scope")
        .required_with(
            "add a [scope] table with the regions to look at: regions = [\"us-east-1\"] or \"all\"",
        )
        .table(scope::read);
    let rules = root.field("rules").table(|table| Some(Rules::read(table))).unwrap_or_default();
    let severities = root.field("severity").table(|table| Some(severity::read(table))).unwrap_or_default();
    let defaults =
        root.field("defaults").table(|table| Some(Chosen::default().overridden(table))).unwrap_or_default();
    let targets = target::read_all(root, &defaults);
    let exemptions = root.field("exempt").tables(selection::exemption);
    let limits = root.field("limits").table(|table| Some(limits::read(table)));
    let plan = root.field("plan").table(|table| Some(limits::plan(table)));
    let (expires_after, exempt_by_tag) = plan.unwrap_or((None, None));
    let hazards = root.field("hazards").table(|table| Some(hazards::read(table)));
    let owners = hazards::owners(root);
    cross::check(root, (&rules, today), &defaults, &targets);
    cross::check_subnets(root, &rules, &targets);
    cross::check_platforms(root, &rules, &defaults, &targets);
    format?;
    Some(Policy {
        digest: Digest::of(text),
        scope: scope?,
        rules: rules.modes(),
        standards: rules.lists(),
        severities,
        targets: targets.into_iter().map(|read| read.target).collect::<Option<_>>()?,
        exemptions,
        exempt_by_tag: exempt_by_tag.unwrap_or(true),
        owners,
        hazards: hazards.unwrap_or_default(),
        limits: limits.unwrap_or(DEFAULT_LIMITS),
        expires_after: expires_after.unwrap_or(DEFAULT_EXPIRY),
    })
}

fn empty() -> Problem {
    Problem::at(Place::START, "the policy is empty")
        .help("a policy has at least `format = 1` and [scope] with `regions`; see examples/policy.toml")
        .conclusion()
}
