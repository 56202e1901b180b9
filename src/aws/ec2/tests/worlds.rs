//! The worlds of `worlds.toml`: each is a network of the sandbox, read over HTTP with the real client and judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;

use crate::aws::loopback::session_at;
use crate::clock::SystemClock;
use crate::diagnostic::{Table, read};
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};
use crate::network::{
    Asked, Check, CheckVerdict, Need, NetworkIds, free_addresses, lasting_checks, read_facts,
};
use crate::sandbox::{LoggedCall, Options, Sandbox, World, parse};

const WORLDS: &str = include_str!("worlds.toml");
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// One world of the table.
struct Row {
    name: String,
    /// The scenario.
    scenario: String,
    subnet: String,
    groups: Vec<String>,
    needs: BTreeSet<Need>,
    /// By the check's name: its verdict, and pieces of its evidence.
    expected: Vec<(String, Vec<String>)>,
}

fn rows() -> Vec<Row> {
    let rows = read("worlds.toml", WORLDS, |root| Some(root.field("world").tables(row)));
    rows.unwrap_or_else(|problems| panic!("{problems}"))
}

fn row(table: &Table<'_>) -> Option<Row> {
    let text = |key: &str, default: &str| table.field(key).string().unwrap_or(default).to_owned();
    let list = |key: &str| table.field(key).list::<String>(1..=99);
    let network = text("network", "");
    let scenario = format!(
        "format = 1\ndefault_vpc = false\n{}\n[[account]]\nid = '{ACCOUNT}'\nregions = ['{REGION}']\n\
         [[network]]\nname = 'n'\nid = 'vpc-n'\ncidr = '10.0.0.0/16'\n{network}",
        text("scenario", "")
    );
    let needs = list("needs").unwrap_or_default().into_iter();
    let expected = table.field("expect").required().table(|table| {
        let keys = table.keys().into_iter();
        Some(keys.map(|(key, _)| (key.clone(), table.field(&key).list::<String>(1..=9).unwrap())).collect())
    })?;
    Some(Row {
        name: table.field("name").required().text()?.to_owned(),
        scenario,
        subnet: text("subnet", "private-a"),
        groups: list("groups").unwrap_or_else(|| vec!["notebooks".to_owned()]),
        needs: needs.map(|word| named(&word)).collect(),
        expected,
    })
}

fn named(word: &str) -> Need {
    let found = Need::ALL.iter().copied().find(|need| need.as_str() == word);
    found.unwrap_or_else(|| panic!("no need is called {word}"))
}

/// What a world's checks come out as, and the calls that it took.
async fn judged(row: &Row) -> (Vec<Check>, Vec<LoggedCall>) {
    let (account, region): (AccountId, Region) = (ACCOUNT.parse().unwrap(), REGION.parse().unwrap());
    let scenario =
        parse("world", &row.scenario).unwrap_or_else(|problems| panic!("{}: {problems}", row.name));
    let world = scenario.world(Timestamp::UNIX_EPOCH);
    let names = names(&world);
    let options = Options {
        unthrottled: true,
        keep_calls: true,
        faults: scenario.faults().to_vec(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(world, Arc::new(SystemClock), options).await.unwrap();
    let id = |kind: &str, name: &str| {
        let found = names.iter().find(|(_, given)| **given == format!("{kind}:{name}"));
        found.map_or_else(|| name.to_owned(), |(id, _)| id.clone())
    };
    let subnet: SubnetId = id("subnet", &row.subnet).parse().unwrap();
    let groups: Vec<SecurityGroupId> =
        row.groups.iter().map(|name| id("sg", name).parse().unwrap()).collect();
    let ids = NetworkIds {
        subnets: [subnet.clone()].into(),
        groups: groups.iter().cloned().collect(),
        ..NetworkIds::default()
    };
    let wanted = [(region.clone(), ids)].into();
    let facts = read_facts(&session_at(sandbox.endpoint()), &wanted).await;
    let (region, account, required) = (&region, &account, &row.needs);
    let asked = Asked { region, account, subnet: &subnet, groups: &groups, required };
    let mut checks = lasting_checks(&facts, &asked);
    checks.push(free_addresses(&facts.subnets[&(region.clone(), subnet.clone())], 0));
    for check in &mut checks {
        for (id, name) in &names {
            check.evidence = check.evidence.replace(id, name);
        }
    }
    (checks, sandbox.calls())
}

/// Ids by kind and name, so that the table need not know what is drawn.
fn names(world: &World) -> BTreeMap<String, String> {
    let sites = world.accounts.values().flat_map(|account| account.sites.values());
    let network = &sites.into_iter().next().unwrap().network;
    let mut names = BTreeMap::new();
    let mut note = |id: &str, name: &str| {
        let kind = id.split('-').next().unwrap();
        names.insert(id.to_owned(), format!("{kind}:{name}"));
    };
    let tag = |tags: &BTreeMap<String, String>| tags.get("Name").cloned().unwrap_or_default();
    network.subnets.values().for_each(|one| note(&one.id, &tag(&one.tags)));
    network.route_tables.values().for_each(|one| note(&one.id, &tag(&one.tags)));
    network.nat_gateways.values().for_each(|one| note(&one.id, &tag(&one.tags)));
    network.endpoints.values().for_each(|one| note(&one.id, &tag(&one.tags)));
    network.security_groups.values().for_each(|one| note(&one.id, &one.name));
    network.acls.values().for_each(|one| note(&one.id, if one.is_default { "default" } else { "own" }));
    names
}

/// What is not as the table has it.
fn differences(row: &Row, checks: &[Check]) -> String {
    let mut wrong = String::new();
    for (name, expected) in &row.expected {
        let [verdict, pieces @ ..] = expected.as_slice() else { continue };
        let Some(check) = checks.iter().find(|check| check.name.as_str() == name) else {
            let _ = writeln!(wrong, "{}: there is no check {name}", row.name);
            continue;
        };
        let told = match check.verdict {
            CheckVerdict::Yes => "yes",
            CheckVerdict::No => "no",
            CheckVerdict::Unknown => "unknown",
        };
        if told != verdict || !pieces.iter().all(|piece| check.evidence.contains(piece)) {
            let _ =
                writeln!(wrong, "{}: {name} is {told}, not {expected:?}:\n    {}", row.name, check.evidence);
        }
    }
    wrong
}

#[tokio::test]
async fn every_world_of_the_table_is_judged_as_the_table_has_it() {
    let rows = rows();
    assert!(rows.len() >= 40, "{} worlds", rows.len());
    let mut wrong = String::new();
    for row in &rows {
        wrong += &differences(row, &judged(row).await.0);
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[tokio::test]
async fn a_vpc_is_read_in_nine_calls_and_three_for_its_region() {
    let rows = rows();
    let row = rows.iter().find(|row| row.name == "NAT").unwrap();
    let calls = judged(row).await.1;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &calls {
        *counts.entry(call.operation.as_str()).or_default() += 1;
    }
    let expected = [
        ("DescribeAvailabilityZones", 1),
        ("DescribeNatGateways", 1),
        ("DescribeNetworkAcls", 1),
        ("DescribeRouteTables", 1),
        ("DescribeSecurityGroups", 2),
        ("DescribeSubnets", 2),
        ("DescribeVpcAttribute", 2),
        ("DescribeVpcEndpoints", 1),
        ("DescribeVpcs", 1),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(calls.len(), 9 + 3);
}
