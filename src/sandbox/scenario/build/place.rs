//! Where a world's things are, and when they were made: what their ids and their times depend on.

use jiff::{SignedDuration, Timestamp};

use crate::sandbox::names;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::scenario::account::Account;
use crate::sandbox::scenario::model::{SiteSpec, Sited};

/// Where the ids of a site's things come from, and when things there were made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) account: &'a Account,
    pub(super) site: &'a SiteSpec,
    /// The site's position.
    pub(super) at: usize,
    pub(super) now: Timestamp,
}

impl<'a> Place<'a> {
    /// The site at that position.
    pub(super) fn of(scenario: &'a Scenario, at: usize, now: Timestamp) -> Option<Self> {
        let site = scenario.sites.get(at)?;
        let account = &scenario.accounts.get(site.account)?.said;
        Some(Place { scenario, account, site, at, now })
    }

    /// Those that are here, with their positions.
    pub(super) fn here<T>(&self, all: &'a [Sited<T>]) -> impl Iterator<Item = (usize, &'a T)> {
        let at = self.at;
        all.iter()
            .enumerate()
            .filter(move |(_, one)| one.sites.contains(&at))
            .map(|(at, one)| (at, &one.said))
    }

    pub(super) fn partition(&self) -> &'static str {
        names::partition(self.site.region.as_str())
    }

    /// An id: its prefix, and seventeen digits that depend on the words.
    pub(super) fn id(&self, prefix: &str, words: &[&str]) -> String {
        let here = [prefix, self.account.id.as_str(), self.site.region.as_str()];
        // AWS's own begin with a 0 too.
        format!("{prefix}-0{}", self.scenario.seed.draw(&[&here[..], words].concat()).hex(16))
    }
}

/// So many days earlier.
pub(super) fn before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}
