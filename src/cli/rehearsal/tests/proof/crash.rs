//! What is cut off at any point, before and after every call and every line of the journal, and gone on with, leads to
//! what it leads to uncut; and from any point there is a way back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::cli::rehearsal::tests::proof::cutoff::{CutKind, Cutoff};
use crate::cli::rehearsal::tests::proof::law::{Breach, Law, hold};
use crate::cli::rehearsal::tests::proof::meddling::Twist;
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::cli::rehearsal::tests::proof::proof_run::{ProcessEnd, ProofRun, tell_story};
use crate::cli::rehearsal::tests::proof::story_world::{
    DeletionPolicy, OwnConfig, RETIRED, SourceOrder, StorySource, StoryWorld,
};
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::cli::rehearsal::tests::proof::{asked_runs, asked_story, is_long, on_all_cores};
use crate::ids::ItemId;
use crate::journal::{Note, Outcome, Purpose};
use crate::sandbox::{FaultRule, LoggedCall, World, parse_fault};

/// A story that is told again and again, and cut off elsewhere each time.
struct Story {
    name: &'static str,
    story_world: StoryWorld,
    /// What goes wrong on the way.
    faults: fn() -> Vec<FaultRule>,
}

/// What is done before, what is cut off, and what is done instead of the rest of it.
#[derive(Clone, Copy)]
struct CrashStory {
    before: &'static [Purpose],
    cut: Purpose,
    after: Purpose,
}

const RESUME: CrashStory = CrashStory { before: &[], cut: Purpose::Apply, after: Purpose::Apply };
const ROLLBACK: CrashStory = CrashStory { before: &[], cut: Purpose::Apply, after: Purpose::Rollback };
const ROLLBACK_AGAIN: CrashStory =
    CrashStory { before: &[Purpose::Apply], cut: Purpose::Rollback, after: Purpose::Rollback };
const CLEANUP_AGAIN: CrashStory =
    CrashStory { before: &[Purpose::Apply], cut: Purpose::Cleanup, after: Purpose::Cleanup };

/// What a whole story leads to.
struct Ended {
    /// How many points there were at which it could have been cut off.
    points: u64,
    outcomes: BTreeMap<ItemId, Option<Outcome>>,
    /// The items that were cut off before anybody saw their source at rest.
    missed: BTreeSet<ItemId>,
    /// The world before anything was done.
    first: World,
    world: World,
    calls: Vec<LoggedCall>,
    breaches: Vec<Breach>,
    tally: Tally,
}

fn story_world(sources: Vec<StorySource>) -> StoryWorld {
    let (concurrency, max_failures, canary) = (2, 100, 0);
    StoryWorld { sources, concurrency, max_failures, canary, restores: true, poll_interval: 100, seed: 5 }
}

/// The replacements of the third and the fourth item fail.
fn fails() -> Vec<FaultRule> {
    let rule = parse_fault("fails:CreateNotebookInstance").unwrap();
    let names = globset::Glob::new("*-[23]-vpc").unwrap().compile_matcher();
    vec![FaultRule { names: Some(vec![names]), ..rule }]
}

fn beside(deletion: DeletionPolicy, twist: Twist) -> StorySource {
    StorySource::new(true, deletion, twist).ordered(SourceOrder::CreateFirst)
}

fn by_run(running: bool, deletion: DeletionPolicy, own: OwnConfig) -> StorySource {
    StorySource::new(running, deletion, Twist::Nothing).moved_by_run(own)
}

fn upgraded(order: SourceOrder, running: bool) -> StorySource {
    StorySource::new(running, DeletionPolicy::Keep, Twist::Nothing).ordered(order)
}

/// An item of each kind, on its own: so it has the fewest points. Where there is time for it, all of them in one plan.
fn stories() -> Vec<Story> {
    let kinds = [
        ("running, kept", StorySource::new(true, DeletionPolicy::Tidy, Twist::Nothing)),
        ("running, deleted", StorySource::new(true, DeletionPolicy::Drop, Twist::Nothing)),
        ("running, replacement fails", StorySource::new(true, DeletionPolicy::Keep, Twist::Nothing)),
        ("stopped, replacement fails", StorySource::new(false, DeletionPolicy::Drop, Twist::Nothing)),
        ("stopped, kept", StorySource::new(false, DeletionPolicy::Tidy, Twist::Nothing)),
        ("stopped, deleted", StorySource::new(false, DeletionPolicy::Drop, Twist::Nothing)),
        ("running, stopped last, kept", beside(DeletionPolicy::Tidy, Twist::Nothing)),
        ("running, stopped last, deleted", beside(DeletionPolicy::Drop, Twist::Nothing)),
        ("running, stopped last, replacement fails", beside(DeletionPolicy::Drop, Twist::Nothing)),
        ("running, to be stopped last, stopped since", beside(DeletionPolicy::Drop, Twist::Stopped)),
        (
            "left running",
            StorySource::new(true, DeletionPolicy::Drop, Twist::Nothing).ordered(SourceOrder::LeftRunning),
        ),
        ("running, upgraded on its way back", upgraded(SourceOrder::Upgraded, true)),
        ("repaired in place, running", upgraded(SourceOrder::InPlace, true)),
        ("repaired in place, stopped", upgraded(SourceOrder::InPlace, false)),
        (
            "repaired in place, stopped since",
            StorySource { twist: Twist::Stopped, ..upgraded(SourceOrder::InPlace, true) },
        ),
        ("repaired in place and upgraded, running", upgraded(SourceOrder::InPlaceUpgraded, true)),
        ("repaired in place and upgraded, stopped", upgraded(SourceOrder::InPlaceUpgraded, false)),
        ("role closed since", StorySource::new(true, DeletionPolicy::Drop, Twist::RoleClosed)),
        ("key disabled since", StorySource::new(true, DeletionPolicy::Drop, Twist::KeyDisabled)),
        ("stopped since", StorySource::new(true, DeletionPolicy::Drop, Twist::Stopped)),
        ("drifted", StorySource::new(true, DeletionPolicy::Drop, Twist::Retagged)),
        ("moved by hand", StorySource::new(true, DeletionPolicy::Tidy, Twist::Nothing).moved(Moves::ALL)),
        ("moved by hand, stopped last", beside(DeletionPolicy::Tidy, Twist::Nothing).moved(Moves::ALL)),
        (
            "not moved by hand",
            StorySource::new(true, DeletionPolicy::Tidy, Twist::Nothing).moved(Moves::NONE),
        ),
        ("moved by the run", by_run(true, DeletionPolicy::Tidy, OwnConfig::None)),
        ("moved by the run, deleted", by_run(true, DeletionPolicy::Drop, OwnConfig::OnStart)),
        ("moved by the run, stopped, deleted", by_run(false, DeletionPolicy::Drop, OwnConfig::OnCreate)),
        (
            "moved by the run, stopped last",
            by_run(true, DeletionPolicy::Drop, OwnConfig::OnCreate).ordered(SourceOrder::CreateFirst),
        ),
        (
            "moved by the run, upgraded",
            by_run(true, DeletionPolicy::Keep, OwnConfig::OnStart).ordered(SourceOrder::Upgraded),
        ),
        ("moved by the run, replacement fails", by_run(true, DeletionPolicy::Keep, OwnConfig::OnStart)),
        ("name taken", StorySource::new(true, DeletionPolicy::Drop, Twist::NameTaken)),
    ];
    // Those that the run moves files of have so many points that they are told alone.
    let all = kinds.iter().filter(|(_, one)| one.by_run.is_none()).map(|(_, one)| one.clone()).collect();
    let alone = kinds.into_iter().map(|(name, source)| {
        let quiet = StorySource::new(true, DeletionPolicy::Keep, Twist::Deleted);
        let failing = name.ends_with("fails");
        let sources = if failing { vec![quiet.clone(), quiet, source] } else { vec![source] };
        Story { name, story_world: story_world(sources), faults: fails }
    });
    let mut stories: Vec<Story> = alone.collect();
    if is_long() {
        stories.push(Story { name: "all of them in one plan", story_world: story_world(all), faults: fails });
    }
    stories
}

/// A story with more points than this is a long one: files are moved in it.
const LONG: u64 = 110;

/// Of the points of a long story, one in so many is tried: every one only where there is an hour for the proof, or for the
/// stories that were asked for.
fn sparse() -> u64 {
    let runs = asked_runs().unwrap_or(0);
    if runs >= 20_000 || asked_story().is_some() {
        1
    } else if runs > 0 {
        3
    } else {
        9
    }
}

/// Tells a story, with what is to be cut off cut off at that point.
fn tell(story: &Story, plot: CrashStory, point: u64) -> Ended {
    tell_story(&story.story_world, (false, 1000), async |proof_run: ProofRun| {
        let first = proof_run.session.sandbox.world();
        proof_run.trouble((story.faults)());
        for purpose in plot.before {
            proof_run.live(*purpose, &Cutoff::spared()).await;
        }
        let cutoff = Cutoff::new(CutKind::Death, usize::try_from(point).unwrap_or(usize::MAX));
        let life = proof_run.live(plot.cut, &cutoff).await;
        if matches!(life, ProcessEnd::CutOff) || plot.after != plot.cut {
            proof_run.live(plot.after, &Cutoff::spared()).await;
        }
        let (breaches, tally) = proof_run.witness.testimony();
        let sandbox = &proof_run.session.sandbox;
        Ended {
            points: u64::try_from(cutoff.passed()).unwrap(),
            outcomes: proof_run.outcomes(plot.after),
            missed: proof_run.missed(),
            first,
            world: sandbox.world(),
            calls: sandbox.calls(),
            breaches,
            tally,
        }
    })
}

/// Status, settings and tags of each instance.
type Lasting = BTreeMap<String, (String, String, BTreeMap<String, String>)>;

/// What of a world must be the same however often its run was cut off: all but times and drawn ids.
fn lasting(world: &World) -> Lasting {
    let sites = world.accounts.values().flat_map(|account| &account.sites);
    sites
        .flat_map(|(region, site)| {
            site.notebooks.values().map(move |one| {
                let key = format!("{region}/{}", one.name);
                (key, (one.status.as_str().to_owned(), format!("{:?}", one.settings), one.tags.clone()))
            })
        })
        .collect()
}

/// The mutating calls that took effect, by operation and instance.
fn accepted(calls: &[LoggedCall]) -> BTreeMap<(&str, Option<&str>), u32> {
    let mut counts = BTreeMap::new();
    let changes = |call: &&LoggedCall| {
        call.operation.ends_with("NotebookInstance")
            && !call.operation.starts_with("Describe")
            && call.status == Some(200)
    };
    for call in calls.iter().filter(changes) {
        *counts.entry((call.operation.as_str(), call.resource.as_deref())).or_insert(0) += 1;
    }
    counts
}

/// How a story that was cut off differs from the one that was not.
fn differences(ended: &Ended, whole: &Ended, plot: CrashStory) -> Vec<String> {
    let mut broken = Vec::new();
    if plot.cut == plot.after {
        let (found, wanted) = (Comparison::of(ended), Comparison::of(whole).but_for_the_kept(ended));
        hold(&mut broken, Law::SameInTheEnd, found == wanted, || format!("{found:#?}, not {wanted:#?}"));
    } else {
        let (found, wanted) = (upgraded_or_not(undone(ended)), upgraded_or_not(lasting(&ended.first)));
        hold(&mut broken, Law::SameInTheEnd, found == wanted, || format!("{found:#?}, not {wanted:#?}"));
    }
    let breaches = ended.breaches.iter().map(ToString::to_string);
    broken.into_iter().map(|(law, what)| format!("{law:?}: {what}")).chain(breaches).collect()
}

/// What a story comes to: how its items ended, what lasts of its world, and which calls took effect.
#[derive(Debug, PartialEq, Eq)]
struct Comparison<'a> {
    outcomes: BTreeMap<ItemId, Option<Outcome>>,
    world: Lasting,
    accepted: BTreeMap<(&'a str, Option<&'a str>), u32>,
}

impl<'a> Comparison<'a> {
    fn of(ended: &'a Ended) -> Comparison<'a> {
        Comparison {
            outcomes: ended.outcomes.clone(),
            world: lasting(&ended.world),
            accepted: accepted(&ended.calls),
        }
    }

    /// The same, but for the sources that a story that was cut off had to keep: nobody saw those at rest, so that somebody
    /// may have used them. They are stopped and as they were, and their items done all the same.
    fn but_for_the_kept(mut self, ended: &'a Ended) -> Comparison<'a> {
        for id in &ended.missed {
            let deleted =
                matches!(self.outcomes.get(id), Some(Some(Outcome::Done { source_deleted: true, .. })));
            let kept = ended.outcomes.get(id).cloned().flatten();
            let Some(Outcome::Done { source_deleted: false, ref notes, .. }) = kept else { continue };
            let told = |note: &&Note| !matches!(note, Note::SourceStoppedSincePlan | Note::FilesMoved { .. });
            let why_kept = notes.iter().filter(told).count();
            if deleted && why_kept == 1 {
                self.outcomes.insert(id.clone(), kept);
                let source = id.to_string();
                let (_, settings, tags) = lasting(&ended.first).remove(&source).expect("was there");
                self.world.insert(source, ("Stopped".to_owned(), settings, tags));
                self.accepted.remove(&("DeleteNotebookInstance", Some(id.name.as_str())));
            }
        }
        self
    }
}

/// The same, whether an instance that may be upgraded is on the one platform or the other: nothing gives that back.
fn upgraded_or_not(mut world: Lasting) -> Lasting {
    let may_be = |name: &str| ["-up-", "-thereup-"].iter().any(|part| name.contains(part));
    for (_, (_, settings, _)) in world.iter_mut().filter(|(name, _)| may_be(name)) {
        *settings = settings.replace(RETIRED[0], "notebook-al2023-v1");
    }
    world
}

/// The world after a rollback. A source that the plan had deleted stays gone, and its replacement stays: they count as
/// what they were.
fn undone(ended: &Ended) -> Lasting {
    let (mut world, first) = (lasting(&ended.world), lasting(&ended.first));
    let deleted = accepted(&ended.calls);
    for (item, outcome) in &ended.outcomes {
        let gone = deleted.contains_key(&("DeleteNotebookInstance", Some(item.name.as_str())));
        let source = item.to_string();
        if gone && matches!(outcome, Some(Outcome::Refused { .. })) {
            let replacement = world.remove(&format!("{source}-vpc"));
            assert!(replacement.is_some(), "{source} and its replacement are gone");
            world.insert(source.clone(), first[&source].clone());
        }
    }
    world
}

/// Cuts a story off at each of its points, and compares what it leads to. The number of points.
fn prove(story: &Story, plot: CrashStory) -> (u64, Tally) {
    let whole = tell(story, plot, u64::MAX);
    assert!(whole.breaches.is_empty(), "{}, uncut: {:#?}", story.name, whole.breaches);
    let (failed, tally) = (Mutex::new(BTreeMap::new()), Mutex::new(whole.tally.clone()));
    on_all_cores(1..whole.points + 1, |point| {
        // A long story is cut off here and there: elsewhere of each story, and whenever one grows.
        if whole.points > LONG && point % sparse() != whole.points % sparse() {
            return;
        }
        let ended = tell(story, plot, point);
        tally.lock().unwrap().merge(ended.tally.clone());
        let differences = differences(&ended, &whole, plot);
        if !differences.is_empty() {
            failed.lock().unwrap().insert(point, differences);
        }
    });
    let failed = failed.into_inner().unwrap();
    let count = failed.len();
    if let Some((point, first)) = failed.first_key_value() {
        panic!("{}: {count} of {} points; at {point}:\n{}", story.name, whole.points, first.join("\n"));
    }
    (whole.points, tally.into_inner().unwrap())
}

/// Whether a story is told: all are, unless `REMEDIATE_PROOF_STORY` has a part of the names of some.
fn is_asked_for(name: &str) -> bool {
    asked_story().is_none_or(|part| name.contains(&part))
}

/// Cuts every story off at each of its points.
fn prove_all(plot: CrashStory, least: u64) {
    let (mut points, mut tally, mut each) = (0, Tally::default(), Vec::new());
    for story in stories().into_iter().filter(|story| is_asked_for(story.name)) {
        let (count, counts) = prove(&story, plot);
        each.push(format!("{} {count}", story.name));
        points += count;
        tally.merge(counts);
    }
    let CrashStory { cut, after, .. } = plot;
    eprintln!("{cut:?} cut off at {points} points ({}), then {after:?}:\n{tally}", each.join("; "));
    assert!(points >= least || asked_story().is_some(), "only {points} points");
}

#[test]
fn a_run_that_is_cut_off_anywhere_and_resumed_ends_as_if_it_had_not_been() {
    prove_all(RESUME, 400);
}

#[test]
fn a_run_that_is_cut_off_anywhere_can_be_rolled_back_to_what_was_before() {
    prove_all(ROLLBACK, 400);
}

#[test]
fn a_rollback_that_is_cut_off_anywhere_and_gone_on_with_ends_as_if_it_had_not_been() {
    prove_all(ROLLBACK_AGAIN, 150);
}

#[test]
fn a_cleanup_that_is_cut_off_anywhere_and_gone_on_with_ends_as_if_it_had_not_been() {
    prove_all(CLEANUP_AGAIN, 40);
}
