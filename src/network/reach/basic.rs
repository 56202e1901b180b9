//! Pure: whether an instance can be created in a subnet at all.

use crate::facts::limits::SECURITY_GROUPS;
use crate::ids::{SecurityGroupId, SubnetId};
use crate::network::{Answer, Check, CheckName, CheckVerdict, Reading, SecurityGroup, Subnet, Zone};

use super::finding::Finding;
use super::place::{Location, read};

/// How many addresses a target's subnet keeps besides those that the plan takes. A replacement that failed gives its
/// address back only once it is gone, and network interfaces have been seen to outlive their instances
/// (terraform-provider-aws#26090); one spare lets another item go on meanwhile.
pub const SPARE_ADDRESSES: u32 = 1;

fn basic(name: CheckName, verdict: CheckVerdict, evidence: String) -> Check {
    Check { name, verdict, evidence, required: false }
}

/// Whether the subnet is there.
pub(super) fn subnet(id: &SubnetId, reading: &Reading<Subnet>) -> Check {
    let (verdict, evidence) = match reading {
        Reading::Found(subnet) if subnet.state == "available" => {
            (CheckVerdict::Yes, format!("{id} is available in {} ({})", subnet.vpc, subnet.availability_zone))
        }
        Reading::Found(subnet) => (CheckVerdict::No, format!("{id} is in state `{}`", subnet.state)),
        Reading::Missing => (CheckVerdict::No, format!("{id} does not exist in this region and account")),
        Reading::Unreadable(error) => (CheckVerdict::Unknown, format!("{id} could not be read: {error}")),
    };
    basic(CheckName::Subnet, verdict, evidence)
}

/// Whether the subnet is of a kind that takes notebook instances: in a zone of the region itself, with IPv4 addresses,
/// and not on an outpost. AWS documents none of this; it offers none of them for SageMaker.
pub(super) fn zone(subnet: &Reading<Subnet>, zones: Option<&Answer<Vec<Zone>>>) -> Check {
    let finding = match subnet {
        Reading::Found(subnet) => Finding::all([kind_of_subnet(subnet), kind_of_zone(subnet, zones)]),
        Reading::Missing | Reading::Unreadable(_) => Finding::unknown("the subnet's zone is not known"),
    };
    finding.of(CheckName::Zone, false)
}

fn kind_of_subnet(subnet: &Subnet) -> Finding {
    let id = &subnet.id;
    if let Some(outpost) = &subnet.outpost {
        Finding::no(format!("{id} is on the outpost {outpost}"))
    } else if subnet.ipv6_native {
        Finding::no(format!("{id} has IPv6 addresses alone"))
    } else if let Some(kind) = &subnet.kind {
        Finding::no(format!("{id} is made for one service alone (`{kind}`)"))
    } else {
        Finding::silent()
    }
}

fn kind_of_zone(subnet: &Subnet, zones: Option<&Answer<Vec<Zone>>>) -> Finding {
    let name = &subnet.availability_zone;
    let zones = match zones.map(|answer| read("the zones", answer)) {
        Some(Ok(zones)) => zones,
        Some(Err(finding)) => return finding,
        None => return Finding::unknown("the zones of the region have not been read"),
    };
    match zones.iter().find(|zone| zone.name == *name).map(|zone| zone.kind.as_deref()) {
        Some(Some("availability-zone")) => Finding::yes(format!("{name} is an availability zone")),
        Some(Some(kind @ ("local-zone" | "wavelength-zone"))) => {
            Finding::no(format!("{name} is no availability zone but a {}", kind.replace('-', " ")))
        }
        Some(Some(kind)) => Finding::unknown(format!("{name} is a zone of the kind `{kind}`")),
        Some(None) | None => Finding::unknown(format!("EC2 does not tell what kind of zone {name} is")),
    }
}

type Groups<'a> = [(&'a SecurityGroupId, &'a Reading<SecurityGroup>)];

/// Whether the groups are there, and no more than an instance takes.
pub(super) fn groups(groups: &Groups<'_>) -> Check {
    let of = |wanted: fn(&Reading<SecurityGroup>) -> bool| -> Vec<&str> {
        groups.iter().filter(|(_, reading)| wanted(reading)).map(|(id, _)| id.as_str()).collect()
    };
    let missing = of(|reading| matches!(reading, Reading::Missing));
    let unread = of(|reading| matches!(reading, Reading::Unreadable(_)));
    let (verdict, evidence) = if !(1..=SECURITY_GROUPS).contains(&groups.len()) {
        (
            CheckVerdict::No,
            format!("{} security groups; an instance takes 1 to {SECURITY_GROUPS}", groups.len()),
        )
    } else if !missing.is_empty() {
        (CheckVerdict::No, format!("{} not found in this region and account", missing.join(", ")))
    } else if !unread.is_empty() {
        (CheckVerdict::Unknown, format!("{} could not be read{}", unread.join(", "), reason(groups)))
    } else {
        (CheckVerdict::Yes, format!("{} found", of(|_| true).join(", ")))
    };
    basic(CheckName::SecurityGroups, verdict, evidence)
}

fn reason(groups: &Groups<'_>) -> String {
    let first = groups.iter().find_map(|(_, reading)| match reading {
        Reading::Unreadable(error) => Some(error),
        Reading::Found(_) | Reading::Missing => None,
    });
    first.map_or_else(String::new, |error| format!(": {error}"))
}

/// Whether the groups are of the subnet's VPC.
pub(super) fn same_vpc(subnet: &Reading<Subnet>, groups: &Groups<'_>) -> Check {
    let Reading::Found(subnet) = subnet else {
        return basic(CheckName::SameVpc, CheckVerdict::Unknown, "the subnet's VPC is not known".to_owned());
    };
    let mut elsewhere = Vec::new();
    let mut unknown = Vec::new();
    for (id, reading) in groups {
        match reading {
            Reading::Found(group) if group.vpc != subnet.vpc => {
                elsewhere.push(format!("{id} is in {}", group.vpc));
            }
            Reading::Found(_) => {}
            Reading::Missing | Reading::Unreadable(_) => unknown.push(id.as_str()),
        }
    }
    let (verdict, evidence) = if !elsewhere.is_empty() {
        (CheckVerdict::No, format!("{}, but {} is in {}", elsewhere.join(", "), subnet.id, subnet.vpc))
    } else if !unknown.is_empty() {
        (CheckVerdict::Unknown, format!("the VPC of {} is not known", unknown.join(", ")))
    } else {
        (CheckVerdict::Yes, format!("all in {}", subnet.vpc))
    };
    basic(CheckName::SameVpc, verdict, evidence)
}

/// Whether the subnet has an address for one more item, after `planned` items into the same subnet, and one to spare.
pub fn free_addresses(subnet: &Reading<Subnet>, planned: u32) -> Check {
    let (verdict, evidence) = match subnet {
        Reading::Found(subnet) => {
            let needed = planned.saturating_add(1).saturating_add(SPARE_ADDRESSES);
            let verdict = if subnet.free_addresses >= needed { CheckVerdict::Yes } else { CheckVerdict::No };
            let (id, free) = (&subnet.id, subnet.free_addresses);
            let rest =
                format!("{planned} taken by items of this plan, 1 needed and {SPARE_ADDRESSES} to spare");
            (verdict, format!("{free} free in {id}, {rest}"))
        }
        Reading::Missing | Reading::Unreadable(_) => {
            (CheckVerdict::Unknown, "the subnet's free addresses are not known".to_owned())
        }
    };
    basic(CheckName::FreeAddresses, verdict, evidence)
}

/// Whether instances in the VPC may run on shared hardware. SageMaker's documents on other resources ask for VPCs of
/// the default tenancy (SageMaker Developer Guide, "Give SageMaker training jobs access to resources in your VPC");
/// those on notebook instances are silent.
pub(super) fn tenancy(place: &Location<'_>) -> Check {
    let id = &place.subnet.vpc;
    let finding = match read("the VPC", &place.survey.vpcs) {
        Err(finding) => finding,
        Ok(vpcs) => match vpcs.iter().find(|vpc| vpc.id == *id).and_then(|vpc| vpc.tenancy.as_deref()) {
            Some("default") => Finding::yes(format!("{id} has the default tenancy")),
            Some(tenancy) => Finding::unknown(format!(
                "{id} has the tenancy `{tenancy}`, which other resources of SageMaker cannot be in"
            )),
            None => Finding::unknown(format!("EC2 does not tell the tenancy of {id}")),
        },
    };
    finding.of(CheckName::Tenancy, false)
}
