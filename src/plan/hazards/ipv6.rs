//! Pure: a way to the internet by IPv6, which an instance with both protocols has where its subnet has one.

use crate::network;
use crate::plan::{Hazard, HazardKind};

use super::replacing::{Replacing, hazard};

pub(super) fn find(replacing: &Replacing<'_>) -> Option<Hazard> {
    let dualstack = replacing.request.ip_address_type.as_deref() == Some("dualstack");
    let found = dualstack.then(|| network::ipv6_way_out(replacing.facts, &replacing.place))??;
    Some(hazard(HazardKind::Ipv6ToInternet, [found]))
}
