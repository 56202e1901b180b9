//! The pure verdict on a target: can a notebook instance be created there?

use serde::{Deserialize, Serialize};

use crate::ids::{Region, SecurityGroupId, SubnetId};
use crate::network::{NetworkFacts, Reading, SecurityGroup, Subnet};

/// One check of a target, its verdict and what it was reached on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// The verdict.
    pub verdict: Verdict,
    /// What it was reached on, in a sentence fragment with the ids.
    pub evidence: String,
}

/// What is checked of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// The subnet exists and is available.
    Subnet,
    /// The security groups exist.
    SecurityGroups,
    /// The security groups are in the subnet's VPC.
    SameVpc,
    /// The subnet has an address left for this item, after those planned before it.
    FreeAddresses,
}

impl CheckName {
    /// Every check, in the order they are made.
    pub const ALL: [CheckName; 4] =
        [CheckName::Subnet, CheckName::SecurityGroups, CheckName::SameVpc, CheckName::FreeAddresses];

    /// The check's name in plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckName::Subnet => "subnet",
            CheckName::SecurityGroups => "security-groups",
            CheckName::SameVpc => "same-vpc",
            CheckName::FreeAddresses => "free-addresses",
        }
    }
}

/// The verdict of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It could not be decided.
    Unknown,
}

/// Checks one subnet and its security groups for one more item, after `planned` items into the same subnet.
pub fn check_target(
    facts: &NetworkFacts,
    region: &Region,
    subnet: &SubnetId,
    groups: &[SecurityGroupId],
    planned: u32,
) -> Vec<Check> {
    let missing = Reading::Missing;
    let subnet_reading = facts.subnets.get(&(region.clone(), subnet.clone())).unwrap_or(&missing);
    let group_readings: Vec<_> = groups
        .iter()
        .map(|id| {
            let reading = facts.security_groups.get(&(region.clone(), id.clone()));
            (id, reading.unwrap_or(&Reading::Missing))
        })
        .collect();
    vec![
        subnet_check(subnet, subnet_reading),
        groups_check(&group_readings),
        same_vpc_check(subnet_reading, &group_readings),
        free_addresses_check(subnet_reading, planned),
    ]
}

fn check(name: CheckName, verdict: Verdict, evidence: String) -> Check {
    Check { name, verdict, evidence }
}

fn subnet_check(id: &SubnetId, reading: &Reading<Subnet>) -> Check {
    let (verdict, evidence) = match reading {
        Reading::Found(subnet) if subnet.state == "available" => {
            (Verdict::Yes, format!("{id} is available in {} ({})", subnet.vpc, subnet.availability_zone))
        }
        Reading::Found(subnet) => (Verdict::No, format!("{id} is in state `{}`", subnet.state)),
        Reading::Missing => (Verdict::No, format!("{id} does not exist in this region and account")),
        Reading::Unreadable(error) => (Verdict::Unknown, format!("{id} could not be read: {error}")),
    };
    check(CheckName::Subnet, verdict, evidence)
}

type GroupReadings<'a> = [(&'a SecurityGroupId, &'a Reading<SecurityGroup>)];

fn groups_check(groups: &GroupReadings<'_>) -> Check {
    let of = |wanted: fn(&Reading<SecurityGroup>) -> bool| -> Vec<&str> {
        groups.iter().filter(|(_, reading)| wanted(reading)).map(|(id, _)| id.as_str()).collect()
    };
    let missing = of(|reading| matches!(reading, Reading::Missing));
    let unread = of(|reading| matches!(reading, Reading::Unreadable(_)));
    let (verdict, evidence) = if !missing.is_empty() {
        (Verdict::No, format!("{} not found in this region and account", missing.join(", ")))
    } else if !unread.is_empty() {
        (Verdict::Unknown, format!("{} could not be read{}", unread.join(", "), reason(groups)))
    } else {
        (Verdict::Yes, format!("{} found", of(|_| true).join(", ")))
    };
    check(CheckName::SecurityGroups, verdict, evidence)
}

fn reason(groups: &GroupReadings<'_>) -> String {
    let first = groups.iter().find_map(|(_, reading)| match reading {
        Reading::Unreadable(error) => Some(error),
        Reading::Found(_) | Reading::Missing => None,
    });
    first.map_or_else(String::new, |error| format!(": {error}"))
}

fn same_vpc_check(subnet: &Reading<Subnet>, groups: &GroupReadings<'_>) -> Check {
    let Reading::Found(subnet) = subnet else {
        return check(CheckName::SameVpc, Verdict::Unknown, "the subnet's VPC is not known".to_owned());
    };
    let mut elsewhere = Vec::new();
    let mut unknown = Vec::new();
    for (id, reading) in groups {
        match reading {
            Reading::Found(group) if group.vpc != subnet.vpc => {
                elsewhere.push(format!("{id} is in {}", group.vpc));
            }
            Reading::Found(_) => {}
            Reading::Missing | Reading::Unreadable(_) => unknown.push(id.as_str()),
        }
    }
    let (verdict, evidence) = if !elsewhere.is_empty() {
        (Verdict::No, format!("{}, but {} is in {}", elsewhere.join(", "), subnet.id, subnet.vpc))
    } else if !unknown.is_empty() {
        (Verdict::Unknown, format!("the VPC of {} is not known", unknown.join(", ")))
    } else {
        (Verdict::Yes, format!("all in {}", subnet.vpc))
    };
    check(CheckName::SameVpc, verdict, evidence)
}

fn free_addresses_check(subnet: &Reading<Subnet>, planned: u32) -> Check {
    let (verdict, evidence) = match subnet {
        Reading::Found(subnet) => {
            let verdict = if subnet.free_addresses > planned { Verdict::Yes } else { Verdict::No };
            let free = subnet.free_addresses;
            (verdict, format!("{free} free, {planned} taken by items of this plan, 1 needed"))
        }
        Reading::Missing | Reading::Unreadable(_) => {
            (Verdict::Unknown, "the subnet's free addresses are not known".to_owned())
        }
    };
    check(CheckName::FreeAddresses, verdict, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::{ApiError, ApiErrorKind, Effect};

    fn region() -> Region {
        "us-east-1".parse().unwrap()
    }

    fn facts(subnet: Reading<Subnet>, group: Reading<SecurityGroup>) -> NetworkFacts {
        let mut facts = NetworkFacts::default();
        facts.subnets.insert((region(), "subnet-a".parse().unwrap()), subnet);
        facts.security_groups.insert((region(), "sg-a".parse().unwrap()), group);
        facts
    }

    fn subnet(vpc: &str, state: &str, free_addresses: u32) -> Reading<Subnet> {
        Reading::Found(Subnet {
            id: "subnet-a".parse().unwrap(),
            vpc: vpc.parse().unwrap(),
            availability_zone: "us-east-1a".to_owned(),
            cidr: "10.0.0.0/24".to_owned(),
            state: state.to_owned(),
            free_addresses,
        })
    }

    fn group(vpc: &str) -> Reading<SecurityGroup> {
        Reading::Found(SecurityGroup {
            id: "sg-a".parse().unwrap(),
            name: "notebooks".to_owned(),
            vpc: vpc.parse().unwrap(),
        })
    }

    fn denied<T>() -> Reading<T> {
        Reading::Unreadable(ApiError {
            operation: "DescribeSubnets".to_owned(),
            region: region(),
            kind: ApiErrorKind::AccessDenied,
            effect: Effect::None,
            code: None,
            message: String::new(),
            request_id: None,
        })
    }

    fn verdicts(facts: &NetworkFacts, planned: u32) -> Vec<Verdict> {
        let groups = ["sg-a".parse().unwrap()];
        check_target(facts, &region(), &"subnet-a".parse().unwrap(), &groups, planned)
            .into_iter()
            .map(|check| check.verdict)
            .collect()
    }

    #[test]
    fn a_sound_target_passes_every_check() {
        use Verdict::Yes;
        assert_eq!(
            verdicts(&facts(subnet("vpc-1", "available", 1), group("vpc-1")), 0),
            [Yes, Yes, Yes, Yes]
        );
    }

    #[test]
    fn the_last_free_address_is_given_out_once() {
        let facts = facts(subnet("vpc-1", "available", 2), group("vpc-1"));
        assert_eq!(verdicts(&facts, 1)[3], Verdict::Yes);
        assert_eq!(verdicts(&facts, 2)[3], Verdict::No);
    }

    #[test]
    fn a_group_of_another_vpc_is_no() {
        use Verdict::{No, Yes};
        assert_eq!(verdicts(&facts(subnet("vpc-1", "available", 9), group("vpc-2")), 0), [Yes, Yes, No, Yes]);
    }

    #[test]
    fn what_does_not_exist_is_no_and_what_hangs_on_it_is_unknown() {
        use Verdict::{No, Unknown};
        assert_eq!(verdicts(&facts(Reading::Missing, Reading::Missing), 0), [No, No, Unknown, Unknown]);
        assert_eq!(verdicts(&NetworkFacts::default(), 0), [No, No, Unknown, Unknown]);
    }

    #[test]
    fn what_could_not_be_read_is_unknown_never_yes() {
        assert_eq!(verdicts(&facts(denied(), denied()), 0), [Verdict::Unknown; 4]);
    }

    #[test]
    fn a_subnet_that_is_not_available_is_no() {
        assert_eq!(verdicts(&facts(subnet("vpc-1", "pending", 9), group("vpc-1")), 0)[0], Verdict::No);
    }
}
