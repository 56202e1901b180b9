//! `[hazards]` and `[[owner]]`: what leads to an instance being withheld.

use std::collections::BTreeMap;

use crate::diagnostic::{Problem, Table};
use crate::policy::{Owner, Treatment};

use super::selection;

const TREATMENTS: [(&str, Treatment); 2] = [("withhold", Treatment::Withhold), ("warn", Treatment::Warn)];

/// Every hazard that a policy can say something about, and what it leads to where it says nothing.
///
/// Not among them are those that have a key of their own (a source that never starts again, an instance that something
/// else manages) and those that no replacement survives (a key that cannot be used or found, a platform that AWS no longer
/// creates or that does not run on the type, a lifecycle configuration that is gone), or no plan may hold (a password in a
/// URL).
pub const HAZARDS: [(&str, Treatment); 13] = [
    ("platform-unsupported", Treatment::Warn),
    ("platform-changes", Treatment::Warn),
    ("type-retired", Treatment::Warn),
    ("local-storage-with-key", Treatment::Warn),
    ("key-unknown", Treatment::Warn),
    ("script-needs-internet", Treatment::Warn),
    ("script-uses-yum", Treatment::Warn),
    ("script-stops-instance", Treatment::Warn),
    ("script-unknown", Treatment::Warn),
    ("code-repository", Treatment::Warn),
    ("long-name", Treatment::Warn),
    ("name-prefix", Treatment::Warn),
    ("accelerators-dropped", Treatment::Warn),
];

/// The table `[hazards]`.
pub(super) fn read(table: &Table<'_>) -> BTreeMap<String, Treatment> {
    let chosen = HAZARDS.iter().filter_map(|(name, _)| {
        let treatment = table.field(name).choice(&TREATMENTS, &[])?;
        Some(((*name).to_owned(), treatment))
    });
    chosen.collect()
}

/// An `[[owner]]` table.
pub(super) fn owner(table: &Table<'_>) -> Option<Owner> {
    let by = table.field("by").required_with("say what it is: by = \"Terraform\"").text();
    let tags = table.field("tags").required_with("say what tells: tags = { ManagedBy = \"terraform\" }");
    let tags = tags.table(selection::tags);
    let named_by = table.field("named_by").text().map(str::to_owned);
    let advice = table.field("advice").text().map(str::to_owned);
    Some(Owner { by: by?.to_owned(), tags: tags?, named_by, advice })
}

/// Two that cannot be told apart.
pub(super) fn owners(root: &Table<'_>) -> Vec<Owner> {
    let mut names = std::collections::BTreeSet::new();
    root.field("owner").tables(|table| {
        let owner = owner(table)?;
        if !names.insert(owner.by.clone()) {
            let place = table.field("by").place().unwrap_or(table.place());
            table.report(Problem::at(place, format!("an owner above is called `{}` already", owner.by)));
        }
        Some(owner)
    })
}
