//! What a story says of files that were moved by hand.

use jiff::{SignedDuration, Timestamp};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::execute::{Dependency, MoveStanding, Standing};
use crate::ids::Region;

/// What was moved of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moves {
    pub(super) export: Export,
    /// Whether the import is proven.
    pub(super) imported: bool,
}

/// What the bucket tells of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Export {
    Proven,
    /// It is proven, and older than the plan lets it be.
    Old,
    Not,
    /// AWS does not let the caller read it, and the import neither.
    Unreadable,
}

impl Moves {
    /// Everything.
    pub(super) const ALL: Moves = Moves { export: Export::Proven, imported: true };

    /// Nothing.
    pub(super) const NONE: Moves = Moves { export: Export::Not, imported: false };

    pub(super) fn is_exported(self) -> bool {
        self.export == Export::Proven
    }

    pub(super) fn is_imported(self) -> bool {
        self.imported && self.export != Export::Unreadable
    }

    pub(super) fn word(self) -> &'static str {
        match self.export {
            Export::Proven => "proven",
            Export::Old => "too old",
            Export::Not => "not there",
            Export::Unreadable => "unreadable",
        }
    }

    /// What is told of it at that moment.
    pub(super) fn told(
        self,
        dependency: &Dependency,
        region: &Region,
        now: Timestamp,
    ) -> Result<Standing, ApiError> {
        let ago = |time: SignedDuration| Ok(Standing::Moved(MoveStanding::Proven { at: Some(now - time) }));
        let not = || Ok(Standing::Moved(MoveStanding::NotProven { found: "there is none".to_owned() }));
        match (self.export, dependency) {
            (Export::Unreadable, _) => Err(denied(region)),
            (_, Dependency::Import(_)) if self.imported => ago(SignedDuration::ZERO),
            (_, Dependency::Import(_)) | (Export::Not, _) => not(),
            (Export::Old, _) => ago(SignedDuration::from_hours(25)),
            (Export::Proven, _) => ago(SignedDuration::from_mins(1)),
        }
    }
}

fn denied(region: &Region) -> ApiError {
    ApiError {
        operation: "ListObjectsV2".to_owned(),
        region: region.clone(),
        kind: ApiErrorKind::AccessDenied,
        effect: ApiErrorKind::AccessDenied.effect(),
        code: Some("AccessDenied".to_owned()),
        message: "Access Denied".to_owned(),
        request_id: None,
    }
}
