//! Reads the inventory, shows how far it has come, and makes plans of it.

use crate::api_error::ApiError;
use crate::cli::connect::Connected;
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{
    CompanionSource as _, Description, InstanceSource, Inventory, Summary, Tags, collect, read_companions,
};
use crate::network::read_facts;
use crate::plan::Inputs;
use crate::plan::planner::{draft, wanted_companions, wanted_facts};
use crate::plan::{KnownRuns, Plan};
use crate::policy::Policy;
use crate::report::progress::ReadingBar;

/// Reads the instances of the regions, with the tags of those that `wants_tags` asks for.
pub(super) async fn inventory(
    connected: &Connected,
    regions: Vec<Region>,
    wants_tags: &(impl Fn(&Description) -> bool + Sync),
    printer: &Printer,
) -> Inventory {
    let watched = Watched { source: &connected.session, bar: ReadingBar::new(printer.is_quiet()) };
    let collection = collect(&watched, &regions, wants_tags).await;
    Inventory {
        account: connected.identity.account.clone(),
        taken_at: connected.clock.now(),
        regions,
        instances: collection.instances,
        gaps: collection.gaps,
    }
}

/// Reads what there is and where it could go, and plans.
pub(super) async fn plan(
    connected: &Connected,
    (policy, runs): (&Policy, &KnownRuns),
    regions: Vec<Region>,
    printer: &Printer,
) -> Result<Plan, CommandError> {
    // All tags: a replacement is known by its tags, and it is compliant.
    let inventory = inventory(connected, regions, &|_: &Description| true, printer).await;
    let (facts, companions) = (wanted_facts(policy, &inventory), wanted_companions(policy, &inventory));
    let (facts, mut companions) = futures_util::join!(
        read_facts(&connected.session, &facts),
        read_companions(&connected.session, &companions)
    );
    let now = inventory.taken_at;
    let inputs = Inputs { policy, inventory: &inventory, facts: &facts, companions: &companions, runs, now };
    let draft = draft(inputs);
    // The whole account is read for it: only where something gets another ARN.
    if let Some(region) = draft.replaces_in() {
        companions.policies = Some(connected.session.policies(region).await);
    }
    draft.sealed(&companions).map_err(|error| CommandError::from_error(ExitStatus::Bug, &error))
}

/// A source that counts what passes.
struct Watched<'a, S> {
    source: &'a S,
    bar: ReadingBar,
}

impl<S: InstanceSource> InstanceSource for Watched<'_, S> {
    async fn list(&self, region: &Region) -> Result<Vec<Summary>, ApiError> {
        let listed = self.source.list(region).await;
        self.bar.found(listed.as_ref().map_or(0, Vec::len));
        listed
    }

    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        let described = self.source.describe(region, name).await;
        self.bar.read();
        described
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        self.source.tags(region, arn).await
    }
}
