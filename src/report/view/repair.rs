//! Pure: one item of a plan that is repaired in place.

use crate::plan::{AnyItem, RepairItem};
use crate::report::document::{Block, Text, Tone, field, field_of, section};
use crate::report::wording;

use super::item::{changed, planned_steps, warned};

/// One repair.
pub(super) fn repair(item: &RepairItem) -> Block {
    let RepairItem { id, findings, source, request, changes, warnings, hazards, .. } = item;
    let description = &source.description;
    let status = description.notebook_instance_status.as_str();
    let kind = description.instance_type.as_deref().unwrap_or("type unknown");
    let stays = request.platform_identifier.is_some();
    let back = if stays { "`remediate rollback`, but for its platform" } else { "`remediate rollback`" };
    let fields = [
        field("fails", wording::rules(findings)),
        field("instance", format!("{status} when planned, {kind}")),
        field_of("changes", changed(changes)),
        field_of("steps", planned_steps(AnyItem::Repair(item))),
        field("way back", Text::prose(back)),
        field("failing", "it is started again, as it is then, if it ran"),
    ];
    let fields = warned(warnings, hazards).chain(fields).collect();
    let arn = field("ARN", Text::code(description.notebook_instance_arn.as_str()));
    let heading = Text::from(id.to_string()).toned(Tone::Strong);
    section(heading, vec![Block::Fields(fields), Block::Detail(vec![Block::Fields(vec![arn])])])
}
