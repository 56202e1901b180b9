//! Pure: what security groups and network ACLs let through, address by address and port by port.

use std::collections::BTreeSet;

use crate::ids::SecurityGroupId;
use crate::network::{Acl, AclEntry, Addresses, Block, CheckVerdict, Peer, Rule, Traffic};

use super::finding::Finding;

/// HTTPS.
pub(super) const HTTPS: (u16, u16) = (443, 443);

/// Where answers go: the ports that a NAT gateway and the clients of all systems use (VPC User Guide, "Network ACLs",
/// ephemeral ports). Linux itself uses fewer of them, but which ones SageMaker's image does AWS does not say.
pub(super) const ANSWERS: (u16, u16) = (1024, 65535);

impl Traffic {
    /// Whether it is for TCP on all of these ports.
    pub(super) fn holds(self, (first, last): (u16, u16)) -> bool {
        match self {
            Traffic::All => true,
            Traffic::Tcp(from, to) => from <= first && last <= to,
            Traffic::Other => false,
        }
    }
}

/// What rules let HTTPS through to, or from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) addresses: Addresses,
    pub(super) blocks: Vec<Block>,
    pub(super) lists: BTreeSet<String>,
    pub(super) groups: BTreeSet<SecurityGroupId>,
}

impl Open {
    /// Rules only ever add to each other, also those of several groups.
    pub(super) fn of<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Open {
        let mut open = Open::default();
        for rule in rules.into_iter().filter(|rule| rule.traffic.holds(HTTPS)) {
            match &rule.peer {
                Peer::Ipv4(block) => open.blocks.push(*block),
                Peer::Ipv6 => {}
                Peer::PrefixList(id) => open.lists.extend([id.clone()]),
                Peer::Group(id) => open.groups.extend([id.clone()]),
            }
        }
        open.addresses = open.blocks.iter().copied().collect();
        open
    }

    /// What it is open to, in words.
    pub(super) fn told(&self) -> String {
        let blocks = self.blocks.iter().map(Block::to_string);
        let others = self.lists.iter().cloned().chain(self.groups.iter().map(ToString::to_string));
        let all: BTreeSet<String> = blocks.chain(others).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.into_iter().collect::<Vec<_>>().join(", ") }
    }
}

/// What crosses the border of a subnet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing<'a> {
    /// Whether it leaves the subnet.
    pub(super) egress: bool,
    pub(super) ports: (u16, u16),
    /// The other end.
    pub(super) peers: &'a Addresses,
    /// The other end in words.
    pub(super) told: &'a str,
}

/// Whether a network ACL lets all of it through: yes; nothing of it: no; some of it: unknown.
pub(super) fn crosses(acl: &Acl, crossing: Crossing<'_>) -> Finding {
    let Crossing { egress, ports, peers, told } = crossing;
    let segments: Vec<_> = segments(acl, egress, ports)
        .into_iter()
        .map(|ports| (ports, allowed(acl, egress, ports).common(peers)))
        .collect();
    let stuck = segments.iter().find(|(_, allowed)| !allowed.covers(peers));
    let Some((first, allowed)) = stuck else { return Finding::silent() };
    let (way, ports) = (if egress { "out to" } else { "in from" }, shown(ports));
    let entry = peers.without(allowed).first().and_then(|address| decider(acl, egress, (*first, address)));
    let why = match entry {
        Some(entry) => format!("entry {} denies it", entry.number),
        None => "no entry allows it".to_owned(),
    };
    if segments.iter().all(|(_, allowed)| allowed.is_empty()) {
        return Finding::no(format!("{} lets no TCP {ports} {way} {told}: {why}", acl.id));
    }
    let part = shown(*first);
    Finding::unknown(format!(
        "{} does not let all TCP {ports} {way} {told}: {why} in part (port {part})",
        acl.id
    ))
}

/// The addresses that a network ACL lets some of it through to, or from.
pub(super) fn passing(acl: &Acl, Crossing { egress, ports, peers, .. }: Crossing<'_>) -> Addresses {
    let segments = segments(acl, egress, ports).into_iter();
    let passing = segments.map(|ports| allowed(acl, egress, ports).common(peers));
    passing.fold(Addresses::default(), |all, more| all.with(&more))
}

fn shown((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// The addresses at the other end that may use all of these ports, which no entry tells apart. Entries count in the
/// order of their numbers, and the first that matches decides; what none matches is denied.
fn allowed(acl: &Acl, egress: bool, ports: (u16, u16)) -> Addresses {
    let mut undecided = Addresses::from(Block::ALL);
    let mut allowed = Addresses::default();
    for entry in in_order(acl, egress).filter(|entry| entry.traffic.holds(ports)) {
        let hit = undecided.common(&entry.peer.into());
        undecided = undecided.without(&hit);
        if entry.allow {
            allowed = allowed.with(&hit);
        }
    }
    allowed
}

fn in_order(acl: &Acl, egress: bool) -> impl Iterator<Item = &AclEntry> {
    let mut entries: Vec<&AclEntry> = acl.entries.iter().filter(|entry| entry.egress == egress).collect();
    entries.sort_by_key(|entry| entry.number);
    entries.into_iter()
}

/// The entry that decides about one address on these ports.
fn decider(acl: &Acl, egress: bool, (ports, address): ((u16, u16), u32)) -> Option<&AclEntry> {
    in_order(acl, egress).find(|entry| entry.traffic.holds(ports) && entry.peer.has(address))
}

/// The ports in pieces, none of which any entry tells apart.
fn segments(acl: &Acl, egress: bool, (first, last): (u16, u16)) -> Vec<(u16, u16)> {
    let mut starts = BTreeSet::from([u32::from(first)]);
    for entry in acl.entries.iter().filter(|entry| entry.egress == egress) {
        if let Traffic::Tcp(from, to) = entry.traffic {
            starts.extend([u32::from(from), u32::from(to) + 1]);
        }
    }
    starts.retain(|start| (u32::from(first)..=u32::from(last)).contains(start));
    let starts: Vec<u32> = starts.into_iter().collect();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([u32::from(last)]);
    let port = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    starts.iter().zip(ends).map(|(start, end)| (port(*start), port(end))).collect()
}

/// Whether groups let HTTPS through to addresses of which nothing more is known than that these are all of them.
pub(super) fn covers(open: &Open, wanted: &Addresses) -> CheckVerdict {
    if open.addresses.covers(wanted) {
        CheckVerdict::Yes
    } else if open.addresses.common(wanted).is_empty() && open.lists.is_empty() {
        CheckVerdict::No
    } else {
        CheckVerdict::Unknown
    }
}
