//! The laws, and what it says when one is broken.

use std::fmt;

use crate::ids::ItemId;

/// What must hold at every moment of every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Law {
    /// A mutating call has an intent of its own on disk.
    IntentFirst,
    /// A result is on disk before the item goes on, and is the one that AWS gave.
    ResultKept,
    /// Only what was verified, and is as requested to the last tag, lets a source be deleted.
    VerifiedFirst,
    /// A replacement is deleted only once its source is there, as it was.
    SourceFirst,
    /// Nothing outside the plan is touched or even asked for.
    OnlyThePlan,
    /// A source is never deleted that anybody has changed since the run's own last call to it, or may have.
    Untouched,
    /// What is no longer as it was reviewed is left alone.
    DriftRefused,
    /// A call is sent because of what was seen, never blindly once more.
    NotBlindly,
    /// There is one replacement, created once.
    NotTwice,
    /// No source is stopped whose files are to be moved, unless their export is proven at that moment, and none of these is
    /// deleted by a cleanup unless their import is.
    DataFirst,
    /// Whenever an item has ended, its source has its own configuration, and none of the run is left.
    ConfigBack,
    /// Nothing vanishes that the plan does not say.
    NothingLost,
    /// Nothing is stopped that cannot come back, unless what replaces it stands and the policy consents.
    WayBack,
    /// What was running ends with something running; what was stopped ends stopped.
    GivenBack,
    /// An item is done only when it is.
    DoneMeansDone,
    /// Nothing is refused or fails for no reason.
    NotWithoutCause,
    /// The journal is one, whatever happened to its writers.
    JournalHolds,
    /// Every item has an outcome, or the run says that it can go on.
    Accounted,
    /// The exit code says what the outcomes say.
    ExitCode,
    /// A run whose troubles are over comes to its end.
    ComesToAnEnd,
    /// A run that was cut off leads to what it leads to uncut.
    SameInTheEnd,
}

/// A law that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach {
    pub(super) law: Law,
    pub(super) item: Option<ItemId>,
    /// The line of the journal and the call of the sandbox's log that came last.
    pub(super) after: (u64, usize),
    pub(super) what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Breach { law, item, after: (lines, calls), what } = self;
        write!(f, "{law:?}")?;
        if let Some(item) = item {
            write!(f, ", {item}")?;
        }
        write!(f, ", after {lines} lines and {calls} calls: {what}")
    }
}

/// Laws that were broken, each with how.
pub(super) type Broken = Vec<(Law, String)>;

/// Notes a breach unless it holds.
pub(super) fn hold(broken: &mut Broken, law: Law, holds: bool, what: impl FnOnce() -> String) {
    if !holds {
        broken.push((law, what()));
    }
}
