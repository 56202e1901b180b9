//! Stories of what must not be lost: platforms that AWS has ended, replacements of runs that have not finished, sources that
//! somebody used meanwhile, keys named by an alias.

mod earlier_plan;
mod ended_platforms;
mod of_the_sandbox;
mod other_runs;

use remediate::plan::{Plan, WithheldReason};

use crate::Named;
use crate::support::fleet::Seeded;

pub(crate) use of_the_sandbox::of_the_sandbox;

/// The tests that are told in both.
pub(crate) fn tests() -> Vec<Named> {
    [ended_platforms::tests(), other_runs::tests(), earlier_plan::tests()].concat()
}

const ENDED: &str = "notebook-al2-v3";

fn reason<'a>(plan: &'a Plan, source: &Seeded) -> &'a WithheldReason {
    let found = plan.withheld.iter().find(|one| one.id.to_string() == source.id());
    &found.unwrap_or_else(|| panic!("{} is not withheld", source.id())).reason
}
