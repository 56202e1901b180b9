//! Pure: networks: whether what is in them is possible, and what they have where they do not say.

use std::collections::BTreeSet;

use crate::diagnostic::{self, Keyed as _, Placed, Problem, quoted};
use crate::sandbox::scenario::cidr::Block;
use crate::sandbox::scenario::egress::{Egress, Purpose};
use crate::sandbox::scenario::model::{Scenario, Sited};
use crate::sandbox::scenario::network::{DEFAULT, Network};
use crate::sandbox::scenario::rules::PeerSpec;
use crate::sandbox::scenario::subnet::{SecurityGroup, Subnet};

use super::look::Look;

/// What a notebook without a way out needs (SageMaker Developer Guide, "Connect a notebook instance in a VPC").
const USUAL: [&str; 5] = ["s3", "sagemaker.api", "sagemaker.runtime", "sts", "logs"];

/// The group that interface endpoints have where nothing is said of theirs.
const ENDPOINTS: &str = "endpoints";

/// AWS's own, in the words of a scenario (VPC User Guide, "Default VPCs").
const AWS: &str = "name = 'default'\ncidr = '172.31.0.0/16'\negress = 'internet-gateway'\nsubnet = [\n\
                   { name = 'default-a', cidr = '172.31.0.0/20', zone = 'a', public = true },\n\
                   { name = 'default-b', cidr = '172.31.16.0/20', zone = 'b', public = true },\n\
                   { name = 'default-c', cidr = '172.31.32.0/20', zone = 'c', public = true },\n]";

/// Adds every network that is possible; AWS's own default VPC comes last.
pub(super) fn all(look: &Look<'_>, scenario: &mut Scenario, read: Vec<Network>, default_vpc: bool) {
    let mut ids = BTreeSet::new();
    for mut said in read {
        let Some(sites) = scenario.reach(look, &said.reach) else { continue };
        let network = OfNetwork { look, scenario };
        network.check_name(&said, &sites);
        network.check_ids(&said, sites.len() == 1, &mut ids);
        network.check_subnets(&said);
        network.check_groups(&said);
        if network.complete(&mut said).is_some() {
            network.check_references(&said);
            network.check_room(&said);
        }
        scenario.networks.push(Sited { said, sites });
    }
    if default_vpc {
        let said = diagnostic::read("AWS's own VPC", AWS, Network::read).expect("a test reads it");
        scenario.networks.push(Sited { said, sites: (0..scenario.sites.len()).collect() });
    }
}

/// What one network is looked at with.
struct OfNetwork<'a, 't> {
    look: &'a Look<'t>,
    scenario: &'a Scenario,
}

impl OfNetwork<'_, '_> {
    /// Two may have one name where they are in different places.
    fn check_name(&self, said: &Network, sites: &[usize]) {
        let name = &said.name;
        if **name == DEFAULT {
            let problem = Problem::at(name.place, "`default` is the VPC that AWS makes");
            self.look.say(problem.help("`default_vpc = false` at the top of the file leaves it out"));
        }
        if self.scenario.networks.iter().any(|other| *other.said.name == **name && other.meets(sites)) {
            let message = format!("a network above is named {} already", quoted(name));
            self.look.say(Problem::at(name.place, message));
        }
    }

    /// An id is given once, and only to what is in one place.
    fn check_ids(&self, said: &Network, alone: bool, ids: &mut BTreeSet<String>) {
        let of_subnets = said.subnets.iter().map(|subnet| &subnet.id);
        let all =
            std::iter::once(&said.id).chain(of_subnets).chain(said.groups.iter().map(|group| &group.id));
        for id in all.flatten() {
            if !alone {
                let message = "a network that is in several places cannot have one id for all of them";
                let help = "say which with `accounts` and `regions`, or leave the id out";
                self.look.say(Problem::at(id.place, message).help(help));
            }
            if !ids.insert(id.value.clone()) {
                self.look.say(Problem::at(id.place, format!("`{id}` is the id of something else above")));
            }
        }
    }

    /// Each subnet has a name of its own, and a part of the network's block that no other has.
    fn check_subnets(&self, said: &Network) {
        self.check_unused(said.subnets.iter().map(|subnet| &subnet.name), None);
        for (at, subnet) in said.subnets.iter().enumerate() {
            let Placed { value: block, place } = subnet.cidr;
            let before = said.subnets.iter().take(at);
            let wrong = match before.into_iter().find(|other| other.cidr.overlaps(block)) {
                _ if !said.cidr.holds(block) => {
                    format!("`{block}` is not in the network's own `{}`", said.cidr)
                }
                Some(Subnet { name, cidr, .. }) => {
                    format!("`{block}` overlaps with `{cidr}` of the subnet {}", quoted(name))
                }
                None => continue,
            };
            self.look.say(Problem::at(place, wrong));
        }
    }

    fn check_groups(&self, said: &Network) {
        self.check_unused(said.groups.iter().map(|group| &group.name), Some(DEFAULT));
    }

    fn check_unused<'n>(&self, names: impl Iterator<Item = &'n Placed<String>>, reserved: Option<&'n str>) {
        let mut taken: BTreeSet<&str> = reserved.into_iter().collect();
        for name in names.filter(|name| !taken.insert(name)) {
            let message = format!("another of this network is named {} already", quoted(name));
            self.look.say(Problem::at(name.place, message));
        }
    }

    /// Adds what it has where it does not say; nothing, if that is not possible.
    fn complete(&self, said: &mut Network) -> Option<()> {
        self.add_services(said)?;
        self.add_subnets(said)?;
        if said.groups.is_empty() {
            let (name, id) = (placed(said, "notebooks".to_owned()), None);
            said.groups.push(SecurityGroup { name, id, egress: None, rules: None });
        }
        for subnet in said.subnets.iter_mut().filter(|subnet| subnet.purpose == Purpose::Private) {
            subnet.acl = subnet.acl.take().or_else(|| said.acl.clone());
        }
        self.add_nat(said)
    }

    fn add_services(&self, said: &mut Network) -> Option<()> {
        let (message, help) = match (said.egress, &said.services) {
            (Egress::Endpoints, None) => {
                said.services = Some(placed(said, USUAL.map(str::to_owned).to_vec()));
                return Some(());
            }
            (Egress::Endpoints, Some(list)) if list.is_empty() => {
                ("`endpoints` is empty", "a network without any way out has `egress = \"none\"`")
            }
            (Egress::None, Some(list)) if !list.is_empty() => (
                "`egress = \"none\"` and `endpoints` contradict each other",
                "a network whose only way out are endpoints has `egress = \"endpoints\"`",
            ),
            (_, _) => return Some(()),
        };
        let place = said.services.as_ref().map_or(said.reach.place, |list| list.place);
        self.look.say(Problem::at(place, message).help(help));
        None
    }

    /// Two private ones, where it says nothing of them.
    fn add_subnets(&self, said: &mut Network) -> Option<()> {
        if !said.subnets.is_empty() {
            return Some(());
        }
        for (zone, at) in [('a', 0), ('b', 1)] {
            let Some(block) = said.cidr.part(said.cidr.bits() + 4, at) else {
                let message = format!("{} is too small for two subnets of its own", said.cidr);
                let problem = Problem::at(said.reach.place, message);
                let help = "add a [[network.subnet]] with `name` and `cidr`";
                self.look.say(problem.help(help).conclusion());
                return None;
            };
            add_subnet(said, &format!("private-{zone}"), block, (zone, Purpose::Private));
        }
        Some(())
    }

    /// Gives a NAT gateway the subnet that it must be in, at the end of the network, if the file gives it none.
    fn add_nat(&self, said: &mut Network) -> Option<()> {
        let purpose = said.nat().and_then(|nat| nat.purpose).filter(|_| said.nat_subnet().is_none());
        let Some(purpose) = purpose else { return Some(()) };
        let name = if purpose == Purpose::Nat { "nat" } else { "public" };
        let end = said.cidr.end();
        let name = if said.subnets.iter().any(|other| *other.name == name) { "nat-gateway" } else { name };
        if let Some(other) = said.subnets.iter().find(|other| other.cidr.overlaps(end)) {
            let message = format!(
                "no room for the NAT gateway: {} has the network's end, `{end}`",
                quoted(&other.name)
            );
            let problem = Problem::at(said.reach.place, message);
            let help = "leave it free, or add a subnet with `public = true`";
            self.look.say(problem.help(help).conclusion());
            return None;
        }
        add_subnet(said, name, end, ('a', purpose));
        Some(())
    }

    /// Names of subnets, groups and route tables must be known.
    fn check_references(&self, said: &Network) {
        let subnets: Vec<&str> = said.subnets.iter().map(|one| one.name.as_str()).collect();
        let own = said.groups.iter().map(|one| one.name.as_str());
        let groups: Vec<&str> = own.chain([DEFAULT, ENDPOINTS]).collect();
        let tables: Vec<&str> = subnets.iter().copied().chain(["main", "public"]).collect();
        let check = |kind: &str, name: &str, place, known: &[&str]| {
            if !known.contains(&name) {
                let message = format!("the network {} has no {kind} {}", quoted(&said.name), quoted(name));
                self.look.say(Problem::at(place, message).help(format!("it has: {}", known.join(", "))));
            }
        };
        let all = |kind: &str, names: &[Placed<String>], known: &[&str]| {
            names.iter().for_each(|name| check(kind, name, name.place, known));
        };
        for one in &said.endpoints {
            all("subnet", one.subnets.as_deref().unwrap_or_default(), &subnets);
            all("security group", one.groups.as_deref().unwrap_or_default(), &groups);
            all("route table", one.route_tables.as_deref().unwrap_or_default(), &tables);
        }
        said.load_balancers.iter().for_each(|one| all("security group", &one.groups, &groups));
        for rule in said.groups.iter().flat_map(SecurityGroup::rules) {
            if let PeerSpec::Group(name) = &rule.peer {
                check("security group", name, rule.place, &groups);
            }
        }
    }

    /// What is to be free must fit beside what AWS and the network itself have.
    fn check_room(&self, said: &Network) {
        for (at, subnet) in said.subnets.iter().enumerate() {
            let name = quoted(&subnet.name);
            let wrong = match (said.room(at), subnet.free) {
                (None, _) => format!("the subnet {name} is too small for its own endpoints"),
                (Some(room), Some(free)) if free > room => {
                    format!("the subnet {name} has at most {room} addresses, so that {free} cannot be free")
                }
                (Some(_), _) => continue,
            };
            let help = "AWS keeps five addresses of each subnet; a NAT gateway and interface endpoints have one each";
            self.look.say(Problem::at(said.reach.place, wrong).help(help).conclusion());
        }
    }
}

/// Something that the file does not say: it has the place of the network.
fn placed<T>(said: &Network, value: T) -> Placed<T> {
    Placed { value, place: said.reach.place }
}

fn add_subnet(said: &mut Network, name: &str, block: Block, (zone, purpose): (char, Purpose)) {
    let (name, cidr) = (placed(said, name.to_owned()), placed(said, block));
    said.subnets.push(Subnet::plain(name, cidr, zone, purpose));
}
