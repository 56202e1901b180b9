//! Trouble on demand: what goes wrong, with which calls, and how often.

use std::time::Duration;

use globset::GlobMatcher;

use crate::ids::Region;
use crate::sandbox::chance::Seed;
use crate::sandbox::world::{OutsiderAct, WorkerFault};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The service says that too many calls were made.
    Throttle,
    /// The service fails: 500.
    InternalError,
    /// The service is not there: 503.
    Unavailable,
    /// The connection is cut before the call takes effect.
    CutBefore,
    /// The call takes effect, and its answer is lost.
    CutAfter,
    /// The answer takes this long.
    Slow(Duration),
    /// The change that the call begins never ends.
    Stuck,
    /// The change that the call begins ends in `Failed`, for this reason.
    Fails(String),
    /// A quota is used up.
    QuotaReached,
    /// The subnet has no address left.
    SubnetFull,
    /// The caller may not do this.
    AccessDenied,
    /// The caller's credentials have expired.
    CredentialsExpired,
    /// Somebody else writes the same object at the same time: 409.
    Conflict,
    /// Somebody else does this to the instance, so long after the call.
    Outsider(OutsiderAct, Duration),
    /// The worker that the launch starts on the instance does this, if it starts one.
    Worker(WorkerFault),
}

/// A fault, and the calls that it strikes.
#[derive(Debug, Clone)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// The operation; `None` for any.
    pub operation: Option<String>,
    /// The regions; `None` for any.
    pub regions: Option<Vec<Region>>,
    /// The name of the instance (or lifecycle configuration) that the call is about; `None` for any call.
    pub names: Option<Vec<GlobMatcher>>,
    /// In how many of 100 matching calls it strikes.
    pub percent: u32,
    /// How many matching calls go well before it may strike.
    pub after: u32,
    /// How often it strikes at most; `None` for no end.
    pub times: Option<u32>,
}

impl FaultRule {
    /// A rule that strikes every call.
    pub fn always(fault: Fault) -> FaultRule {
        FaultRule { fault, operation: None, regions: None, names: None, percent: 100, after: 0, times: None }
    }

    /// The name of the fault in scenarios, flags and the log.
    pub fn kind(&self) -> &'static str {
        match &self.fault {
            Fault::Throttle => "throttle",
            Fault::InternalError => "internal-error",
            Fault::Unavailable => "unavailable",
            Fault::CutBefore => "cut-before",
            Fault::CutAfter => "cut-after",
            Fault::Slow(_) => "slow",
            Fault::Stuck => "stuck",
            Fault::Fails(_) => "fails",
            Fault::QuotaReached => "quota-reached",
            Fault::SubnetFull => "subnet-full",
            Fault::AccessDenied => "access-denied",
            Fault::CredentialsExpired => "credentials-expired",
            Fault::Conflict => "conflict",
            Fault::Outsider(..) => "outsider",
            Fault::Worker(WorkerFault::Silent) => "worker-silent",
            Fault::Worker(WorkerFault::Dies) => "worker-dies",
            Fault::Worker(WorkerFault::Fails) => "worker-fails",
            Fault::Worker(WorkerFault::Corrupts) => "worker-corrupts",
        }
    }

    /// The rule as a command line has it, as far as one can.
    pub fn describe(&self) -> String {
        let operation = self.operation.as_ref().map(|operation| format!(":{operation}")).unwrap_or_default();
        let percent = if self.percent < 100 { format!("@{}%", self.percent) } else { String::new() };
        let value = match &self.fault {
            Fault::Slow(wait) => format!("={}s", wait.as_secs()),
            Fault::Fails(reason) => format!("={reason}"),
            Fault::Outsider(act, wait) => format!("={}+{}s", act.as_str(), wait.as_secs()),
            Fault::Throttle
            | Fault::InternalError
            | Fault::Unavailable
            | Fault::CutBefore
            | Fault::CutAfter
            | Fault::Stuck
            | Fault::QuotaReached
            | Fault::SubnetFull
            | Fault::AccessDenied
            | Fault::CredentialsExpired
            | Fault::Conflict
            | Fault::Worker(_) => String::new(),
        };
        format!("{}{operation}{percent}{value}", self.kind())
    }

    fn concerns(&self, call: &Subject<'_>) -> bool {
        let named = |matchers: &Vec<GlobMatcher>| {
            call.name.is_some_and(|name| matchers.iter().any(|matcher| matcher.is_match(name)))
        };
        self.operation.as_deref().is_none_or(|operation| operation == call.operation)
            && self.regions.as_ref().is_none_or(|any| any.iter().any(|one| one.as_str() == call.region))
            && self.names.as_ref().is_none_or(named)
    }
}

/// The call that may be struck.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) operation: &'a str,
    /// What it is about, if it is about one thing.
    pub(crate) name: Option<&'a str>,
}

/// The rules of a world and how often each has come to bear.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    rule: FaultRule,
    struck: u32,
    /// How many calls of each kind have been looked at, where that decides: the draw for the next one.
    seen: std::collections::BTreeMap<String, u32>,
    total: u32,
}

impl Counted {
    /// The number of the next call of this kind.
    fn count(&mut self, subject: &str) -> u32 {
        let nth = self.seen.entry(subject.to_owned()).or_insert(0);
        *nth = nth.saturating_add(1);
        *nth
    }
}

/// A fault that strikes now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) kind: &'static str,
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>) -> Faults {
        let counted = |rule| Counted { rule, struck: 0, seen: Default::default(), total: 0 };
        Faults { rules: rules.into_iter().map(counted).collect() }
    }

    /// The first rule that strikes this call. Rules behind it do not hear of the call.
    ///
    /// Whether one strikes in its percentage of cases is drawn for the `n`-th call of this kind about this name,
    /// not for the `n`-th call of all: calls about other things may come in any order.
    pub(crate) fn strike(&mut self, seed: Seed, call: &Subject<'_>) -> Option<Strike> {
        let subject = [call.account, call.region, call.operation, call.name.unwrap_or_default()].join("/");
        let number = self.rules.iter_mut().enumerate();
        for (at, counted) in number.filter(|(_, counted)| counted.rule.concerns(call)) {
            // What always strikes needs no draw; names are the clients', and there is no end to them.
            let nth = (counted.rule.percent < 100).then(|| counted.count(&subject));
            counted.total += 1;
            let spent = counted.rule.times.is_some_and(|times| counted.struck >= times);
            if spent || counted.total <= counted.rule.after {
                continue;
            }
            let draw = |nth: u32| seed.draw(&["fault", &at.to_string(), &subject, &nth.to_string()]);
            if nth.is_none_or(|nth| draw(nth).in_percent(counted.rule.percent)) {
                counted.struck += 1;
                return Some(Strike { fault: counted.rule.fault.clone(), kind: counted.rule.kind() });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(operation: &'a str, name: &'a str) -> Subject<'a> {
        Subject { account: "123456789012", region: "us-east-1", operation, name: Some(name) }
    }

    fn strikes(rule: FaultRule, calls: &[(&str, &str)]) -> Vec<bool> {
        let mut faults = Faults::new(vec![rule]);
        let one =
            |(operation, name): &(&str, &str)| faults.strike(Seed(1), &subject(operation, name)).is_some();
        calls.iter().map(one).collect()
    }

    #[test]
    fn a_rule_strikes_only_the_operation_and_the_names_that_it_is_for() {
        let glob = globset::Glob::new("fraud-*").unwrap().compile_matcher();
        let rule = FaultRule {
            operation: Some("StopNotebookInstance".to_owned()),
            names: Some(vec![glob]),
            ..FaultRule::always(Fault::Throttle)
        };
        let calls = [
            ("StopNotebookInstance", "fraud-1"),
            ("StopNotebookInstance", "vision-1"),
            ("StartNotebookInstance", "fraud-1"),
        ];
        assert_eq!(strikes(rule, &calls), [true, false, false]);
    }

    #[test]
    fn after_and_times_bound_when_a_rule_strikes() {
        let rule = FaultRule { after: 1, times: Some(2), ..FaultRule::always(Fault::InternalError) };
        let calls = [("ListTags", "a"); 5];
        assert_eq!(strikes(rule, &calls), [false, true, true, false, false]);
    }

    #[test]
    fn a_rule_that_always_strikes_counts_no_names() {
        let strike_all = |rule: FaultRule| {
            let mut faults = Faults::new(vec![rule]);
            for n in 0..100 {
                faults.strike(Seed(1), &subject("X", &format!("name-{n}")));
            }
            faults.rules[0].seen.len()
        };
        assert_eq!(strike_all(FaultRule::always(Fault::Throttle)), 0);
        assert_eq!(strike_all(FaultRule { percent: 50, ..FaultRule::always(Fault::Throttle) }), 100);
    }

    #[test]
    fn a_percentage_does_not_depend_on_the_order_of_other_calls() {
        let rule = || FaultRule { percent: 50, ..FaultRule::always(Fault::Throttle) };
        let forth: Vec<(&str, &str)> = vec![("X", "a"), ("X", "b"), ("X", "c"), ("X", "d")];
        let back: Vec<(&str, &str)> = forth.iter().rev().copied().collect();
        let mut reversed = strikes(rule(), &back);
        reversed.reverse();
        assert_eq!(strikes(rule(), &forth), reversed);
        let many = vec![("X", "a"); 400];
        let struck = strikes(rule(), &many).into_iter().filter(|one| *one).count();
        assert!((150..250).contains(&struck), "{struck} of 400");
    }
}
