//! Whether replacements would have what the rules are to bring about, and go where the rules want them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::{Place, Problem, Table, quoted};
use crate::facts::platforms::PLATFORMS;
use crate::ids::SubnetId;
use crate::policy::{Imds, Platform, RootAccess, RuleId, Settings};

use super::rules::Rules;
use super::settings::Chosen;
use super::target::ReadTarget;

/// A rule that rides along, and the setting without which it would be found again on the replacement.
struct Need {
    rule: RuleId,
    setting: &'static str,
    wanted: &'static str,
    met: fn(&Settings, &Rules, Date) -> bool,
    place: fn(&Chosen) -> Option<Place>,
}

const NEEDS: [Need; 4] = [
    Need {
        rule: RuleId::RootAccess,
        setting: "root_access",
        wanted: "\"Disabled\"",
        met: |settings, _, _| settings.root_access == RootAccess::Disabled,
        place: |chosen| chosen.root_access,
    },
    Need {
        rule: RuleId::Platform,
        setting: "platform",
        wanted: "a platform, such as \"notebook-al2023-v1\", for every one that is not supported",
        met: |settings, rules, today| leaves_none_unsupported(&settings.platform, rules, today),
        place: |chosen| chosen.platform,
    },
    Need {
        rule: RuleId::KmsKey,
        setting: "kms_key",
        wanted: "a KMS key, such as \"alias/notebooks\"",
        met: |settings, _, _| settings.kms_key.is_some(),
        place: |chosen| chosen.kms_key,
    },
    Need {
        rule: RuleId::ImdsV2,
        setting: "imds",
        wanted: "\"2\"",
        met: |settings, _, _| settings.imds == Imds::V2,
        place: |chosen| chosen.imds,
    },
];

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
    for need in &NEEDS {
        let Some(rule_place) = rules.remediated(need.rule) else { continue };
        let all: Vec<&Chosen> = if targets.is_empty() {
            vec![defaults]
        } else {
            targets.iter().map(|read| &read.chosen).collect()
        };
        let places: BTreeSet<Place> = all
            .into_iter()
            .filter(|chosen| !(need.met)(&chosen.settings, rules, today))
            .map(|chosen| (need.place)(chosen).unwrap_or(rule_place))
            .collect();
        for place in places {
            root.report(unmet(need, place));
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

fn unmet(need: &Need, place: Place) -> Problem {
    let Need { rule, setting, wanted, .. } = need;
    Problem::at(place, format!("`{rule} = \"remediate\"` needs `{setting}` to be {wanted}"))
        .help(format!(
            "set `{setting}` in [defaults] or in every target, or let the rule \"report\": \
             what is kept from the source would be found again on the replacement"
        ))
        .conclusion()
}
