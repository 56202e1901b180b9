//! Asks, before an item is begun and before its source is first stopped, whether what it depends on can still be used.

use crate::clock::elapsed;
use crate::execute::cloud::Cloud;
use crate::execute::dependency::{Dependency, Outlook, instead, unmet};
use crate::execute::standings::HOLDS;
use crate::execute::step::Step;

use super::look::FRESH;
use super::state::Driver;

impl<C: Cloud> Driver<'_, C> {
    /// The step, or what becomes of it where AWS says that the item cannot be done any more. What AWS does not tell is not
    /// known, and keeps nobody. `None` where asking took so long that the instances must be looked at again first.
    pub(super) async fn still_possible(&mut self, step: Step) -> Option<Step> {
        let shared = self.shared;
        let now = shared.clock.now();
        let cleared = self.cleared.is_some_and(|at| elapsed(at, now) < HOLDS);
        if cleared {
            return Some(step);
        }
        let item = self.item;
        let dependencies = self.dependencies(&step);
        for dependency in &dependencies {
            let ports = (shared.cloud, shared.clock);
            let told = shared.standings.ask(ports, item.id(), dependency).await;
            if let Some(found) = told.and_then(|told| unmet(item, dependency, &told)) {
                let why = (shared.conduct.unmet)(item, dependency, found);
                return Some(instead(&step, item, why));
            }
        }
        if dependencies.is_empty() {
            return Some(step);
        }
        self.cleared = Some(now);
        let stale = self.fresh.is_some_and(|at| elapsed(at, shared.clock.now()) > FRESH);
        (!stale).then_some(step)
    }

    /// What must be asked before the step.
    fn dependencies(&self, step: &Step) -> Vec<Dependency> {
        let Some(observed) = &self.seen else { return Vec::new() };
        let Driver { item, past, applied, shared, .. } = self;
        let account = &shared.plan.account;
        (shared.conduct.dependencies)(&Outlook { step, item: *item, observed, past, applied, account })
    }
}
