//! Laws over generated scenarios.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::*;
use crate::fixtures::mutated;
use crate::sandbox::chance::Seed;
use crate::sandbox::scenario::share::{Share, divide};
use crate::sandbox::world::Site;
use crate::sandbox::world::notebook::{Notebook, Status, Switch};

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
            prop_assert_eq!(super::count(world, open), (parts[0] + parts[1]) as usize);
            let stopped = divide(count, &[Share::Percent(stopped)]).unwrap()[0];
            prop_assert_eq!(super::count(world, |one| one.status == Status::Stopped), stopped as usize);
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
    super::count(world, |one| one.settings.subnet_id.is_none())
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
    (example, prop::collection::vec(edit, 1..6)).prop_map(|(example, edits)| mutated(example, edits))
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
