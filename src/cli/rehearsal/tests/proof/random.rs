//! Stories that nobody has thought of: drawn from seeds, troubled and cut off at random, and held against every law.
//!
//! `REMEDIATE_PROOF_RUNS` says how many, and `REMEDIATE_PROOF_MINUTES` how long at most; `REMEDIATE_PROOF_SEED` tells
//! one of them again.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::cutoff::{CutKind, Cutoff};
use crate::cli::rehearsal::tests::proof::drawn_story::{Cut, draw};
use crate::cli::rehearsal::tests::proof::law::{Breach, Law};
use crate::cli::rehearsal::tests::proof::meddling::Mischief;
use crate::cli::rehearsal::tests::proof::proof_run::{ProcessEnd, ProofRun, tell_story};
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::cli::rehearsal::tests::proof::{asked_runs, number, on_all_cores};
use crate::clock::{Clock, SystemClock, after, elapsed};
use crate::execute::RunReport;
use crate::journal::{Purpose, RunEnd};
use crate::sandbox::LoggedCall;

/// As many stories as `cargo test` has the time for.
const SHORT: u64 = 250;

/// No more are begun after so many minutes, however many were asked for.
const LONGEST: u64 = 10;

/// In so many stories every kind of fault strikes.
const EVERYTHING: u32 = 1000;
const FAULTS: usize = 17;

/// After so many processes the troubles are over.
const TROUBLED: usize = 8;

/// After so many without trouble, a run that has not come to its end never will.
const PATIENCE: usize = 8;

/// What came of a story.
struct StoryResult {
    breaches: Vec<Breach>,
    tally: Tally,
    calls: Vec<LoggedCall>,
    papers: String,
}

fn tell(seed: u64) -> StoryResult {
    let drawn = draw(seed);
    tell_story(&drawn.story_world, drawn.traffic, async |proof_run: ProofRun| {
        proof_run.trouble(drawn.faults);
        let left = drawn.impatient && !drawn.follow_ups.is_empty();
        act(&proof_run, Purpose::Apply, drawn.cuts, left).await;
        if drawn.locked {
            proof_run.disturb(Mischief::Lock);
        }
        for (purpose, cuts) in drawn.follow_ups {
            act(&proof_run, purpose, cuts, false).await;
        }
        let (breaches, tally) = proof_run.witness.testimony();
        StoryResult { breaches, tally, calls: proof_run.session.sandbox.calls(), papers: proof_run.papers() }
    })
}

/// One thing is done with the plan, in as many processes as it takes; or in one, where it is left at that.
async fn act(proof_run: &ProofRun, purpose: Purpose, cuts: Vec<Cut>, left: bool) {
    let mut cuts = cuts.into_iter();
    for process in 0..TROUBLED + PATIENCE {
        if process == TROUBLED {
            proof_run.calm();
        }
        let cut = cuts.next();
        let cutoff = cut.as_ref().map_or_else(Cutoff::spared, |cut| Cutoff::new(cut.blow, cut.point));
        match proof_run.live(purpose, &cutoff).await {
            ProcessEnd::Idle => return,
            ProcessEnd::Ended(report) if is_over(&report) => return,
            ProcessEnd::CutOff | ProcessEnd::Ended(_) => between(proof_run, purpose, cut.as_ref()).await,
        }
        if left {
            return;
        }
    }
    let what = "nothing goes wrong any more, and it does not come to its end".to_owned();
    proof_run.witness.breach(vec![(Law::ComesToAnEnd, what)]);
}

/// Whether nobody would resume the run.
fn is_over(report: &RunReport) -> bool {
    match report.end {
        RunEnd::Completed | RunEnd::PlanExpired => true,
        RunEnd::Interrupted
        | RunEnd::Halted { .. }
        | RunEnd::NoRoom { .. }
        | RunEnd::Unfinished
        | RunEnd::CredentialsLost { .. }
        | RunEnd::JournalLost { .. } => false,
    }
}

/// Nobody is at work for a while.
async fn between(proof_run: &ProofRun, purpose: Purpose, cut: Option<&Cut>) {
    let Some(cut) = cut else { return };
    if cut.torn && cut.blow == CutKind::Death {
        proof_run.tear_last_line(purpose);
    }
    if let Some(mischief) = cut.mischief {
        proof_run.disturb(mischief);
    }
    if cut.pause > Duration::ZERO {
        proof_run.session.connected.clock.sleep(cut.pause).await;
    }
}

/// What came of many stories: how many were told, what was seen in them, and which broke a law.
#[derive(Default)]
struct Summary {
    told: u32,
    tally: Tally,
    failed: Vec<(u64, Vec<String>)>,
}

/// Tells the stories of these seeds, as far as there is time.
fn tell_all(seeds: Range<u64>, until: Timestamp) -> Summary {
    let chronicle = Mutex::new(Summary::default());
    on_all_cores(seeds, |seed| {
        if SystemClock.now() >= until {
            return;
        }
        let told = std::panic::catch_unwind(|| tell(seed));
        let mut chronicle = chronicle.lock().unwrap();
        chronicle.told += 1;
        match told {
            Ok(told) => {
                chronicle.tally.merge(told.tally);
                if !told.breaches.is_empty() {
                    let texts = told.breaches.iter().map(ToString::to_string).collect();
                    chronicle.failed.push((seed, texts));
                }
            }
            Err(_) => chronicle.failed.push((seed, vec!["it panicked".to_owned()])),
        }
    });
    let mut chronicle = chronicle.into_inner().unwrap();
    chronicle.failed.sort();
    chronicle
}

#[test]
fn no_law_is_broken_in_any_story_that_chance_tells() {
    let only = number("REMEDIATE_PROOF_SEED");
    let seeds = only.map_or(0..asked_runs().unwrap_or(SHORT), |seed| seed..seed + 1);
    let begun = SystemClock.now();
    let minutes = number("REMEDIATE_PROOF_MINUTES").unwrap_or(LONGEST);
    let Summary { told, tally, failed } = tell_all(seeds, after(begun, Duration::from_mins(minutes)));
    let took = elapsed(begun, SystemClock.now()).as_secs_f64();
    eprintln!("{told} stories in {took:.0} s, {:.1} a second:\n{tally}", f64::from(told) / took);
    if let Some(seed) = only {
        eprintln!("{:#?}\n{}", draw(seed), tell(seed).papers);
    } else if told >= EVERYTHING {
        assert_eq!(tally.kinds("faults").len(), FAULTS, "every kind of fault has struck:\n{tally}");
    }
    assert!(failed.is_empty(), "{}", complaint(&failed));
}

/// The first stories that broke a law, and how to tell them again.
fn complaint(failed: &[(u64, Vec<String>)]) -> String {
    let one = |(seed, texts): &(u64, Vec<String>)| {
        format!(
            "REMEDIATE_PROOF_SEED={seed} tells it again:\n  {}\n",
            texts[..texts.len().min(4)].join("\n  ")
        )
    };
    let seeds: Vec<String> = failed.iter().map(|(seed, _)| seed.to_string()).collect();
    let first: String = failed.iter().take(8).map(one).collect();
    format!("{} stories broke a law ({}):\n{first}", failed.len(), seeds.join(" "))
}

#[test]
fn a_story_is_told_the_same_each_time() {
    on_all_cores(0..8, |seed| {
        let [once, again] = [tell(seed), tell(seed)];
        assert_eq!(once.calls, again.calls, "seed {seed}");
    });
}
