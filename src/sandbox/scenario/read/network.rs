//! `[[network]]`: a VPC, in each region of each account that it is for.

use std::collections::BTreeSet;

use crate::diagnostic::{Complaint, Field, Problem, Table, quoted};
use crate::sandbox::scenario::cidr::Block;
use crate::sandbox::scenario::detail::{Details, Egress, Purpose, SubnetKind};
use crate::sandbox::scenario::model::{NetworkSpec, SubnetSpec};

use super::extra::meets;
use super::known::{Known, MOST_ENTRIES, absent_or};
use super::words::{DEFAULT, given_id, service};
use super::{detail, rules, subnet, words};

const BLOCKS: [(&str, &str); 3] =
    [("off", "off"), ("block-ingress", "block-ingress"), ("block-bidirectional", "block-bidirectional")];

/// What a notebook without a way out needs (SageMaker Developer Guide, "Connect a notebook instance in a VPC").
const USUAL: [&str; 5] = ["s3", "sagemaker.api", "sagemaker.runtime", "sts", "logs"];

/// Reads every network; AWS's own default VPC comes last.
pub(super) fn read_all(root: &Table<'_>, known: &mut Known, default_vpc: bool) {
    let mut networks: Vec<NetworkSpec> = Vec::new();
    let mut ids = BTreeSet::new();
    root.field("network").tables(|table| {
        let network = known.note(read(table, known, (&networks, &mut ids)))?;
        networks.push(network);
        Some(())
    });
    if default_vpc {
        networks.push(aws_default((0..known.sites.len()).collect()));
    }
    known.networks = networks;
}

fn read(
    table: &Table<'_>,
    known: &Known,
    (before, ids): (&[NetworkSpec], &mut BTreeSet<String>),
) -> Option<NetworkSpec> {
    let sites = known.reach(table);
    let name = name(table.field("name").required(), before, sites.as_deref());
    let alone = sites.as_ref().is_none_or(|sites| sites.len() == 1);
    let id = absent_or(table.field("id"), |field| given_id(field, ("vpc-", alone), ids));
    let cidr = table.field("cidr").required_with("cidr = \"10.20.0.0/16\"").parsed_by(Block::read);
    let egress = absent_or(table.field("egress"), |field| field.choice(&Egress::WORDS, &[]));
    let endpoints = absent_or(table.field("endpoints"), |field| field.list_by(0..=MOST_ENTRIES, service));
    let dns = table.field("dns").boolean().unwrap_or(true);
    let ipv6 = table.field("ipv6").boolean().unwrap_or(false);
    let dedicated = table.field("tenancy").choice(&[("default", false), ("dedicated", true)], &[]);
    let block_public_access = table.field("block_public_access").choice(&BLOCKS, &[]).unwrap_or("off");
    let details = detail::read(table);
    let subnets = subnet::read_all(table, cidr, (alone, &mut *ids));
    let groups = subnet::security_groups(table, (alone, ids));
    let acl = absent_or(table.field("acl"), |field| field.list_by(0..=MOST_ENTRIES, rules::entry));
    let egress = egress?.unwrap_or(Egress::Nat);
    let endpoints = endpoints_of(table, egress, endpoints?)?;
    let mut network = NetworkSpec {
        name: name?,
        id: id?,
        sites: sites?,
        cidr: cidr?,
        egress,
        endpoints,
        dns,
        ipv6,
        dedicated: dedicated.unwrap_or(false),
        block_public_access,
        details: details?,
        subnets: subnet::with_acl(subnets?, acl?),
        groups: groups?,
        is_default: false,
    };
    subnet::add_nat(table, &mut network)?;
    detail::check_names(table, &network)?;
    subnet::check_room(table, &network)?;
    Some(network)
}

/// Two may have one name where they are in different places.
fn name(field: Field<'_>, before: &[NetworkSpec], sites: Option<&[usize]>) -> Option<String> {
    let name = words::name(field)?;
    let taken = before.iter().any(|other| other.name == name && meets(&other.sites, sites));
    field.parsed_by(|_| {
        if name == DEFAULT {
            let help = "`default_vpc = false` at the top of the file leaves it out";
            return Err(Complaint::new("`default` is the VPC that AWS makes").help(Some(help.to_owned())));
        }
        if taken {
            return Err(Complaint::new(format!("a network above is named {} already", quoted(&name))));
        }
        Ok(name.clone())
    })
}

fn endpoints_of(table: &Table<'_>, egress: Egress, given: Option<Vec<String>>) -> Option<Vec<String>> {
    let field = table.field("endpoints");
    match (egress, given) {
        (Egress::Endpoints, None) => Some(USUAL.iter().map(|service| (*service).to_owned()).collect()),
        (Egress::Endpoints, Some(list)) if list.is_empty() => {
            let problem = Problem::at(field.place().unwrap_or(table.place()), "`endpoints` is empty");
            table.report(problem.help("a network without any way out has `egress = \"none\"`"));
            None
        }
        (Egress::None, Some(list)) if !list.is_empty() => {
            let message = "`egress = \"none\"` and `endpoints` contradict each other";
            let problem = Problem::at(field.place().unwrap_or(table.place()), message);
            table.report(
                problem.help("a network whose only way out are endpoints has `egress = \"endpoints\"`"),
            );
            None
        }
        (_, given) => Some(given.unwrap_or_default()),
    }
}

/// AWS's own: 172.31.0.0/16, one public /20 a zone, an internet gateway (VPC User Guide, "Default VPCs").
fn aws_default(sites: Vec<usize>) -> NetworkSpec {
    let cidr = Block::around(0xac1f_0000, 16);
    let subnet = |(zone, at): (char, u32)| {
        Some(SubnetSpec {
            name: format!("default-{zone}"),
            id: None,
            cidr: cidr.part(20, at)?,
            zone,
            free: None,
            purpose: Purpose::Public,
            own_table: false,
            egress: None,
            kind: SubnetKind::Ordinary,
            acl: None,
        })
    };
    NetworkSpec {
        name: DEFAULT.to_owned(),
        id: None,
        sites,
        cidr,
        egress: Egress::InternetGateway,
        endpoints: Vec::new(),
        dns: true,
        ipv6: false,
        dedicated: false,
        block_public_access: "off",
        details: Details::default(),
        subnets: [('a', 0), ('b', 1), ('c', 2)].into_iter().filter_map(subnet).collect(),
        groups: Vec::new(),
        is_default: true,
    }
}
