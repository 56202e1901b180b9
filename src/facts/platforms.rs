//! Pure: the platforms of notebook instances. Until when AWS creates and starts each, and what follows it.
//!
//! Sources: \[AL2\] docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html and \[AL2023\] .../nbi-al2023.html, as of November
//! 2026; \[AL1\] the same guide on Amazon Linux AMI instances; \[Health\] AWS Health's notice on JupyterLab 1 and 3, quoted in
//! github.com/navinfoeurope/anonymizer/issues/1; \[Model\] botocore 1.44.5, `PlatformIdentifier`; \[SH\] Security Hub's user
//! guide on SageMaker.8.

use jiff::civil::{Date, date};

use crate::facts::instance_types::family;

/// A platform of notebook instances. Days are those of UTC, and the last ones on which it still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// `PlatformIdentifier`.
    pub name: &'static str,
    /// The last day on which AWS creates instances of it; `None` as long as no end is known.
    pub last_created: Option<Date>,
    /// The last day on which AWS starts a stopped instance of it; `None` as long as no end is known.
    pub last_started: Option<Date>,
    /// The platform that AWS upgrades it to; `None` where AWS upgrades it to none.
    pub upgraded_to: Option<&'static str>,
    /// Families of instance types that it does not run on: `p3` for `ml.p3.2xlarge`.
    pub unsupported_families: &'static [&'static str],
    /// What installs packages there: Amazon Linux 2023 has `dnf` in place of `yum` (\[AL2023\]).
    pub package_manager: &'static str,
    /// Whether Security Hub's SageMaker.8 accepts it, for as long as AWS creates it.
    pub accepted: bool,
    /// Where this is written.
    pub source: &'static str,
}

/// Every platform that SageMaker has had for notebook instances (\[Model\]), the oldest first.
pub const PLATFORMS: [Platform; 6] = [
    Platform {
        name: "notebook-al1-v1",
        last_created: Some(date(2023, 1, 31)),
        last_started: Some(date(2024, 3, 30)),
        upgraded_to: None,
        unsupported_families: &[],
        package_manager: "yum",
        accepted: false,
        source: "AL1: not created since 2023-02-01, not started since 2024-03-31, not migrated",
    },
    Platform {
        name: "notebook-al2-v1",
        last_created: Some(date(2025, 6, 29)),
        last_started: Some(date(2025, 6, 29)),
        upgraded_to: Some("notebook-al2023-v1"),
        unsupported_families: &["p2"],
        package_manager: "yum",
        accepted: false,
        source: "Health: neither created nor started from 2025-06-30 on; AL2: the upgrade",
    },
    Platform {
        name: "notebook-al2-v2",
        last_created: Some(date(2025, 6, 29)),
        last_started: Some(date(2025, 6, 29)),
        upgraded_to: Some("notebook-al2023-v1"),
        unsupported_families: &["p2"],
        package_manager: "yum",
        accepted: false,
        source: "Health: neither created nor started from 2025-06-30 on; AL2: the upgrade",
    },
    Platform {
        name: "notebook-al2-v3",
        last_created: Some(date(2026, 6, 30)),
        last_started: Some(date(2026, 6, 30)),
        upgraded_to: Some("notebook-al2023-v1"),
        unsupported_families: &["p2"],
        package_manager: "yum",
        accepted: true,
        source: "AL2: neither created nor started since 2026-07-01, upgraded in phases since 2026-08-01; SH",
    },
    Platform {
        name: "notebook-al2023-v1",
        last_created: None,
        last_started: None,
        upgraded_to: None,
        unsupported_families: &["p2", "p3", "p3dn", "inf1", "g3"],
        package_manager: "dnf",
        accepted: true,
        source: "AL2023; SH",
    },
    // The model has it and no page says what it is: that it runs where the first version does is an inference.
    Platform {
        name: "notebook-al2023-v2",
        last_created: None,
        last_started: None,
        upgraded_to: None,
        unsupported_families: &["p2", "p3", "p3dn", "inf1", "g3"],
        package_manager: "dnf",
        accepted: false,
        source: "Model",
    },
];

impl Platform {
    /// Whether AWS creates instances of it on that day.
    pub fn is_created(&self, day: Date) -> bool {
        self.last_created.is_none_or(|last| day <= last)
    }

    /// Whether AWS starts a stopped instance of it on that day.
    pub fn is_started(&self, day: Date) -> bool {
        self.last_started.is_none_or(|last| day <= last)
    }

    /// Whether SageMaker.8 accepts it on that day.
    pub fn is_accepted(&self, day: Date) -> bool {
        self.accepted && self.is_created(day)
    }

    /// Whether it runs on that instance type (`ml.m5.xlarge`), as far as is known.
    pub fn runs_on(&self, instance_type: &str) -> bool {
        family(instance_type).is_none_or(|family| !self.unsupported_families.contains(&family))
    }
}

/// The platform of that name; `None` for one that is newer than this table.
pub fn known(name: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|one| one.name == name)
}

/// Whether AWS creates instances of the platform on that day. One that is not known may be a newer one: it does.
pub fn is_created(name: &str, day: Date) -> bool {
    known(name).is_none_or(|one| one.is_created(day))
}

/// Whether AWS starts stopped instances of the platform on that day. One that is not known may be a newer one: it does.
pub fn is_started(name: &str, day: Date) -> bool {
    known(name).is_none_or(|one| one.is_started(day))
}

/// The platform that a new instance has whose source has this one, where nobody asks for another: the same while AWS
/// creates it, then the one that AWS upgrades it to, and the same again where there is none.
pub fn kept(name: &str, day: Date) -> &str {
    let gone = known(name).filter(|one| !one.is_created(day));
    gone.and_then(|one| one.upgraded_to).unwrap_or(name)
}

/// The platforms that SageMaker.8 accepts on that day.
pub fn accepted(day: Date) -> impl Iterator<Item = &'static str> {
    PLATFORMS.iter().filter(move |one| one.is_accepted(day)).map(|one| one.name)
}

/// The first day on which a create that names no platform makes a `notebook-al2023-v1` (\[AL2\]).
const FIRST_DEFAULT: Date = date(2026, 5, 15);

/// The platform of an instance that is created without one on that day; `None` where that is not known.
pub fn default_on(day: Date) -> Option<&'static str> {
    (day >= FIRST_DEFAULT).then_some("notebook-al2023-v1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_of_a_platform_still_counts_and_the_next_does_not() {
        for (name, created, started) in [
            ("notebook-al1-v1", "2023-01-31", "2024-03-30"),
            ("notebook-al2-v1", "2025-06-29", "2025-06-29"),
            ("notebook-al2-v2", "2025-06-29", "2025-06-29"),
            ("notebook-al2-v3", "2026-06-30", "2026-06-30"),
        ] {
            let (created, started) = (day(created), day(started));
            assert_eq!([is_created(name, created), is_started(name, started)], [true; 2], "{name}");
            let next = |last: Date| last.tomorrow().unwrap();
            assert_eq!(
                [is_created(name, next(created)), is_started(name, next(started))],
                [false; 2],
                "{name}"
            );
        }
    }

    #[test]
    fn a_platform_is_kept_while_it_is_created_and_then_followed_by_what_aws_upgrades_it_to() {
        let (june, july) = (day("2026-06-30"), day("2026-07-01"));
        assert_eq!(kept("notebook-al2-v3", june), "notebook-al2-v3");
        assert_eq!(kept("notebook-al2-v3", july), "notebook-al2023-v1");
        assert_eq!(kept("notebook-al2-v1", july), "notebook-al2023-v1");
        assert_eq!(kept("notebook-al1-v1", july), "notebook-al1-v1");
        assert_eq!(kept("notebook-al2023-v2", july), "notebook-al2023-v2");
        assert_eq!(kept("notebook-al2030-v1", july), "notebook-al2030-v1");
    }

    #[test]
    fn what_follows_a_platform_is_one_that_has_no_end() {
        for one in PLATFORMS {
            let next = one.upgraded_to.map(|name| known(name).expect("is in the table"));
            assert!(next.is_none_or(|next| next.last_created.is_none()), "{}", one.name);
            assert_eq!(next.is_some(), one.name.starts_with("notebook-al2-"), "{}", one.name);
            assert!(one.last_created <= one.last_started, "{}: created for longer than started", one.name);
        }
    }

    #[test]
    fn sagemaker_8_accepts_what_aws_still_creates_and_never_the_second_al2023() {
        assert_eq!(accepted(day("2026-11-26")).collect::<Vec<_>>(), ["notebook-al2023-v1"]);
        assert_eq!(
            accepted(day("2026-06-30")).collect::<Vec<_>>(),
            ["notebook-al2-v3", "notebook-al2023-v1"]
        );
    }

    #[test]
    fn a_family_is_read_from_the_type_and_an_odd_type_has_none() {
        let al2023 = known("notebook-al2023-v1").unwrap();
        for (kind, runs) in [
            ("ml.p3.2xlarge", false),
            ("ml.p3dn.24xlarge", false),
            ("ml.inf1.xlarge", false),
            ("ml.g3.4xlarge", false),
            ("ml.p4d.24xlarge", true),
            ("ml.p5.4xlarge", true),
            ("ml.g4dn.xlarge", true),
            ("m5", true),
        ] {
            assert_eq!(al2023.runs_on(kind), runs, "{kind}");
        }
        assert_eq!([family("ml.p6-b200.48xlarge"), family("p3")], [Some("p6-b200"), None]);
    }

    #[test]
    fn without_a_platform_a_new_instance_has_the_one_of_the_day() {
        assert_eq!(
            [default_on(day("2026-05-14")), default_on(day("2026-05-15"))],
            [None, Some("notebook-al2023-v1")]
        );
    }
}
