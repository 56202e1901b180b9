//! Pure: the way to the internet by HTTPS.

use std::collections::BTreeSet;

use crate::network::{CheckVerdict, Destination, SecurityGroup, Via};

use super::finding::Finding;
use super::place::Location;
use super::routes;
use super::rules::{ANSWERS, Crossing, HTTPS, Open, covers, crosses};

/// Whether an instance there reaches the internet: names, groups, network ACL and routes.
pub(super) fn internet(place: &Location<'_>) -> Finding {
    let route = routes::to_internet(place);
    let parts = [names(place), groups(place, &BTreeSet::new()), borders(place)];
    Finding::all([route].into_iter().chain(parts))
}

/// Without the VPC's resolver no name of AWS leads anywhere.
pub(super) fn names(place: &Location<'_>) -> Finding {
    let vpc = &place.subnet.vpc;
    match place.survey.dns.get(vpc).map(|dns| &dns.support) {
        Some(Ok(true)) => Finding::silent(),
        Some(Ok(false)) => {
            Finding::no(format!("enableDnsSupport is off in {vpc}, so that no name is resolved"))
        }
        Some(Err(error)) => Finding::unread(&format!("enableDnsSupport of {vpc}"), error),
        None => Finding::unknown(format!("the DNS attributes of {vpc} are not known")),
    }
}

/// Whether the groups let HTTPS out to public addresses: all of them, or those of one service, whose prefix lists are
/// these. A rule for a prefix list that leads to a gateway endpoint is for one service and not for the internet; what
/// is in another list is not read.
pub(super) fn groups(place: &Location<'_>, lists: &BTreeSet<&String>) -> Finding {
    let own = match place.own_groups() {
        Ok(own) => own,
        Err(finding) => return finding,
    };
    let mut open = Open::of(own.iter().flat_map(|group| &group.egress));
    let names = ids(&own);
    if open.lists.iter().any(|list| lists.contains(list)) {
        return Finding::yes(format!("{names} let HTTPS out to {}", open.told()));
    }
    let of_services = service_lists(place);
    open.lists.retain(|list| !of_services.contains(list));
    let told = open.told();
    match covers(&open, &place.internet()) {
        CheckVerdict::Yes => Finding::yes(format!("{names} let HTTPS out to {told}")),
        CheckVerdict::No => {
            Finding::no(format!("{names} let HTTPS out to {told}, which is not on the internet"))
        }
        CheckVerdict::Unknown => Finding::unknown(format!(
            "{names} let HTTPS out to {told} alone, which may not be all that is needed"
        )),
    }
}

/// The prefix lists that lead to gateway endpoints: those of S3 and DynamoDB.
pub(super) fn service_lists(place: &Location<'_>) -> BTreeSet<String> {
    let tables = place.tables().into_iter().flatten();
    let routes = tables.flat_map(|table| &table.routes);
    routes
        .filter_map(|route| match (&route.destination, &route.via) {
            (Destination::PrefixList(list), Via::Endpoint(_)) => Some(list.clone()),
            (Destination::PrefixList(_) | Destination::Ipv4(_) | Destination::Ipv6 { .. }, _) => None,
        })
        .collect()
}

/// Groups as evidence names them.
pub(super) fn ids(groups: &[&SecurityGroup]) -> String {
    groups.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether the network ACL of the subnet lets HTTPS out to public addresses, and the answers in.
pub(super) fn borders(place: &Location<'_>) -> Finding {
    let acl = match place.acl_of(&place.subnet.id) {
        Ok(acl) => acl,
        Err(finding) => return finding,
    };
    let (peers, told) = (&place.internet(), "the internet");
    let out = crosses(acl, Crossing { egress: true, ports: HTTPS, peers, told });
    let back = crosses(acl, Crossing { egress: false, ports: ANSWERS, peers, told });
    Finding::all([out, back])
}
