//! The words for checks of a target.

use crate::network::{Check, CheckVerdict};
use crate::text::for_terminal;

/// What a reader might take the checks of a target for.
pub fn not_checked(checks: &[Check]) -> &'static str {
    // Plans before format 3.
    if checks.iter().all(|check| check.name.need().is_none()) {
        return "not checked: routes, NAT, endpoints and group rules, so whether it reaches anything";
    }
    "decided from configuration, for HTTPS over IPv4: no packet was sent. Not checked: policies of endpoints, \
     firewalls, proxies, DNS of your own"
}

/// A check of a target: its name, its verdict, and what it was reached on.
pub fn check(check: &Check) -> String {
    let Check { name, verdict: _, evidence, required: _ } = check;
    for_terminal(&format!("{} {}: {evidence}", name.as_str(), check_result(check)))
}

/// The verdict of a check, and whether the policy requires it where it is the policy's to say.
pub fn check_result(check: &Check) -> String {
    let verdict = check_verdict(check.verdict);
    match (check.name.need(), check.required) {
        (None, _) => verdict.to_owned(),
        (Some(_), true) => format!("{verdict} (required)"),
        (Some(_), false) => format!("{verdict} (not required)"),
    }
}

/// The verdict of a check.
pub fn check_verdict(verdict: CheckVerdict) -> &'static str {
    match verdict {
        CheckVerdict::Yes => "passed",
        CheckVerdict::No => "failed",
        CheckVerdict::Unknown => "unknown",
    }
}
