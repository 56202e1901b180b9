//! Pure: who is there: each instance of each group, with its place and what sets it apart from the others.
//!
//! How many are of which kind in which subnet does not depend on the seed, only which ones are: a scenario that
//! fits its subnets with one seed fits them with every seed.

use std::collections::{BTreeMap, HashMap};
use std::iter::repeat_n;

use crate::diagnostic::quoted;
use crate::sandbox::chance::Seed;
use crate::sandbox::world::notebook::Status;

use super::Scenario;
use super::model::{Group, Home};
use super::naming::{Freedom, Naming, WORDS};
use super::notebook::Owner;
use super::stream::Stream;

/// One instance.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) group: &'a Group,
    pub(super) name: String,
    pub(super) site: usize,
    /// Where it is in a VPC, and in which of the network's subnets.
    pub(super) home: Option<(&'a Home, usize)>,
    pub(super) direct_internet: bool,
    pub(super) status: Status,
    pub(super) root_access: bool,
    pub(super) imds_v2: bool,
    pub(super) kms: bool,
    pub(super) tagged: bool,
    pub(super) owner: Option<Owner>,
    pub(super) instance_type: &'a str,
    pub(super) volume: u32,
    pub(super) platform: &'a str,
    pub(super) role: &'a str,
    /// What is left to draw: ids, ages.
    pub(super) luck: [u64; 3],
}

/// All instances, and what is wrong with them; nothing, once a scenario has been read.
#[derive(Debug, Default)]
pub(super) struct Roster<'a> {
    pub(super) members: Vec<Member<'a>>,
    pub(super) troubles: Vec<Trouble>,
}

/// Why an instance cannot be there. Groups are positions in the scenario's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Its subnets have no address left.
    NoRoom { group: usize, network: usize, site: usize },
    /// Its name is taken.
    Taken { group: usize, name: String },
}

impl Trouble {
    /// The group that it is about.
    pub(super) fn group(&self) -> usize {
        match self {
            Trouble::NoRoom { group, .. } | Trouble::Taken { group, .. } => *group,
        }
    }

    /// Which kind it is, for those who say each only once.
    pub(super) fn kind(&self) -> u8 {
        match self {
            Trouble::NoRoom { .. } => 0,
            Trouble::Taken { .. } => 1,
        }
    }

    /// What the file's author is told.
    pub(super) fn message(&self, scenario: &Scenario) -> String {
        match self {
            Trouble::NoRoom { network, site, .. } => {
                let name = scenario.networks.get(*network).map_or("", |network| network.said.name.as_str());
                format!(
                    "the network {} has too few addresses in {} for all of these",
                    quoted(name),
                    scenario.site_name(*site)
                )
            }
            Trouble::Taken { name, .. } => {
                format!("another instance in the same region is named {} already", quoted(name))
            }
        }
    }
}

/// Calls the roll.
pub(super) fn call(scenario: &Scenario, seed: Seed) -> Roster<'_> {
    let mut roster = Roster::default();
    let mut rooms = Rooms::default();
    let mut names = Names::default();
    let mut order: Vec<(usize, &Group)> = scenario.groups.iter().enumerate().collect();
    order.sort_by_key(|(_, group)| group.naming.freedom());
    for (at, group) in order {
        let mut columns = Columns::of(group, seed, at);
        for slot in 0..group.count as usize {
            let Some(mut member) = columns.member(group, slot) else { continue };
            match names.find(scenario, at, |attempt| columns.name(group, slot, attempt)) {
                Ok(name) => member.name = name,
                Err(name) => {
                    roster.troubles.push(Trouble::Taken { group: at, name });
                    continue;
                }
            }
            if columns.in_vpc(slot)
                && let Some(home) = group.homes.get(slot % group.sites.len().max(1))
            {
                match rooms.take(scenario, member.site, home) {
                    Some(subnet) => member.home = Some((home, subnet)),
                    None => {
                        let (network, site) = (home.network, member.site);
                        roster.troubles.push(Trouble::NoRoom { group: at, network, site });
                    }
                }
            }
            roster.members.push(member);
        }
    }
    roster
}

/// What is shuffled: who of a group has which number, status and so on. Positions are slots; a slot's site and
/// whether it is in a VPC follow from its position alone.
struct Columns {
    stream: Stream,
    numbers: Vec<u32>,
    words: usize,
    statuses: Vec<Status>,
    root_access: Vec<bool>,
    imds_v2: Vec<bool>,
    kms: Vec<bool>,
    untagged: Vec<bool>,
    owners: Vec<Option<Owner>>,
    no_vpc: usize,
    direct: usize,
}

impl Columns {
    fn of(group: &Group, seed: Seed, at: usize) -> Columns {
        let pattern = match &group.naming {
            Naming::Pattern(pattern) => pattern.as_str(),
            Naming::Listed(names) => names.first().map_or("", String::as_str),
        };
        let mut stream = Stream::of(seed.draw(&["group", &at.to_string(), pattern]));
        let parts = &group.parts;
        let count = group.count as usize;
        let mut numbers: Vec<u32> = (0..group.count).collect();
        stream.shuffle(&mut numbers);
        let statuses = parts.statuses.iter().map(|(status, part)| (*status, *part));
        let owners = parts.owners.iter().map(|(owner, part)| (Some(*owner), *part));
        let mut some = |part: u32| column([(true, part)].into_iter(), false, count, &mut stream);
        let [root_access, imds_v2, kms, untagged] =
            [parts.root_access, parts.imds_v2, parts.kms, parts.untagged].map(&mut some);
        Columns {
            numbers,
            words: stream.below(WORDS.len()),
            statuses: column(statuses, Status::InService, count, &mut stream),
            owners: column(owners, None, count, &mut stream),
            root_access,
            imds_v2,
            kms,
            untagged,
            no_vpc: parts.no_vpc as usize,
            direct: parts.direct_internet as usize,
            stream,
        }
    }

    fn in_vpc(&self, slot: usize) -> bool {
        slot >= self.no_vpc
    }

    /// The name in a slot; `attempt` chooses another word where the pattern has one.
    fn name(&self, group: &Group, slot: usize, attempt: usize) -> String {
        let number = self.numbers.get(slot).copied().unwrap_or(0);
        let word = WORDS[(self.words + number as usize * 7 + attempt) % WORDS.len()];
        group.naming.name(number, group.count, word)
    }

    fn member<'a>(&mut self, group: &'a Group, slot: usize) -> Option<Member<'a>> {
        let flag = |column: &[bool]| column.get(slot).copied().unwrap_or(false);
        let choices = &group.choices;
        Some(Member {
            group,
            name: String::new(),
            site: *group.sites.get(slot % group.sites.len().max(1))?,
            home: None,
            direct_internet: slot < self.no_vpc + self.direct,
            status: self.statuses.get(slot).copied().unwrap_or(Status::InService),
            root_access: flag(&self.root_access),
            imds_v2: flag(&self.imds_v2),
            kms: flag(&self.kms),
            tagged: !flag(&self.untagged),
            owner: self.owners.get(slot).copied().flatten(),
            instance_type: self.stream.one_of(&choices.types)?,
            volume: *self.stream.one_of(&choices.volumes)?,
            platform: self.stream.one_of(&choices.platforms)?,
            role: self.stream.one_of(&choices.roles)?,
            luck: [self.stream.next(), self.stream.next(), self.stream.next()],
        })
    }
}

/// So many of each, the rest of another, in any order.
fn column<T: Copy>(
    parts: impl Iterator<Item = (T, u32)>,
    rest: T,
    count: usize,
    stream: &mut Stream,
) -> Vec<T> {
    let mut all: Vec<T> =
        parts.flat_map(|(value, part)| repeat_n(value, part as usize)).take(count).collect();
    let mixed = !all.is_empty();
    all.resize(count, rest);
    if mixed {
        stream.shuffle(&mut all);
    }
    all
}

/// Names in lower case, and the groups that have them. A group has its names in all of its sites: which of them
/// an instance is in is up to the seed.
#[derive(Default)]
struct Names {
    taken: HashMap<String, Vec<usize>>,
}

impl Names {
    /// A name that is not taken, else the first that was tried.
    fn find(
        &mut self,
        scenario: &Scenario,
        group: usize,
        name: impl Fn(usize) -> String,
    ) -> Result<String, String> {
        let sites = |group: usize| scenario.groups.get(group).map_or(&[][..], |group| &group.sites);
        let attempts = match scenario.groups.get(group).map(|group| group.naming.freedom()) {
            Some(Freedom::Words) => WORDS.len(),
            Some(Freedom::None | Freedom::Numbers) | None => 1,
        };
        for attempt in 0..attempts {
            let name = name(attempt);
            let owners = self.taken.entry(name.to_ascii_lowercase()).or_default();
            let here = sites(group);
            if !owners.iter().any(|owner| sites(*owner).iter().any(|site| here.contains(site))) {
                owners.push(group);
                return Ok(name);
            }
        }
        Err(name(0))
    }
}

/// Addresses that subnets have left for instances, by site, network and subnet.
#[derive(Default)]
struct Rooms {
    left: HashMap<(usize, usize, usize), u32>,
    turns: BTreeMap<(usize, usize), usize>,
}

impl Rooms {
    /// Takes an address: the subnets of a home have their turns, those that are full excepted.
    fn take(&mut self, scenario: &Scenario, site: usize, home: &Home) -> Option<usize> {
        let network = &scenario.networks.get(home.network)?.said;
        let turn = self.turns.entry((site, home.network)).or_insert(0);
        let count = home.subnets.len();
        for step in 0..count {
            let subnet = *home.subnets.get((*turn + step) % count)?;
            let left = self.left.entry((site, home.network, subnet)).or_insert_with(|| {
                let free = network.subnets.get(subnet).and_then(|spec| spec.free).unwrap_or(0);
                network.room(subnet).unwrap_or(0).saturating_sub(free)
            });
            if *left > 0 {
                *left -= 1;
                *turn += step + 1;
                return Some(subnet);
            }
        }
        None
    }
}
