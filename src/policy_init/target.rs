//! Pure: the target of one region in words: for the screen, and for the file.

use crate::network::{
    Candidate, CandidateGroup, CandidateSubnet, CheckName, CheckVerdict, GroupStanding, Need, Reach,
};
use crate::text::{counted, for_terminal, list, noun};

use super::comment::{comment, entry, push, quoted_list};
use super::draft::{RegionDraft, Requirement, Worth};

/// So much of a name still fits beside an id on a narrow terminal.
const MOST_OF_A_NAME: usize = 28;

/// So many groups that were not chosen are named in the file: the best of them.
const MOST_OTHERS: usize = 5;

/// What a region's instances may have to reach.
const NEEDS: [CheckName; 3] =
    [CheckName::Need(Need::Egress), CheckName::Need(Need::S3), CheckName::Need(Need::SagemakerApi)];

/// What an instance would reach, in words.
pub(crate) fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Internet => "reaches the internet",
        Reach::Services => "reaches S3 and the SageMaker API, but not the internet",
        Reach::Unknown => "what it reaches cannot be told from here",
        Reach::Partial => "does not reach the internet, nor all the services that notebooks need",
        Reach::Nothing => "reaches neither the internet nor the services that notebooks need",
        Reach::NoGroup => "has no security group for notebooks",
        Reach::Unusable => "cannot be used",
    }
}

/// What a VPC is called.
pub(crate) fn vpc_label(candidate: &Candidate) -> String {
    let default = if candidate.name.is_default { " (AWS's default VPC)" } else { "" };
    for_terminal(&format!("{}{}{default}", candidate.vpc, named(candidate.name.name.as_deref())))
}

/// What a subnet is called.
pub(crate) fn subnet_label(one: &CandidateSubnet) -> String {
    let name = named(one.name.as_deref());
    for_terminal(&format!("{}{name} in {}", one.subnet.id, one.subnet.availability_zone))
}

/// What a security group is called.
pub(crate) fn group_label(one: &CandidateGroup) -> String {
    for_terminal(&format!("{}{}", one.id, named(Some(&one.name))))
}

/// A name in quotes, cut where it is long.
fn named(name: Option<&str>) -> String {
    let Some(name) = name else { return String::new() };
    let short: String = name.chars().take(MOST_OF_A_NAME).collect();
    let more = if short.len() < name.len() { "..." } else { "" };
    format!(" \"{short}{more}\"")
}

/// A VPC in one line.
pub(crate) fn vpc(candidate: &Candidate) -> String {
    let usable = candidate.subnets.iter().filter(|one| one.reach > Reach::Unusable).count();
    for_terminal(&format!(
        "{}: {}; {} of {}, {}",
        vpc_label(candidate),
        reach(candidate.reach()),
        usable,
        counted(candidate.subnets.len(), "subnet usable", "subnets usable"),
        counted(candidate.free_addresses() as usize, "free address", "free addresses"),
    ))
}

/// A VPC in one line, with the reason where it cannot be told what it reaches.
pub(crate) fn vpc_with_reason(candidate: &Candidate) -> String {
    let why = candidate.subnets.first().and_then(undecided).map(|why| format!(". {why}"));
    format!("{}{}", vpc(candidate), for_terminal(&why.unwrap_or_default()))
}

/// Why it cannot be told what a subnet reaches: of the first need that is unknown, with the ids that say so.
fn undecided(one: &CandidateSubnet) -> Option<String> {
    let unknown = |name: &CheckName| {
        let mut these = one.checks.iter().filter(|check| check.name == *name);
        these.find(|check| check.verdict == CheckVerdict::Unknown)
    };
    let first = NEEDS.iter().find_map(unknown).filter(|_| one.reach == Reach::Unknown)?;
    Some(format!("{}: {}", first.name.as_str(), first.evidence))
}

/// A subnet in one line.
pub(crate) fn subnet(one: &CandidateSubnet) -> String {
    let free = counted(one.subnet.free_addresses as usize, "free address", "free addresses");
    // The VPC has no group to choose; that says nothing against this subnet.
    let reach = if one.reach == Reach::NoGroup { "can be used" } else { reach(one.reach) };
    format!("{}: {reach}; {free}{}", subnet_label(one), used(one.instances))
}

/// A security group in one line.
pub(crate) fn group(one: &CandidateGroup) -> String {
    let whose = match (one.standing, &one.belongs_to) {
        (GroupStanding::Service, Some(service)) => for_terminal(&format!("; belongs to {service}")),
        (GroupStanding::Default, _) => "; the group that every VPC has".to_owned(),
        (GroupStanding::Unclear, _) => "; may belong to a service: not everything could be read".to_owned(),
        (GroupStanding::Service | GroupStanding::Used | GroupStanding::Named | GroupStanding::Plain, _) => {
            String::new()
        }
    };
    format!("{}: {}{}{whose}", group_label(one), reach(one.reach), used(one.instances))
}

fn used(instances: usize) -> String {
    match instances {
        0 => String::new(),
        count => format!("; used by {}", counted(count, "compliant notebook", "compliant notebooks")),
    }
}

/// What whoever reads the policy must know of a region, and do about it: nothing, where its target is right.
pub(crate) fn caution(target: &RegionDraft) -> Option<String> {
    let (region, broken) = (&target.region, target.broken);
    let instances = counted(broken, "instance", "instances");
    let withheld = format!("{instances} to be replaced {} withheld", noun(broken, "is", "are"));
    let Some(chosen) = target.chosen() else {
        return Some(format!("{region}: no target was written, so that {withheld}: {}", nowhere(target)));
    };
    let groups: Vec<String> = target.chosen_groups().map(group_label).collect();
    let (groups, vpc) = (list(&groups), vpc_label(chosen));
    let found: Vec<String> = NEEDS.iter().map(|name| verdict(target, *name)).collect();
    let found = found.join(", ");
    let reached = if target.reach() == Reach::Unknown {
        "may reach what it needs or not"
    } else {
        reach(target.reach())
    };
    let why = target.chosen_subnets().find_map(undecided).map(|why| format!("; {why}")).unwrap_or_default();
    let Requirement { worth, needs, unknown_too } = target.requirement();
    match worth {
        Worth::Right => None,
        Worth::AsOthers => {
            let count = target.chosen_groups().map(|one| one.instances).max().unwrap_or(0);
            let many = counted(count, "compliant notebook", "compliant notebooks");
            let uses = noun(count, "uses", "use");
            Some(format!(
                "{region}: {groups} was chosen because {many} {uses} it, but an instance with it in {vpc} {reached} ({found}{why}). \
                 Check that this is enough"
            ))
        }
        Worth::Doubtful => {
            let unknown = if unknown_too { " and unknown = \"withhold\"" } else { "" };
            let known = if unknown_too {
                "If you know that it reaches them, leave out `unknown`; otherwise give"
            } else {
                "Give"
            };
            Some(format!(
                "{region}: nothing there is known to be right: an instance with {groups} in {vpc} {reached} ({found}{why}). \
                 {withheld}, by require = {}{unknown} in the target. {known} the VPC a way out, or name another VPC's subnets and \
                 groups in the target",
                quoted_list(needs.iter().map(|need| need.as_str()))
            ))
        }
    }
}

fn verdict(target: &RegionDraft, name: CheckName) -> String {
    let verdict = match target.verdict(name) {
        CheckVerdict::Yes => "yes",
        CheckVerdict::No => "no",
        CheckVerdict::Unknown => "unknown",
    };
    format!("{}: {verdict}", name.as_str())
}

/// Why no VPC was chosen, and what to do.
fn nowhere(target: &RegionDraft) -> String {
    let Some(best) = target.candidates.first() else {
        return "there is no VPC. Make one, then add a [[target]]".to_owned();
    };
    if best.reach() != Reach::NoGroup {
        return "no VPC there can take an instance. Make a subnet with free addresses, then add a [[target]]"
            .to_owned();
    }
    let unclear = best.groups.iter().any(|one| one.standing == GroupStanding::Unclear);
    let other = if unclear { ", and whose the others are could not be read" } else { "" };
    format!(
        "{} has no security group for notebooks, only `default` or groups of VPC endpoints and load balancers{other}. Make one \
         that lets HTTPS out, then add a [[target]]",
        vpc_label(best)
    )
}

/// The target as the file has it, with the reasons.
pub(super) fn written(text: &mut String, target: &RegionDraft) {
    let RegionDraft { region, broken, candidates, .. } = target;
    text.push('\n');
    let instances = counted(*broken, "instance", "instances");
    let Some(chosen) = target.chosen() else {
        comment(text, &caution(target).unwrap_or_default());
        others(text, candidates.iter());
        let groups = candidates.first().map_or(&[][..], |one| one.groups.as_slice());
        groups.iter().take(MOST_OTHERS).for_each(|one| entry(text, &group(one)));
        return;
    };
    comment(text, &format!("{region}: {instances} to be replaced."));
    comment(text, &vpc(chosen));
    for one in target.chosen_subnets() {
        entry(text, &format!("{}. {}", subnet(one), reasons(one)));
    }
    for one in target.chosen_groups() {
        entry(text, &group(one));
    }
    not_chosen(text, target, chosen);
    if let Some(caution) = caution(target) {
        comment(text, &caution);
    }
    push(text, &format!("[[target]]\nname = \"{region}\"\nmatch = {{ regions = [\"{region}\"] }}\n"));
    push(text, &format!("subnets = {}\n", quoted_list(target.chosen_subnets().map(|one| &one.subnet.id))));
    push(text, &format!("security_groups = {}\n", quoted_list(target.chosen_groups().map(|one| &one.id))));
    requirements(text, &target.requirement());
}

/// Other groups of the VPC, and other VPCs.
fn not_chosen(text: &mut String, target: &RegionDraft, chosen: &Candidate) {
    let free = |one: &&CandidateGroup| target.chosen_groups().all(|other| other.id != one.id);
    let groups: Vec<&CandidateGroup> = chosen.groups.iter().filter(free).take(MOST_OTHERS).collect();
    let vpcs: Vec<&Candidate> = target.candidates.iter().filter(|one| one.vpc != chosen.vpc).collect();
    if groups.is_empty() && vpcs.is_empty() {
        return;
    }
    comment(text, "Not chosen:");
    groups.into_iter().for_each(|one| entry(text, &group(one)));
    others(text, vpcs.into_iter());
}

fn requirements(text: &mut String, requirement: &Requirement) {
    let require = format!("require = {}", quoted_list(requirement.needs.iter().map(|need| need.as_str())));
    let them = noun(requirement.needs.len(), "it", "them");
    push(text, &format!("{require:<39}# an instance that would not reach {them} is withheld\n"));
    if requirement.unknown_too {
        push(text, "unknown = \"withhold\"                   # also where that cannot be decided\n");
    }
}

fn others<'a>(text: &mut String, candidates: impl Iterator<Item = &'a Candidate>) {
    for one in candidates {
        entry(text, &vpc_with_reason(one));
    }
}

/// What was found out about a subnet, with the ids that say so.
fn reasons(one: &CandidateSubnet) -> String {
    let shown = if one.reach == Reach::Internet { &NEEDS[..1] } else { &NEEDS };
    let told: Vec<String> = one
        .checks
        .iter()
        .filter(|check| shown.contains(&check.name))
        .map(|check| format!("{}: {}", check.name.as_str(), check.evidence))
        .collect();
    told.join("; ")
}
