//! Security groups and their rules.

use aws_sdk_ec2::types;

use crate::aws::answer::{Unreadable, parsed_required, required};
use crate::network::{Peer, Rule, SecurityGroup, Traffic};

use super::listing::listing;

listing!(
    /// Security groups.
    security_groups: SecurityGroup,
    "DescribeSecurityGroups", describe_security_groups, filters, 1000, security_groups, read_group
);

fn read_group(group: &types::SecurityGroup) -> Result<SecurityGroup, Unreadable> {
    Ok(SecurityGroup {
        id: parsed_required("GroupId", group.group_id())?,
        name: required("GroupName", group.group_name())?.to_owned(),
        description: group.description().unwrap_or_default().to_owned(),
        vpc: parsed_required("VpcId", group.vpc_id())?,
        egress: rules(group.ip_permissions_egress())?,
        ingress: rules(group.ip_permissions())?,
    })
}

fn rules(permissions: &[types::IpPermission]) -> Result<Vec<Rule>, Unreadable> {
    let mut rules = Vec::new();
    for permission in permissions {
        let ports = (permission.from_port(), permission.to_port());
        let traffic = traffic(required("IpProtocol", permission.ip_protocol())?, ports)?;
        let mut peers = Vec::new();
        for range in permission.ip_ranges() {
            peers.push(Peer::Ipv4(parsed_required("CidrIp", range.cidr_ip())?));
        }
        for pair in permission.user_id_group_pairs() {
            peers.push(Peer::Group(parsed_required("GroupId", pair.group_id())?));
        }
        for list in permission.prefix_list_ids() {
            peers.push(Peer::PrefixList(required("PrefixListId", list.prefix_list_id())?.to_owned()));
        }
        peers.extend(permission.ipv6_ranges().iter().map(|_| Peer::Ipv6));
        rules.extend(peers.into_iter().map(|peer| Rule { traffic, peer }));
    }
    Ok(rules)
}

/// What a protocol by name or number and its ports are. Without ports, or with -1 for them, it is all of them.
pub(super) fn traffic(protocol: &str, (from, to): (Option<i32>, Option<i32>)) -> Result<Traffic, Unreadable> {
    let port =
        |port: i32| u16::try_from(port).map_err(|_| Unreadable(format!("a port is out of bounds: {port}")));
    match protocol {
        "-1" => Ok(Traffic::All),
        "tcp" | "6" => match (from, to) {
            (None | Some(-1), _) | (_, None | Some(-1)) => Ok(Traffic::Tcp(0, u16::MAX)),
            (Some(from), Some(to)) => Ok(Traffic::Tcp(port(from)?, port(to)?)),
        },
        _ => Ok(Traffic::Other),
    }
}
