//! Security groups and their rules.

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::xml::{Node, group, set, text};
use crate::sandbox::world::network::{Peer, Permission, SecurityGroup};

use super::filter::TAG_KEY;
use super::listing::{Ids, Listing, missing_parameter, resource};
use super::view::{View, tags};
use super::vpcs::VPC_ID;

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

/// The rules of security groups.
pub(super) const SECURITY_GROUP_RULES: Listing = Listing {
    operation: "DescribeSecurityGroupRules",
    set: "securityGroupRuleSet",
    key: &["securityGroupRuleId"],
    ids: &[Ids {
        parameter: "SecurityGroupRuleId",
        path: "securityGroupRuleId",
        shape: Some(("sgr-", "InvalidSecurityGroupRuleId.Malformed")),
        missing: ("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"),
    }],
    filters: &[("group-id", "groupId"), ("security-group-rule-id", "securityGroupRuleId"), TAG_KEY],
    all: rules,
    ..Listing::PLAIN
};

/// Security groups that may be used in one VPC.
pub(super) const SECURITY_GROUPS_FOR_VPC: Listing = Listing {
    operation: "GetSecurityGroupsForVpc",
    set: "securityGroupForVpcSet",
    key: &["groupId"],
    filters: &[
        ("group-id", "groupId"),
        ("description", "description"),
        ("group-name", "groupName"),
        ("owner-id", "ownerId"),
        ("primary-vpc-id", "primaryVpcId"),
    ],
    others: &["VpcId"],
    all: for_vpc,
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

/// Every rule of every security group.
fn rules(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let of = |one: &SecurityGroup| -> Vec<Node> {
        let both = [(false, &one.ingress), (true, &one.egress)];
        let directed = both
            .into_iter()
            .flat_map(|(egress, rules)| rules.iter().enumerate().map(move |rule| (egress, rule)));
        directed.map(|(egress, rule)| one_rule(view, one, egress, rule)).collect()
    };
    Ok(view.network.security_groups.values().flat_map(of).collect())
}

fn one_rule(view: &View<'_>, of: &SecurityGroup, egress: bool, (at, rule): (usize, &Permission)) -> Node {
    let direction = if egress { "egress" } else { "ingress" };
    let id = view.id("sgr", &[&of.id, direction, &at.to_string()]);
    let peer = match &rule.peer {
        Peer::Ipv4(block) => text("cidrIpv4", block),
        Peer::Ipv6(block) => text("cidrIpv6", block),
        Peer::PrefixList(id) => text("prefixListId", id),
        Peer::Group(id) => {
            group("referencedGroupInfo", vec![text("groupId", id), text("userId", owner(view, id))])
        }
    };
    // Here all traffic does have ports, -1 (AWS CLI's own example output).
    let (from, to) = port_range(&rule.protocol, rule.ports).unwrap_or((-1, -1));
    resource(vec![
        text("securityGroupRuleId", &id),
        text("groupId", &of.id),
        text("groupOwnerId", &of.owner),
        text("isEgress", egress),
        text("ipProtocol", &rule.protocol),
        text("fromPort", from),
        text("toPort", to),
        peer,
        group("tagSet", Vec::new()),
        text("securityGroupRuleArn", view.arn(&of.owner, &format!("security-group-rule/{id}"))),
    ])
}

/// Every security group that may be used in one VPC.
fn for_vpc(view: &View<'_>) -> Result<Vec<Node>, AwsError> {
    let vpc_id = view.query.get("VpcId").ok_or_else(|| missing_parameter("VpcId"))?;
    if !view.network.vpcs.contains_key(vpc_id) {
        return Err(VPC_ID.refusal(vpc_id));
    }
    let all = view.network.security_groups.values().filter(|one| one.vpc_id == vpc_id).map(|one| {
        resource(vec![
            text("description", &one.description),
            text("groupName", &one.name),
            text("ownerId", &one.owner),
            text("groupId", &one.id),
            tags(&one.tags),
            text("primaryVpcId", &one.vpc_id),
        ])
    });
    Ok(all.collect())
}
