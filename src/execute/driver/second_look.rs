//! Asks, before what cannot be taken back (an item is begun, what runs is stopped, a source is deleted), whether what that
//! depends on can still be used.

use jiff::Timestamp;

use crate::clock::elapsed;
use crate::execute::cloud::Cloud;
use crate::execute::dependency::{Dependency, Outlook, instead, unmet};
use crate::execute::moving::When;
use crate::execute::standings::HOLDS;
use crate::execute::step::Step;

use super::look::FRESH;
use super::state::{Driver, description_in};

impl<C: Cloud> Driver<'_, C> {
    /// The step, or what becomes of it where AWS says that the item cannot be done any more. What AWS does not tell is not
    /// known, and keeps nobody, but where files are moved: there it is a no. `None` where asking took so long that the instances
    /// must be looked at again first.
    pub(super) async fn still_possible(&mut self, step: Step) -> Option<Step> {
        let shared = self.shared;
        let now = shared.clock.now();
        let holds = |at: Timestamp| elapsed(at, now) < HOLDS;
        let cleared = self.cleared.is_some_and(holds);
        // Files may be lost, or become too old, between one step and the next: each step asks for itself.
        let moved = self.moved.as_ref().is_some_and(|(of, at)| *of == step && holds(*at));
        let item = self.item;
        let mut dependencies = self.dependencies(&step);
        dependencies.retain(|one| if one.moved().is_some() { !moved } else { !cleared });
        for dependency in &dependencies {
            let ports = (shared.cloud, shared.clock);
            let told = shared.standings.ask(ports, item.id(), dependency).await;
            let when = When { now: shared.clock.now(), replaced: self.replaced() };
            if let Some(found) = unmet(item, dependency, told.as_ref(), when) {
                let why = (shared.conduct.unmet)(item, dependency, found);
                return Some(instead(&step, item, dependency, why));
            }
        }
        if dependencies.is_empty() {
            return Some(step);
        }
        if dependencies.iter().any(|one| one.moved().is_none()) {
            self.cleared = Some(now);
        }
        if dependencies.iter().any(|one| one.moved().is_some()) {
            // From when it was told: of a large transfer, asking takes longer than an answer holds.
            self.moved = Some((step.clone(), shared.clock.now()));
        }
        let stale = self.fresh.is_some_and(|at| elapsed(at, shared.clock.now()) > FRESH);
        (!stale).then_some(step)
    }

    /// When the replacement was created, as far as that was seen.
    fn replaced(&self) -> Option<Timestamp> {
        description_in(&self.seen.as_ref()?.replacement)?.creation_time
    }

    /// What must be asked before the step.
    fn dependencies(&self, step: &Step) -> Vec<Dependency> {
        let Some(observed) = &self.seen else { return Vec::new() };
        let Driver { item, applied, shared, .. } = self;
        let (account, plan) = (&shared.plan.account, &shared.plan.digest);
        (shared.conduct.dependencies)(&Outlook { step, item: *item, observed, applied, account, plan })
    }
}
