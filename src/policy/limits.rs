//! Pure: `[limits]` and `[plan]`: numbers and lengths of time.

use std::time::Duration;

use crate::diagnostic::{flag, integer, keys, length};

keys! {
    /// How much a plan may hold and how fast it is carried out.
    #[derive(PartialEq, Eq)]
    pub struct Limits {
        /// `apply` refuses a plan with more items.
        pub max_instances: u32 = integer(1..=10_000).or(50);
        /// `apply` refuses a plan that replaces more of the instances seen, in percent.
        pub max_percent: u32 = integer(1..=100).or(25);
        /// This many items go first; the others start when these are done. 0: no canary.
        pub canary: u32 = integer(0..=10_000).or(1);
        /// After this many failed items, no further item is started.
        pub max_failures: u32 = integer(1..=10_000).or(1);
        /// Items at the same time in each region.
        pub concurrency: u32 = integer(1..=64).or(4);
        /// Requests per second in each region.
        pub requests_per_second: u32 = integer(1..=10_000).or(5);
        /// How often a status is read while waiting. Above a minute, no source is deleted: whether somebody used it is not
        /// certain then.
        pub poll_interval: Duration = length(Duration::from_millis(100)..=Duration::from_mins(10)).or("15s");
    }
}

keys! {
    /// How long plans are valid, and what they leave alone.
    #[derive(PartialEq, Eq)]
    pub struct Planning {
        /// How long a plan may be applied after it was made.
        pub expires_after: Duration = length(Duration::from_mins(1)..=Duration::from_hours(30 * 24)).or("72h");
        /// Whether an instance's own tags can exempt it. The tags are `remediate:exempt-until`, with a day such as 2027-03-31,
        /// and `remediate:exempt-reason`.
        pub exempt_by_tag: bool = flag().or(true);
    }
}
