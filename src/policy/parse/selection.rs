//! `match` and `[[exempt]]`.

use std::collections::BTreeMap;

use crate::diagnostic::{Problem, Table};
use crate::policy::{Exemption, Selector};

use super::{later, scope};

/// AWS's limits for a tag's key and value, in characters.
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;

/// The table under `match`.
pub(super) fn selector(table: &Table<'_>) -> Option<Selector> {
    table.later(later::MATCH);
    let regions = scope::region_list(table.field("regions")).unwrap_or_default();
    let names = table.field("names").list(1..=scope::MOST_ENTRIES).unwrap_or_default();
    let tags = table.field("tags").table(tags).unwrap_or_default();
    Some(Selector::new(regions, names, tags))
}

fn tags(table: &Table<'_>) -> Option<BTreeMap<String, String>> {
    if table.is_empty() {
        table.report(Problem::at(table.place(), "`tags` is empty"));
    }
    let mut tags = BTreeMap::new();
    for (key, place) in table.keys() {
        if key.is_empty() || key.chars().count() > LONGEST_TAG_KEY {
            let message = format!("the key of a tag has 1 to {LONGEST_TAG_KEY} characters");
            table.report(Problem::at(place, message));
        }
        let field = table.field(&key);
        let Some(value) = field.string() else { continue };
        if value.chars().count() > LONGEST_TAG_VALUE {
            let message = format!("the value of a tag has at most {LONGEST_TAG_VALUE} characters");
            table.report(Problem::at(field.place().unwrap_or(place), message));
        }
        tags.insert(key.clone(), value.to_owned());
    }
    Some(tags)
}

/// An `[[exempt]]` table. One that is past its day is fine: whoever plans looks at the calendar.
pub(super) fn exemption(table: &Table<'_>) -> Option<Exemption> {
    let field = table.field("match").required_with("say which instances: match = { names = [\"legacy-*\"] }");
    let matches = field.table(selector);
    if field.is_empty_table() {
        let message = "`match` is empty, so that every instance would be exempt";
        table.report(
            Problem::at(field.place().unwrap_or(table.place()), message)
                .help("say which instances: match = { names = [\"legacy-*\"] }"),
        );
    }
    let reason = table.field("reason").required().text();
    let expires = table.field("expires").required_with("an exemption ends: expires = 2027-03-31").date();
    let ticket = table.field("ticket").text();
    Some(Exemption {
        matches: matches?,
        reason: reason?.to_owned(),
        expires: expires?,
        ticket: ticket.map(str::to_owned),
    })
}
