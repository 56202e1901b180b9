//! The kinds of hazards: one table of their names and of who decides what each leads to. When there is one, and how it is worded,
//! others say.

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
    ($($(#[$meaning:meta])+ $kind:ident = $name:literal: $decided:ident;)+) => {
        /// The kinds of hazards, in the order they are looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum HazardKind {
            $($(#[$meaning])+ #[serde(rename = $name)] $kind,)+
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
    OneWayPlatform = "one-way-platform": Elsewhere;
    /// AWS no longer creates instances of the platform that the replacement would have.
    PlatformNotCreatable = "platform-not-creatable": Never;
    /// The replacement's platform does not run on its instance type.
    TypeNotOnPlatform = "type-not-on-platform": Never;
    /// The replacement's platform is one that SageMaker.8 fails.
    PlatformUnsupported = "platform-unsupported": Here;
    /// The platform changes: what is installed on the source may not run on the replacement.
    PlatformChanges = "platform-changes": Here;
    /// Its instance type is of a generation that AWS retires.
    TypeRetired = "type-retired": Here;
    /// Its instance type has local storage, which AWS's documentation says takes no KMS key.
    LocalStorageWithKey = "local-storage-with-key": Here;
    /// The KMS key of the replacement's volume cannot be used: it is disabled, about to be deleted, or gone.
    KeyUnusable = "key-unusable": Never;
    /// The KMS key of the replacement's volume is named by an alias, and which key that is could not be read.
    KeyUnresolved = "key-unresolved": Never;
    /// The KMS key of the source's own volume cannot be used, so that the source may never start again.
    SourceKeyUnusable = "source-key-unusable": Elsewhere;
    /// The state of the KMS key of a volume could not be read.
    KeyUnknown = "key-unknown": Here;
    /// Its lifecycle scripts have lines that need the internet.
    ScriptNeedsInternet = "script-needs-internet": Here;
    /// Its lifecycle scripts call `yum`, which its new platform does not have.
    ScriptUsesYum = "script-uses-yum": Here;
    /// Its lifecycle scripts stop it when nobody uses it.
    ScriptStopsInstance = "script-stops-instance": Here;
    /// Its lifecycle configuration does not exist any more.
    ScriptMissing = "script-missing": Never;
    /// Its lifecycle scripts could not be read.
    ScriptUnknown = "script-unknown": Here;
    /// Its code repositories are cloned again, and need a way to their host.
    CodeRepository = "code-repository": Here;
    /// The URL of a code repository holds a password or token, which a plan must not.
    RepositoryCredentials = "repository-credentials": Never;
    /// Its name is so long that the replacement's name cuts it.
    LongName = "long-name": Here;
    /// Another service knows it by the start of its name.
    NamePrefix = "name-prefix": Here;
    /// Something else manages it, and will not know its replacement.
    Managed = "managed": Elsewhere;
    /// AWS no longer takes accelerators: the replacement has none.
    AcceleratorsDropped = "accelerators-dropped": Here;
}

impl HazardKind {
    /// Those that `[hazards]` can say something about.
    pub fn of_policy() -> impl Iterator<Item = HazardKind> {
        HazardKind::ALL.iter().copied().filter(|kind| kind.decided() == Decided::Here)
    }
}
