//! Pure: VPC block public access, which stops what crosses a VPC's internet gateway (VPC User Guide, "Block public access to
//! VPCs and subnets"): `block-ingress` lets NAT gateways out, `block-bidirectional` nothing.
//!
//! EC2 tells a subnet's own state, in which exclusions of it and of its VPC count already. Whether that of the instance's subnet
//! or that of its NAT gateway's decides, AWS does not say: only where both are alike is it known.

use crate::ids::SubnetId;
use crate::network::CheckVerdict;

use super::finding::Finding;
use super::place::{Location, read};

/// Whether it lets through what a NAT gateway sends to an internet gateway: one in this subnet, or in none.
pub(super) fn lets_out(place: &Location<'_>, gateway: &str, nat: Option<&SubnetId>) -> Finding {
    let of_vpc = || (place.subnet.vpc.to_string(), of_vpc(place));
    let of = |id: &SubnetId| (id.to_string(), of_subnet(place, id));
    let mut both = vec![of(&place.subnet.id)];
    if nat != Some(&place.subnet.id) {
        both.push(nat.map_or_else(of_vpc, of));
    }
    let names = |verdict: CheckVerdict| {
        let these = both.iter().filter(|(_, finding)| finding.verdict == verdict);
        these.map(|(name, _)| format!("of {name}")).collect::<Vec<_>>().join(" and ")
    };
    let (blocked, free) = (names(CheckVerdict::No), names(CheckVerdict::Yes));
    let unclear: Vec<&str> = both
        .iter()
        .filter(|(_, finding)| finding.verdict == CheckVerdict::Unknown)
        .flat_map(|(_, finding)| finding.evidence.iter().map(String::as_str))
        .collect();
    let start = format!("{gateway}, but block public access {blocked} is `block-bidirectional`");
    match (blocked.as_str(), free.as_str(), unclear.as_slice()) {
        ("", _, []) => Finding::yes(gateway),
        ("", _, unclear) => Finding::unknown(format!("{gateway}, but {}", unclear.join("; "))),
        (_, "", []) => Finding::no(format!("{start}, so that nothing passes")),
        (_, free, []) => {
            Finding::unknown(format!("{start}, and that {free} is not: which of them decides is not known"))
        }
        (_, _, unclear) => Finding::unknown(format!("{start}; {}", unclear.join("; "))),
    }
}

/// The state of a subnet, or what follows for it from that of its VPC where EC2 does not tell its own.
fn of_subnet(place: &Location<'_>, id: &SubnetId) -> Finding {
    let told = if *id == place.subnet.id {
        Ok(place.subnet.block_public_access.as_deref())
    } else {
        read("the subnets of the VPC", &place.survey.subnets).map(|subnets| {
            let found = subnets.iter().find(|one| one.id == *id);
            found.and_then(|one| one.block_public_access.as_deref())
        })
    };
    match told {
        Ok(Some(mode)) => state(id.as_str(), mode),
        Ok(None) => match of_vpc(place) {
            vpc if vpc.verdict == CheckVerdict::No => Finding::unknown(format!(
                "block public access of {} is `block-bidirectional`, and EC2 does not tell whether {id} is excluded",
                place.subnet.vpc
            )),
            vpc => vpc,
        },
        Err(finding) => finding,
    }
}

/// The state of the VPC. Where EC2 does not speak of it, it is off.
fn of_vpc(place: &Location<'_>) -> Finding {
    let id = &place.subnet.vpc;
    let vpcs = match read("the VPC", &place.survey.vpcs) {
        Ok(vpcs) => vpcs,
        Err(finding) => return finding,
    };
    match vpcs.iter().find(|vpc| vpc.id == *id) {
        Some(vpc) => {
            vpc.block_public_access.as_deref().map_or_else(Finding::silent, |mode| state(id.as_str(), mode))
        }
        None => Finding::unknown(format!("EC2 does not tell of {id}")),
    }
}

fn state(id: &str, mode: &str) -> Finding {
    match mode {
        "off" | "block-ingress" => Finding::silent(),
        "block-bidirectional" => Finding::no(format!("block public access of {id} is `{mode}`")),
        mode => Finding::unknown(format!("block public access of {id} is `{mode}`")),
    }
}
