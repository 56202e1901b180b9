//! Stories that nobody has thought of: drawn from seeds, troubled and cut off at random, and held against every law.
//!
//! `REMEDIATE_PROOF_RUNS` says how many; `REMEDIATE_PROOF_SEED` tells one of them again.

use std::sync::Mutex;
use std::time::Duration;

use crate::cli::rehearsal::tests::proof::draw::{Cut, draw};
use crate::cli::rehearsal::tests::proof::fate::{Blow, Fate};
use crate::cli::rehearsal::tests::proof::house::{House, Life, play};
use crate::cli::rehearsal::tests::proof::law::{Breach, Law};
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::cli::rehearsal::tests::proof::{asked_runs, number, on_all_cores};
use crate::clock::{Clock, SystemClock, elapsed};
use crate::execute::RunReport;
use crate::journal::{Purpose, RunEnd};
use crate::sandbox::LoggedCall;

/// As many stories as `cargo test` has the time for.
const SHORT: u64 = 250;

/// In so many stories every kind of fault strikes.
const EVERYTHING: u64 = 1000;
const FAULTS: usize = 13;

/// After so many processes the troubles are over.
const TROUBLED: usize = 8;

/// After so many without trouble, a run that has not come to its end never will.
const PATIENCE: usize = 8;

/// What came of a story.
struct Told {
    breaches: Vec<Breach>,
    tally: Tally,
    calls: Vec<LoggedCall>,
    papers: String,
}

fn tell(seed: u64) -> Told {
    let drawn = draw(seed);
    play(&drawn.cast, drawn.traffic, async |house: House| {
        house.trouble(drawn.faults);
        let left = drawn.impatient && !drawn.follow_ups.is_empty();
        act(&house, Purpose::Apply, drawn.cuts, left).await;
        for (purpose, cuts) in drawn.follow_ups {
            act(&house, purpose, cuts, false).await;
        }
        let (breaches, tally) = house.witness.testimony();
        Told { breaches, tally, calls: house.stage.sandbox.calls(), papers: house.papers() }
    })
}

/// One thing is done with the plan, in as many processes as it takes; or in one, where it is left at that.
async fn act(house: &House, purpose: Purpose, cuts: Vec<Cut>, left: bool) {
    let mut cuts = cuts.into_iter();
    for process in 0..TROUBLED + PATIENCE {
        if process == TROUBLED {
            house.calm();
        }
        let cut = cuts.next();
        let fate = cut.as_ref().map_or_else(Fate::spared, |cut| Fate::new(cut.blow, cut.point));
        match house.live(purpose, &fate).await {
            Life::Idle => return,
            Life::Ended(report) if is_over(&report) => return,
            Life::CutOff | Life::Ended(_) => between(house, purpose, cut.as_ref()).await,
        }
        if left {
            return;
        }
    }
    let what = "nothing goes wrong any more, and it does not come to its end".to_owned();
    house.witness.breach(vec![(Law::ComesToAnEnd, what)]);
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
async fn between(house: &House, purpose: Purpose, cut: Option<&Cut>) {
    let Some(cut) = cut else { return };
    if cut.torn && cut.blow == Blow::Death {
        house.tear_last_line(purpose);
    }
    if cut.pause > Duration::ZERO {
        house.stage.connected.clock.sleep(cut.pause).await;
    }
}

#[test]
fn no_law_is_broken_in_any_story_that_chance_tells() {
    let only = number("REMEDIATE_PROOF_SEED");
    let runs = asked_runs().unwrap_or(SHORT);
    let (seeds, begun) = (only.map_or(0..runs, |seed| seed..seed + 1), SystemClock.now());
    let (failed, tally) = (Mutex::new(Vec::new()), Mutex::new(Tally::default()));
    on_all_cores(seeds.clone(), |seed| {
        let told = std::panic::catch_unwind(|| tell(seed));
        match told {
            Ok(told) => {
                tally.lock().unwrap().merge(told.tally);
                if only.is_some() {
                    eprintln!("{}", told.papers);
                }
                if !told.breaches.is_empty() {
                    let texts = told.breaches.iter().map(ToString::to_string);
                    failed.lock().unwrap().push((seed, texts.collect()));
                }
            }
            Err(_) => failed.lock().unwrap().push((seed, vec!["it panicked".to_owned()])),
        }
    });
    let (took, count) = (elapsed(begun, SystemClock.now()), seeds.end - seeds.start);
    let tally = tally.into_inner().unwrap();
    let pace = f64::from(u32::try_from(count).unwrap()) / took.as_secs_f64();
    eprintln!("{count} stories in {:.0} s, {pace:.1} a second:\n{tally}", took.as_secs_f64());
    if only.is_some() {
        eprintln!("{:#?}", draw(seeds.start));
    } else if count >= EVERYTHING {
        assert_eq!(tally.kinds("faults").len(), FAULTS, "every kind of fault has struck:\n{tally}");
    }
    let mut failed: Vec<(u64, Vec<String>)> = failed.into_inner().unwrap();
    failed.sort();
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
