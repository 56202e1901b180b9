//! Network ACLs.

use aws_sdk_ec2::types;

use crate::aws::answer::{Unreadable, parsed, parsed_required, present, required};
use crate::network::{Acl, AclEntry};

use super::groups::traffic;
use super::listing::listing;

listing!(
    /// Network ACLs.
    acls: Acl, "DescribeNetworkAcls", describe_network_acls, filters, 1000, network_acls, read_acl
);

fn read_acl(acl: &types::NetworkAcl) -> Result<Acl, Unreadable> {
    let subnets = acl.associations().iter().filter_map(|one| present(one.subnet_id()));
    let entries = acl.entries().iter().filter_map(|entry| read_entry(entry).transpose());
    Ok(Acl {
        id: required("NetworkAclId", acl.network_acl_id())?.to_owned(),
        vpc: parsed_required("VpcId", acl.vpc_id())?,
        subnets: subnets.map(|id| parsed("SubnetId", id)).collect::<Result<_, _>>()?,
        entries: entries.collect::<Result<_, _>>()?,
    })
}

/// An entry, unless it is for IPv6.
fn read_entry(entry: &types::NetworkAclEntry) -> Result<Option<AclEntry>, Unreadable> {
    if present(entry.cidr_block()).is_none() && present(entry.ipv6_cidr_block()).is_some() {
        return Ok(None);
    }
    let ports = entry.port_range().map_or((None, None), |range| (range.from(), range.to()));
    let number = required("RuleNumber", entry.rule_number())?;
    Ok(Some(AclEntry {
        number: u32::try_from(number)
            .map_err(|_| Unreadable(format!("RuleNumber: out of bounds: {number}")))?,
        egress: required("Egress", entry.egress())?,
        allow: match required("RuleAction", entry.rule_action())?.as_str() {
            "allow" => true,
            "deny" => false,
            other => return Err(Unreadable(format!("RuleAction: neither allow nor deny: {other}"))),
        },
        traffic: traffic(required("Protocol", entry.protocol())?, ports)?,
        peer: parsed_required("CidrBlock", present(entry.cidr_block()))?,
    }))
}
