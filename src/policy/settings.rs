//! Pure: `[defaults]`, and the same keys in `[[target]]`: how a replacement is made.

use std::collections::BTreeSet;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{
    Complaint, Form, Spelling, Worded as _, choice, choice_or_later, flag, keys, one_of, parsed_by, quoted,
};
use crate::network::Need;

use super::forms::tag_keys;
use super::{NameTemplate, Pattern, Platform, platform};

keys! {
    /// How a replacement is made.
    #[derive(PartialEq, Eq)]
    pub struct Settings {
        /// How the replacement relates to the source.
        pub strategy: Strategy = choice_or_later(&["same-name"]).or("side-by-side");
        /// The replacement's name. A long source name is cut.
        pub replacement_name: NameTemplate = name_template().or(NameTemplate::DEFAULT);
        /// Whether the source is deleted.
        pub delete_source: DeleteSource = choice().or("never");
        /// What to do with a replacement that failed, or is not as requested. The source is restored in both cases.
        pub on_failure: OnFailure = choice().or("restore");
        /// What happens to the data on the source's volume.
        pub data: Data = choice_or_later(&["discard"]).or("none");
        /// The replacement's platform: `keep` the source's while AWS creates it, then the one that AWS upgrades it
        /// to. Or one platform for all; or a table from platform to platform, which keeps what it does not name.
        pub platform: Platform = platform::form().or("keep");
        /// The KMS key of the replacement's volume: id, ARN or alias; `keep` keeps the source's. Plans contain the
        /// ARN of a key that is named by an alias.
        pub kms_key: Option<String> = kms_key().or("keep");
        /// Whether a running source is stopped before or after its replacement is created.
        pub order: Order = choice().or("auto");
        /// Whether to stop running instances that AWS may never start again: AWS no longer starts their platform
        /// (`notebook-al1-v1`, `notebook-al2-v1`, `notebook-al2-v2`, `notebook-al2-v3`), or the key of their own
        /// volume cannot be used. Without this they are left running beside their replacements.
        pub allow_one_way: bool = flag().or(false);
        /// The platform that a source is upgraded to in place if it must be started and AWS no longer starts its own; there
        /// is no way back from that. With `never` such a source is not started, and not repaired in place.
        pub upgrade_source: Option<String> = platform::or_never().or("never");
        /// What to do with instances that CloudFormation, Terraform and others manage.
        pub managed: Managed = choice().or("withhold");
        /// Root access on the replacement.
        pub root_access: RootAccess = choice().or("keep");
        /// The lowest version of the metadata service that the replacement accepts.
        pub imds: Imds = choice().or("2");
        /// Tags that the replacement does not get, by patterns for their keys: those that would make automation stop or
        /// delete it.
        pub drop_tags: Vec<Pattern> = tag_keys().or([]).example(["maid_*"]);
        /// What instances must reach from the target's subnets. If they certainly do not, they are withheld; what is
        /// not required, plans only report.
        pub require: BTreeSet<Need> = needs().or([]).example(["s3", "sagemaker-api"]);
        /// What to do if it is unknown whether a target reaches what is required.
        pub unknown: OnUnknown = choice().or("warn");
    }
}

/// How a replacement relates to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Strategy {
    /// It exists beside the source, under its own name.
    SideBySide,
}

/// What comes first: the stop of a running source, or its replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Order {
    /// `create-first` for a source that may never start again, or whose instance type may be offered no longer, else `stop-first`.
    Auto,
    /// The source is stopped, then its replacement is created. If that fails, the source is started again.
    StopFirst,
    /// The replacement is created and verified while the source runs. Both run at once for a while.
    CreateFirst,
}

/// Whether a source is deleted in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum DeleteSource {
    /// It is kept.
    Never,
    /// As soon as its replacement has been verified.
    AfterVerify,
    /// Later, by `remediate cleanup`, when its replacement is verified again.
    Cleanup,
}

/// What to do with a replacement that failed, or is not as requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum OnFailure {
    /// Delete it, so that everything is as it was.
    Restore,
    /// Keep it, for inspection.
    Leave,
}

/// What happens to the data on a source's volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Data {
    /// It is not copied.
    None,
    /// It is moved through a bucket of S3, as `[transfer]` says.
    S3,
}

/// What to do with instances that something else manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Managed {
    /// Withhold them.
    Withhold,
    /// Replace them, with a warning.
    Allow,
}

/// Root access on a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum RootAccess {
    /// As on the source.
    Keep,
    /// No root access.
    #[strum(serialize = "Disabled")]
    Disabled,
}

/// The lowest metadata-service version on a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Imds {
    /// Version 2 only.
    #[strum(serialize = "2")]
    V2,
    /// As on the source.
    Keep,
}

/// What follows where it cannot be decided whether a target meets a need that it requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum OnUnknown {
    /// The plan warns about it.
    Warn,
    /// The instances are withheld.
    Withhold,
}

fn name_template() -> Form<NameTemplate> {
    let pattern = r"^(?!\{name\}$)([A-Za-z0-9][A-Za-z0-9-]{0,39})?\{name\}([A-Za-z0-9-]{0,39}[A-Za-z0-9])?$";
    parsed_by(Spelling::like("a name with `{name}` in it", pattern), |text| {
        let default = format!("the default is \"{}\"", NameTemplate::DEFAULT);
        text.parse().map_err(|error| Complaint::new(error).help(Some(default)))
    })
}

/// `"keep"` is `None`. The form of a key: botocore 1.44.5, `KmsKeyId`.
fn kms_key() -> Form<Option<String>> {
    let spelling = Spelling::like("a KMS key", "^[A-Za-z0-9:/_-]+$").characters(1, 2048);
    parsed_by(spelling, |text| {
        let fits = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
        match text {
            "keep" => Ok(None),
            _ if (1..=2048).contains(&text.len()) && text.chars().all(fits) => Ok(Some(text.to_owned())),
            _ => Err(Complaint::new(format!("{} is not a KMS key", quoted(text))).help(Some(
                "a key id, its ARN, or an alias such as alias/notebooks; \"keep\" keeps the source's"
                    .to_owned(),
            ))),
        }
    })
}

/// An empty list is a choice, too.
fn needs() -> Form<BTreeSet<Need>> {
    one_of("need", Need::words()).list(0..=Need::ALL.len()).map(|needs| needs.into_iter().collect())
}
