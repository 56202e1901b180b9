//! What is wrong with a scenario is said, with its place.

use super::*;

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
    assert_eq!(said, "`security_groups` has 6 entries; there can be at most 5");
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
fn buckets_that_cannot_be_are_said_with_their_place() {
    for (keys, expected) in [
        (
            "name = 'Moves'",
            "`Moves` is not the name of a bucket (3 to 63 lower-case letters, digits, dots or hyphens; \
          letters or digits at both ends)",
        ),
        ("name = 'moves'\naccount = 'retial'", "there is no account `retial` (there is: main)"),
        (
            "name = 'moves'\nregion = 'eu-west-2'",
            "no account has the region `eu-west-2` (did you mean `eu-west-1`?)",
        ),
        ("name = 'moves'\nencryption = 'k'", "there is no key `k` (the file has no key)"),
        (
            "name = 'moves'\npolicy = '{}'",
            "the policy is not valid: Version: the sandbox knows \"2012-10-17\" alone",
        ),
        ("name = 'moves'\n[[bucket]]\nname = 'moves'", "a bucket above is named `moves` already"),
    ] {
        assert_eq!(wrong(&format!("{ACCOUNT}[[bucket]]\n{keys}\n")), expected, "{keys}");
    }
}
