//! What a scenario says is there, and what it does not say is as AWS makes it.

use std::time::{Duration, Instant};

use super::*;
use crate::sandbox::fault::{Fault, FaultRule};
use crate::sandbox::world::Encryption;
use crate::sandbox::world::OutsiderAct;
use crate::sandbox::world::notebook::{Status, Switch};

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

#[test]
fn buckets_are_whose_and_where_the_scenario_says() {
    let text = format!(
        "{ACCOUNT}[[account]]\nid = '222233334444'\nname = 'retail'\nregions = ['eu-west-1']\n\
         [[kms_key]]\nalias = 'k'\naccounts = ['retail']\n\
         [[bucket]]\nname = 'plain'\n\
         [[bucket]]\nname = 'keyed'\naccount = 'retail'\nencryption = 'alias/k'\npublic_access_block = []\n\
         [[bucket]]\nname = 'managed'\nregion = 'eu-west-1'\nencryption = 'aws:kms'\nversioning = 'enabled'\n"
    );
    let world = good(&text).world(now());
    let told = |name: &str| {
        let bucket = &world.buckets[name];
        (bucket.owner.to_string(), bucket.region.to_string(), bucket.access_block.len())
    };
    assert_eq!(told("plain"), ("111122223333".to_owned(), "us-east-1".to_owned(), 4));
    assert_eq!(told("keyed"), ("222233334444".to_owned(), "eu-west-1".to_owned(), 0));
    assert_eq!(told("managed"), ("111122223333".to_owned(), "eu-west-1".to_owned(), 4));
    let Encryption::Kms(arn) = &world.buckets["keyed"].encryption else { panic!("it has no key") };
    assert!(sites(&world).any(|site| site.kms_keys.values().any(|key| key.arn == *arn)), "{arn}");
    let Encryption::Kms(arn) = &world.buckets["managed"].encryption else { panic!("it has no key") };
    assert!(arn.starts_with("arn:aws:kms:eu-west-1:111122223333:key/"), "{arn}");
}
