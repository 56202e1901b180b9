//! Pure: `[hazards]` and `[[owner]]`: what leads to an instance being withheld.

use std::collections::BTreeMap;

use crate::diagnostic::{Problem, Table};
use crate::policy::{HazardKind, Owner, Treatment};

use super::selection;

const TREATMENTS: [(&str, Treatment); 2] = [("withhold", Treatment::Withhold), ("warn", Treatment::Warn)];

/// The table `[hazards]`.
pub(super) fn read(table: &Table<'_>) -> BTreeMap<HazardKind, Treatment> {
    let chosen = HazardKind::of_policy().filter_map(|kind| {
        let treatment = table.field(kind.as_str()).choice(&TREATMENTS, &[])?;
        Some((kind, treatment))
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
