//! `[latency]`, `[[lifecycle_config]]` and `[[kms_key]]`.

use std::time::Duration;

use crate::diagnostic::{Complaint, Field, Problem, Table, quoted};
use crate::ids::InstanceName;
use crate::sandbox::latency::Latencies;
use crate::sandbox::scenario::model::{KeySpec, LifecycleSpec};
use crate::sandbox::world::KeyState;

use super::known::{Known, absent_or};
use super::words;

/// What a script may have in base64 (botocore 1.44.5).
const LONGEST_SCRIPT: usize = 16_384;

/// How long changes take: AWS's own times for those that are not given.
pub(super) fn latency(table: &Table<'_>) -> Option<Latencies> {
    let default = Latencies::default();
    Some(Latencies {
        create: span(table.field("create")).unwrap_or(default.create),
        start: span(table.field("start")).unwrap_or(default.start),
        stop: span(table.field("stop")).unwrap_or(default.stop),
        update: span(table.field("update")).unwrap_or(default.update),
        delete: span(table.field("delete")).unwrap_or(default.delete),
    })
}

/// One length of time, or the least and the most.
fn span(field: Field<'_>) -> Option<(Duration, Duration)> {
    if field.is_string() {
        return field.parsed_by(words::delay).map(|delay| (delay, delay));
    }
    let least = std::cell::Cell::new(Duration::ZERO);
    let read = field.list_by(2..=2, |text| {
        let delay = words::delay(text)?;
        if delay < least.get() {
            return Err(Complaint::new("the least comes first, then the most"));
        }
        least.set(delay);
        Ok(delay)
    })?;
    Some((*read.first()?, *read.last()?))
}

/// Reads lifecycle configurations and keys.
pub(super) fn read_all(root: &Table<'_>, known: &mut Known) {
    let mut lifecycles: Vec<LifecycleSpec> = Vec::new();
    root.field("lifecycle_config").tables(|table| {
        let read = known.note(lifecycle(table, known, &lifecycles))?;
        lifecycles.push(read);
        Some(())
    });
    let mut keys: Vec<KeySpec> = Vec::new();
    root.field("kms_key").tables(|table| {
        let read = known.note(key(table, known, &keys))?;
        keys.push(read);
        Some(())
    });
    known.lifecycles = lifecycles;
    known.keys = keys;
}

fn lifecycle(table: &Table<'_>, known: &Known, before: &[LifecycleSpec]) -> Option<LifecycleSpec> {
    let sites = known.reach(table);
    let name = table.field("name").required().parsed_by(|text| {
        // The pattern of instance names (botocore 1.44.5).
        let name: InstanceName = text.parse().map_err(|_| {
            let message = format!("{} is not the name of a lifecycle configuration", quoted(text));
            Complaint::new(message).help(Some("1 to 63 letters, digits or inner hyphens".to_owned()))
        })?;
        if before.iter().any(|other| other.name == text && meets(&other.sites, sites.as_deref())) {
            return Err(Complaint::new(format!("a lifecycle configuration above is named `{name}` already")));
        }
        Ok(text.to_owned())
    });
    let on_create = absent_or(table.field("on_create"), script);
    let on_start = absent_or(table.field("on_start"), script);
    let deleted = table.field("deleted").boolean().unwrap_or(false);
    if !deleted && table.field("on_create").place().is_none() && table.field("on_start").place().is_none() {
        let message = "a lifecycle configuration has `on_start`, `on_create` or both";
        table.report(Problem::at(table.place(), message).conclusion());
    }
    let tags = table.field("tags").table(words::tags);
    Some(LifecycleSpec {
        name: name?,
        sites: sites?,
        on_create: on_create?,
        on_start: on_start?,
        deleted,
        tags: tags.unwrap_or_default(),
    })
}

/// A script as text; kept in base64, as on the wire.
fn script(field: Field<'_>) -> Option<String> {
    field.text()?;
    field.parsed_by(|text| {
        let encoded = base64_simd::STANDARD.encode_to_string(text);
        if encoded.len() > LONGEST_SCRIPT {
            return Err(Complaint::new(format!(
                "the script has {} characters in base64; there can be at most {LONGEST_SCRIPT}",
                encoded.len()
            )));
        }
        Ok(encoded)
    })
}

fn key(table: &Table<'_>, known: &Known, before: &[KeySpec]) -> Option<KeySpec> {
    let sites = known.reach(table);
    let alias = table.field("alias").required_with("alias = \"notebooks\"").parsed_by(|text| {
        let alias = text.strip_prefix("alias/").unwrap_or(text);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
        if !(1..=250).contains(&alias.len()) || !alias.chars().all(allowed) {
            return Err(Complaint::new(format!("{} is not an alias of a key", quoted(text))));
        }
        if before.iter().any(|other| other.alias == alias && meets(&other.sites, sites.as_deref())) {
            return Err(Complaint::new(format!("a key above has the alias `{alias}` already")));
        }
        Ok(alias.to_owned())
    });
    let id = absent_or(table.field("id"), |field| {
        field.parsed_by(|text| {
            let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
            if digits != 32 || text.len() != 36 {
                return Err(Complaint::new(format!("{} is not the id of a key", quoted(text)))
                    .help(Some("such as \"1234abcd-12ab-34cd-56ef-1234567890ab\"".to_owned())));
            }
            if before.iter().any(|other| other.id.as_deref() == Some(text)) {
                return Err(Complaint::new("a key above has this id already"));
            }
            Ok(text.to_owned())
        })
    });
    let state = key_state(table);
    Some(KeySpec { alias: alias?, id: id?, sites: sites?, state: state? })
}

/// `state`, or `enabled` for the two states that every key can be put into.
fn key_state(table: &Table<'_>) -> Option<KeyState> {
    let words = [
        ("enabled", KeyState::Enabled),
        ("disabled", KeyState::Disabled),
        ("pending-deletion", KeyState::PendingDeletion),
        ("pending-import", KeyState::PendingImport),
        ("unavailable", KeyState::Unavailable),
    ];
    let state = absent_or(table.field("state"), |field| field.choice(&words, &[]))?;
    let enabled = absent_or(table.field("enabled"), Field::boolean)?;
    if let (Some(_), Some(_), Some(place)) = (state, enabled, table.field("enabled").place()) {
        table.report(Problem::at(place, "a key has `state` or `enabled`, not both"));
        return None;
    }
    let or_enabled = if enabled.unwrap_or(true) { KeyState::Enabled } else { KeyState::Disabled };
    Some(state.unwrap_or(or_enabled))
}

/// Whether two things have a site in common.
pub(super) fn meets(sites: &[usize], others: Option<&[usize]>) -> bool {
    others.is_some_and(|others| others.iter().any(|other| sites.contains(other)))
}
