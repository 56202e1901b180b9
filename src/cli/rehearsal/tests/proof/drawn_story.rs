//! Draws a story from a seed: what there is, what goes wrong, and when each process is cut off.

use std::time::Duration;

use globset::Glob;

use crate::cli::rehearsal::tests::proof::cutoff::CutKind;
use crate::cli::rehearsal::tests::proof::meddling::{Mischief, Twist};
use crate::cli::rehearsal::tests::proof::moves::{Export, Moves};
use crate::cli::rehearsal::tests::proof::proof_run::Traffic;
use crate::cli::rehearsal::tests::proof::story_world::{
    DeletionPolicy, OwnConfig, SourceOrder, StorySource, StoryWorld,
};
use crate::journal::Purpose;
use crate::sandbox::{Fault, FaultRule, OutsiderAct, Seed, WorkerFault};

/// A story that nobody has thought of.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) story_world: StoryWorld,
    pub(super) traffic: Traffic,
    pub(super) faults: Vec<FaultRule>,
    /// When the first processes of the application are cut off.
    pub(super) cuts: Vec<Cut>,
    /// Whether what follows the application does not wait for its end.
    pub(super) impatient: bool,
    /// What follows the application, and when its first processes are cut off.
    pub(super) follow_ups: Vec<(Purpose, Vec<Cut>)>,
    /// Whether roles and keys are lost before anything follows the application.
    pub(super) locked: bool,
}

/// How one process ends before its time, and what comes after.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) blow: CutKind,
    pub(super) point: usize,
    /// Whether it leaves a line half written.
    pub(super) torn: bool,
    /// How long it takes until somebody resumes.
    pub(super) pause: Duration,
    /// What somebody does meanwhile.
    pub(super) mischief: Option<Mischief>,
}

/// Draws one thing after another.
struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.thrown += 1;
        Seed(self.seed).draw(&["proof", &self.thrown.to_string()]).below(limit)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        let at = self.below(u64::try_from(choices.len()).unwrap());
        choices[usize::try_from(at).unwrap()]
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn seconds(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.between(least, most))
    }
}

const CREATE: &str = "CreateNotebookInstance";
const START: &str = "StartNotebookInstance";
const STOP: &str = "StopNotebookInstance";
const DELETE: &str = "DeleteNotebookInstance";
const UPDATE: &str = "UpdateNotebookInstance";
const CHANGES: [&str; 5] = [CREATE, START, STOP, DELETE, UPDATE];
const CONFIGS: [&str; 2] = ["CreateNotebookInstanceLifecycleConfig", "DeleteNotebookInstanceLifecycleConfig"];
const ALL: [&str; 7] = [CREATE, START, STOP, DELETE, UPDATE, "DescribeNotebookInstance", "ListTags"];

/// The story of a seed.
pub(super) fn draw(seed: u64) -> Drawn {
    let mut dice = Dice { seed, thrown: 0 };
    let regions = dice.between(1, 2);
    let mut sources: Vec<StorySource> =
        (0..dice.one(&[1, 1, 2, 2, 3, 4])).map(|_| source(&mut dice, regions)).collect();
    let max_failures = if dice.chance(40) { dice.between(1, 3) } else { 100 };
    let concurrency = dice.between(1, 3);
    let poll_interval = dice.one(&[30, 60, 100, 300]);
    let traffic = (dice.chance(25), dice.one(&[5, 20, 1000]));
    let faults = (0..dice.one(&[0, 1, 1, 2, 2, 3, 4])).map(|_| fault(&mut dice)).collect();
    let cuts = cuts(&mut dice);
    let (impatient, follow_ups) = (dice.chance(40), follow_ups(&mut dice));
    let (canary, restores) = (dice.below(3), dice.chance(70));
    let locked = dice.chance(20);
    for source in &mut sources {
        source.by_run = dice.chance(40).then(|| dice.one(&OwnConfig::ALL));
        (source.platform, source.keyed) = (dice.one(source.order.platforms()), dice.chance(30));
    }
    let story_world =
        StoryWorld { sources, concurrency, max_failures, canary, restores, poll_interval, seed };
    Drawn { story_world, traffic, faults, cuts, impatient, follow_ups, locked }
}

fn cuts(dice: &mut Dice) -> Vec<Cut> {
    (0..dice.one(&[0, 0, 1, 1, 2, 3])).map(|_| cut(dice)).collect()
}

fn follow_ups(dice: &mut Dice) -> Vec<(Purpose, Vec<Cut>)> {
    let purposes: &[Purpose] = match dice.below(10) {
        0..5 => &[],
        5..8 => &[Purpose::Rollback],
        8 => &[Purpose::Cleanup],
        _ => &[Purpose::Cleanup, Purpose::Rollback],
    };
    purposes.iter().map(|purpose| (*purpose, cuts(dice))).collect()
}

fn source(dice: &mut Dice, regions: u64) -> StorySource {
    let twists = [
        Twist::Retagged,
        Twist::Resized,
        Twist::Started,
        Twist::Stopped,
        Twist::Deleted,
        Twist::MadeAnew,
        Twist::NameTaken,
        Twist::RoleClosed,
        Twist::KeyDisabled,
    ];
    let twist = if dice.chance(25) { dice.one(&twists) } else { Twist::Nothing };
    let region = usize::try_from(dice.below(regions)).unwrap();
    let deletion = dice.one(&[DeletionPolicy::Keep, DeletionPolicy::Drop, DeletionPolicy::Tidy]);
    let order = dice.one(&SourceOrder::ALL);
    let running = dice.chance(60);
    let moves = dice.chance(40).then(|| moves(dice));
    StorySource { region, moves, ..StorySource::new(running, deletion, twist) }.ordered(order)
}

fn moves(dice: &mut Dice) -> Moves {
    let proven = Export::Proven;
    let export = dice.one(&[proven, proven, proven, Export::Not, Export::Old, Export::Unreadable]);
    Moves { export, imported: dice.chance(60) }
}

fn cut(dice: &mut Dice) -> Cut {
    let blow = if dice.chance(75) { CutKind::Death } else { CutKind::Interrupt };
    let point = usize::try_from(dice.between(1, 140)).unwrap();
    let pause = if dice.chance(50) { Duration::ZERO } else { dice.seconds(1, 4000) };
    let all = [Mischief::Usurp, Mischief::Warp, Mischief::Use, Mischief::Lock, Mischief::Unmove].map(Some);
    let mischief = if dice.chance(40) { dice.one(&all) } else { None };
    Cut { blow, point, torn: dice.chance(20), pause, mischief }
}

fn fault(dice: &mut Dice) -> FaultRule {
    let (fault, operation, passing) = kind(dice);
    let rule = FaultRule { operation: operation.map(str::to_owned), ..FaultRule::always(fault) };
    let rule = FaultRule { after: u32::try_from(dice.one(&[0, 0, 1, 3, 10])).unwrap(), ..rule };
    let often = u32::try_from(dice.between(1, 3)).unwrap();
    // Trouble that passes may go on for the whole run; what does not would leave nothing else to be seen.
    let rule = if passing && dice.chance(60) {
        FaultRule { percent: dice.one(&[5, 10, 20, 30]), ..rule }
    } else {
        FaultRule { percent: dice.one(&[30, 100]), times: Some(often), ..rule }
    };
    let names = dice.one(&[None, None, Some("*-vpc"), Some("*-[0-9]"), Some("*-0*")]);
    let names = names.filter(|_| rule.operation.is_some());
    FaultRule { names: names.map(|glob| vec![Glob::new(glob).unwrap().compile_matcher()]), ..rule }
}

/// A fault, the operation that it strikes, and whether it is one that passes.
fn kind(dice: &mut Dice) -> (Fault, Option<&'static str>, bool) {
    let any = dice.one(&[
        None,
        None,
        Some(CREATE),
        Some(STOP),
        Some(START),
        Some(DELETE),
        Some(UPDATE),
        Some(ALL[5]),
        Some(ALL[6]),
        Some(CONFIGS[0]),
        Some(CONFIGS[1]),
        Some("GetObject"),
    ]);
    let launch = Some(dice.one(&[CREATE, CREATE, START]));
    match dice.below(16) {
        0 => (Fault::Throttle, any, true),
        1 => (Fault::InternalError, any, true),
        2 => (Fault::Unavailable, any, true),
        3 => (Fault::CutBefore, any, true),
        4 => (Fault::CutAfter, any, true),
        5 => (Fault::Slow(dice.seconds(1, 90)), any, true),
        6 => (Fault::Stuck, Some(dice.one(&CHANGES)), false),
        7 => (Fault::Fails("Insufficient capacity.".to_owned()), launch, false),
        8 => (Fault::QuotaReached, launch, false),
        9 => (Fault::SubnetFull, launch, false),
        10 => (Fault::AccessDenied, any, false),
        11 => (Fault::CredentialsExpired, any, false),
        12 | 13 => {
            let troubles =
                [WorkerFault::Silent, WorkerFault::Dies, WorkerFault::Fails, WorkerFault::Corrupts];
            (Fault::Worker(dice.one(&troubles)), launch, false)
        }
        _ => {
            let acts = [OutsiderAct::Start, OutsiderAct::Stop, OutsiderAct::Retag, OutsiderAct::Delete];
            (Fault::Outsider(dice.one(&acts), dice.seconds(0, 300)), Some(dice.one(&ALL)), false)
        }
    }
}
