//! How long AWS takes to change the status of an instance.
//!
//! AWS publishes no figures. These are from reports of users and from the ceilings that other tools had to
//! choose (terraform-provider-aws waits 10 minutes and more for each): an order of magnitude, not a promise.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;

#[cfg(test)]
use crate::diagnostic::Keyed as _;
use crate::diagnostic::{Complaint, Form, Shape, keys, quoted};
use crate::ids::{AccountId, Region};
use crate::sandbox::chance::Seed;

keys! {
    /// How long changes take, or the least and the most. Each is divided by `--speed`.
    #[derive(PartialEq, Eq)]
    pub(crate) struct Latencies {
        /// From the call until a new instance is `InService`.
        pub(crate) create: (Duration, Duration) = span().or(["150s", "420s"]);
        /// From the call until an instance is `InService` again.
        pub(crate) start: (Duration, Duration) = span().or(["120s", "330s"]);
        /// From the call until an instance is `Stopped`.
        pub(crate) stop: (Duration, Duration) = span().or(["40s", "150s"]);
        /// From the call until a stopped instance is changed.
        pub(crate) update: (Duration, Duration) = span().or(["8s", "40s"]);
        /// From the call until an instance is gone.
        pub(crate) delete: (Duration, Duration) = span().or(["20s", "90s"]);
        /// From the first word of a worker that moves files to its last, besides a second for each 10 GB of the volume.
        pub(crate) transfer: (Duration, Duration) = span().or(["60s", "300s"]);
    }
}

/// A length of time from nothing to a week.
const DELAY: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_hours(7 * 24);

/// A length of time.
pub(crate) fn delay() -> Form<Duration> {
    Form::new(Shape::Length(DELAY), |field| field.parsed_by(read_delay))
}

/// Reads a length of time.
pub(crate) fn read_delay(text: &str) -> Result<Duration, Complaint> {
    let read = text.parse::<SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    match read {
        Some(delay) if DELAY.contains(&delay) => Ok(delay),
        Some(_) => Err(Complaint::new("this is more than a week")),
        None => Err(Complaint::new(format!("{} is not a length of time", quoted(text)))
            .help(Some("write it with its unit, such as \"90s\" or \"10m\"".to_owned()))),
    }
}

/// One length of time, or the least and the most.
fn span() -> Form<(Duration, Duration)> {
    let both = delay().list(2..=2).checked(|both| match both.is_sorted() {
        true => Ok(()),
        false => Err(Complaint::new("the least comes first, then the most")),
    });
    let ends = |both: Vec<Duration>| {
        let of = |end: Option<&Duration>| end.copied().unwrap_or_default();
        (of(both.first()), of(both.last()))
    };
    delay().map(|delay| (delay, delay)).where_it(|field| field.is_string(), both.map(ends))
}

/// What decides how long a change takes in one region.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace<'a> {
    pub(crate) seed: Seed,
    pub(crate) latency: &'a Latencies,
    pub(crate) account: &'a AccountId,
    pub(crate) region: &'a Region,
    pub(crate) keeps_address: bool,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Start,
    Stop,
    Update,
    Delete,
    Transfer,
}

#[cfg(test)]
impl Default for Latencies {
    fn default() -> Self {
        crate::diagnostic::read("", "", Self::read).expect("every key has a default")
    }
}

impl Latencies {
    /// How long the `nth` change of an instance takes.
    pub(crate) fn of(&self, kind: Kind, name: &str, nth: u32, pace: &Pace<'_>) -> Duration {
        let (word, (least, most)) = match kind {
            Kind::Create => ("create", self.create),
            Kind::Start => ("start", self.start),
            Kind::Stop => ("stop", self.stop),
            Kind::Update => ("update", self.update),
            Kind::Delete => ("delete", self.delete),
            Kind::Transfer => ("transfer", self.transfer),
        };
        let (account, region) = (pace.account.as_str(), pace.region.as_str());
        pace.seed.draw(&["latency", account, region, name, word, &nth.to_string()]).between(least, most)
    }
}
