//! What an answer is made of: what there is for whoever asks, and elements that many resources have.

use jiff::Timestamp;

use crate::sandbox::chance::Seed;
use crate::sandbox::names::partition;
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{Node, group, set, text};
use crate::sandbox::world::network::{Network, Tags};

/// What an answer is made of.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) network: &'a Network,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    /// Every region that the account has enabled.
    pub(super) enabled: &'a [String],
    pub(super) query: Query<'a>,
    pub(super) seed: Seed,
}

impl View<'_> {
    /// An id that the world does not keep, the same in every answer: of this kind, for that thing.
    pub(super) fn id(&self, kind: &str, of: &[&str]) -> String {
        let words = [&["ec2", self.account, self.region, kind], of].concat();
        format!("{kind}-{}", self.seed.draw(&words).hex(17))
    }

    /// When a thing was made that the world keeps no time of: in the years from 2021 to 2024.
    pub(super) fn created(&self, id: &str) -> Timestamp {
        const FROM: i64 = 1_609_459_200;
        const YEARS: u64 = 4 * 365 * 86_400;
        let after = self.seed.draw(&["ec2", "created", id]).below(YEARS);
        Timestamp::from_second(FROM.saturating_add_unsigned(after)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(super) fn arn(&self, owner: &str, resource: &str) -> String {
        format!("arn:{}:ec2:{}:{owner}:{resource}", partition(self.region), self.region)
    }

    /// Who owns a VPC; the account itself where the VPC is not in the world.
    pub(super) fn owner(&self, vpc_id: &str) -> &str {
        self.network.vpcs.get(vpc_id).map_or(self.account, |vpc| &vpc.owner)
    }

    pub(super) fn zone_id(&self, zone: &str) -> Option<&str> {
        self.network.zones.get(zone).map(|zone| zone.id.as_str())
    }
}

/// The tags of a resource.
pub(super) fn tags(tags: &Tags) -> Node {
    set("tagSet", tags.iter().map(|(key, value)| vec![text("key", key), text("value", value)]))
}

/// A structure that has a state and nothing else.
pub(super) fn state(name: &'static str, state: &str) -> Node {
    group(name, vec![text("state", state)])
}
