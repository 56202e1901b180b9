//! Stories of processes that are killed: no signal handler, no farewell, nothing but what is on disk by then.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use remediate::clock::{Clock, SystemClock, elapsed};
use remediate::journal;
use sha2::{Digest as _, Sha256};

use crate::interrupted::PATIENCE;
use crate::replaced::assert_replaced;
use crate::story::{Planned, Story};
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![a_run_that_is_killed_at_random_moments_and_resumed_ends_with_every_item_done_once]
}

/// How many processes are killed in all.
const KILLS: usize = 20;

/// Killed so often, a run still has something left to do.
const KILLS_A_RUN: usize = 5;

/// A process that has made so many requests is in the middle of things: it begins with a handful that change nothing,
/// and the longest runs of these stories make some 150.
const REQUESTS: (usize, usize) = (2, 45);

/// A draw that depends on nothing but what is drawn for.
fn draw(fleet: u64, kill: usize, (least, most): (usize, usize)) -> usize {
    let digest = Sha256::digest(format!("kill {kill} of fleet {fleet}"));
    least + usize::from(u16::from_be_bytes([digest[0], digest[1]])) % (most - least + 1)
}

/// The run, once there is something in its journal.
fn run_of(story: &Story) -> Option<PathBuf> {
    let runs = fs::read_dir(story.remediate.directory().join(".remediate/runs")).ok()?;
    let mut runs = runs.map(|entry| entry.unwrap().path());
    runs.find(|run| {
        journal::read(&run.join("journal.jsonl")).is_ok_and(|journal| !journal.records.is_empty())
    })
}

/// Starts the plan's run, or goes on with it.
fn start(story: &Story, planned: &Planned) -> Child {
    let begin = planned.apply();
    let arguments = if run_of(story).is_some() { &["resume", "--confirm"][..] } else { &begin };
    let mut command = story.remediate.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills a process once it has made so many requests. Whether it lived until then.
fn kill_after(story: &Story, mut child: Child, requests: usize) -> bool {
    let (begun, before) = (SystemClock.now(), story.proxy.calls().len());
    while story.proxy.calls().len() < before + requests {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(elapsed(begun, SystemClock.now()) < PATIENCE, "it makes no requests");
        std::thread::yield_now();
    }
    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Nothing was asked for twice: each call that AWS heard of had its effect, whoever was left to hear the answer.
fn assert_once(story: &Story) {
    let mut sent = BTreeMap::new();
    for call in story.proxy.mutating_calls() {
        *sent.entry(format!("{} {} {}", call.operation, call.region, call.body)).or_insert(0) += 1;
    }
    let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "sent more than once: {twice:#?}");
}

fn a_run_that_is_killed_at_random_moments_and_resumed_ends_with_every_item_done_once(aws: &Aws) {
    let mut kills = 0;
    for fleet in 0.. {
        assert!(fleet < 12, "only {kills} of {KILLS} processes lived long enough to be killed");
        let story = Story::with(aws, 12, 2 + fleet);
        let before = story.fleet.world();
        let planned = story.plan();
        for _ in 0..KILLS_A_RUN.min(KILLS - kills) {
            let child = start(&story, &planned);
            if !kill_after(&story, child, draw(fleet, kills, REQUESTS)) {
                break;
            }
            kills += 1;
        }
        let last = start(&story, &planned).wait_with_output().unwrap();
        // A run whose last process was killed after its last line has come to its end.
        assert!(matches!(last.status.code(), Some(0 | 21)), "{:?}", last.status);
        assert_replaced(&story, &planned, &before, &[]);
        assert_eq!(story.outcomes().len(), planned.plan.items.len());
        assert_once(&story);
        if kills == KILLS {
            return;
        }
    }
}
