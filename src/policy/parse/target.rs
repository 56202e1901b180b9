//! Pure: `[[target]]`: where replacements go.

use std::collections::BTreeSet;

use crate::diagnostic::{Place, Problem, Table};
use crate::policy::{Placement, Target};

use super::settings::Chosen;
use super::{scope, selection};

const PLACEMENTS: [(&str, Placement); 2] = [("most-free", Placement::MostFree), ("first", Placement::First)];

/// The most security groups that a notebook instance takes (botocore 1.44.5, `SecurityGroupIds`).
const MOST_SECURITY_GROUPS: usize = 5;

/// A target, if all that it needs is there, and where the file made its choices.
#[derive(Debug)]
pub(super) struct ReadTarget {
    pub(super) target: Option<Target>,
    pub(super) chosen: Chosen,
}

/// Every `[[target]]`. None is fine: without one a policy can still be audited by.
pub(super) fn read_all(root: &Table<'_>, defaults: &Chosen) -> Vec<ReadTarget> {
    let mut names = BTreeSet::new();
    root.field("target").tables(|table| {
        let field = table.field("name").required();
        let name = field.text();
        if let (Some(name), Some(place)) = (name, field.place())
            && !names.insert(name.to_owned())
        {
            table.report(duplicate(place, name));
        }
        Some(read(table, name, defaults))
    })
}

fn duplicate(place: Place, name: &str) -> Problem {
    Problem::at(place, format!("a target above is named `{name}` already"))
}

fn read(table: &Table<'_>, name: Option<&str>, defaults: &Chosen) -> ReadTarget {
    let chosen = defaults.overridden(table);
    let matches = table.field("match").table(selection::selector);
    let subnets = table.field("subnets").required().list(1..=scope::MOST_ENTRIES);
    let placement = table.field("placement").choice(&PLACEMENTS, &[]);
    let security_groups = table.field("security_groups").required().list(1..=MOST_SECURITY_GROUPS);
    let target = || {
        Some(Target {
            name: name?.to_owned(),
            matches: matches.unwrap_or_default(),
            subnets: subnets?,
            placement: placement.unwrap_or(Placement::MostFree),
            security_groups: security_groups?,
            settings: chosen.settings.clone(),
        })
    };
    ReadTarget { target: target(), chosen }
}
