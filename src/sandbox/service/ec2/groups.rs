//! Security groups.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, set, text};
use crate::sandbox::world::network::{Peer, Permission, SecurityGroup};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, resource};
use super::view::{View, tags};

/// Security groups.
pub(super) const SECURITY_GROUPS: Listing = Listing {
    operation: "DescribeSecurityGroups",
    set: "securityGroupInfo",
    key: &["groupId"],
    ids: &[
        Ids {
            parameter: "GroupId",
            path: "groupId",
            shape: Some(("sg-", "InvalidGroupId.Malformed")),
            missing: ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
        },
        Ids {
            parameter: "GroupName",
            path: "groupName",
            shape: None,
            missing: ("InvalidGroup.NotFound", "The security group '{}' does not exist in the default VPC"),
        },
    ],
    filters: &[
        ("description", "groupDescription"),
        ("egress.ip-permission.cidr", "ipPermissionsEgress/ipRanges/cidrIp"),
        ("egress.ip-permission.from-port", "ipPermissionsEgress/fromPort"),
        ("egress.ip-permission.group-id", "ipPermissionsEgress/groups/groupId"),
        ("egress.ip-permission.group-name", "ipPermissionsEgress/groups/groupName"),
        ("egress.ip-permission.ipv6-cidr", "ipPermissionsEgress/ipv6Ranges/cidrIpv6"),
        ("egress.ip-permission.prefix-list-id", "ipPermissionsEgress/prefixListIds/prefixListId"),
        ("egress.ip-permission.protocol", "ipPermissionsEgress/ipProtocol"),
        ("egress.ip-permission.to-port", "ipPermissionsEgress/toPort"),
        ("egress.ip-permission.user-id", "ipPermissionsEgress/groups/userId"),
        ("group-id", "groupId"),
        ("group-name", "groupName"),
        ("ip-permission.cidr", "ipPermissions/ipRanges/cidrIp"),
        ("ip-permission.from-port", "ipPermissions/fromPort"),
        ("ip-permission.group-id", "ipPermissions/groups/groupId"),
        ("ip-permission.group-name", "ipPermissions/groups/groupName"),
        ("ip-permission.ipv6-cidr", "ipPermissions/ipv6Ranges/cidrIpv6"),
        ("ip-permission.prefix-list-id", "ipPermissions/prefixListIds/prefixListId"),
        ("ip-permission.protocol", "ipPermissions/ipProtocol"),
        ("ip-permission.to-port", "ipPermissions/toPort"),
        ("ip-permission.user-id", "ipPermissions/groups/userId"),
        ("owner-id", "ownerId"),
        TAG_KEY,
        ("vpc-id", "vpcId"),
    ],
    all: groups,
    ..Listing::PLAIN
};

/// Every security group; those of the default VPC alone where they are asked for by name.
fn groups(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let by_name = !view.query.list("GroupName").is_empty();
    let in_default = |vpc: &str| view.network.vpcs.get(vpc).is_some_and(|vpc| vpc.is_default);
    let all = view.network.security_groups.values();
    let all = all.filter(|one| !by_name || in_default(&one.vpc_id));
    Ok(all.map(|one| one_group(view, one)).collect())
}

fn one_group(view: &View<'_>, one: &SecurityGroup) -> Node {
    resource(vec![
        text("groupId", &one.id),
        permissions("ipPermissionsEgress", view, &one.egress),
        tags(&one.tags),
        text("vpcId", &one.vpc_id),
        text("securityGroupArn", view.arn(&one.owner, &format!("security-group/{}", one.id))),
        text("ownerId", &one.owner),
        text("groupName", &one.name),
        text("groupDescription", &one.description),
        permissions("ipPermissions", view, &one.ingress),
    ])
}

/// Rules, those of the same protocol and ports in one.
fn permissions(name: &'static str, view: &View<'_>, rules: &[Permission]) -> Node {
    let mut kinds: Vec<(&str, Option<(u16, u16)>)> = Vec::new();
    for rule in rules {
        let kind = (rule.protocol.as_str(), rule.ports);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let one = |(protocol, ports): (&str, Option<(u16, u16)>)| {
        let of_kind = rules.iter().filter(|rule| (rule.protocol.as_str(), rule.ports) == (protocol, ports));
        let peers: Vec<&Peer> = of_kind.map(|rule| &rule.peer).collect();
        let mut members = vec![text("ipProtocol", protocol)];
        if let Some((from, to)) = port_range(protocol, ports) {
            members.extend([text("fromPort", from), text("toPort", to)]);
        }
        members.extend(peer_sets(view, &peers));
        members
    };
    set(name, kinds.into_iter().map(one))
}

/// The ports as numbers. ICMP without a type and code has -1 for both; all traffic has neither in a permission.
fn port_range(protocol: &str, ports: Option<(u16, u16)>) -> Option<(i32, i32)> {
    match ports {
        _ if protocol == "-1" => None,
        Some((from, to)) => Some((from.into(), to.into())),
        None => protocol.starts_with("icmp").then_some((-1, -1)),
    }
}

fn peer_sets(view: &View<'_>, peers: &[&Peer]) -> [Node; 4] {
    let (mut groups, mut ipv4, mut ipv6, mut lists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for peer in peers {
        match peer {
            Peer::Ipv4(block) => ipv4.push(vec![text("cidrIp", block)]),
            Peer::Ipv6(block) => ipv6.push(vec![text("cidrIpv6", block)]),
            Peer::PrefixList(id) => lists.push(vec![text("prefixListId", id)]),
            Peer::Group(id) => groups.push(vec![text("userId", owner(view, id)), text("groupId", id)]),
        }
    }
    [set("groups", groups), set("ipRanges", ipv4), set("ipv6Ranges", ipv6), set("prefixListIds", lists)]
}

fn owner<'a>(view: &View<'a>, group_id: &str) -> &'a str {
    view.network.security_groups.get(group_id).map_or(view.account, |one| &one.owner)
}
