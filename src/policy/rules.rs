//! Pure: `[rules]` and `[severity]`: what each rule's findings lead to, and the lists that two of the rules go by.

use std::collections::BTreeMap;

use crate::diagnostic::{Form, KeyFor, choice, keys};
use crate::ids::SubnetId;
use crate::rules::{Mode, RuleId, Severity, Standards};

use super::forms::{many, platform, subnet};

keys! {
    /// What each rule's findings lead to, and what counts as compliant.
    pub(super) struct Rules {
        /// The only subnets that `in-vpc` accepts, and that a target may name.
        pub(super) approved_subnets: Option<Vec<SubnetId>> = many(subnet())
            .maybe()
            .example(["subnet-0a1b2c3d4e5f60718"]);
        /// The only platforms that `platform` accepts, in place of the built-in list.
        pub(super) supported_platforms: Option<Vec<String>> = many(platform())
            .maybe()
            .example(["notebook-al2023-v1"]);
        ..
        /// What the findings of each rule lead to.
        pub(super) modes: BTreeMap<RuleId, Mode>;
    }
}

impl Rules {
    /// What the rules measure by.
    pub(super) fn standards(&self) -> Standards {
        let Self { approved_subnets, supported_platforms, modes: _ } = self;
        Standards {
            approved_subnets: approved_subnets.clone(),
            supported_platforms: supported_platforms.clone(),
        }
    }
}

impl KeyFor<Mode> for RuleId {
    fn each() -> impl Iterator<Item = (Self, &'static str, String, Form<Mode>)> {
        RuleId::ALL.iter().map(|rule| {
            let row = rule.row();
            let control = row.controls.first().map(|one| format!(" ({})", one.id));
            let control = control.unwrap_or_default();
            let default: &'static str = row.default_mode.into();
            (*rule, rule.as_str(), format!("{}{control}.", row.title), choice().or(default))
        })
    }
}

impl KeyFor<Severity> for RuleId {
    fn each() -> impl Iterator<Item = (Self, &'static str, String, Form<Severity>)> {
        let about = |rule: &RuleId| format!("How bad findings of `{rule}` are.");
        RuleId::ALL.iter().map(move |rule| (*rule, rule.as_str(), about(rule), choice()))
    }
}
