//! Pure: whether a request was signed at the right time. s3s would go by the machine's clock alone.
//!
//! Clients begin with the machine's clock, and SDKs correct theirs by the `Date` of S3's answers, which is the sandbox's. Where
//! that runs ahead or jumps, none can know it: then any time is right.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::sandbox::answer::AwsError;

/// How far off a client's clock may be (S3 API reference, `RequestTimeTooSkewed`).
const MOST: SignedDuration = SignedDuration::from_mins(15);

/// Whether that time (`x-amz-date`) is right. What is no time is left to s3s.
pub(super) fn in_time(stamp: Option<&str>, sandbox: Timestamp, machine: Timestamp) -> Result<(), AwsError> {
    let read = |text| DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?.to_zoned(TimeZone::UTC).ok();
    let Some(signed) = stamp.and_then(read) else { return Ok(()) };
    let apart = |one: Timestamp, other: Timestamp| one.duration_since(other).abs() > MOST;
    if apart(sandbox, machine) || !apart(machine, signed.timestamp()) {
        return Ok(());
    }
    let message = "The difference between the request time and the current time is too large.";
    Err(AwsError::new(403, "RequestTimeTooSkewed", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_now_as_far_as_its_client_can_know() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-27T08:00:00Z");
        for (stamp, sandbox, expected) in [
            (Some("20261127T081500Z"), now, true),
            (Some("20261127T081501Z"), now, false),
            (Some("20261127T074459Z"), now, false),
            (Some("20261127T200000Z"), at("2026-11-27T08:10:00Z"), false),
            (Some("20261127T200000Z"), at("2026-11-27T09:00:00Z"), true),
            (Some("no time"), now, true),
            (None, now, true),
        ] {
            assert_eq!(in_time(stamp, sandbox, now).is_ok(), expected, "{stamp:?} {sandbox}");
        }
    }
}
