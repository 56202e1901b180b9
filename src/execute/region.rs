//! What the items of one region share.

use crate::execute::cloud::Cloud;
use crate::execute::poller::Poller;
use crate::execute::quota_room::QuotaRoom;
use crate::execute::shared::Shared;
use crate::ids::Region;

/// What the items of one region share.
pub(super) struct RegionContext<'a, C> {
    pub(super) poller: Poller<'a, C>,
    pub(super) quota_room: QuotaRoom,
}

impl<'a, C: Cloud> RegionContext<'a, C> {
    pub(super) fn of(shared: &'a Shared<'a, C>, region: &'a Region) -> Self {
        let (ports, run) = ((shared.cloud, shared.clock), shared.identity.run.as_str());
        let poller = Poller::new(ports, (run, region), shared.plan.limits.poll_interval());
        Self { poller, quota_room: QuotaRoom::default() }
    }
}
