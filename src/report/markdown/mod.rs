//! Markdown: a plan, to go into a change request, and an audit, to go into a ticket.

mod audit;
mod diff;
mod escape;
mod fitness;
mod item;
mod rehearsal;
mod rollback;
mod sections;

pub use audit::audit;
pub use diff::plan_diff;
pub use escape::{code, escape};

use crate::plan::Plan;
use crate::rehearse::Rehearsal;

/// A plan as Markdown; `plan_file` is what the reader has to pass to `apply`.
///
/// The reader is a change board: it says what is replaced by what and why, what is not and why not, what
/// it takes, what it leads to, and how to go back.
pub fn plan(plan: &Plan, plan_file: &str) -> String {
    report(plan, plan_file, None)
}

/// The same with what a rehearsal of the plan has shown.
pub fn plan_with_rehearsal(plan: &Plan, plan_file: &str, rehearsal: &Rehearsal) -> String {
    report(plan, plan_file, Some(rehearsal))
}

fn report(plan: &Plan, plan_file: &str, rehearsed: Option<&Rehearsal>) -> String {
    let Plan {
        format_version: _,
        tool_version: _,
        created: _,
        expires: _,
        policy_digest: _,
        account: _,
        regions: _,
        limits: _,
        totals: _,
        items,
        withheld,
        gaps,
        exemptions,
        quotas,
        digest: _,
    } = plan;
    let mut text = String::new();
    sections::summary(&mut text, plan);
    sections::limits_exceeded(&mut text, plan);
    if let Some(rehearsed) = rehearsed {
        rehearsal::rehearsal(&mut text, rehearsed);
    }
    sections::overview(&mut text, items);
    item::details(&mut text, items);
    sections::withheld(&mut text, withheld);
    sections::gaps(&mut text, gaps);
    fitness::exemptions(&mut text, exemptions, plan.day());
    fitness::quotas(&mut text, plan, quotas);
    sections::limits(&mut text, &plan.limits);
    sections::consequences(&mut text, items);
    rollback::rollback(&mut text, items);
    sections::how_to_apply(&mut text, plan, plan_file);
    text
}
