//! `[[network.subnet]]` and `[[network.security_group]]`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::diagnostic::{Complaint, Problem, Table, quoted};
use crate::sandbox::scenario::cidr::Block;
use crate::sandbox::scenario::detail::{Egress, Purpose, SubnetKind};
use crate::sandbox::scenario::model::{GroupEgress, NetworkSpec, SecurityGroupSpec, SubnetSpec};

use crate::sandbox::world::network::AclEntry;

use super::known::{MOST_ENTRIES, absent_or};
use super::{rules, words};

const ZONES: [(&str, char); 5] = [("a", 'a'), ("b", 'b'), ("c", 'c'), ("local", 'l'), ("wavelength", 'w')];

const KINDS: [(&str, SubnetKind); 3] = [
    ("ordinary", SubnetKind::Ordinary),
    ("outpost", SubnetKind::Outpost),
    ("ipv6-native", SubnetKind::Ipv6Native),
];

const GROUP_EGRESS: [(&str, GroupEgress); 5] = [
    ("all", GroupEgress::All),
    ("https", GroupEgress::Https),
    ("s3", GroupEgress::S3),
    ("vpc", GroupEgress::Vpc),
    ("none", GroupEgress::None),
];

/// The subnets of a network: two private ones where it says nothing of them.
pub(super) fn read_all(
    table: &Table<'_>,
    vpc: Option<Block>,
    (alone, ids): (bool, &mut BTreeSet<String>),
) -> Option<Vec<SubnetSpec>> {
    let field = table.field("subnet");
    if field.place().is_none() {
        return usual(table, vpc?);
    }
    let mut subnets: Vec<SubnetSpec> = Vec::new();
    let mut good = true;
    field.tables(|table| {
        match read(table, (vpc, &subnets), (alone, &mut *ids)) {
            Some(subnet) => subnets.push(subnet),
            None => good = false,
        }
        Some(())
    });
    (good && !subnets.is_empty()).then_some(subnets)
}

fn usual(table: &Table<'_>, vpc: Block) -> Option<Vec<SubnetSpec>> {
    let subnet = |(zone, at): (char, u32)| {
        let cidr = vpc.part(vpc.bits() + 4, at)?;
        let (name, purpose) = (format!("private-{zone}"), Purpose::Private);
        Some(plain(name, cidr, zone, purpose))
    };
    let subnets: Option<Vec<SubnetSpec>> = [('a', 0), ('b', 1)].into_iter().map(subnet).collect();
    if subnets.is_none() {
        let problem = Problem::at(table.place(), format!("{vpc} is too small for two subnets of its own"));
        table.report(problem.help("add a [[network.subnet]] with `name` and `cidr`").conclusion());
    }
    subnets
}

/// The subnets, the private ones with the network's ACL unless they have one of their own.
pub(super) fn with_acl(mut subnets: Vec<SubnetSpec>, acl: Option<Vec<AclEntry>>) -> Vec<SubnetSpec> {
    for subnet in subnets.iter_mut().filter(|subnet| subnet.purpose == Purpose::Private) {
        subnet.acl = subnet.acl.take().or_else(|| acl.clone());
    }
    subnets
}

/// A subnet of which no more is known.
fn plain(name: String, cidr: Block, zone: char, purpose: Purpose) -> SubnetSpec {
    let own_table = purpose != Purpose::Private;
    let kind = SubnetKind::Ordinary;
    SubnetSpec { name, id: None, cidr, zone, free: None, purpose, own_table, egress: None, kind, acl: None }
}

fn read(
    table: &Table<'_>,
    (vpc, before): (Option<Block>, &[SubnetSpec]),
    (alone, ids): (bool, &mut BTreeSet<String>),
) -> Option<SubnetSpec> {
    let name = unused_name(table, before.iter().map(|other| other.name.as_str()));
    let id = absent_or(table.field("id"), |field| words::given_id(field, ("subnet-", alone), ids));
    let cidr = table.field("cidr").required_with("cidr = \"10.20.1.0/24\"").parsed_by(|text| {
        let block = Block::read(text)?;
        if let Some(vpc) = vpc.filter(|vpc| !vpc.holds(block)) {
            return Err(Complaint::new(format!("`{block}` is not in the network's own `{vpc}`")));
        }
        match before.iter().find(|other| other.cidr.overlaps(block)) {
            Some(other) => Err(Complaint::new(format!(
                "`{block}` overlaps with `{}` of the subnet {}",
                other.cidr,
                quoted(&other.name)
            ))),
            None => Ok(block),
        }
    });
    let zone = table.field("zone").choice(&ZONES, &[]).unwrap_or('a');
    let free = absent_or(table.field("free"), |field| field.integer(0..=65_531_u32));
    let public = table.field("public").boolean().unwrap_or(false);
    let own_table = table.field("route_table").choice(&[("main", false), ("own", true)], &[]);
    let egress = absent_or(table.field("egress"), |field| field.choice(&Egress::WORDS, &[]));
    let kind = table.field("kind").choice(&KINDS, &[]).unwrap_or(SubnetKind::Ordinary);
    let acl = absent_or(table.field("acl"), |field| field.list_by(0..=MOST_ENTRIES, rules::entry));
    let purpose = if public { Purpose::Public } else { Purpose::Private };
    let egress = egress?;
    Some(SubnetSpec {
        name: name?,
        id: id?,
        cidr: cidr?,
        zone,
        free: free?,
        purpose,
        own_table: own_table.unwrap_or(false) || egress.is_some(),
        egress,
        kind,
        acl: acl?,
    })
}

fn unused_name<'n>(table: &Table<'_>, mut others: impl Iterator<Item = &'n str>) -> Option<String> {
    let field = table.field("name").required();
    let name = words::name(field)?;
    let taken = others.any(|other| other == name);
    field.parsed_by(|_| match taken {
        true => Err(Complaint::new(format!("another of this network is named {} already", quoted(&name)))),
        false => Ok(name.clone()),
    })
}

/// The security groups of a network: one that lets everything out where it says nothing of them.
pub(super) fn security_groups(
    table: &Table<'_>,
    (alone, ids): (bool, &mut BTreeSet<String>),
) -> Option<Vec<SecurityGroupSpec>> {
    let groups: RefCell<Vec<SecurityGroupSpec>> = RefCell::default();
    let field = table.field("security_group");
    if field.place().is_none() {
        let (name, egress) = ("notebooks".to_owned(), GroupEgress::All);
        return Some(vec![SecurityGroupSpec { name, id: None, egress, rules: Vec::new() }]);
    }
    let mut good = true;
    field.tables(|table| {
        let names: Vec<String> = groups.borrow().iter().map(|other| other.name.clone()).collect();
        let reserved = std::iter::once(words::DEFAULT);
        let name = unused_name(table, names.iter().map(String::as_str).chain(reserved));
        let id = absent_or(table.field("id"), |field| words::given_id(field, ("sg-", alone), ids));
        let egress = absent_or(table.field("egress"), |field| field.choice(&GROUP_EGRESS, &[]));
        let rules = absent_or(table.field("rules"), |field| field.list_by(0..=MOST_ENTRIES, rules::rule));
        match (name, id, egress, rules) {
            (Some(name), Some(id), Some(egress), Some(rules)) => {
                // Who writes rules writes all of them.
                let usual = if rules.is_some() { GroupEgress::None } else { GroupEgress::All };
                let (egress, rules) = (egress.unwrap_or(usual), rules.unwrap_or_default());
                groups.borrow_mut().push(SecurityGroupSpec { name, id, egress, rules });
            }
            _ => good = false,
        }
        Some(())
    });
    let groups = groups.into_inner();
    (good && !groups.is_empty()).then_some(groups)
}

/// Gives a NAT gateway the subnet that it must be in, at the end of the network, if the file gives it none.
pub(super) fn add_nat(table: &Table<'_>, network: &mut NetworkSpec) -> Option<()> {
    let Some(purpose) = network.nat().and_then(|nat| nat.purpose) else { return Some(()) };
    let name = if purpose == Purpose::Nat { "nat" } else { "public" };
    if network.nat_subnet().is_some() {
        return Some(());
    }
    let cidr = network.cidr.end();
    let name = if network.subnets.iter().any(|other| other.name == name) { "nat-gateway" } else { name };
    if let Some(other) = network.subnets.iter().find(|other| other.cidr.overlaps(cidr)) {
        let message =
            format!("no room for the NAT gateway: {} has the network's end, `{cidr}`", quoted(&other.name));
        let problem = Problem::at(table.place(), message);
        table.report(problem.help("leave it free, or add a subnet with `public = true`").conclusion());
        return None;
    }
    network.subnets.push(plain(name.to_owned(), cidr, 'a', purpose));
    Some(())
}

/// What is to be free must fit beside what AWS and the network itself have.
pub(super) fn check_room(table: &Table<'_>, network: &NetworkSpec) -> Option<()> {
    for (at, subnet) in network.subnets.iter().enumerate() {
        let wrong = match (network.room(at), subnet.free) {
            (None, _) => format!("the subnet {} is too small for its own endpoints", quoted(&subnet.name)),
            (Some(room), Some(free)) if free > room => format!(
                "the subnet {} has at most {room} addresses, so that {free} cannot be free",
                quoted(&subnet.name)
            ),
            (Some(_), _) => continue,
        };
        let help =
            "AWS keeps five addresses of each subnet; a NAT gateway and interface endpoints have one each";
        table.report(Problem::at(table.place(), wrong).help(help).conclusion());
        return None;
    }
    Some(())
}
