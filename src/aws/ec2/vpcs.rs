//! VPCs, their subnets and DNS attributes, and zones.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::operation::RequestId;
use aws_sdk_ec2::types::{self, VpcAttributeName};
use futures_util::future::join_all;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, parsed, parsed_required, present, required};
use crate::aws::session::Regional;
use crate::ids::{SubnetId, VpcId};
use crate::network::{Block, Dns, Subnet, Vpc, VpcName, Zone};

use super::listing::listing;

listing!(
    /// Subnets.
    subnets: Subnet, "DescribeSubnets", describe_subnets, filters, 1000, subnets, read_subnet
);
listing!(
    /// VPCs.
    vpcs: Vpc, "DescribeVpcs", describe_vpcs, filters, 1000, vpcs, read_vpc
);

listing!(
    /// What people call VPCs.
    vpc_names: (VpcId, VpcName), "DescribeVpcs", describe_vpcs, filters, 1000, vpcs, read_vpc_name
);
listing!(
    /// What people call subnets.
    subnet_names: (SubnetId, Option<String>), "DescribeSubnets", describe_subnets, filters, 1000, subnets, read_subnet_name
);

fn read_vpc_name(vpc: &types::Vpc) -> Result<(VpcId, VpcName), Unreadable> {
    let id = parsed_required("VpcId", vpc.vpc_id())?;
    Ok((id, VpcName { name: name(vpc.tags()), is_default: vpc.is_default() == Some(true) }))
}

fn read_subnet_name(subnet: &types::Subnet) -> Result<(SubnetId, Option<String>), Unreadable> {
    Ok((parsed_required("SubnetId", subnet.subnet_id())?, name(subnet.tags())))
}

fn name(tags: &[types::Tag]) -> Option<String> {
    let named = tags.iter().find(|tag| tag.key() == Some("Name"));
    named.and_then(|tag| present(tag.value())).map(str::to_owned)
}

fn read_subnet(subnet: &types::Subnet) -> Result<Subnet, Unreadable> {
    let addresses = required("AvailableIpAddressCount", subnet.available_ip_address_count())?;
    let owned = |text: Option<&str>| present(text).map(str::to_owned);
    Ok(Subnet {
        id: parsed_required("SubnetId", subnet.subnet_id())?,
        vpc: parsed_required("VpcId", subnet.vpc_id())?,
        availability_zone: required("AvailabilityZone", subnet.availability_zone())?.to_owned(),
        cidr: required("CidrBlock", cidr(subnet))?.to_owned(),
        state: required("State", subnet.state())?.as_str().to_owned(),
        // Below zero is none: moto 5.2.5 counts on past an exhausted subnet.
        free_addresses: u32::try_from(addresses).unwrap_or(0),
        has_ipv6: subnet.ipv6_cidr_block_association_set().iter().any(is_associated),
        ipv6_native: subnet.ipv6_native() == Some(true),
        outpost: owned(subnet.outpost_arn()),
        kind: owned(subnet.r#type()),
        owner: present(subnet.owner_id()).map(|owner| parsed("OwnerId", owner)).transpose()?,
        block_public_access: blocked(subnet.block_public_access_states()),
    })
}

/// A block that is on its way to or from the subnet is none.
fn is_associated(block: &types::SubnetIpv6CidrBlockAssociation) -> bool {
    let state = block.ipv6_cidr_block_state().and_then(types::SubnetCidrBlockState::state);
    state == Some(&types::SubnetCidrBlockStateCode::Associated)
}

/// The IPv4 block, or the IPv6 block of a subnet that has no other.
fn cidr(subnet: &types::Subnet) -> Option<&str> {
    let ipv6 = || subnet.ipv6_cidr_block_association_set().iter().find_map(|set| set.ipv6_cidr_block());
    present(subnet.cidr_block()).or_else(ipv6)
}

fn read_vpc(vpc: &types::Vpc) -> Result<Vpc, Unreadable> {
    let listed = vpc.cidr_block_association_set().iter().filter_map(|set| set.cidr_block());
    let blocks: BTreeSet<&str> = listed.chain(present(vpc.cidr_block())).collect();
    Ok(Vpc {
        id: parsed_required("VpcId", vpc.vpc_id())?,
        blocks: blocks
            .into_iter()
            .map(|text| parsed("CidrBlock", text))
            .collect::<Result<Vec<Block>, _>>()?,
        tenancy: vpc.instance_tenancy().map(|tenancy| tenancy.as_str().to_owned()),
        block_public_access: blocked(vpc.block_public_access_states()),
    })
}

fn blocked(states: Option<&types::BlockPublicAccessStates>) -> Option<String> {
    let mode = states.and_then(types::BlockPublicAccessStates::internet_gateway_block_mode);
    mode.map(|mode| mode.as_str().to_owned())
}

/// The zones of a region that are switched on. There are no pages of them.
pub(super) async fn zones(here: &Regional) -> Result<Vec<Zone>, ApiError> {
    const OPERATION: &str = "DescribeAvailabilityZones";
    let output = here.gate.read(OPERATION, || here.ec2.describe_availability_zones().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let read = |zone: &types::AvailabilityZone| {
        let name = required("ZoneName", zone.zone_name())?.to_owned();
        Ok(Zone { name, kind: present(zone.zone_type()).map(str::to_owned) })
    };
    let zones = output.availability_zones().iter().map(read);
    zones.collect::<Result<_, _>>().map_err(|why| answer.unreadable(why))
}

/// The DNS attributes of each VPC, which EC2 tells one by one.
pub(super) async fn dns(here: &Regional, vpcs: &BTreeSet<VpcId>) -> BTreeMap<VpcId, Dns> {
    join_all(vpcs.iter().map(async |vpc| {
        let (support, hostnames) = futures_util::join!(
            attribute(here, vpc, VpcAttributeName::EnableDnsSupport),
            attribute(here, vpc, VpcAttributeName::EnableDnsHostnames),
        );
        (vpc.clone(), Dns { support, hostnames })
    }))
    .await
    .into_iter()
    .collect()
}

async fn attribute(here: &Regional, vpc: &VpcId, name: VpcAttributeName) -> Result<bool, ApiError> {
    const OPERATION: &str = "DescribeVpcAttribute";
    let request = here.ec2.describe_vpc_attribute().vpc_id(vpc.as_str()).attribute(name.clone());
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let (support, hostnames) = (output.enable_dns_support(), output.enable_dns_hostnames());
    let found = if name == VpcAttributeName::EnableDnsSupport { support } else { hostnames };
    let value = found.and_then(types::AttributeBooleanValue::value);
    required(name.as_str(), value).map_err(|why| answer.unreadable(why))
}
