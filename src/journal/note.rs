//! What is to be known of an item that is done or rolled back: as data with stable codes. How each is said is `report`'s.

use serde::{Deserialize, Serialize};

use crate::inventory::Status;
use crate::journal::Reason;

/// What is to be known of an item that is done or rolled back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames)]
#[serde(tag = "code", rename_all = "kebab-case", deny_unknown_fields)]
#[strum(serialize_all = "kebab-case")]
pub enum Note {
    /// In the words of a journal before format 5.
    Told {
        /// The words.
        text: String,
    },
    /// The source was kept, although the plan deletes it.
    SourceKept {
        /// Why.
        why: Reason,
    },
    /// Members could not be compared, because AWS does not report them of both instances.
    NotCompared {
        /// The members.
        members: Vec<String>,
        /// Whether the source was kept for that.
        source_kept: bool,
    },
    /// Somebody else has deleted the source.
    SourceDeletedByOthers,
    /// Somebody else has deleted the source, which the plan keeps.
    SourceDeletedInRun,
    /// Somebody has started the source during the run.
    SourceStartedInRun {
        /// Its status.
        status: Status,
    },
    /// The source ran when the plan was made, and was stopped when the run came to it: so is its replacement.
    SourceStoppedSincePlan,
    /// The source runs beside its replacement: stopped, it may never run again, and the policy does not accept that.
    SourceLeftRunning,
    /// Somebody has started the source since the run.
    SourceStarted,
    /// Somebody has stopped the source: that is not undone.
    SourceStoppedByOthers,
    /// The platform that a repair gave the source, which is not undone: AWS takes the one before not back.
    PlatformStays {
        /// The platform.
        platform: String,
    },
    /// The files of the source are on the replacement, as two equal manifests prove. Since format 6.
    FilesMoved {
        /// Bytes of files.
        bytes: u64,
        /// Entries.
        entries: u64,
    },
    /// Something that is no failure where it happened.
    Because {
        /// What.
        why: Reason,
    },
}

impl Note {
    /// Every code.
    pub const CODES: &[&str] = <Note as strum::VariantNames>::VARIANTS;

    /// Its stable name.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// Whether AWS denied something for want of permissions.
    pub fn is_denial(&self) -> bool {
        match self {
            Note::SourceKept { why } | Note::Because { why } => why.is_denial(),
            Note::Told { .. }
            | Note::NotCompared { .. }
            | Note::FilesMoved { .. }
            | Note::SourceDeletedByOthers
            | Note::SourceDeletedInRun
            | Note::SourceStartedInRun { .. }
            | Note::SourceStarted
            | Note::SourceLeftRunning
            | Note::SourceStoppedSincePlan
            | Note::SourceStoppedByOthers
            | Note::PlatformStays { .. } => false,
        }
    }
}
