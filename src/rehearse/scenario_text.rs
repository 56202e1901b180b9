//! Pure: the account, regions and networks of a plan as a scenario, as far as the plan tells of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::ids::{Region, VpcId};
use crate::plan::{Item, Plan};

/// How many bits the blocks of a mirrored VPC's subnets have, and how far one is from the next: 256 subnets fit, or 16
/// larger ones. Plans do not tell the blocks themselves.
const SMALL: (u32, usize) = (24, 1);
const LARGE: (u32, usize) = (20, 16);

/// The scenario. Ids have letters, digits and hyphens only, so they can stand in quotes as they are.
pub fn scenario_text(plan: &Plan) -> String {
    let regions: BTreeSet<&Region> = plan.all_items().into_iter().map(|item| &item.id().region).collect();
    let listed: Vec<String> = regions.iter().map(|region| format!("\"{region}\"")).collect();
    let mut text = format!(
        "format = 1\ndefault_vpc = false\n\n[[account]]\nid = \"{}\"\nregions = [{}]\n",
        plan.account,
        listed.join(", ")
    );
    for ((region, vpc), items) in networks(plan) {
        network(&mut text, (region, vpc), &items);
    }
    text
}

/// The items of each VPC.
fn networks(plan: &Plan) -> BTreeMap<(&Region, &VpcId), Vec<&Item>> {
    let mut networks: BTreeMap<(&Region, &VpcId), Vec<&Item>> = BTreeMap::new();
    for item in &plan.items {
        networks.entry((&item.id.region, &item.target.vpc)).or_default().push(item);
    }
    networks
}

fn network(text: &mut String, (region, vpc): (&Region, &VpcId), items: &[&Item]) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n[[network]]\nname = \"{vpc}\"\nid = \"{vpc}\"\nregions = [\"{region}\"]");
    let _ = writeln!(text, "cidr = \"10.0.0.0/16\"\negress = \"none\"\nendpoints = []");
    let subnets: BTreeSet<_> = items.iter().map(|one| &one.target.subnet).collect();
    let (bits, step) = if subnets.len() <= LARGE.1 { LARGE } else { SMALL };
    for (number, subnet) in subnets.iter().enumerate() {
        let third = number * step;
        let _ = writeln!(text, "\n[[network.subnet]]\nname = \"{subnet}\"\nid = \"{subnet}\"");
        let _ = writeln!(text, "cidr = \"10.0.{third}.0/{bits}\"");
        let dualstack = |item: &&Item| item.request.ip_address_type.as_deref() == Some("dualstack");
        if items.iter().filter(|item| item.target.subnet == **subnet).any(dualstack) {
            let _ = writeln!(text, "ipv6 = true");
        }
    }
    let groups: BTreeSet<_> = items.iter().flat_map(|one| &one.target.security_groups).collect();
    for group in groups {
        let _ = writeln!(text, "\n[[network.security_group]]\nname = \"{group}\"\nid = \"{group}\"");
    }
}
