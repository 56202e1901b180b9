//! Pure: `[limits]` and `[plan]`: numbers and lengths of time.

use std::time::Duration;

use crate::diagnostic::Table;
use crate::policy::Limits;

/// The limits of a policy that sets none.
pub(super) const DEFAULT_LIMITS: Limits = Limits {
    max_instances: 50,
    max_percent: 25,
    canary: 1,
    max_failures: 1,
    concurrency: 4,
    requests_per_second: 5,
    poll_interval: Duration::from_secs(15),
};

/// How long a plan holds in a policy that does not say.
pub(super) const DEFAULT_EXPIRY: Duration = Duration::from_hours(72);

pub(super) fn read(table: &Table<'_>) -> Limits {
    let within = |key, bounds, default| table.field(key).integer(bounds).unwrap_or(default);
    let number = |key, most, default| within(key, 1..=most, default);
    let default = DEFAULT_LIMITS;
    Limits {
        max_instances: number("max_instances", 10_000, default.max_instances),
        max_percent: number("max_percent", 100, default.max_percent),
        canary: within("canary", 0..=10_000, default.canary),
        max_failures: number("max_failures", 10_000, default.max_failures),
        concurrency: number("concurrency", 64, default.concurrency),
        requests_per_second: number("requests_per_second", 10_000, default.requests_per_second),
        poll_interval: table
            .field("poll_interval")
            .duration(Duration::from_millis(100)..=Duration::from_mins(10))
            .unwrap_or(default.poll_interval),
    }
}

/// `[plan]`: how long a plan may be applied after it was made, and whether tags exempt.
pub(super) fn plan(table: &Table<'_>) -> (Option<Duration>, Option<bool>) {
    let bounds = Duration::from_mins(1)..=Duration::from_hours(30 * 24);
    (table.field("expires_after").duration(bounds), table.field("exempt_by_tag").boolean())
}
