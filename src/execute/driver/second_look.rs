//! Asks, before an item is begun and before its source is first stopped, whether what it depends on can still be used.

use crate::clock::elapsed;
use crate::execute::cloud::Cloud;
use crate::execute::dependency::{before, instead, unmet};
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
        if !shared.conduct.is_application || cleared {
            return Some(step);
        }
        let dependencies = before(&step, self.item, &self.past, &shared.plan.account);
        for dependency in &dependencies {
            let ports = (shared.cloud, shared.clock);
            let told = shared.standings.ask(ports, &self.item.id().region, dependency).await;
            if let Some(why) = told.and_then(|told| unmet(self.item, dependency, &told)) {
                return Some(instead(&step, self.item, why));
            }
        }
        if dependencies.is_empty() {
            return Some(step);
        }
        self.cleared = Some(now);
        let stale = self.fresh.is_some_and(|at| elapsed(at, shared.clock.now()) > FRESH);
        (!stale).then_some(step)
    }
}
