//! Pure: the kinds of hazards: one table of their names, of who decides what each leads to, and of what each says. When
//! there is one, `plan/hazards` finds out.

use serde::{Deserialize, Serialize};

/// Whether `[hazards]` of the policy decides what a hazard leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It does: a warning, where it says nothing.
    Here,
    /// Another key of the policy withholds the instance; where that is set otherwise, it is warned of.
    Elsewhere,
    /// No: no replacement survives it, or no plan may hold it. The instance is withheld.
    Never,
}

macro_rules! hazard_kinds {
    ($($(#[doc = $meaning:literal])+ $kind:ident = $name:literal: $decided:ident, $says:literal;)+) => {
        /// The kinds of hazards, in the order they are looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum HazardKind {
            $($(#[doc = $meaning])+ #[serde(rename = $name)] $kind,)+
        }

        impl HazardKind {
            /// Every kind.
            pub const ALL: &[HazardKind] = &[$(HazardKind::$kind),+];

            /// Its name in plans, reports and policies.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(HazardKind::$kind => $name,)+
                }
            }

            /// What it is, in one line.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(HazardKind::$kind => concat!($($meaning),+).trim_ascii(),)+
                }
            }

            /// What it means and what to do about it, with `{}` where the evidence stands.
            pub fn says(self) -> &'static str {
                match self {
                    $(HazardKind::$kind => $says,)+
                }
            }

            /// Who decides what it leads to.
            pub fn decided(self) -> Decided {
                match self {
                    $(HazardKind::$kind => Decided::$decided,)+
                }
            }
        }
    };
}

hazard_kinds! {
    /// Its platform may not start again once it is stopped.
    OneWayPlatform = "one-way-platform": Elsewhere,
        "AWS no longer starts its platform {}: once stopped, it may never run again, and without `allow_one_way` it is \
         not stopped. Save its data while it runs.";
    /// AWS no longer creates instances of the platform that the replacement would have.
    PlatformNotCreatable = "platform-not-creatable": Never,
        "AWS no longer creates instances with the platform {}, and upgrades it to no other. Set `platform` in the \
         policy to a supported one, for all or for this one: platform = { {} = \"notebook-al2023-v1\" }.";
    /// The replacement's platform is one that SageMaker.8 fails.
    PlatformUnsupported = "platform-unsupported": Here,
        "the platform {} is kept: SageMaker.8 goes on failing, and AWS may no longer create it. Set `platform` in \
         the policy to a supported one.";
    /// The platform changes: what is installed on the source may not run on the replacement.
    PlatformChanges = "platform-changes": Here,
        "the platform changes ({}): kernels, libraries and scripts that fit the one may fail on the other.";
    /// The replacement's platform does not run on its instance type.
    TypeNotOnPlatform = "type-not-on-platform": Never,
        "the platform {}, so that the replacement would be refused. Change its instance type, or set another \
         `platform` in the policy, then plan again.";
    /// Its instance type is of a generation that AWS retires.
    TypeRetired = "type-retired": Here,
        "the instance type {} is of a generation that AWS retires: it may not be had any more.";
    /// EC2 does not list its instance type in the zone of its subnet.
    TypeNotInZone = "type-not-in-zone": Here,
        "{}: SageMaker may have no such instances there either, and the replacement would fail. That is a hint: SageMaker \
         tells its zones to nobody.";
    /// Its instance type has local storage, which AWS's documentation says takes no KMS key.
    LocalStorageWithKey = "local-storage-with-key": Here,
        "it has {}: by AWS's documentation a type with local storage takes no KMS key, so that the create may be \
         refused.";
    /// The KMS key of the replacement's volume cannot be used: it is disabled, about to be deleted, or gone.
    KeyUnusable = "key-unusable": Never,
        "the KMS key of its volume cannot be used ({}): neither it nor a replacement would start. Enable the key, or \
         cancel its deletion, then plan again.";
    /// The KMS key of the replacement's volume is named by an alias, and which key that is could not be read.
    KeyUnresolved = "key-unresolved": Never,
        "which KMS key an alias stands for could not be read ({}), so that the replacement could not be compared \
         with what was reviewed. Allow kms:DescribeKey, or name the key by its ARN in the policy, then plan again.";
    /// The state of the KMS key of a volume could not be read.
    KeyUnknown = "key-unknown": Here,
        "the state of a KMS key could not be read ({}): with a disabled key neither a replacement can be made nor \
         the source be started again.";
    /// The KMS key of the source's own volume cannot be used, so that the source may never start again.
    SourceKeyUnusable = "source-key-unusable": Elsewhere,
        "the KMS key of the source's own volume cannot be used ({}): once stopped, it may never run again, and without \
         `allow_one_way` it is not stopped.";
    /// Its execution role does not exist any more, or does not let SageMaker assume it.
    RoleUnusable = "role-unusable": Never,
        "its execution role cannot be used ({}): no replacement could be made with it, and the source would not start \
         again. Restore the role, or let sagemaker.amazonaws.com assume it, then plan again.";
    /// Whether SageMaker can assume its execution role could not be read.
    RoleUnknown = "role-unknown": Here,
        "its execution role could not be read ({}): with one that is gone, neither a replacement can be made nor the \
         source be started again. Allow iam:GetRole to find out.";
    /// It has IPv6 addresses, and its subnet leads to an internet gateway by them.
    Ipv6ToInternet = "ipv6-to-internet": Here,
        "it has IPv6 addresses (`dualstack`), and they may lead to the internet and back ({}): past every NAT gateway, and \
         whatever DirectInternetAccess says. Let an egress-only internet gateway take its place, or choose another subnet.";
    /// Its lifecycle scripts need the internet, or services of AWS that its target may not reach.
    ScriptNeedsInternet = "script-needs-internet": Here,
        "its lifecycle scripts need the internet or services of AWS, and one that hangs for 5 minutes fails the \
         replacement: {}.";
    /// Its lifecycle scripts use files of the volume, and the replacement's volume is empty.
    ScriptUsesVolume = "script-uses-volume": Here,
        "its lifecycle scripts use files of its volume, the replacement's volume is empty, and a script that fails, fails \
         the replacement: {}. Let them look first whether the files are there.";
    /// Its lifecycle scripts call `yum`, which its new platform does not have.
    ScriptUsesYum = "script-uses-yum": Here,
        "its lifecycle scripts call what its new platform does not have (`dnf` takes the place of `yum` there), and \
         one that fails, fails the replacement: {}.";
    /// Its lifecycle scripts stop it when nobody uses it.
    ScriptStopsInstance = "script-stops-instance": Here,
        "a lifecycle script stops the instance when it is idle: {}.";
    /// Its lifecycle configuration does not exist any more.
    ScriptMissing = "script-missing": Never,
        "its lifecycle configuration {} does not exist any more, and the create would be refused. Take it off the \
         source, then plan again.";
    /// Its lifecycle scripts could not be read.
    ScriptUnknown = "script-unknown": Here,
        "its lifecycle scripts could not be read ({}): one that needs the internet fails the replacement.";
    /// Its code repositories are cloned again, and need a way to their host.
    CodeRepository = "code-repository": Here,
        "code repositories are cloned again, and need a way to their host: {}.";
    /// The URL of a code repository holds a password or token, which a plan must not.
    RepositoryCredentials = "repository-credentials": Never,
        "the URL of a code repository holds a password or token ({}), which would stand in the plan. Make it a code \
         repository of SageMaker with a secret, name that on the source, then plan again.";
    /// Its name is so long that the replacement's name cuts it.
    LongName = "long-name": Here,
        "its name is long: the replacement's is cut, to {}.";
    /// Another service knows it by the start of its name.
    NamePrefix = "name-prefix": Here,
        "by the start of its name it belongs to {}, which knows its instances by that.";
    /// Something else manages it, and will not know its replacement.
    Managed = "managed": Elsewhere,
        "it is managed by {}, which will not know its replacement.";
    /// Its tag asks that it be left alone, and the policy does not let tags exempt.
    ExemptTagIgnored = "exempt-tag-ignored": Here,
        "its tag {} asks that it be left alone, and the policy does not let tags exempt. Set `exempt_by_tag` in [plan] \
         to heed such tags, or exempt it in the policy with [[exempt]].";
    /// AWS no longer takes accelerators: the replacement has none.
    AcceleratorsDropped = "accelerators-dropped": Here,
        "its accelerators ({}) are dropped: AWS no longer takes them.";
}

impl HazardKind {
    /// Those that `[hazards]` can say something about.
    pub fn of_policy() -> impl Iterator<Item = HazardKind> {
        HazardKind::ALL.iter().copied().filter(|kind| kind.decided() == Decided::Here)
    }
}
