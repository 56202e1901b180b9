//! Pure: whether replacements would have what the rules are to bring about, and go where the rules want them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::{Place, Problem, Table, quoted};
use crate::facts::platforms::PLATFORMS;
use crate::ids::SubnetId;
use crate::policy::{Imds, Platform, RootAccess};
use crate::rules::{Repair, RuleId};

use super::rules::Rules;
use super::settings::Chosen;
use super::target::ReadTarget;

/// Whether the settings give a replacement what the rule that this key repairs wants, and where the file says so.
fn given(key: &str, chosen: &Chosen, rules: &Rules, today: Date) -> (bool, Option<Place>) {
    let settings = &chosen.settings;
    match key {
        "root_access" => (settings.root_access == RootAccess::Disabled, chosen.root_access),
        "platform" => (leaves_none_unsupported(&settings.platform, rules, today), chosen.platform),
        "kms_key" => (settings.kms_key.is_some(), chosen.kms_key),
        "imds" => (settings.imds == Imds::V2, chosen.imds),
        // Not the name of a setting.
        _ => (false, None),
    }
}

/// Whether a platform setting leads from every known platform to one that the rule accepts.
fn leaves_none_unsupported(platform: &Platform, rules: &Rules, today: Date) -> bool {
    // Where the file lists what is supported, `check_platforms` says which of the values chosen is not in the list.
    let said_apart = |from: &str| match platform {
        Platform::Keep => false,
        Platform::Always(_) => rules.supported_platforms.is_some(),
        Platform::Mapped(map) => rules.supported_platforms.is_some() && map.contains_key(from),
    };
    PLATFORMS.iter().all(|from| {
        let leads_to = platform.of(Some(from.name), today);
        said_apart(from.name) || leads_to.is_some_and(|to| rules.accepts_platform(to, today))
    })
}

/// Reports every setting that leaves as it is what a rule wants repaired: in each target, or in the defaults
/// where there is no target. A value that several targets have from the defaults is reported once.
pub(super) fn check(
    root: &Table<'_>,
    (rules, today): (&Rules, Date),
    defaults: &Chosen,
    targets: &[ReadTarget],
) {
    let all: Vec<&Chosen> =
        if targets.is_empty() { vec![defaults] } else { targets.iter().map(|read| &read.chosen).collect() };
    for &rule in RuleId::ALL {
        let Repair::Setting { key, wanted } = rule.row().repair else { continue };
        let Some(rule_place) = rules.remediated(rule) else { continue };
        let given = all.iter().map(|chosen| given(key, chosen, rules, today));
        let places: BTreeSet<Place> =
            given.filter(|(met, _)| !met).map(|(_, place)| place.unwrap_or(rule_place)).collect();
        for place in places {
            root.report(unmet(rule, (key, wanted), place));
        }
    }
}

/// Reports every subnet of a target that is not approved: `in-vpc` would fail for what goes there.
pub(super) fn check_subnets(root: &Table<'_>, rules: &Rules, targets: &[ReadTarget]) {
    let (Some(approved), false) = (&rules.approved_subnets, targets.is_empty()) else { return };
    root.field("target").tables(|table| {
        // They were asked for, each of them, when the target was read.
        table.keys();
        for (subnet, place) in table.field("subnets").places() {
            let well_formed = subnet.parse::<SubnetId>();
            if well_formed.is_ok_and(|subnet| !approved.contains(&subnet)) {
                table.report(
                    Problem::at(place, format!("{} is not in `approved_subnets`", quoted(subnet)))
                        .help("`in-vpc` would fail for the replacement: list the subnet in [rules], or name an approved one"),
                );
            }
        }
        Some(())
    });
}

/// Reports every platform that a setting chooses and the list of supported ones lacks, where `platform` is to be
/// repaired.
pub(super) fn check_platforms(root: &Table<'_>, rules: &Rules, defaults: &Chosen, targets: &[ReadTarget]) {
    let (Some(supported), Some(rule)) = (&rules.supported_platforms, rules.remediated(RuleId::Platform))
    else {
        return;
    };
    let unsupported = |chosen: &Chosen| {
        let chosen_platforms: Vec<String> = match &chosen.settings.platform {
            Platform::Keep => Vec::new(),
            Platform::Always(platform) => vec![platform.clone()],
            Platform::Mapped(map) => map.values().cloned().collect(),
        };
        let place = chosen.platform.unwrap_or(rule);
        chosen_platforms.into_iter().filter(|one| !supported.contains(one)).map(move |one| (place, one))
    };
    let all = targets.iter().map(|read| &read.chosen).chain(targets.is_empty().then_some(defaults));
    for (place, platform) in all.flat_map(unsupported).collect::<BTreeSet<_>>() {
        root.report(
            Problem::at(place, format!("{} is not in `supported_platforms`", quoted(&platform)))
                .help("`platform = \"remediate\"` would find it again on the replacement"),
        );
    }
}

fn unmet(rule: RuleId, (key, wanted): (&str, &str), place: Place) -> Problem {
    Problem::at(place, format!("`{rule} = \"remediate\"` needs `{key}` to be {wanted}"))
        .help(format!(
            "set `{key}` in [defaults] or in every target, or let the rule \"report\": \
             what is kept from the source would be found again on the replacement"
        ))
        .conclusion()
}
