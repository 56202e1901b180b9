//! Laws and stories of scenarios.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proptest::prelude::*;

use super::share::{Share, divide};
use super::*;
use crate::sandbox::chance::Seed;
use crate::sandbox::fault::Fault;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::world::network::{Destination, RouteTarget};
use crate::sandbox::world::notebook::{Notebook, Status, Switch};
use crate::sandbox::world::{OutsiderAct, Site};

const FLEET: &str = include_str!("../../../examples/fleet.toml");
const FLEET_POLICY: &str = include_str!("../../../examples/fleet-policy.toml");
const JUDGES: &str = include_str!("../../../tests/stories/judges/scenario.toml");
const FAULTS: &str = include_str!("../../../examples/faults.toml");

const ACCOUNT: &str = "format = 1\n[[account]]\nid = '111122223333'\nregions = ['us-east-1', 'eu-west-1']\n";

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn good(text: &str) -> Scenario {
    parse("fleet.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The problems of a text, one a line, with their help; empty for a good one.
fn wrong(text: &str) -> String {
    let Err(problems) = parse("fleet.toml", text) else { return String::new() };
    let line = |problem: &crate::diagnostic::Problem| match &problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.clone(),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sites(world: &World) -> impl Iterator<Item = &Site> {
    world.accounts.values().flat_map(|account| account.sites.values())
}

fn notebooks(world: &World) -> impl Iterator<Item = &Notebook> {
    sites(world).flat_map(|site| site.notebooks.values())
}

fn count(world: &World, is: impl Fn(&Notebook) -> bool) -> usize {
    notebooks(world).filter(|one| is(one)).count()
}

fn group(keys: &str) -> String {
    format!("{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n[[notebooks]]\n{keys}\n")
}

#[test]
fn the_smallest_scenario_is_an_account() {
    let world = good(ACCOUNT).world(now());
    assert_eq!(world.home.as_str(), "111122223333");
    assert_eq!(sites(&world).count(), 2);
    for site in sites(&world) {
        assert_eq!(site.notebooks.len(), 0);
        let vpcs: Vec<_> =
            site.network.vpcs.values().map(|vpc| (vpc.cidr.as_str(), vpc.is_default)).collect();
        assert_eq!(vpcs, [("172.31.0.0/16", true)]);
        let cidrs: Vec<_> = site.network.subnets.values().map(|one| (one.zone.as_str(), one.free)).collect();
        assert_eq!(cidrs.len(), 3, "{cidrs:?}");
        assert!(cidrs.iter().all(|(_, free)| *free == 4091), "{cidrs:?}");
        assert_eq!(site.quotas["L-04CE2E67"].value, 20);
    }
    let none = good(&format!("default_vpc = false\n{ACCOUNT}")).world(now());
    assert!(sites(&none).all(|site| site.network.vpcs.is_empty()));
}

#[test]
fn zones_have_the_ids_that_aws_gives_them() {
    for (region, id) in
        [("us-east-1", "use1-az1"), ("ap-southeast-2", "apse2-az1"), ("us-gov-west-1", "usgw1-az1")]
    {
        let text = format!("format = 1\n[[account]]\nid = '111122223333'\nregions = ['{region}']\n");
        let world = good(&text).world(now());
        let site = sites(&world).next().unwrap();
        assert_eq!(site.network.zones[&format!("{region}a")].id, id);
    }
}

#[test]
fn the_example_fleet_is_what_its_comments_say() {
    let scenario = good(FLEET);
    let world = scenario.world(now());
    assert_eq!(notebooks(&world).count(), 62);
    assert!(!scenario.unthrottled() && scenario.faults().is_empty());
    let home = &world.accounts[&world.home];
    assert_eq!(home.name, "research");
    assert!(home.roles.contains_key("VisionNotebooks") && home.roles["VisionNotebooks"].for_sagemaker);
    assert!(!home.roles["Remediator"].for_sagemaker);
    assert_eq!(world.organization.as_ref().unwrap().management, world.home);
    assert_eq!(count(&world, |one| one.name.len() == 63), 1);
    assert_eq!(count(&world, |one| one.status == Status::Failed), 2);
    assert_eq!(count(&world, |one| one.tags.contains_key("aws:cloudformation:stack-name")), 3);
    let nearly_full = sites(&world).find_map(|site| site.network.subnets.get("subnet-0aa1c0ffee00000a1"));
    assert_eq!(nearly_full.unwrap().free, 4);
    let al2 = |status| {
        count(&world, |one| {
            one.status == status && one.settings.platform_identifier.starts_with("notebook-al2-")
        })
    };
    assert!(al2(Status::InService) > 5 && al2(Status::Stopped) > 5, "as a company still has them");
    // What the policy beside it makes a plan of: not what is exempt, failed, or too old to be started again.
    let in_home = home.sites.values().flat_map(|site| site.notebooks.values());
    let items = in_home
        .filter(|one| one.settings.direct_internet_access == Switch::Enabled)
        .filter(|one| matches!(one.status, Status::InService | Status::Stopped))
        .filter(|one| {
            one.status == Status::Stopped || one.settings.platform_identifier.starts_with("notebook-al2023")
        })
        .count();
    assert!((18..=40).contains(&items), "{items}");
}

#[test]
fn the_fleets_policy_names_what_there_is_in_the_fleet() {
    let world = good(FLEET).world(now());
    let ids = FLEET_POLICY.split('"').filter(|word| word.starts_with("subnet-") || word.starts_with("sg-"));
    let ids: Vec<&str> = ids.collect();
    assert_eq!(ids.len(), 6);
    let home = &world.accounts[&world.home];
    for id in ids {
        let found = home.sites.values().any(|site| {
            site.network.subnets.contains_key(id) || site.network.security_groups.contains_key(id)
        });
        assert!(found, "{id}");
    }
}

#[test]
fn the_example_of_a_bad_day_has_all_its_faults() {
    let scenario = good(FAULTS);
    let kinds: Vec<&str> = scenario.faults().iter().map(FaultRule::kind).collect();
    let expected =
        ["throttle", "cut-after", "slow", "fails", "fails", "subnet-full", "access-denied", "outsider"];
    assert_eq!(kinds, expected);
    assert_eq!(notebooks(&scenario.world(now())).count(), 20);
    let outsider = &scenario.faults()[7];
    assert_eq!(outsider.fault, Fault::Outsider(OutsiderAct::Start, Duration::from_secs(30)));
    assert_eq!(outsider.operation.as_deref(), Some("StopNotebookInstance"));
    let slow = &scenario.faults()[2];
    assert_eq!((&slow.fault, slow.times), (&Fault::Slow(Duration::from_secs(90)), Some(1)));
}

#[test]
fn what_is_in_a_vpc_has_a_subnet_a_group_and_an_interface() {
    let world = good(FLEET).world(now());
    for site in sites(&world) {
        for one in site.notebooks.values() {
            let settings = &one.settings;
            let Some(subnet) = &settings.subnet_id else {
                assert_eq!(settings.direct_internet_access, Switch::Enabled, "{}", one.name);
                assert!(one.network_interface_id.is_none());
                continue;
            };
            let subnet = &site.network.subnets[subnet];
            assert!(!settings.security_group_ids.is_empty());
            for group in &settings.security_group_ids {
                assert_eq!(site.network.security_groups[group].vpc_id, subnet.vpc_id);
            }
            let interface = &site.network.interfaces[one.network_interface_id.as_ref().unwrap()];
            assert_eq!(interface.subnet_id, subnet.id);
        }
    }
}

#[test]
fn a_stopped_instance_has_no_address_where_it_does_not_keep_it() {
    let text = group("count = 10\nname = 'a-{n}'\nstopped = 4");
    let world = good(&format!("stopped_keeps_address = false\n{text}")).world(now());
    assert_eq!(count(&world, |one| one.network_interface_id.is_some()), 6);
    assert!(!world.stopped_keeps_address);
}

#[test]
fn each_way_out_is_a_route_or_none() {
    let target = |egress: &str| {
        let text = format!(
            "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/16'\negress = '{egress}'"
        );
        let world = good(&text).world(now());
        let network = &sites(&world).nth(1).unwrap().network;
        let vpc = network.vpcs.values().find(|vpc| !vpc.is_default).unwrap();
        let main = network.route_tables.values().find(|table| table.main && table.vpc_id == vpc.id).unwrap();
        assert!(main.subnets.is_empty());
        let way = main.routes.iter().find(|route| route.destination == Destination::Ipv4("0.0.0.0/0".into()));
        way.map(|route| (route.target.clone(), route.blackhole, network.clone()))
    };
    let (nat, blackhole, network) = target("nat").unwrap();
    let RouteTarget::NatGateway(id) = nat else { panic!("{nat:?}") };
    let gateway = &network.nat_gateways[&id];
    assert_eq!(
        (gateway.state.as_str(), gateway.connectivity.as_str(), blackhole),
        ("available", "public", false)
    );
    let table =
        network.route_tables.values().find(|table| table.subnets.contains(&gateway.subnet_id)).unwrap();
    assert!(matches!(table.routes[1].target, RouteTarget::InternetGateway(_)));
    let (_, blackhole, network) = target("deleted-nat").unwrap();
    assert!(blackhole && network.nat_gateways.values().all(|gateway| gateway.state == "deleted"));
    let (_, _, network) = target("private-nat").unwrap();
    assert_eq!(network.nat_gateways.values().next().unwrap().connectivity, "private");
    assert!(matches!(target("transit-gateway").unwrap().0, RouteTarget::TransitGateway(_)));
    assert!(matches!(target("internet-gateway").unwrap().0, RouteTarget::InternetGateway(_)));
    assert!(target("endpoints").is_none() && target("none").is_none());
}

#[test]
fn what_is_wrong_with_the_ways_through_a_network_is_said() {
    let network = format!("{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n");
    let rule = "is not a rule (write it as \"out tcp/443 0.0.0.0/0\": `out` or `in`, the protocol with its ports, and \
                a block, `s3`, a prefix list or a group of the network)";
    let entry = "is not an entry of a network ACL (write it as \"100 allow out tcp/443 0.0.0.0/0\": a number, `allow` \
                 or `deny`, `out` or `in`, the protocol with its ports, and a block)";
    for (keys, expected) in [
        ("acl = ['100 alow out all 0.0.0.0/0']", format!("`100 alow out all 0.0.0.0/0` {entry}")),
        ("acl = ['0 allow out all 0.0.0.0/0']", format!("`0 allow out all 0.0.0.0/0` {entry}")),
        ("acl = ['1 allow out all 10.0.0.1/8']", "`10.0.0.1/8` is not a block of IPv4 addresses".to_owned()),
        ("security_group = [{ name = 'g', rules = ['out tcp/9-8 g'] }]", format!("`out tcp/9-8 g` {rule}")),
        (
            "security_group = [{ name = 'g', rules = ['out all h'] }]",
            "the network `n` has no security group `h` (it has: g, default, endpoints)".to_owned(),
        ),
        (
            "route = [{ to = '0.0.0.0/1', via = 'none' }]",
            "a route cannot be `none` (it leads somewhere: to a gateway, or to a black hole)".to_owned(),
        ),
        (
            "load_balancer = [{ name = 'front', security_groups = ['h'] }]",
            "the network `n` has no security group `h` (it has: notebooks, default, endpoints)".to_owned(),
        ),
        ("endpoint = [{ service = 'kms', kind = 'gateway' }]", "`kms` has no gateway endpoint".to_owned()),
        (
            "endpoint = [{ service = 'kms', subnets = ['x'] }]",
            "the network `n` has no subnet `x` (it has: private-a, private-b, public)".to_owned(),
        ),
        (
            "endpoint = [{ service = 's3', route_tables = ['x'] }]",
            "the network `n` has no route table `x` (it has: private-a, private-b, public, main, public)"
                .to_owned(),
        ),
        ("owner = '1'", "`1` is not an account id (12 digits)".to_owned()),
    ] {
        assert_eq!(wrong(&format!("{network}{keys}")), expected, "{keys}");
    }
}

#[test]
fn a_subnet_may_be_called_as_the_route_tables_are() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n[[network.subnet]]\nname = 'main'\n\
         cidr = '10.0.0.0/24'\nroute_table = 'own'\n[[network.subnet]]\nname = 'public'\ncidr = '10.0.1.0/24'\n\
         route_table = 'own'"
    );
    let world = good(&format!("default_vpc = false\n{text}")).world(now());
    for site in sites(&world) {
        let tables = &site.network.route_tables;
        assert_eq!(tables.len(), 4, "main, that of the NAT gateway, and two of their own");
        assert_eq!(tables.values().filter(|table| table.main).count(), 1);
    }
}

#[test]
fn endpoints_take_an_address_in_one_subnet_of_each_zone() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/16'\negress = 'endpoints'\n\
         [[network.subnet]]\nname = 'a1'\ncidr = '10.0.0.0/24'\n[[network.subnet]]\nname = 'a2'\ncidr = '10.0.1.0/24'"
    );
    let world = good(&text).world(now());
    let network = &sites(&world).nth(1).unwrap().network;
    let free = |name: &str| {
        network.subnets.values().find(|one| one.tags.get("Name").is_some_and(|tag| tag == name)).unwrap().free
    };
    assert_eq!((free("a1"), free("a2")), (251 - 4, 251));
    let kinds: Vec<_> =
        network.endpoints.values().map(|one| (one.kind.as_str(), one.subnets.len())).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == ("Interface", 1)).count(), 4);
    assert_eq!(kinds.iter().filter(|kind| **kind == ("Gateway", 0)).count(), 1);
}

#[test]
fn quotas_are_those_of_every_type_that_is_used_or_named() {
    let text = group("count = 3\nname = 'a-{n}'\ntypes = ['ml.t3.medium']");
    let text = text.replace("[[network]]", "quota = 9\nquotas = { 'ml.g5.xlarge' = 2 }\n[[network]]");
    let world = good(&text).world(now());
    for site in sites(&world) {
        let quota = |name: &str| site.quotas.values().find(|one| one.name == name).map(|one| one.value);
        assert_eq!(quota("Total number of notebook instances"), Some(9));
        assert_eq!(quota("ml.t3.medium for notebook instance usage"), Some(9));
        assert_eq!(quota("ml.g5.xlarge for notebook instance usage"), Some(2));
        assert_eq!(site.quotas["L-E17566B7"].name, "ml.t3.medium for notebook instance usage");
    }
}

#[test]
fn one_by_hand_has_what_is_said_of_it_and_else_what_sagemaker_gives() {
    let text = format!(
        "{ACCOUNT}[[kms_key]]\nalias = 'k'\n[[notebook]]\nname = 'King'\nregion = 'eu-west-1'\nsubnet = 'default-b'\n\
         direct_internet_access = 'Disabled'\nkms_key = 'k'\nstatus = 'Updating'\nvolume_size_in_gb = 16384\n\
         minimum_imds = '2'\nroot_access = 'Disabled'\nage_in_days = 10\n[[notebook]]\nname = 'plain'"
    );
    let world = good(&text).world(now());
    let [ireland, virginia] = [sites(&world).next().unwrap(), sites(&world).nth(1).unwrap()];
    let king = ireland.notebook("King").unwrap();
    assert_eq!(king.arn, "arn:aws:sagemaker:eu-west-1:111122223333:notebook-instance/king");
    assert_eq!((king.status, &king.change), (Status::Updating, &None));
    assert_eq!(king.settings.direct_internet_access, Switch::Disabled);
    assert!(king.settings.kms_key_id.is_some() && king.network_interface_id.is_some());
    assert_eq!(now().duration_since(king.created).as_hours(), 240);
    let plain = virginia.notebook("plain").unwrap();
    assert_eq!((plain.status, plain.settings.volume_size_in_gb), (Status::InService, 5));
    assert_eq!((plain.settings.minimum_imds.as_str(), plain.settings.root_access), ("1", Switch::Enabled));
    assert_eq!(plain.settings.subnet_id, None);
}

#[test]
fn two_networks_may_have_one_name_in_different_places() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/16'\n\
         [[network]]\nname = 'n'\nregions = ['eu-west-1']\ncidr = '10.1.0.0/16'\negress = 'none'\n\
         [[notebooks]]\ncount = 6\nname = 'a-{{n}}'\nnetwork = 'n'"
    );
    let world = good(&text).world(now());
    assert!(sites(&world).all(|site| site.notebooks.len() == 3 && site.network.interfaces.len() == 3));
}

#[test]
fn what_is_wrong_is_said() {
    for (text, expected) in [
        (
            "",
            "the scenario is empty (it has at least `format = 1` and an [[account]]; see examples/fleet.toml)",
        ),
        (
            "format = 1",
            "`account` is missing (add an [[account]] with `id = \"123456789012\"` and `regions = [\"us-east-1\"]`)",
        ),
        ("format = 2\nunknown = 1", "format 2; this version reads up to 1"),
        ("format = 1\naccount = []", "`account` is empty"),
        (
            "format = 1\n[[account]]\nid = '1'",
            "`regions` is missing in `[[account]]` (regions = [\"us-east-1\"])\n`1` is not an account id (12 digits)",
        ),
        (&format!("{ACCOUNT}[[acount]]"), "unknown key `acount`"),
        (&format!("throtle = 'off'\n{ACCOUNT}"), "unknown key `throtle` (did you mean `throttle`?)"),
        (
            &format!("{ACCOUNT}quotas = {{ 't3.medium' = 1 }}"),
            "`t3.medium` is not a type of notebook instances (did you mean `ml.t3.medium`?)",
        ),
        (&format!("{ACCOUNT}[latency]\nstop = ['9s', '3s']"), "the least comes first, then the most"),
        (&format!("{ACCOUNT}[latency]\nstop = 9"), "`stop` must be a list, not a whole number"),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_with_networks_is_said() {
    let network = format!("{ACCOUNT}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n");
    for (text, expected) in [
        (
            &network.replace("10.0.0.0/16", "10.0.0.1/16"),
            "`10.0.0.1/16` does not begin where a block of this size can (did you mean `10.0.0.0/16`?)",
        ),
        (&network.replace("/16", "/8"), "a VPC or a subnet has a block from /16 to /28, not /8"),
        (
            &network.replace("'n'", "'default'"),
            "`default` is the VPC that AWS makes (`default_vpc = false` at the top of the file leaves it out)",
        ),
        (&format!("{network}egress = 'natt'"), "`natt` is not a value of `egress` (did you mean `nat`?)"),
        (
            &format!("{network}egress = 'none'\nendpoints = ['s3']"),
            "`egress = \"none\"` and `endpoints` contradict each other (a network whose only way out are endpoints \
             has `egress = \"endpoints\"`)",
        ),
        (
            &format!("{network}id = 'vpc-1'"),
            "a network that is in several places cannot have one id for all of them (say which with `accounts` and \
             `regions`, or leave the id out)",
        ),
        (
            &format!("{network}[[network.subnet]]\nname = 's'\ncidr = '10.1.0.0/24'\nzone = 'd'"),
            "`10.1.0.0/24` is not in the network's own `10.0.0.0/16`\n\
             `d` is not a value of `zone` (the values are: a, b, c, local, wavelength)",
        ),
        (
            &format!(
                "{network}[[network.subnet]]\nname = 's'\ncidr = '10.0.0.0/23'\n[[network.subnet]]\nname = 't'\ncidr = \
                 '10.0.1.0/24'"
            ),
            "`10.0.1.0/24` overlaps with `10.0.0.0/23` of the subnet `s`",
        ),
        (
            &format!("{network}[[network.subnet]]\nname = 's'\ncidr = '10.0.0.0/28'\nfree = 12"),
            "the subnet `s` has at most 11 addresses, so that 12 cannot be free (AWS keeps five addresses of each \
             subnet; a NAT gateway and interface endpoints have one each)",
        ),
        (
            &format!("{network}[[network.subnet]]\nname = 's'\ncidr = '10.0.0.0/16'"),
            "no room for the NAT gateway: `s` has the network's end, `10.0.255.240/28` (leave it free, or add a \
             subnet with `public = true`)",
        ),
        (
            &format!("{network}regions = ['us-west-2']"),
            "no account has the region `us-west-2` (did you mean `us-east-1`?)",
        ),
        (
            &format!("{network}regions = ['us-east-2']"),
            "no account has the region `us-east-2` (did you mean `us-east-1`?)",
        ),
        (&format!("{network}accounts = ['main', 'x']"), "there is no account `x` (there is: main)"),
        (
            &format!("{ACCOUNT}[[kms_key]]\nalias = 'k'\n[[kms_key]]\nalias = 'alias/k'"),
            "a key above has the alias `k` already",
        ),
        (
            &format!("{ACCOUNT}[[lifecycle_config]]\nname = 'l'"),
            "a lifecycle configuration has `on_start`, `on_create` or both",
        ),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

#[test]
fn a_lifecycle_configuration_may_be_gone_while_instances_still_name_it() {
    let text = format!(
        "{ACCOUNT}[[lifecycle_config]]\nname = 'gone'\ndeleted = true\n[[lifecycle_config]]\nname = 'there'\n\
         on_start = 'true'\n[[notebook]]\nname = 'a'\nlifecycle_config = 'gone'\n"
    );
    let world = good(&text).world(now());
    let names: Vec<&String> = sites(&world).flat_map(|site| site.lifecycle_configs.keys()).collect();
    // In each of the account's two regions.
    assert_eq!(names, ["there", "there"]);
    let named: Vec<_> = notebooks(&world).map(|one| one.settings.lifecycle_config.as_deref()).collect();
    assert_eq!(named, [Some("gone")]);
}

#[test]
fn callers_have_the_policies_that_a_scenario_gives_them_and_a_wrong_one_is_said_with_its_place() {
    let iam = |more: &str, condition: &str| {
        format!(
            "{ACCOUNT}roles = ['team/Reader']\n[[iam]]\n{more}policy = '''{{ \"Version\": \"2012-10-17\", \"Statement\": \
             {{ \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"{condition} }} }}'''"
        )
    };
    let given = |text: &str| {
        let world = good(text).world(now());
        world.accounts.values().flat_map(|account| account.identities.keys().cloned()).collect::<Vec<_>>()
    };
    assert_eq!(given(&iam("", "")), [None]);
    assert_eq!(given(&iam("role = 'team/Reader'\n", "")), [Some("Reader".to_owned())]);
    assert_eq!(
        wrong(&iam("", ", \"Condition\": { \"IpAddress\": {} }")),
        "the policy is not valid: Statement[0].Condition.IpAddress: the sandbox does not know this operator"
    );
    assert_eq!(wrong(&iam("accounts = ['x']\n", "")), "there is no account `x` (there is: main)");
}

#[test]
fn what_is_wrong_with_the_state_of_a_key_is_said() {
    for (keys, expected) in [
        ("state = 'disabled'\nenabled = false", "a key has `state` or `enabled`, not both"),
        (
            "state = 'deleted'",
            "`deleted` is not a value of `state` (the values are: enabled, disabled, pending-deletion, \
             pending-import, unavailable)",
        ),
    ] {
        assert_eq!(wrong(&format!("{ACCOUNT}[[kms_key]]\nalias = 'k'\n{keys}")), expected);
    }
}

#[test]
fn what_is_wrong_with_instances_is_said() {
    for (keys, expected) in [
        (
            "name = 'a'",
            "`count` is missing in `[[notebooks]]` (say how many: count = 20; or give their `names`)",
        ),
        (
            "count = 2\nname = 'a'",
            "2 instances cannot all be named `a` ({n} stands for a number, {word} for a word of the sandbox's choice)",
        ),
        (
            "count = 2\nname = 'a_{n}'",
            "`a_2` is not a notebook instance name (1 to 63 letters, digits or inner hyphens) ({n} stands for a \
             number, {word} for a word of the sandbox's choice)",
        ),
        ("names = ['a', 'b']\ncount = 2", "`names` is given, so that `count` says nothing"),
        ("names = ['a', 'b', 'A', 'B']", "another instance in the same region is named SOME already"),
        (
            "names = ['a']\nno_vpc = '101%'",
            "`101%` is not a share of a group (write a number, or \"35%\", \"all\" or \"none\")",
        ),
        ("names = ['a']\nno_vpc = 2", "`no_vpc` is more than all 1 instances"),
        (
            "count = 10\nname = 'a-{n}'\nno_vpc = '60%'\ndirect_internet = '50%'",
            "`no_vpc` and `direct_internet` are more than all 10 instances",
        ),
        ("names = ['a']\nstopped = true", "`stopped` must be a whole number, not true or false"),
        ("names = ['a']\nkms = 'all'", "`kms` needs a key (add a [[kms_key]])"),
        ("names = ['a']\nnetwork = 'm'", "there is no network `m` (there is: n)"),
        (
            "names = ['a']\nsubnets = ['x']",
            "the network `n` has no subnet `x` (it has: private-a, private-b, public)",
        ),
        (
            "names = ['a']\nsecurity_groups = ['x']",
            "the network `n` has no security group `x` (it has: notebooks, default)",
        ),
        ("names = ['a']\nvolumes = ['5']", "each entry of `volumes` must be a whole number, not a string"),
        ("names = ['a']\nvolumes = [4]", "`volumes` must be from 5 to 16384"),
        ("names = ['a']\ntags = { 'a;' = '' }", "the key of a tag cannot have `;`"),
        (
            "names = ['a']\nplatforms = ['notebook-al2-v9']",
            "`notebook-al2-v9` is not a platform of notebook instances (did you mean `notebook-al2-v1`?)",
        ),
        (
            "names = ['a']\nlifecycle_config = 'l'",
            "there is no lifecycle configuration `l` (the file has no lifecycle configuration)",
        ),
        (
            "names = ['a']\n[[notebook]]\nname = 'a'\nregion = 'us-east-1'",
            "another instance in the same region is named `a` already",
        ),
        (
            "names = ['a']\n[[notebook]]\nname = 'b'\ndirect_internet_access = 'Disabled'",
            "without a VPC there is direct internet access (add `network` or `subnet`)",
        ),
    ] {
        let text = group(keys);
        let said = wrong(&text);
        // Which of two is the other one is up to the seed.
        let some = ["`a`", "`A`", "`b`", "`B`"].iter().find(|name| said.contains(*name)).unwrap_or(&"");
        assert_eq!(said, expected.replace("SOME", some), "{keys}");
    }
}

#[test]
fn an_instance_has_at_most_five_security_groups() {
    let said = wrong(&group("names = ['a']\nsecurity_groups = ['1', '2', '3', '4', '5', '6']"));
    assert!(said.starts_with("`security_groups` has 6 entries; there can be at most 5\n"), "{said}");
}

#[test]
fn a_subnet_that_is_too_small_for_its_instances_is_refused() {
    let text = format!(
        "{ACCOUNT}[[network]]\nname = 'n'\nregions = ['us-east-1']\ncidr = '10.0.0.0/24'\n\
         [[network.subnet]]\nname = 's'\ncidr = '10.0.0.0/28'\nfree = 4\n\
         [[notebooks]]\ncount = COUNT\nname = 'a-{{n}}'\nregions = ['us-east-1']\nno_vpc = 2\n"
    );
    assert_eq!(wrong(&text.replace("COUNT", "9")), "");
    assert_eq!(
        wrong(&text.replace("COUNT", "10")),
        "the network `n` has too few addresses in us-east-1 for all of these"
    );
}

#[test]
fn what_is_wrong_with_faults_is_said() {
    for (keys, expected) in [
        ("", "`kind` is missing in `[[fault]]` (kind = \"throttle\")"),
        ("kind = 'trottle'", "`trottle` is not a value of `kind` (did you mean `throttle`?)"),
        (
            "kind = 'stuck'",
            "a fault of the kind `stuck` needs an `operation` (operation = \"StopNotebookInstance\")",
        ),
        (
            "kind = 'subnet-full'\noperation = 'StopNotebookInstance'",
            "a fault of the kind `subnet-full` cannot strike StopNotebookInstance (it can strike: \
             CreateNotebookInstance, StartNotebookInstance)",
        ),
        (
            "kind = 'throttle'\noperation = 'StopNotebookInstances'",
            "`StopNotebookInstances` is not an operation of the sandbox (did you mean `StopNotebookInstance`?)",
        ),
        ("kind = 'throttle'\npercent = 0", "`percent` must be from 1 to 100"),
        (
            "kind = 'throttle'\nreason = 'x'",
            "`reason` says nothing for a fault of the kind `throttle` (it is for: fails)",
        ),
        (
            "kind = 'outsider'",
            "`act` is missing in `[[fault]]` (what somebody else does: \"start\", \"stop\", \"retag\", \"delete\")",
        ),
        (
            "kind = 'throttle'\nnames = ['a_*']",
            "`_` cannot be in a name, so that the pattern would never match",
        ),
        (
            "kind = 'slow'\ndelay = '8d'",
            "`8d` is not a length of time (write it with its unit, such as \"90s\" or \"10m\")",
        ),
    ] {
        assert_eq!(wrong(&format!("{ACCOUNT}[[fault]]\n{keys}")), expected, "{keys}");
    }
}

#[test]
fn a_name_that_could_not_be_read_is_not_missed_elsewhere() {
    let text = group("names = ['a']\nnetwork = 'n'").replace("10.0.0.0/16", "10.0.0.0");
    let said = wrong(&text);
    assert!(said.starts_with("`10.0.0.0` is not a block") && said.lines().count() == 1, "{said}");
    let text = group("names = ['a']").replace("'111122223333'", "'1'");
    assert_eq!(wrong(&text), "`1` is not an account id (12 digits)");
}

#[test]
fn problems_are_drawn_with_their_lines() {
    let text = r#"format = 1

[[account]]
id = "111122223333"
regions = ["us-east-1"]

[[network]]
name = "research"
cidr = "10.20.0.0/16"

[[notebooks]]
count = 120
name = "fraud-{n}"
network = "reserach"
stoped = "35%"

[[fault]]
kind = "stuck"
operation = "DescribeNotebookInstance"
"#;
    let drawn = parse("fleet.toml", text).unwrap_err().render(false, 100);
    insta::assert_snapshot!(drawn, @r#"
      × there is no network `reserach`
        ╭─[fleet.toml:14:11]
     14 │ network = "reserach"
        ·           ^^^^^^^^^^
        ╰────
      help: did you mean `research`?

      × unknown key `stoped` in `[[notebooks]]`
        ╭─[fleet.toml:15:1]
     15 │ stoped = "35%"
        · ^^^^^^
        ╰────
      help: did you mean `stopped`?

      × a fault of the kind `stuck` cannot strike DescribeNotebookInstance
        ╭─[fleet.toml:19:13]
     19 │ operation = "DescribeNotebookInstance"
        ·             ^^^^^^^^^^^^^^^^^^^^^^^^^^
        ╰────
      help: it can strike: CreateNotebookInstance, StartNotebookInstance, StopNotebookInstance,
            UpdateNotebookInstance, DeleteNotebookInstance
    "#);
}

#[test]
fn a_flag_is_a_fault() {
    let rule = |text: &str| parse_fault(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let cut = rule("cut-after:CreateNotebookInstance@10%");
    assert_eq!((&cut.fault, cut.percent), (&Fault::CutAfter, 10));
    assert_eq!(cut.operation.as_deref(), Some("CreateNotebookInstance"));
    assert_eq!(rule("throttle").operation, None);
    assert_eq!(rule("slow=90s").fault, Fault::Slow(Duration::from_secs(90)));
    assert_eq!(rule("slow:ListTags@5%=2s").percent, 5);
    let reason = "No capacity: come back @ 10:00 = later";
    assert_eq!(rule(&format!("fails={reason}")).fault, Fault::Fails(reason.to_owned()));
    let outsider = rule("outsider=start+30s");
    assert_eq!(outsider.fault, Fault::Outsider(OutsiderAct::Start, Duration::from_secs(30)));
    assert_eq!(outsider.operation.as_deref(), Some("StopNotebookInstance"));
    for (text, expected) in [
        ("throtle", "`throtle` is not a kind of fault; did you mean `throttle`?"),
        ("stuck", "`stuck` needs an operation, such as `stuck:StopNotebookInstance`"),
        ("throttle@0%", "`0%` is not a percentage from 1% to 100%"),
        ("throttle=1", "`throttle` has no value, but was given `1`"),
        (
            "outsider",
            "`outsider=ACT` needs what somebody else does; the values are: start, stop, retag, delete",
        ),
        ("throttle:ListTag", "`ListTag` is not an operation of the sandbox (did you mean `ListTags`?)"),
    ] {
        assert_eq!(parse_fault(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn faults_strike_only_where_they_act() {
    let launches = "CreateNotebookInstance, StartNotebookInstance";
    for (kind, operation, possible) in [
        ("fails", "StopNotebookInstance", launches.to_owned()),
        ("fails", "DeleteNotebookInstance", launches.to_owned()),
        ("fails", "UpdateNotebookInstance", launches.to_owned()),
        (
            "quota-reached",
            "CreateNotebookInstanceLifecycleConfig",
            format!("{launches}, UpdateNotebookInstance"),
        ),
    ] {
        let expected =
            format!("a fault of the kind `{kind}` cannot strike {operation} (it can strike: {possible})");
        let flag = parse_fault(&format!("{kind}:{operation}")).unwrap_err();
        assert_eq!(flag.to_string(), expected);
        let keys = format!("kind = '{kind}'\noperation = '{operation}'");
        assert_eq!(wrong(&format!("{ACCOUNT}[[fault]]\n{keys}")), expected);
    }
    assert!(parse_fault("fails:StartNotebookInstance").is_ok());
}

#[test]
fn a_fault_can_name_every_operation_that_is_served() {
    for operation in [
        "PutObject",
        "GetObject",
        "HeadObject",
        "ListObjectsV2",
        "CreateBucket",
        "DeleteObject",
        "DescribeNetworkAcls",
        "DescribeVpcAttribute",
        "GetCallerIdentity",
        "ListAccounts",
    ] {
        assert!(parse_fault(&format!("throttle:{operation}")).is_ok(), "{operation}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is the time of this machine that is measured")]
fn ten_thousand_instances_are_quickly_made() {
    let text = format!(
        "{}[[network]]\nname = 'n'\ncidr = '10.0.0.0/16'\n[[kms_key]]\nalias = 'k'\n[[notebooks]]\ncount = 10000\n\
         name = 'team-{{word}}-{{n}}'\nno_vpc = '45%'\ndirect_internet = '30%'\nstopped = '35%'\nkms = '30%'\n\
         owners = {{ cloudformation = '10%' }}\ntags = {{ Team = 'x', Environment = 'prod' }}\n",
        ACCOUNT.replace("'eu-west-1'", "'eu-west-1', 'us-west-2', 'ap-south-1'")
    );
    let begun = Instant::now();
    let scenario = good(&text);
    let read = begun.elapsed();
    let world = scenario.world(now());
    let made = begun.elapsed();
    println!("read in {read:?}, made in {:?}", made - read);
    assert_eq!(notebooks(&world).count(), 10_000);
    assert!(made < Duration::from_secs(10), "{made:?}");
}

fn any_share() -> impl Strategy<Value = Share> {
    prop_oneof![(0..=100_u32).prop_map(Share::Percent), (0..=20_u32).prop_map(Share::Number)]
}

proptest! {
    #[test]
    fn parts_are_exact_and_together_are_the_whole(count in 0..500_u32, shares in prop::collection::vec(any_share(), 0..4)) {
        let Some(parts) = divide(count, &shares) else { return Ok(()) };
        prop_assert_eq!(parts.len(), shares.len() + 1);
        prop_assert_eq!(parts.iter().sum::<u32>(), count);
        for (part, share) in parts.iter().zip(&shares) {
            match *share {
                Share::Number(number) => prop_assert_eq!(*part, number),
                Share::Percent(percent) => {
                    let exact = f64::from(count) * f64::from(percent) / 100.0;
                    // One more or less by rounding; up to three to leave nobody out.
                    prop_assert!((f64::from(*part) - exact).abs() < 4.0, "{} for {}", part, exact);
                    prop_assert!(percent > 0 || *part == 0);
                }
            }
        }
    }

    #[test]
    fn whoever_has_a_share_is_there_if_there_are_enough(count in 4..500_u32, a in 1..40_u32, b in 1..40_u32) {
        let parts = divide(count, &[Share::Percent(a), Share::Percent(b)]).unwrap();
        prop_assert!(parts.iter().all(|part| *part > 0), "{:?}", parts);
    }

    #[test]
    fn how_many_are_what_does_not_depend_on_the_seed(count in 1..120_u32, no_vpc in 0..=50_u32, direct in 0..=50_u32, stopped in 0..=100_u32, seed: u64) {
        let text = group(&format!(
            "count = {count}\nname = 'a-{{n}}'\nno_vpc = '{no_vpc}%'\ndirect_internet = '{direct}%'\nstopped = '{stopped}%'"
        ));
        let tally = |world: &World| -> Vec<Vec<(u32, usize)>> {
            let of = |site: &Site| {
                let subnets = site.network.subnets.values();
                let mut free: Vec<(u32, usize)> = subnets.map(|one| (one.free, one.taken.len())).collect();
                free.sort_unstable();
                free
            };
            sites(world).map(of).collect()
        };
        let scenario = good(&text);
        let (one, other) = (scenario.world(now()), scenario.clone().with_seed(Seed(seed)).world(now()));
        let parts = divide(count, &[Share::Percent(no_vpc), Share::Percent(direct)]).unwrap();
        for world in [&one, &other] {
            prop_assert_eq!(notebooks(world).count(), count as usize);
            prop_assert_eq!(count_no_vpc(world), parts[0] as usize);
            let open = |one: &Notebook| one.settings.direct_internet_access == Switch::Enabled;
            prop_assert_eq!(super::tests::count(world, open), (parts[0] + parts[1]) as usize);
            let stopped = divide(count, &[Share::Percent(stopped)]).unwrap()[0];
            prop_assert_eq!(super::tests::count(world, |one| one.status == Status::Stopped), stopped as usize);
        }
        prop_assert_eq!(tally(&one), tally(&other));
    }

}

proptest! {
    // Each case makes whole fleets.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_same_seed_makes_the_same_world_and_another_seed_another(seed: u64) {
        let with = |seed| good(FLEET).with_seed(Seed(seed)).world(now());
        prop_assert_eq!(with(seed), with(seed));
        prop_assert_ne!(with(seed), with(seed.wrapping_add(1)));
    }

    #[test]
    fn every_address_is_in_its_subnet_and_nobody_elses(seed: u64) {
        let world = good(FLEET).with_seed(Seed(seed)).world(now());
        for site in sites(&world) {
            let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
            for interface in site.network.interfaces.values() {
                let subnet = &site.network.subnets[&interface.subnet_id];
                let (base, bits) = subnet.cidr.split_once('/').unwrap();
                let base = u32::from(base.parse::<Ipv4Addr>().unwrap());
                let size = 1_u32 << (32 - bits.parse::<u32>().unwrap());
                let address = u32::from(interface.private_ip.parse::<Ipv4Addr>().unwrap());
                prop_assert!((base + 4..base + size - 1).contains(&address), "{} in {}", interface.private_ip, subnet.cidr);
                prop_assert!(seen.insert((&subnet.id, &interface.private_ip), &interface.id).is_none());
            }
            for subnet in site.network.subnets.values() {
                prop_assert!(subnet.free as usize + subnet.taken.len() <= 65_531);
            }
        }
        for one in notebooks(&world) {
            prop_assert!(one.created <= one.modified && one.modified <= now());
        }
    }

}

proptest! {
    #[test]
    fn any_text_is_answered_without_a_panic(text in any::<String>()) {
        is_answered(&text);
    }

    #[test]
    fn any_damage_to_a_scenario_is_answered_without_a_panic(text in mutation()) {
        is_answered(&text);
    }

    #[test]
    fn any_flag_is_answered_without_a_panic(text in "(throttle|slow|fails|outsider|\\PC{0,4})[:@=%+a-zA-Z0-9 ]{0,12}\\PC{0,3}") {
        if let Err(error) = parse_fault(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

fn count_no_vpc(world: &World) -> usize {
    count(world, |one| one.settings.subnet_id.is_none())
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]{}=,.\"'#\n ]{1,4}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
        Just("[[notebooks]]\n".to_owned()),
        Just("[[network.subnet]]\n".to_owned()),
        Just("\nroute = [{ to = \"0.0.0.0/0\", via = \"regional-nat\" }]\n".to_owned()),
        Just("\nendpoint = [{ service = \"kms\", subnets = [\"public\"] }]\n".to_owned()),
        Just("\nacl = [\"7 deny in tcp/0-65535 0.0.0.0/0\"]\n".to_owned()),
        Just("\nkind = \"ipv6-native\"\nzone = \"local\"\negress = \"stranded-nat\"\n".to_owned()),
        Just("\nrules = [\"out all default\", \"in tcp s3\"]\n".to_owned()),
        Just("4294967295".to_owned()),
        Just("-1".to_owned()),
        Just("\"0.0.0.0/28\"".to_owned()),
        Just("\"100%\"".to_owned()),
    ]
}

/// An example with some stretches replaced.
fn mutation() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0_usize..40, fragment());
    let example = prop::sample::select(vec![FLEET, FAULTS, JUDGES]);
    (example, prop::collection::vec(edit, 1..6)).prop_map(|(example, edits)| {
        let mut text = example.to_owned();
        for (at, length, new) in edits {
            let start = text.floor_char_boundary(at.index(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &new);
        }
        text
    })
}

/// What must hold of any text: a scenario that makes a world, or problems that can be shown.
fn is_answered(text: &str) {
    match parse("fleet.toml", text) {
        Ok(scenario) => {
            scenario.world(now());
        }
        Err(problems) => {
            assert!(problems.len() > 0);
            let drawn = problems.render(false, 60);
            assert!(drawn.contains("fleet.toml:"), "{drawn}");
        }
    }
}

#[test]
fn in_china_everything_is_of_its_own_partition() {
    let keys = "names = ['a']\nowners = { cloudformation = 'all' }\nkms = 'all'\nkms_key = 'k'\n\
                lifecycle_config = 'l'";
    let more = "[[kms_key]]\nalias = 'k'\n[[lifecycle_config]]\nname = 'l'\non_start = 'x'\n[[notebooks]]";
    let text = group(keys).replace("'us-east-1', 'eu-west-1'", "'cn-north-1'").replace("[[notebooks]]", more);
    let told = format!("{:?}", good(&text).world(now()));
    let arns: Vec<&str> = told.split('"').filter(|text| text.starts_with("arn:")).collect();
    assert!(arns.len() >= 5 && arns.iter().all(|arn| arn.starts_with("arn:aws-cn:")), "{arns:?}");
}
