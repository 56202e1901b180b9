//! Until when the service creates and starts each platform, and what it does not run on.
//!
//! The program has a table of its own: a mistake in one shows against the other. \[AL2\] docs.aws.amazon.com/sagemaker/latest/
//! dg/nbi-al2.html, \[AL2023\] .../nbi-al2023.html (November 2026); JupyterLab 1 and 3: AWS Health's notice in
//! navinfoeurope/anonymizer#1 \[I\].

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::clock::day;
use crate::sandbox::answer::AwsError;

/// A platform with an end: the first day (UTC) on which nothing is created, and nothing started.
const ENDS: [(&str, Date, Date); 4] = [
    ("notebook-al1-v1", date(2023, 2, 1), date(2024, 3, 31)),
    ("notebook-al2-v1", date(2025, 6, 30), date(2025, 6, 30)),
    ("notebook-al2-v2", date(2025, 6, 30), date(2025, 6, 30)),
    // "Amazon Linux 2 ... can no longer be created nor restarted" [AL2].
    ("notebook-al2-v3", date(2026, 7, 1), date(2026, 7, 1)),
];

/// Families of instance types that a kind of platform does not run on \[AL2\]\[AL2023\].
const WITHOUT: [(&str, &[&str]); 2] =
    [("notebook-al2-", &["p2"]), ("notebook-al2023-", &["p2", "p3", "p3dn", "inf1", "g3"])];

/// An instance of this platform can be created.
pub(crate) fn can_create(platform: &str, now: Timestamp) -> Result<(), AwsError> {
    let ended = ENDS.iter().any(|(name, created, _)| *name == platform && day(now) >= *created);
    if ended { Err(AwsError::validation(unsupported(platform))) } else { Ok(()) }
}

/// Whether a stopped instance of this platform starts again.
pub(crate) fn starts(platform: &str, now: Timestamp) -> bool {
    !ENDS.iter().any(|(name, _, started)| *name == platform && day(now) >= *started)
}

/// What the service says of a platform that has come to its end (orcasecurity-research/AIGoat#10 \[I\], of a create; that a
/// start is refused in the same words is \[INF\]).
pub(crate) fn unsupported(platform: &str) -> String {
    format!("Platform identifier ({platform}) is not supported for this service.")
}

/// The platform runs on that instance type. The text is \[INF\].
pub(crate) fn runs_on(platform: &str, instance_type: &str) -> Result<(), AwsError> {
    let family = instance_type.split('.').nth(1).unwrap_or_default();
    let without = WITHOUT.iter().find(|(kind, _)| platform.starts_with(kind)).map_or(&[][..], |(_, all)| all);
    if !without.contains(&family) {
        return Ok(());
    }
    let message =
        format!("Instance type ({instance_type}) is not supported for platform identifier ({platform}).");
    Err(AwsError::validation(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_ends_with_its_day_and_not_before() {
        for (platform, created, started) in [
            ("notebook-al1-v1", "2023-02-01T00:00:00Z", "2024-03-31T00:00:00Z"),
            ("notebook-al2-v1", "2025-06-30T00:00:00Z", "2025-06-30T00:00:00Z"),
            ("notebook-al2-v2", "2025-06-30T00:00:00Z", "2025-06-30T00:00:00Z"),
            ("notebook-al2-v3", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            let before = |text: &str| at(text) - std::time::Duration::from_secs(1);
            let said = can_create(platform, at(created)).unwrap_err().message;
            assert_eq!(said, format!("Platform identifier ({platform}) is not supported for this service."));
            assert!(can_create(platform, before(created)).is_ok(), "{platform}");
            assert_eq!([starts(platform, before(started)), starts(platform, at(started))], [true, false]);
        }
        let later = "2030-01-01T00:00:00Z".parse().unwrap();
        for platform in ["notebook-al2023-v1", "notebook-al2023-v2", "notebook-al2030-v1"] {
            assert!(can_create(platform, later).is_ok() && starts(platform, later), "{platform}");
        }
    }

    #[test]
    fn a_platform_does_not_run_on_every_type() {
        assert!(runs_on("notebook-al2-v3", "ml.p3.2xlarge").is_ok());
        assert!(runs_on("notebook-al2-v3", "ml.p2.xlarge").is_err());
        for kind in ["ml.p2.xlarge", "ml.p3.2xlarge", "ml.p3dn.24xlarge", "ml.inf1.xlarge", "ml.g3.4xlarge"] {
            assert!(runs_on("notebook-al2023-v1", kind).is_err(), "{kind}");
        }
        assert!(runs_on("notebook-al2023-v1", "ml.g4dn.xlarge").is_ok());
        assert!(runs_on("notebook-al1-v1", "ml.p2.xlarge").is_ok());
    }
}
