//! What VPCs tell their machines by DHCP: Amazon's own name servers, as every VPC has at first.

use std::collections::BTreeSet;

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, set, text};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, resource};
use super::view::{View, tags};

/// DHCP options.
pub(super) const DHCP_OPTIONS: Listing = Listing {
    operation: "DescribeDhcpOptions",
    set: "dhcpOptionsSet",
    key: &["dhcpOptionsId"],
    ids: &[Ids {
        parameter: "DhcpOptionsId",
        path: "dhcpOptionsId",
        shape: Some(("dopt-", "InvalidDhcpOptionsId.Malformed")),
        missing: ("InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{}' does not exist"),
    }],
    filters: &[
        ("dhcp-options-id", "dhcpOptionsId"),
        ("key", "dhcpConfigurationSet/key"),
        ("owner-id", "ownerId"),
        TAG_KEY,
        ("value", "dhcpConfigurationSet/valueSet/value"),
    ],
    all: options,
    ..Listing::PLAIN
};

/// Those of every VPC, once each.
fn options(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let known: BTreeSet<(&str, &str)> =
        view.network.vpcs.values().map(|vpc| (vpc.dhcp_options_id.as_str(), vpc.owner.as_str())).collect();
    let servers = || {
        let values = set("valueSet", [vec![text("value", "AmazonProvidedDNS")]]);
        set("dhcpConfigurationSet", [vec![text("key", "domain-name-servers"), values]])
    };
    let one = |(id, owner): (&str, &str)| {
        resource(vec![
            servers(),
            text("dhcpOptionsId", id),
            text("ownerId", owner),
            tags(&Default::default()),
        ])
    };
    Ok(known.into_iter().map(one).collect())
}
