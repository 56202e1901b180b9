//! How to go back, in the dry-run report: told once, then the commands for each item.

use super::escape::{block, commands};
use crate::ids::ItemId;
use crate::inventory::Rest;
use crate::plan::Item;
use crate::report::commands::{delete, start, stop, wait_in_service, wait_stopped};

/// How to go back.
pub(super) fn rollback(text: &mut String, items: &[Item]) {
    if items.is_empty() {
        return;
    }
    block(text, "## How to go back");
    block(
        text,
        "As long as a source exists, `remediate rollback` starts it again, if it ran, and then deletes its replacement: \
         apart from being stopped, the source is untouched, its volume included. **Work that was saved on the \
         replacement since then is lost with it**, so copy it off first. An instance on a platform that AWS no longer \
         supports may refuse to start once it is stopped.",
    );
    block(
        text,
        "Once a source is deleted there is no way back: its volume is deleted with it. `apply` and `remediate cleanup` do \
         that only where the item above says so. By hand, the way back is:",
    );
    for item in items {
        let ItemId { region, name } = &item.id;
        let replacement = &item.request.notebook_instance_name;
        block(text, &format!("{} → {replacement}{}:", item.id, only_before_deletion(item)));
        let mut all = Vec::new();
        if was_running(item) {
            all.extend([start(region, name), wait_in_service(region, name)]);
            all.extend([stop(region, replacement), wait_stopped(region, replacement)]);
        }
        all.push(delete(region, replacement));
        commands(text, &all);
    }
}

fn only_before_deletion(item: &Item) -> &'static str {
    if item.delete_source { " (only until the source is deleted)" } else { "" }
}

/// Whether the source was running when the plan was made, so that its replacement will be, too.
fn was_running(item: &Item) -> bool {
    item.source.description.rest() == Rest::Running
}
