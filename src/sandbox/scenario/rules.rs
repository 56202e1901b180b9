//! Pure: rules of security groups and entries of network ACLs, a line each: `out tcp/443 0.0.0.0/0` and
//! `100 allow in tcp/1024-65535 0.0.0.0/0`.

use crate::diagnostic::{Complaint, Form, Spelling, parsed_by, quoted};
use crate::sandbox::world::network::AclEntry;

use super::cidr::Block;
use super::forms::any;

const RULE: &str = "write it as \"out tcp/443 0.0.0.0/0\": `out` or `in`, the protocol with its ports, and a block, \
                    `s3`, a prefix list or a group of the network";
const ENTRY: &str = "write it as \"100 allow out tcp/443 0.0.0.0/0\": a number, `allow` or `deny`, `out` or `in`, the \
                     protocol with its ports, and a block";

/// The number of the entry that every list ends with (EC2 API reference, CreateNetworkAclEntry).
const LAST_ENTRY: u32 = 32_766;

type Traffic = (String, Option<(u16, u16)>);

/// A rule of a security group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuleSpec {
    pub(super) egress: bool,
    pub(super) protocol: String,
    pub(super) ports: Option<(u16, u16)>,
    pub(super) peer: PeerSpec,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PeerSpec {
    Ipv4(String),
    Ipv6(String),
    /// The prefix list of S3 in the region.
    S3,
    PrefixList(String),
    /// A group of the network, by name.
    Group(String),
}

/// A rule of a security group.
pub(super) fn rule() -> Form<RuleSpec> {
    parsed_by(Spelling::like("a rule", "^(in|out) (all|icmp|(tcp|udp)(/[0-9]+(-[0-9]+)?)?) .+$"), read_rule)
}

/// The entries of a network ACL; they may be left out.
pub(super) fn acl() -> Form<Option<Vec<AclEntry>>> {
    let pattern = "^[0-9]+ (allow|deny) (in|out) (all|icmp|(tcp|udp)(/[0-9]+(-[0-9]+)?)?) [0-9.]+/[0-9]+$";
    let entries = any(parsed_by(Spelling::like("an entry", pattern), entry));
    entries.optional().example(["100 allow out tcp/443 0.0.0.0/0"])
}

fn read_rule(text: &str) -> Result<RuleSpec, Complaint> {
    let bad = || Complaint::new(format!("{} is not a rule", quoted(text))).help(Some(RULE.to_owned()));
    let mut words = text.splitn(3, ' ');
    let (Some(way), Some(traffic), Some(peer)) = (words.next(), words.next(), words.next()) else {
        return Err(bad());
    };
    let (egress, (protocol, ports)) = (is_out(way).ok_or_else(bad)?, traffic_of(traffic).ok_or_else(bad)?);
    let peer = match peer {
        "s3" => PeerSpec::S3,
        list if list.starts_with("pl-") => PeerSpec::PrefixList(list.to_owned()),
        block if block.contains('/') && block.contains(':') => PeerSpec::Ipv6(block.to_owned()),
        block if block.contains('/') => PeerSpec::Ipv4(Block::anywhere(block)?.to_string()),
        group => PeerSpec::Group(group.to_owned()),
    };
    Ok(RuleSpec { egress, protocol, ports, peer })
}

/// An entry of a network ACL, which has protocols by number.
fn entry(text: &str) -> Result<AclEntry, Complaint> {
    let bad = || {
        Complaint::new(format!("{} is not an entry of a network ACL", quoted(text)))
            .help(Some(ENTRY.to_owned()))
    };
    let words: Vec<&str> = text.split(' ').collect();
    let [number, action, way, traffic, block] = words.as_slice() else { return Err(bad()) };
    let number = number.parse().ok().filter(|number| (1..=LAST_ENTRY).contains(number)).ok_or_else(bad)?;
    let allow = match *action {
        "allow" => true,
        "deny" => false,
        _ => return Err(bad()),
    };
    let (protocol, ports) = traffic_of(traffic).ok_or_else(bad)?;
    let protocol = match protocol.as_str() {
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        other => other,
    };
    let (egress, protocol) = (is_out(way).ok_or_else(bad)?, protocol.to_owned());
    Ok(AclEntry { number, egress, allow, protocol, ports, cidr: Block::anywhere(block)?.to_string() })
}

fn is_out(word: &str) -> Option<bool> {
    match word {
        "out" => Some(true),
        "in" => Some(false),
        _ => None,
    }
}

/// `all`, `tcp`, `tcp/443` or `udp/1024-65535`.
fn traffic_of(text: &str) -> Option<Traffic> {
    let (protocol, ports) = text.split_once('/').map_or((text, None), |(name, ports)| (name, Some(ports)));
    let read = |ports: &str| -> Option<(u16, u16)> {
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then_some((first, last))
    };
    match (protocol, ports) {
        ("all", None) => Some(("-1".to_owned(), None)),
        ("icmp", None) => Some((protocol.to_owned(), None)),
        ("tcp" | "udp", None) => Some((protocol.to_owned(), Some((0, u16::MAX)))),
        ("tcp" | "udp", Some(ports)) => Some((protocol.to_owned(), Some(read(ports)?))),
        _ => None,
    }
}
