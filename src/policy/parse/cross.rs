//! Whether replacements would have what the rules are to bring about.

use std::collections::BTreeSet;

use crate::diagnostic::{Place, Problem, Table};
use crate::policy::{Imds, Platform, RootAccess, RuleId, Settings};

use super::rules::Rules;
use super::settings::{Chosen, PLATFORMS};
use super::target::ReadTarget;

/// A rule that rides along, and the setting without which it would be found again on the replacement.
struct Need {
    rule: RuleId,
    setting: &'static str,
    wanted: &'static str,
    met: fn(&Settings) -> bool,
    place: fn(&Chosen) -> Option<Place>,
}

const NEEDS: [Need; 4] = [
    Need {
        rule: RuleId::RootAccess,
        setting: "root_access",
        wanted: "\"Disabled\"",
        met: |settings| settings.root_access == RootAccess::Disabled,
        place: |chosen| chosen.root_access,
    },
    Need {
        rule: RuleId::Platform,
        setting: "platform",
        wanted: "a platform, such as \"notebook-al2023-v1\", for every one that is not supported",
        met: |settings| leaves_none_unsupported(&settings.platform),
        place: |chosen| chosen.platform,
    },
    Need {
        rule: RuleId::KmsKey,
        setting: "kms_key",
        wanted: "a KMS key, such as \"alias/notebooks\"",
        met: |settings| settings.kms_key.is_some(),
        place: |chosen| chosen.kms_key,
    },
    Need {
        rule: RuleId::ImdsV2,
        setting: "imds",
        wanted: "\"2\"",
        met: |settings| settings.imds == Imds::V2,
        place: |chosen| chosen.imds,
    },
];

/// Whether a platform setting changes every platform that is known but that SageMaker.8 fails.
fn leaves_none_unsupported(platform: &Platform) -> bool {
    match platform {
        Platform::Keep => false,
        Platform::Always(_) => true,
        Platform::Mapped(map) => {
            PLATFORMS.iter().all(|one| one.starts_with("notebook-al2023") || map.contains_key(*one))
        }
    }
}

/// Reports every setting that leaves as it is what a rule wants repaired: in each target, or in the defaults
/// where there is no target. A value that several targets have from the defaults is reported once.
pub(super) fn check(root: &Table<'_>, rules: &Rules, defaults: &Chosen, targets: &[ReadTarget]) {
    for need in &NEEDS {
        let Some(rule_place) = rules.remediated(need.rule) else { continue };
        let all: Vec<&Chosen> = if targets.is_empty() {
            vec![defaults]
        } else {
            targets.iter().map(|read| &read.chosen).collect()
        };
        let places: BTreeSet<Place> = all
            .into_iter()
            .filter(|chosen| !(need.met)(&chosen.settings))
            .map(|chosen| (need.place)(chosen).unwrap_or(rule_place))
            .collect();
        for place in places {
            root.report(unmet(need, place));
        }
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
