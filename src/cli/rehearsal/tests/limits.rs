//! What bounds a run as a whole: the first wave.

use crate::cli::rehearsal::tests::{POLICY, SCENARIO, play_by};
use crate::journal::RunEnd;

#[test]
fn the_first_wave_is_one_of_the_whole_run_and_not_of_each_region() {
    let played = play_by((&POLICY.replace("canary = 0", "canary = 1"), SCENARIO), 3, Vec::new());
    assert_eq!((played.done(), &played.report.end), (10, &RunEnd::Completed));
    let changes = |name: &str| name.starts_with("Create") || name.starts_with("Stop");
    let calls: Vec<_> = played.calls.iter().filter(|call| changes(&call.operation)).collect();
    // Each item takes two: of the first one both come before any of another.
    let first = played.report.items[0].id.name.as_str();
    let of_first = |name: &Option<String>| name.as_ref().is_some_and(|name| name.starts_with(first));
    assert!(calls[..2].iter().all(|call| of_first(&call.resource)), "{:?}", &calls[..3]);
    assert!(!of_first(&calls[2].resource));
    let wave_ended = calls[1].at;
    let waited = std::time::Duration::try_from(calls[2].at.duration_since(wave_ended)).unwrap();
    assert!(
        waited > std::time::Duration::from_secs(40),
        "the second began {waited:?} after the first's last call"
    );
}
