//! Laws of what is chosen, required and said.

use super::draft::{self, Worth};
use super::{Draft, RegionDraft, policy_text, target};
use crate::fixtures::{exposed, instance, inventory, region, sound, tags, today};
use crate::inventory::{Instance, Status};
use crate::network::{
    Candidate, CandidateGroup, CandidateSubnet, Check, CheckName, CheckVerdict, GroupStanding, Need, Reach,
    Subnet, VpcName,
};
use crate::policy::{Limits, built_in, keys_of, parse};

const VERDICTS: [CheckVerdict; 3] = [CheckVerdict::Yes, CheckVerdict::No, CheckVerdict::Unknown];
const NEEDS: [CheckName; 3] =
    [CheckName::Need(Need::Egress), CheckName::Need(Need::S3), CheckName::Need(Need::SagemakerApi)];

fn check(name: CheckName, verdict: CheckVerdict) -> Check {
    Check { name, verdict, evidence: "so it is".to_owned(), required: false }
}

fn subnet(verdicts: [CheckVerdict; 3]) -> CandidateSubnet {
    let checks: Vec<Check> = NEEDS.into_iter().zip(verdicts).map(|(name, one)| check(name, one)).collect();
    let subnet = Subnet {
        id: "subnet-a".parse().unwrap(),
        vpc: "vpc-1".parse().unwrap(),
        availability_zone: "us-east-1a".to_owned(),
        cidr: "10.0.0.0/24".to_owned(),
        state: "available".to_owned(),
        free_addresses: 9,
        has_ipv6: false,
        ipv6_native: false,
        outpost: None,
        kind: None,
        owner: None,
        block_public_access: None,
    };
    CandidateSubnet { subnet, name: None, reach: Reach::of(&checks), checks, instances: 0 }
}

fn group(standing: GroupStanding, instances: usize) -> CandidateGroup {
    let (id, name) = ("sg-a".parse().unwrap(), "some".to_owned());
    CandidateGroup { id, name, standing, belongs_to: None, reach: Reach::Internet, instances }
}

/// A draft for three instances, with one VPC that has one group.
fn drafted(subnets: Vec<CandidateSubnet>, group: CandidateGroup) -> RegionDraft {
    let (vpc, name) = ("vpc-1".parse().unwrap(), VpcName::default());
    RegionDraft::best(&region(), 3, vec![Candidate { vpc, name, subnets, groups: vec![group] }])
}

fn policy_of(target: RegionDraft) -> String {
    let mut draft = Draft::of(&inventory(vec![instance(exposed("nb"), tags(&[]))]));
    draft.targets.push(target);
    draft.unread.push("a region\nthat could \u{202e}not be read".to_owned());
    policy_text(&draft)
}

#[test]
fn what_is_doubtful_is_withheld_by_what_its_target_requires_and_nothing_else_is() {
    for egress in VERDICTS {
        for (s3, api) in VERDICTS.into_iter().flat_map(|s3| VERDICTS.map(|api| (s3, api))) {
            for used in [0, 9] {
                let case = format!("{egress:?} {s3:?} {api:?} {used}");
                let standing = if used > 0 { GroupStanding::Used } else { GroupStanding::Plain };
                let target = drafted(vec![subnet([egress, s3, api])], group(standing, used));
                let asked = target.requirement();
                assert!(!asked.needs.is_empty(), "{case}");
                let any = |verdict| asked.needs.iter().any(|name| target.verdict(*name) == verdict);
                let withheld = any(CheckVerdict::No) || asked.unknown_too && any(CheckVerdict::Unknown);
                assert_eq!(withheld, asked.worth == Worth::Doubtful, "{case}: {asked:?}");
                // What is not right is said, and says what becomes of it.
                let said = target::caution(&target);
                assert_eq!(said.is_none(), asked.worth == Worth::Right, "{case}: {said:?}");
                assert_eq!(said.is_some_and(|said| said.contains("withheld")), withheld, "{case}");
                let text = policy_of(target);
                let policy = parse("policy.toml", &text, today())
                    .unwrap_or_else(|why| panic!("{case}: {why}\n{text}"));
                assert_eq!(policy.targets.len(), 1);
                assert!(text.lines().any(|line| line.starts_with("require = [\"")), "{text}");
            }
        }
    }
}

#[test]
fn what_cannot_be_told_is_said_with_the_reason_and_only_then() {
    const WHY: &str = "s3: so it is";
    let [yes, no, unknown] = VERDICTS;
    for (verdicts, expected) in [([no, unknown, unknown], true), ([no, yes, no], false), ([no; 3], false)] {
        let target = drafted(vec![subnet(verdicts)], group(GroupStanding::Plain, 0));
        let said = target::caution(&target).unwrap();
        assert_eq!(said.contains(WHY), expected, "{said}");
        assert_eq!(said.contains("leave out `unknown`"), expected, "{said}");
        // Whoever is asked, and whoever reads of a VPC that was not chosen, is told as well.
        let told = target::vpc_with_reason(&target.candidates[0]);
        assert_eq!(told.contains(WHY), expected, "{told}");
        assert!(told.starts_with(&target::vpc(&target.candidates[0])), "{told}");
    }
}

#[test]
fn what_is_written_beside_what_was_found_is_what_holds_without_it() {
    let target = drafted(vec![subnet([CheckVerdict::Yes; 3])], group(GroupStanding::Plain, 0));
    let text = policy_of(target);
    let policy = parse("policy.toml", &text, today()).unwrap();
    let unsaid = built_in();
    assert_eq!(policy.rules, unsaid.rules);
    // The fixture's only instance is to be replaced, and so are all of those seen.
    assert_eq!(policy.limits, Limits { max_percent: 100, ..unsaid.limits });
    assert_eq!(policy.plan, unsaid.plan);
    for key in ["limits", "plan"].into_iter().flat_map(keys_of) {
        assert!(text.contains(&format!("\n{} = ", key.name)), "{} is not written", key.name);
    }
}

#[test]
fn a_vpc_that_reaches_nothing_is_withheld_also_where_compliant_notebooks_are() {
    for used in [0, 9] {
        let target = drafted(vec![subnet([CheckVerdict::No; 3])], group(GroupStanding::Used, used));
        assert_eq!(target.requirement().worth, Worth::Doubtful);
        assert_eq!(target.requirement().needs, [CheckName::Need(Need::Egress)]);
    }
    // One such subnet among good ones is enough where somebody chose both.
    let subnets = vec![subnet([CheckVerdict::Yes; 3]), subnet([CheckVerdict::No; 3])];
    let mut target = drafted(subnets, group(GroupStanding::Used, 1));
    assert_eq!((target.subnets.as_slice(), target.requirement().worth), (&[0][..], Worth::Right));
    target.subnets = vec![0, 1];
    assert_eq!(target.requirement().worth, Worth::Doubtful);
}

#[test]
fn nothing_that_is_a_services_is_chosen_or_preselected() {
    let no_group = || CandidateSubnet { reach: Reach::NoGroup, checks: Vec::new(), ..subnet(VERDICTS) };
    for standing in [GroupStanding::Default, GroupStanding::Service, GroupStanding::Unclear] {
        let mut target = drafted(vec![no_group()], group(standing, 9));
        assert!(target.vpc.is_none(), "{standing:?}");
        let said = target::caution(&target).unwrap();
        assert!(
            said.contains("no target was written") && said.contains("has no security group for notebooks")
        );
        // Somebody who is asked can take it all the same.
        target.choose(0);
        assert!(target.groups.is_empty() && target.subnets.is_empty(), "{standing:?}");
        assert!(!draft::is_right(Reach::NoGroup, true));
    }
}

#[test]
fn where_there_is_no_vpc_or_no_room_the_policy_says_so_and_has_no_target() {
    for candidates in [
        Vec::new(),
        drafted(
            vec![CandidateSubnet { reach: Reach::Unusable, ..subnet(VERDICTS) }],
            group(GroupStanding::Used, 1),
        )
        .candidates,
    ] {
        let target = RegionDraft::best(&region(), 3, candidates);
        let text = policy_of(target);
        assert!(text.contains("no target was written") && text.contains("us-east-1 has no target"), "{text}");
        assert!(parse("policy.toml", &text, today()).unwrap().targets.is_empty());
    }
}

#[test]
fn only_what_is_known_to_be_compliant_and_lives_is_an_example_to_follow() {
    let mut unknown = sound("unknown");
    unknown.direct_internet_access = None;
    let mut failed = sound("failed");
    failed.notebook_instance_status = Status::Failed;
    let unread = Instance { description: None, ..instance(sound("unread"), tags(&[])) };
    let mut all: Vec<Instance> =
        [exposed("exposed"), unknown, failed, sound("good")].map(|one| instance(one, tags(&[]))).into();
    all.push(unread);
    let inventory = inventory(all);
    let found = draft::neighbours(&inventory, &region());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(draft::broken(&inventory, &region()), 1);
}
