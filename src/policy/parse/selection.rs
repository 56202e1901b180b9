//! Pure: `match` and `[[exempt]]`.

use std::collections::BTreeMap;

use crate::diagnostic::{Complaint, Field, Problem, Table};
use crate::facts::platforms::PLATFORMS;
use crate::policy::{Exemption, InvalidPattern, Pattern, Selector};

use super::{scope, settings};

/// Every status that AWS has (botocore 1.44.5, `NotebookInstanceStatus`).
const STATUSES: [&str; 9] = [
    "Pending",
    "InService",
    "Stopping",
    "Stopped",
    "Failed",
    "Deleting",
    "Updating",
    "PendingMaintenance",
    "InMaintenance",
];

/// AWS's limits for a tag's key and value, in characters.
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;

/// The table under `match`.
pub(super) fn selector(table: &Table<'_>) -> Option<Selector> {
    let some = 1..=scope::MOST_ENTRIES;
    Some(Selector {
        accounts: table.field("accounts").list(some.clone()).unwrap_or_default(),
        regions: scope::region_list(table.field("regions")).unwrap_or_default(),
        names: table.field("names").list(some.clone()).unwrap_or_default(),
        types: table.field("types").list_by(some.clone(), instance_type).unwrap_or_default(),
        roles: table.field("roles").list_by(some.clone(), not_empty).unwrap_or_default(),
        platforms: platforms(table.field("platforms")).unwrap_or_default(),
        statuses: table.field("statuses").list_by(some, status).unwrap_or_default(),
        tags: table.field("tags").table(tags).unwrap_or_default(),
    })
}

fn not_empty(text: &str) -> Result<Pattern, Complaint> {
    let pattern = if text.is_empty() { Err(InvalidPattern::Empty) } else { text.parse() };
    pattern.map_err(Complaint::new)
}

/// Every instance type begins with `ml.` (botocore 1.44.5, `InstanceType`).
fn instance_type(text: &str) -> Result<Pattern, Complaint> {
    let pattern = not_empty(text)?;
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.starts_with("ml.") {
        let help = format!("did you mean `ml.{text}`?");
        return Err(Complaint::new("every instance type begins with `ml.`").help(Some(help)));
    }
    Ok(pattern)
}

/// A platform by name, or a pattern for it.
fn platforms(field: Field<'_>) -> Option<Vec<Pattern>> {
    field.list_by(1..=scope::MOST_ENTRIES, |text| {
        let pattern = not_empty(text)?;
        if PLATFORMS.iter().any(|platform| pattern.matches(platform.name)) {
            return Ok(pattern);
        }
        settings::platform(text, None).map(|_| pattern)
    })
}

fn status(text: &str) -> Result<String, Complaint> {
    if STATUSES.contains(&text) {
        return Ok(text.to_owned());
    }
    let folded = STATUSES.into_iter().find(|status| status.eq_ignore_ascii_case(text));
    let help = folded.or_else(|| crate::diagnostic::closest(text, STATUSES)).map_or_else(
        || format!("the statuses are: {}", STATUSES.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("{} is not a status of notebook instances", crate::diagnostic::quoted(text));
    Err(Complaint::new(message).help(Some(help)))
}

/// Tags by key, each with a pattern for its value. No value that AWS accepts has a character that patterns give a meaning.
pub(super) fn tags(table: &Table<'_>) -> Option<BTreeMap<String, Pattern>> {
    if table.is_empty() {
        table.report(Problem::at(table.place(), "`tags` is empty"));
    }
    let mut tags: BTreeMap<String, Pattern> = BTreeMap::new();
    for (key, place) in table.keys() {
        if key.is_empty() || key.chars().count() > LONGEST_TAG_KEY {
            let message = format!("the key of a tag has 1 to {LONGEST_TAG_KEY} characters");
            table.report(Problem::at(place, message));
        }
        let field = table.field(&key);
        let value = field.parsed_by(|value| {
            if value.chars().count() > LONGEST_TAG_VALUE {
                return Err(Complaint::new(format!(
                    "the value of a tag has at most {LONGEST_TAG_VALUE} characters"
                )));
            }
            value.parse().map_err(|error: InvalidPattern| Complaint::new(error))
        });
        if let Some(value) = value {
            tags.insert(key.clone(), value);
        }
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
