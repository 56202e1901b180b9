//! The proof that nothing is lost: whole runs, cut off and troubled, under a witness that holds every law against what
//! is really in the sandbox and on disk, before and after each call and each line of the journal.

mod crash;
mod cutoff;
mod drawn_story;
mod ending;
mod item_journal;
mod journal_lines;
mod law;
mod meddling;
mod moves;
mod notes;
mod proof_run;
mod random;
mod repairs;
mod scene;
mod sending;
mod settings;
mod story_world;
mod tally;
mod transfers;
mod witness;
mod writing;

use std::sync::atomic::{AtomicU64, Ordering};

/// How many stories are to be told, where it is said: then there is time for the longer proofs too.
fn asked_runs() -> Option<u64> {
    number("REMEDIATE_PROOF_RUNS")
}

fn is_long() -> bool {
    asked_runs().is_some()
}

#[expect(clippy::disallowed_methods, reason = "how long a proof takes is no setting of the program")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("the variable must be a number"))
}

/// A part of the names of those stories alone that are to be cut off, where it is said.
#[expect(clippy::disallowed_methods, reason = "which stories a proof tells is no setting of the program")]
fn asked_story() -> Option<String> {
    std::env::var("REMEDIATE_PROOF_STORY").ok()
}

/// Does a work for each of so many numbers, on all cores.
pub(super) fn on_all_cores(numbers: std::ops::Range<u64>, work: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(numbers.start);
    let one = || {
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= numbers.end {
                return;
            }
            work(number);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(one);
        }
    });
}
