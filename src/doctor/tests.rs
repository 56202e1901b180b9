//! How an examination ends, and what the clocks may differ by.

use jiff::{SignedDuration, Timestamp};

use super::connection::clock;
use super::{CheckState, DoctorCheck, DoctorReport};
use crate::access::Actor;
use crate::exit::ExitStatus;

#[test]
fn what_is_missing_and_needed_counts_before_what_is_unknown() {
    let exit = |checks: Vec<DoctorCheck>| DoctorReport::new(None, Vec::new(), checks).exit();
    let of = |state, needed| DoctorCheck::permission("a:B", &[Actor::Reader], (state, needed));
    assert_eq!(exit(vec![of(CheckState::Ok, true), of(CheckState::NotProbed, true)]), ExitStatus::Done);
    for state in [CheckState::Unknown, CheckState::Warning] {
        assert_eq!(exit(vec![of(CheckState::Ok, true), of(state, true)]), ExitStatus::Partial);
    }
    assert_eq!(exit(vec![of(CheckState::Missing, false)]), ExitStatus::Partial);
    assert_eq!(exit(vec![of(CheckState::Unknown, true), of(CheckState::Missing, true)]), ExitStatus::Access);
}

#[test]
fn the_clock_may_be_a_minute_off_and_must_not_be_five() {
    let server: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    for (seconds, state) in [
        (0, CheckState::Ok),
        (59, CheckState::Ok),
        (-59, CheckState::Ok),
        (60, CheckState::Warning),
        (-299, CheckState::Warning),
        (300, CheckState::Missing),
        (-4000, CheckState::Missing),
    ] {
        let ours = server + SignedDuration::from_secs(seconds);
        let check = clock(Some((server, ours)));
        assert_eq!(check.state, state, "{seconds} s");
        assert_eq!(check.advice.is_some(), state != CheckState::Ok);
    }
    let ahead = clock(Some((server, server + SignedDuration::from_secs(185))));
    assert_eq!(ahead.detail, "3 min 5 s ahead of the server's; AWS refuses signatures from 5 min on");
    assert_eq!(clock(None).state, CheckState::Unknown);
}
