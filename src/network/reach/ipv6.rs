//! Pure: IPv6, as far as it concerns an instance that asks for both protocols (`dualstack`).

use crate::network::{Check, CheckName, Destination, NetworkFacts, Subnet, Via};

use super::finding::Finding;
use super::{Asked, location};

/// Whether the subnet has IPv6 addresses ("When you specify dualstack, the subnet must support IPv6 CIDR blocks": botocore
/// 1.44.5).
pub fn ipv6(subnet: &Subnet) -> Check {
    let id = &subnet.id;
    let finding = if subnet.has_ipv6 {
        Finding::yes(format!("{id} has IPv6 addresses"))
    } else {
        Finding::no(format!("{id} has no IPv6 addresses, which `dualstack` needs"))
    };
    finding.of(CheckName::Ipv6, false)
}

/// What leads by IPv6 to the internet and back, past every NAT gateway: an IPv6 address is a public one. Also that it is not
/// known whether anything does.
pub fn ipv6_way_out(facts: &NetworkFacts, asked: &Asked<'_>) -> Option<String> {
    let place = location(facts, asked, &[])?;
    let table = match place.table_of(asked.subnet) {
        Ok(table) => table,
        Err(unknown) => return Some(unknown.evidence.join("; ")),
    };
    let leads = |via: &Via| match via {
        Via::InternetGateway(id) => Some(id.clone()),
        Via::Local | Via::Nat(_) | Via::Endpoint(_) | Via::Elsewhere(..) | Via::Nowhere => None,
    };
    let all = table.routes.iter().filter(|route| route.destination == Destination::Ipv6 { everything: true });
    let gateway = all.filter(|route| route.state == "active").find_map(|route| leads(&route.via))?;
    Some(format!("{} sends IPv6 from {} to {gateway}", table.id, asked.subnet))
}
