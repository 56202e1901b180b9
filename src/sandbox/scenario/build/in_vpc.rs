//! A VPC that is being made: what its parts are called, and where it leads.

use crate::diagnostic::Placed;
use crate::sandbox::scenario::egress::Egress;
use crate::sandbox::scenario::model::GroupRef;
use crate::sandbox::scenario::network::Network as Said;
use crate::sandbox::world::network::Tags;

use super::place::Place;

pub(super) const ANYWHERE: &str = "0.0.0.0/0";
pub(super) const ANYWHERE_IPV6: &str = "::/0";

/// A VPC that is being made.
pub(super) struct InVpc<'a> {
    pub(super) place: &'a Place<'a>,
    pub(super) spec: &'a Said,
    pub(super) id: String,
}

impl InVpc<'_> {
    pub(super) fn id(&self, prefix: &str, word: &str) -> String {
        self.place.id(prefix, &[&self.spec.name, word])
    }

    pub(super) fn subnet(&self, at: usize) -> String {
        subnet_id(self.place, self.spec, at)
    }

    /// The account itself, or whoever shares the VPC with it.
    pub(super) fn owner(&self) -> String {
        let own = || self.place.account.id.as_str().to_owned();
        self.spec.owner.as_ref().map_or_else(own, |owner| owner.as_str().to_owned())
    }

    /// Whether packets go that way from the network or a subnet of it.
    pub(super) fn leads(&self, way: Egress) -> bool {
        self.spec.ways().any(|one| one == way)
    }

    /// The addresses of S3 in the region.
    pub(super) fn prefix_list(&self) -> String {
        let region = self.place.site.region.as_str();
        format!("pl-{}", self.place.scenario.seed.draw(&["prefix-list", "s3", region]).hex(8))
    }
}

pub(super) fn vpc_id(place: &Place<'_>, spec: &Said) -> String {
    given(spec.id.as_ref()).unwrap_or_else(|| place.id("vpc", &[&spec.name]))
}

/// The id of a network's subnet, by its position.
pub(super) fn subnet_id(place: &Place<'_>, spec: &Said, subnet: usize) -> String {
    let subnet = spec.subnets.get(subnet);
    let drawn = || place.id("subnet", &[&spec.name, subnet.map_or("", |one| &one.name)]);
    subnet.and_then(|one| given(one.id.as_ref())).unwrap_or_else(drawn)
}

/// The id of one of a network's security groups.
pub(super) fn group_id(place: &Place<'_>, spec: &Said, group: GroupRef) -> String {
    let own = match group {
        GroupRef::Own(at) => spec.groups.get(at),
        GroupRef::Default => None,
    };
    let drawn = || place.id("sg", &[&spec.name, own.map_or("default", |one| &one.name)]);
    own.and_then(|one| given(one.id.as_ref())).unwrap_or_else(drawn)
}

fn given(id: Option<&Placed<String>>) -> Option<String> {
    id.map(|id| id.value.clone())
}

pub(super) fn named(name: &str) -> Tags {
    Tags::from([("Name".to_owned(), name.to_owned())])
}
