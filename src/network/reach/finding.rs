//! Pure: a verdict with what it was reached on, and how findings are put together.

use crate::api_error::ApiError;
use crate::network::{Check, CheckName, CheckVerdict};

/// One verdict and what it was reached on: fragments of a sentence, with ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) verdict: CheckVerdict,
    pub(super) evidence: Vec<String>,
}

impl Finding {
    pub(super) fn yes(evidence: impl Into<String>) -> Finding {
        Finding { verdict: CheckVerdict::Yes, evidence: vec![evidence.into()] }
    }

    /// A yes that goes without saying.
    pub(super) fn silent() -> Finding {
        Finding { verdict: CheckVerdict::Yes, evidence: Vec::new() }
    }

    pub(super) fn no(evidence: impl Into<String>) -> Finding {
        Finding { verdict: CheckVerdict::No, evidence: vec![evidence.into()] }
    }

    pub(super) fn unknown(evidence: impl Into<String>) -> Finding {
        Finding { verdict: CheckVerdict::Unknown, evidence: vec![evidence.into()] }
    }

    /// What rests on an answer that did not come.
    pub(super) fn unread(what: &str, error: &ApiError) -> Finding {
        Finding::unknown(format!("{what} could not be read: {error}"))
    }

    /// All of them must hold: one that does not decides, then one that is not known. Only what decides is told.
    pub(super) fn all(findings: impl IntoIterator<Item = Finding>) -> Finding {
        let findings: Vec<Finding> = findings.into_iter().collect();
        let has = |verdict| findings.iter().any(|one| one.verdict == verdict);
        let verdict = if has(CheckVerdict::No) {
            CheckVerdict::No
        } else if has(CheckVerdict::Unknown) {
            CheckVerdict::Unknown
        } else {
            CheckVerdict::Yes
        };
        Finding::told(verdict, findings)
    }

    /// One of them is enough: then it alone is told, and otherwise why none is.
    pub(super) fn any(findings: impl IntoIterator<Item = Finding>) -> Finding {
        let findings: Vec<Finding> = findings.into_iter().collect();
        if let Some(good) = findings.iter().find(|one| one.verdict == CheckVerdict::Yes) {
            return good.clone();
        }
        let unknown = findings.iter().any(|one| one.verdict == CheckVerdict::Unknown);
        Finding::told(if unknown { CheckVerdict::Unknown } else { CheckVerdict::No }, findings)
    }

    /// What it says of a check.
    pub(super) fn of(self, name: CheckName, required: bool) -> Check {
        Check { name, verdict: self.verdict, evidence: self.evidence.join("; "), required }
    }

    fn told(verdict: CheckVerdict, findings: Vec<Finding>) -> Finding {
        let mut evidence: Vec<String> = Vec::new();
        for one in findings.into_iter().filter(|one| one.verdict == verdict) {
            for part in one.evidence {
                if !evidence.contains(&part) {
                    evidence.push(part);
                }
            }
        }
        Finding { verdict, evidence }
    }
}
