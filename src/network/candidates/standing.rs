//! Pure: what speaks for a security group as one for notebooks, and what against it.

use std::collections::BTreeSet;

use crate::ids::SecurityGroupId;
use crate::network::{Answer, Endpoint, SecurityGroup};

/// What speaks for a group, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupStanding {
    /// Compliant notebooks use it.
    Used,
    /// Its name says that it is for notebooks.
    Named,
    /// Nothing is known for it or against it.
    Plain,
    /// It may belong to an endpoint or a load balancer: they could not be listed.
    Unclear,
    /// It belongs to an endpoint or a load balancer. An instance with it would be let in wherever the service is, and whoever
    /// changes its rules thinks of the service alone.
    Service,
    /// The group that every VPC has. What nobody chose a group for ends up in it.
    Default,
}

impl GroupStanding {
    /// Whether a group may be chosen without anybody having said so.
    pub fn is_eligible(self) -> bool {
        match self {
            GroupStanding::Used | GroupStanding::Named | GroupStanding::Plain => true,
            GroupStanding::Unclear | GroupStanding::Service | GroupStanding::Default => false,
        }
    }
}

/// What is known of whom groups belong to, in one region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claims<'a> {
    pub(super) endpoints: &'a Answer<Vec<Endpoint>>,
    pub(super) load_balancers: &'a Answer<BTreeSet<SecurityGroupId>>,
}

impl Claims<'_> {
    /// What speaks for a group that so many compliant notebooks use, and whom it belongs to where it belongs to somebody.
    pub(super) fn standing(self, group: &SecurityGroup, instances: usize) -> (GroupStanding, Option<String>) {
        // AWS keeps this name for the group that it makes itself (VPC user guide, "Default security groups").
        if group.name == "default" {
            return (GroupStanding::Default, None);
        }
        if let Some(service) = self.known(&group.id) {
            return (GroupStanding::Service, Some(service));
        }
        // How people name it weighs less than what it is used for.
        if instances > 0 {
            return (GroupStanding::Used, None);
        }
        if let Some(service) = by_name(&group.name) {
            return (GroupStanding::Service, Some(format!("{service}, by its name")));
        }
        if is_for_notebooks(&group.name) {
            return (GroupStanding::Named, None);
        }
        // Only for load balancers: a group that lets instances *to* endpoints is described with that word too.
        if is_of_load_balancer(&group.description) {
            return (GroupStanding::Service, Some("a load balancer, by its description".to_owned()));
        }
        let unread = self.endpoints.is_err() || self.load_balancers.is_err();
        (if unread { GroupStanding::Unclear } else { GroupStanding::Plain }, None)
    }

    fn known(self, id: &SecurityGroupId) -> Option<String> {
        let mut endpoints = self.endpoints.iter().flatten();
        if let Some(endpoint) = endpoints.find(|one| one.groups.contains(id)) {
            return Some(format!("the VPC endpoint {}", endpoint.id));
        }
        let balanced = self.load_balancers.as_ref().is_ok_and(|groups| groups.contains(id));
        balanced.then(|| "a load balancer".to_owned())
    }
}

fn is_for_notebooks(name: &str) -> bool {
    let name = name.to_lowercase();
    ["notebook", "sagemaker"].iter().any(|word| name.contains(word))
}

fn by_name(name: &str) -> Option<&'static str> {
    let words = words(name);
    if words.iter().any(|word| ["endpoint", "endpoints", "vpce", "vpces", "privatelink"].contains(&&**word)) {
        return Some("VPC endpoints");
    }
    is_of_load_balancer(name).then_some("a load balancer")
}

fn is_of_load_balancer(text: &str) -> bool {
    let words = words(text);
    let short = |word: &String| ["elb", "alb", "nlb", "gwlb", "lb", "loadbalancer"].contains(&&**word);
    let pair = |pair: &[String]| {
        pair.first().is_some_and(|word| word == "load")
            && pair.get(1).is_some_and(|word| word.starts_with("balanc"))
    };
    words.iter().any(short) || words.windows(2).any(pair)
}

/// The words of a name, in lower case: `vpc-endpoints` and `VPCEndpoints` have the same.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if starts || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
