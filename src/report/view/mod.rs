//! Pure: what documents say: one function a document, whatever it is rendered as. A view escapes nothing and lays
//! out nothing.

mod advice;
mod audit;
mod change_request;
mod data;
mod diff;
mod doctor;
mod item;
mod moved;
mod overview;
mod plan;
mod rehearsal;
mod repair;
mod run;
mod status;

use jiff::civil::Date;

use crate::inventory::Gap;
use crate::plan::PlannedExemption;
use crate::report::document::{Block, Text, Tone, or_none, paragraph, section_of};
use crate::report::wording;
use crate::text::{capitalized, commas, counted};

pub use audit::audit;
pub use change_request::change_request;
pub use data::data;
pub use diff::plan_diff;
pub use doctor::doctor;
pub use overview::{audit_overview, plan_overview};
pub use plan::plan;
pub use rehearsal::rehearsal;
pub use run::{run_overview, run_summary};
pub use status::run_status;

/// What could not be read, under that heading.
fn gaps(heading: &'static str, gaps: &[Gap]) -> Option<Block> {
    let about =
        "What is listed here was not judged, or not in full. It may hold more instances that need replacing.";
    let heading = format!("{heading} ({})", counted(gaps.len(), "gap", "gaps"));
    section_of(Text::from(heading).toned(Tone::Warning), gaps, |gaps| {
        let gaps = gaps.iter().map(|gap| wording::gap(gap).into());
        vec![Block::Detail(vec![paragraph(about)]), Block::Bullets(gaps.collect())]
    })
}

/// What could not be read, or that nothing was.
fn unread(gaps: &[Gap]) -> Block {
    let nothing = "Nothing: every region was listed, and every instance described.";
    or_none(self::gaps("Could not be read", gaps), "Could not be read", nothing)
}

/// The exemptions of the policy, also those that no longer hold.
fn exemptions(exemptions: &[PlannedExemption], day: Date) -> Option<Block> {
    let line = |one: &PlannedExemption| {
        let instances: Vec<String> = one.instances.iter().map(ToString::to_string).collect();
        let listed = if instances.is_empty() { String::new() } else { format!(" {}.", commas(&instances)) };
        let words = format!("{}.{listed}", capitalized(&wording::exemption(one, day)));
        Text::from(words).toned_if(one.ends_soon(day), Tone::Warning)
    };
    section_of(format!("Exemptions ({})", exemptions.len()), exemptions, |list| {
        let days = "Days are those of UTC; an exemption holds to the end of its last one.";
        vec![Block::Detail(vec![paragraph(days)]), Block::Bullets(list.iter().map(line).collect())]
    })
}
