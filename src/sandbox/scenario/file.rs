//! Pure: the top of a scenario's file.

use crate::diagnostic::{Complaint, Place, Problem, among, flag, format, integer, keys, section, table};
use crate::diagnostic::{tables, tables_checked};
use crate::sandbox::chance::Seed;
use crate::sandbox::latency::Latencies;

use super::account::{Account, Held, Iam, Organization};
use super::bucket::Bucket;
use super::fault::{self, Fault};
use super::forms::either;
use super::network::Network;
use super::notebook::{Notebook, Notebooks};
use super::refer::{Key, Lifecycle, check_scripts, check_state};

/// The newest format of scenarios that this version reads.
const FORMAT: i64 = 1;

keys! {
    /// What there is in an AWS at the beginning, and what goes wrong. What is not said is drawn from the seed.
    pub(super) struct File {
        /// The format of this file.
        pub(super) format: () = format(FORMAT).required_with("put `format = 1` on the first line");
        /// What everything random depends on: `--seed` overrides it.
        pub(super) seed: Seed = integer(0..=i64::MAX).map(|seed| Seed(seed.unsigned_abs())).or(0);
        /// Whether each region has the VPC that AWS itself makes, with public subnets only.
        pub(super) default_vpc: bool = flag().or(true);
        /// The accounts.
        pub(super) account: Vec<Account> = tables().checked(|accounts| match accounts.is_empty() {
            true => Err(Complaint::new("`account` is empty")),
            false => Ok(()),
        })
        .required_with("add an [[account]] with `id = \"123456789012\"` and `regions = [\"us-east-1\"]`");
        /// The organization that all the accounts are in. There is none where it is not given.
        pub(super) organization: Option<Organization> = table(&[]).optional();
        /// What callers may do.
        pub(super) iam: Vec<Iam> = tables();
        /// Policies of IAM, as GetAccountAuthorizationDetails tells them. Nothing is judged by them: what callers may do, `[[iam]]`
        /// says.
        pub(super) held_policy: Vec<Held> = tables();
        /// The VPCs.
        pub(super) network: Vec<Network> = tables();
        /// The KMS keys.
        pub(super) kms_key: Vec<Key> = tables_checked(check_state);
        /// The buckets of S3.
        pub(super) bucket: Vec<Bucket> = tables();
        /// The lifecycle configurations.
        pub(super) lifecycle_config: Vec<Lifecycle> = tables_checked(check_scripts);
        /// Single instances, by the members of DescribeNotebookInstance.
        pub(super) notebook: Vec<Notebook> = tables();
        /// Many instances by one description.
        pub(super) notebooks: Vec<Notebooks> = tables();
        /// What goes wrong.
        pub(super) fault: Vec<Fault> = tables_checked(fault::check);
        ..
        /// How AWS goes about things.
        pub(super) conduct: Conduct;
    }
}

keys! {
    /// How AWS goes about things: some of it nobody outside AWS knows for certain.
    pub(super) struct Conduct {
        /// Whether too many calls at once are refused, as by AWS.
        pub(super) throttled as "throttle": bool = either("off", "aws").or("aws");
        /// Whether a stopped instance in a VPC keeps its address there.
        pub(super) keeps_address as "stopped_keeps_address": bool = flag().or(true);
        /// What becomes of the start of a platform that has come to its end.
        pub(super) ended_starts_fail as "ended_platform_start": bool = among(&[
            ("refused", false, "It is refused."),
            ("fails", true, "It is accepted, and fails later."),
        ])
        .or("refused");
        /// How a description names a key.
        pub(super) keys_as_given as "described_key": bool = among(&[
            ("arn", false, "By its ARN."),
            ("as-given", true, "As it was given."),
        ])
        .or("arn");
        /// How a description names what is no key.
        pub(super) other_forms as "described_members": bool = among(&[
            ("as-given", false, "As it was given."),
            (
                "other-form",
                true,
                "Lifecycle configurations and code repositories by their ARNs in lower case, lists in another order, and \
                 nothing where a member has its documented default.",
            ),
        ])
        .or("as-given");
        /// How long changes take.
        pub(super) latency: Latencies = section();
    }
}

/// What is said of a file without anything in it.
pub(super) fn empty() -> Problem {
    Problem::at(Place::START, "the scenario is empty")
        .help("it has at least `format = 1` and an [[account]]; see examples/fleet.toml")
        .conclusion()
}
