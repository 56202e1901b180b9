//! Network access control lists.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, set, text};
use crate::sandbox::world::network::{Acl, AclEntry};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, resource};
use super::view::{View, tags};

/// Network access control lists.
pub(super) const NETWORK_ACLS: Listing = Listing {
    operation: "DescribeNetworkAcls",
    set: "networkAclSet",
    key: &["networkAclId"],
    ids: &[Ids {
        parameter: "NetworkAclId",
        path: "networkAclId",
        shape: Some(("acl-", "InvalidNetworkAclId.Malformed")),
        missing: ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"),
    }],
    filters: &[
        ("association.association-id", "associationSet/networkAclAssociationId"),
        ("association.network-acl-id", "associationSet/networkAclId"),
        ("association.subnet-id", "associationSet/subnetId"),
        ("default", "default"),
        ("entry.cidr", "entrySet/cidrBlock"),
        ("entry.icmp.code", "entrySet/icmpTypeCode/code"),
        ("entry.icmp.type", "entrySet/icmpTypeCode/type"),
        ("entry.ipv6-cidr", "entrySet/ipv6CidrBlock"),
        ("entry.port-range.from", "entrySet/portRange/from"),
        ("entry.port-range.to", "entrySet/portRange/to"),
        ("entry.protocol", "entrySet/protocol"),
        ("entry.rule-action", "entrySet/ruleAction"),
        ("entry.egress", "entrySet/egress"),
        ("entry.rule-number", "entrySet/ruleNumber"),
        ("network-acl-id", "networkAclId"),
        ("owner-id", "ownerId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
    ],
    all: acls,
    ..Listing::PLAIN
};

/// The number of the entry that each list ends with and nobody can take out: `*` in the console.
const LAST: u32 = 32767;

/// Every list.
fn acls(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    Ok(view.network.acls.values().map(|acl| one_acl(view, acl)).collect())
}

fn one_acl(view: &View<'_>, acl: &Acl) -> Node {
    let association = |subnet: &String| {
        vec![
            text("networkAclAssociationId", view.id("aclassoc", &[&acl.id, subnet])),
            text("networkAclId", &acl.id),
            text("subnetId", subnet),
        ]
    };
    let mut entries = acl.entries.clone();
    for egress in [true, false] {
        if !entries.iter().any(|entry| entry.egress == egress && entry.number == LAST) {
            let (protocol, cidr) = ("-1".to_owned(), "0.0.0.0/0".to_owned());
            entries.push(AclEntry { number: LAST, egress, allow: false, protocol, ports: None, cidr });
        }
    }
    entries.sort_by_key(|entry| (!entry.egress, entry.number));
    resource(vec![
        set("associationSet", acl.subnets.iter().map(association)),
        set("entrySet", entries.iter().map(one_entry)),
        text("default", acl.is_default),
        text("networkAclId", &acl.id),
        tags(&acl.tags),
        text("vpcId", &acl.vpc_id),
        text("ownerId", view.owner(&acl.vpc_id)),
    ])
}

fn one_entry(entry: &AclEntry) -> Vec<Node> {
    let block = if entry.cidr.contains(':') { "ipv6CidrBlock" } else { "cidrBlock" };
    let ports = |(from, to)| group("portRange", vec![text("from", from), text("to", to)]);
    let mut members = vec![
        text(block, &entry.cidr),
        text("egress", entry.egress),
        text("protocol", &entry.protocol),
        text("ruleAction", if entry.allow { "allow" } else { "deny" }),
        text("ruleNumber", entry.number),
    ];
    members.extend(entry.ports.map(ports));
    members
}
