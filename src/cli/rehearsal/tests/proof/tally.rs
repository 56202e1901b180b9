//! What was seen, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use crate::journal::{Outcome, RunEnd};
use crate::sandbox::LoggedCall;

/// Counts by what was counted: a group, and a kind in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(BTreeMap<(&'static str, String), u64>);

impl Tally {
    pub(super) fn add(&mut self, group: &'static str, kind: impl Into<String>) {
        *self.0.entry((group, kind.into())).or_insert(0) += 1;
    }

    pub(super) fn call(&mut self, call: &LoggedCall) {
        if call.by == "outsider" {
            return self.add("outsiders", call.operation.clone());
        }
        self.add("runs", "calls");
        if let Some(fault) = &call.fault {
            self.add("faults", fault.clone());
        }
    }

    pub(super) fn line(&mut self) {
        self.add("runs", "journal lines");
    }

    pub(super) fn outcome(&mut self, outcome: &Outcome) {
        let kind = match outcome {
            Outcome::Done { source_deleted: true, .. } => "done, source deleted",
            Outcome::Done { source_deleted: false, .. } => "done",
            Outcome::AlreadyDone { .. } => "already done",
            Outcome::Repaired { .. } => "repaired",
            Outcome::RolledBack { .. } => "rolled back",
            Outcome::Refused { .. } => "refused",
            Outcome::Failed { .. } => "failed",
        };
        self.add("outcomes", kind);
    }

    pub(super) fn end(&mut self, end: &RunEnd) {
        let kind = match end {
            RunEnd::Completed => "completed",
            RunEnd::Interrupted => "interrupted",
            RunEnd::Halted { .. } => "halted",
            RunEnd::NoRoom { .. } => "no room",
            RunEnd::Unfinished => "unfinished",
            RunEnd::PlanExpired => "plan expired",
            RunEnd::CredentialsLost { .. } => "credentials lost",
            RunEnd::JournalLost { .. } => "journal lost",
        };
        self.add("ends", kind);
    }

    pub(super) fn merge(&mut self, other: Tally) {
        for (key, count) in other.0 {
            *self.0.entry(key).or_insert(0) += count;
        }
    }

    /// The kinds of a group that there were.
    pub(super) fn kinds(&self, group: &str) -> Vec<&str> {
        self.0.keys().filter(|(one, _)| *one == group).map(|(_, kind)| kind.as_str()).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for ((group, kind), count) in &self.0 {
            groups.entry(group).or_default().push(format!("{count} {kind}"));
        }
        for (group, counts) in groups {
            writeln!(f, "  {group}: {}", counts.join(", "))?;
        }
        Ok(())
    }
}
