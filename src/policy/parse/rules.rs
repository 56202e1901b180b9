//! Pure: `[rules]`: what each rule's findings lead to, and the lists that two of the rules go by.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::diagnostic::{Place, Table};
use crate::facts::platforms;
use crate::ids::SubnetId;
use crate::rules::{Mode, RuleId, Standards};

use super::{scope, settings};

const MODES: [(&str, Mode); 3] =
    [("remediate", Mode::Remediate), ("report", Mode::Report), ("off", Mode::Off)];

/// The mode of every rule, and where the file says so; what the rules accept, where it says that.
#[derive(Debug)]
pub(super) struct Rules {
    modes: BTreeMap<RuleId, (Mode, Option<Place>)>,
    pub(super) approved_subnets: Option<Vec<SubnetId>>,
    pub(super) supported_platforms: Option<Vec<String>>,
}

impl Default for Rules {
    fn default() -> Self {
        let modes = RuleId::ALL.iter().map(|rule| (*rule, (rule.row().default_mode, None)));
        Self { modes: modes.collect(), approved_subnets: None, supported_platforms: None }
    }
}

impl Rules {
    pub(super) fn read(table: &Table<'_>) -> Self {
        let mut rules = Self {
            approved_subnets: table.field("approved_subnets").list(1..=scope::MOST_ENTRIES),
            supported_platforms: table
                .field("supported_platforms")
                .list_by(1..=scope::MOST_ENTRIES, |text| settings::platform(text, None)),
            ..Self::default()
        };
        for &rule in RuleId::ALL {
            let field = table.field(rule.as_str());
            if let Some(mode) = field.choice(&MODES, &[]) {
                rules.modes.insert(rule, (mode, field.place()));
            }
        }
        rules
    }

    /// The modes alone.
    pub(super) fn modes(&self) -> BTreeMap<RuleId, Mode> {
        self.modes.iter().map(|(rule, (mode, _))| (*rule, *mode)).collect()
    }

    /// The lists alone.
    pub(super) fn lists(self) -> Standards {
        let Self { modes: _, approved_subnets, supported_platforms } = self;
        Standards { approved_subnets, supported_platforms }
    }

    /// Whether the rule `platform` accepts this one on that day: it is in the file's list, or else in SageMaker.8's.
    pub(super) fn accepts_platform(&self, platform: &str, today: Date) -> bool {
        match &self.supported_platforms {
            Some(list) => list.iter().any(|one| one == platform),
            None => platforms::accepted(today).any(|one| one == platform),
        }
    }

    /// Where the file says that this rule's findings are to be repaired.
    pub(super) fn remediated(&self, rule: RuleId) -> Option<Place> {
        match self.modes.get(&rule)? {
            (Mode::Remediate, place) => *place,
            (Mode::Report | Mode::Off, _) => None,
        }
    }
}
