//! Stories of what `policy init` chooses, and of what it does where nothing is right. They play in networks that the sandbox
//! alone can have.

use std::fs;
use std::path::Path;

use remediate::plan::{Plan, WithheldReason};

use crate::hazards::World;
use crate::support::remediate::Finished;

/// The stories of this file.
pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("the_group_that_compliant_notebooks_use_wins", the_group_that_compliant_notebooks_use_wins),
        ("a_vpc_that_reaches_nothing_is_said_and_withheld", a_vpc_that_reaches_nothing_is_said_and_withheld),
        ("what_cannot_be_told_is_withheld_unless_others_are_there", what_cannot_be_told_is_withheld),
        ("a_vpc_beside_central_endpoints_is_unknown_and_not_shut", a_vpc_beside_central_endpoints_is_unknown),
        (
            "a_group_of_a_load_balancer_is_no_group_for_notebooks",
            a_group_of_a_load_balancer_is_none_for_notebooks,
        ),
        ("endpoints_that_cannot_be_listed_are_said", endpoints_that_cannot_be_listed_are_said),
    ]
}

/// What `policy init` says and writes.
fn init(world: &World, region: &str, code: i32) -> (Finished, String) {
    let said = world.remediate.run(&["policy", "init", "--region", region]).expect(code);
    let _ = world.remediate.run(&["policy", "check"]).expect(0);
    let text = fs::read_to_string(world.remediate.directory().join("policy.toml")).unwrap();
    (said, text)
}

/// What a plan by that policy is.
fn plan(world: &World, code: i32) -> Plan {
    let made = world.remediate.run(&["plan", "--format", "json"]).expect(code);
    serde_json::from_str(&made.stdout).unwrap()
}

/// The lines of the policy that are no comments.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(" #").next().unwrap().trim())
        .collect()
}

/// An account with one network in one region, and instances outside of it.
fn scenario(network: &str, more: &str) -> String {
    format!(
        "format = 1\ndefault_vpc = false\n[[account]]\nid = '111122223333'\nregions = ['eu-west-1']\n\
         [[network]]\nname = 'lab'\nid = 'vpc-0a0a0a0a0a0a0a0a0'\ncidr = '10.0.0.0/16'\n{network}\n\
         [[notebooks]]\ncount = 3\nname = 'open-{{n}}'\nno_vpc = 'all'\nplatforms = ['notebook-al2023-v1']\n{more}"
    )
}

const COMPLIANT: &str = "[[notebooks]]\ncount = 2\nname = 'good-{n}'\nnetwork = 'lab'\n";

fn the_group_that_compliant_notebooks_use_wins() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet.toml");
    let world = World::of(&fs::read_to_string(example).unwrap(), 600);
    let (said, text) = init(&world, "eu-west-1", 0);
    // It reaches less than the groups of the endpoints would, and that is said.
    said.mentions("sg-0aa1c0ffee0000002 \"notebooks\" was chosen because 9 compliant notebooks use it")
        .mentions("egress: no, s3: no, sagemaker-api: yes");
    assert!(lines(&text).contains(&"security_groups = [\"sg-0aa1c0ffee0000002\"]"), "{text}");
    assert!(lines(&text).contains(&"require = [\"sagemaker-api\"]"), "{text}");
    assert!(text.contains("belongs to the"), "{text}");
    let plan = plan(&world, 0);
    assert!(plan.items.len() > 3, "{:?}", plan.withheld);
    let groups = plan.items.iter().flat_map(|item| &item.request.security_group_ids);
    assert!(groups.into_iter().all(|id| id.as_str() == "sg-0aa1c0ffee0000002"));
}

fn a_vpc_that_reaches_nothing_is_said_and_withheld() {
    // Also where compliant notebooks are in it: they are no proof that anybody can work there.
    for more in ["", COMPLIANT] {
        let world = World::of(&scenario("egress = 'none'", more), 600);
        let (said, text) = init(&world, "eu-west-1", 0);
        said.mentions("eu-west-1: nothing there is known to be right")
            .mentions("reaches neither the internet nor the services that notebooks need")
            .mentions("3 instances to be replaced are withheld");
        assert!(lines(&text).contains(&"require = [\"egress\"]"), "{text}");
        let plan = plan(&world, 0);
        let reasons: Vec<_> = plan.withheld.iter().map(|one| &one.reason).collect();
        assert!(plan.items.is_empty() && reasons.len() == 3, "{reasons:?}");
        assert!(reasons.iter().all(|one| matches!(one, WithheldReason::Network { .. })), "{reasons:?}");
    }
}

fn what_cannot_be_told_is_withheld() {
    let world = World::of(&scenario("egress = 'transit-gateway'", ""), 600);
    let (said, text) = init(&world, "eu-west-1", 0);
    said.mentions("eu-west-1: nothing there is known to be right").mentions("egress: unknown");
    assert!(lines(&text).contains(&"require = [\"egress\"]"), "{text}");
    assert!(lines(&text).contains(&"unknown = \"withhold\""), "{text}");
    // What is withheld for want of knowledge does not look like nothing to do.
    assert!(plan(&world, 30).items.is_empty());

    let world = World::of(&scenario("egress = 'transit-gateway'", COMPLIANT), 600);
    let (said, text) = init(&world, "eu-west-1", 0);
    said.mentions("was chosen because 2 compliant notebooks use it");
    assert!(!lines(&text).contains(&"unknown = \"withhold\""), "{text}");
    assert_eq!(plan(&world, 0).items.len(), 3);
}

fn a_vpc_beside_central_endpoints_is_unknown() {
    let shut =
        "[[network]]\nname = 'shut'\nid = 'vpc-0b0b0b0b0b0b0b0b0'\ncidr = '10.1.0.0/16'\negress = 'none'\n";
    let network = "egress = 'none'\nroute = [{ to = '10.0.0.0/8', via = 'transit-gateway' }]";
    let world = World::of(&scenario(network, shut), 600);
    let (said, text) = init(&world, "eu-west-1", 0);
    said.mentions("in vpc-0a0a0a0a0a0a0a0a0 \"lab\" may reach what it needs or not")
        .mentions("egress: no, s3: unknown, sagemaker-api: unknown")
        .mentions(
            "(transit gateway): what lies beyond is not read; a central endpoint of s3 may answer there",
        )
        .mentions("If you know that it reaches them, leave out `unknown`");
    assert!(lines(&text).contains(&"require = [\"s3\", \"sagemaker-api\"]"), "{text}");
    assert!(lines(&text).contains(&"unknown = \"withhold\""), "{text}");
    assert!(text.contains("reaches neither the internet nor the services"), "{text}");
    assert!(plan(&world, 30).items.is_empty());
    // Who knows that there are such endpoints says so by leaving it out.
    let policy = world.remediate.directory().join("policy.toml");
    let kept = text.lines().filter(|line| !line.starts_with("unknown = "));
    fs::write(policy, kept.collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!(plan(&world, 0).items.len(), 3);
}

fn a_group_of_a_load_balancer_is_none_for_notebooks() {
    let network = "egress = 'nat'\n[[network.security_group]]\nname = 'front'\n\
                   [[network.load_balancer]]\nname = 'web'\nsecurity_groups = ['front']";
    let world = World::of(&scenario(network, ""), 600);
    let (said, text) = init(&world, "eu-west-1", 0);
    said.mentions("policy saved to policy.toml: 0 targets")
        .mentions("eu-west-1: no target was written")
        .mentions("vpc-0a0a0a0a0a0a0a0a0 \"lab\" has no security group for notebooks");
    assert!(!lines(&text).iter().any(|line| line.starts_with("security_groups")), "{text}");
    assert!(
        text.contains("belongs to a load balancer") && text.contains("group that every VPC has"),
        "{text}"
    );
    let plan = plan(&world, 0);
    assert_eq!((plan.items.len(), plan.withheld.len()), (0, 3));
    // With another group there is one to choose.
    let world = World::of(&scenario(&format!("{network}\n[[network.security_group]]\nname = 'ml'"), ""), 600);
    let (_, text) = init(&world, "eu-west-1", 0);
    assert!(text.contains("belongs to a load balancer"), "{text}");
    assert_eq!(self::plan(&world, 0).items.len(), 3);
}

fn endpoints_that_cannot_be_listed_are_said() {
    let more = "[[fault]]\nkind = 'access-denied'\noperation = 'DescribeVpcEndpoints'";
    let network = "egress = 'nat'\n[[network.security_group]]\nname = 'ml'";
    let world = World::of(&scenario(network, more), 600);
    let (said, text) = init(&world, "eu-west-1", 30);
    said.mentions("could not be read: the networks of eu-west-1: DescribeVpcEndpoints")
        .mentions("iam-policy");
    assert!(text.contains("# - the networks of eu-west-1: DescribeVpcEndpoints"), "{text}");
    // The group may be an endpoint's.
    said.mentions("no target was written");
}
