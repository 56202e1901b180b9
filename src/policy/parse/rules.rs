//! `[rules]`: what each rule's findings lead to.

use std::collections::BTreeMap;

use crate::diagnostic::{Place, Table};
use crate::policy::{Mode, RuleId};

use super::later;

const MODES: [(&str, Mode); 3] =
    [("remediate", Mode::Remediate), ("report", Mode::Report), ("off", Mode::Off)];

/// The mode of every rule, and where the file says so.
#[derive(Debug)]
pub(super) struct Rules(BTreeMap<RuleId, (Mode, Option<Place>)>);

impl Default for Rules {
    fn default() -> Self {
        Self(RuleId::ALL.into_iter().map(|rule| (rule, (default_mode(rule), None))).collect())
    }
}

impl Rules {
    pub(super) fn read(table: &Table<'_>) -> Self {
        table.later(later::ANY);
        let mut rules = Self::default();
        for rule in RuleId::ALL {
            let field = table.field(rule.as_str());
            if let Some(mode) = field.choice(&MODES, &[]) {
                rules.0.insert(rule, (mode, field.place()));
            }
        }
        rules
    }

    /// The modes alone.
    pub(super) fn modes(&self) -> BTreeMap<RuleId, Mode> {
        self.0.iter().map(|(rule, (mode, _))| (*rule, *mode)).collect()
    }

    /// Where the file says that this rule's findings are to be repaired.
    pub(super) fn remediated(&self, rule: RuleId) -> Option<Place> {
        match self.0.get(&rule)? {
            (Mode::Remediate, place) => *place,
            (Mode::Report | Mode::Off, _) => None,
        }
    }
}

/// The two that only a new instance can repair are what the program is for.
fn default_mode(rule: RuleId) -> Mode {
    match rule {
        RuleId::DirectInternetAccess | RuleId::InVpc => Mode::Remediate,
        RuleId::RootAccess | RuleId::Platform | RuleId::KmsKey | RuleId::ImdsV2 => Mode::Report,
    }
}
