//! What a witness has seen so far, and what it makes of what it sees next.

mod hearing;
mod reading;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::item_journal::ItemJournal;
use crate::cli::rehearsal::tests::proof::journal_lines::JournalLines;
use crate::cli::rehearsal::tests::proof::law::{Breach, Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::meddling::Mischief;
use crate::cli::rehearsal::tests::proof::moves::Moves;
use crate::cli::rehearsal::tests::proof::scene::Scene;
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::execute::{Side, config_name};
use crate::ids::{ItemId, Region, RunId};
use crate::journal::{Call, Outcome, Purpose};
use crate::plan::{AnyItem, Item, Plan, RepairItem, TransferKind};
use crate::sandbox::{KeyState, LoggedCall, Notebook, World};

/// Where an instance is: region, and name in lower case.
pub(super) type Spot = (Region, String);

/// What somebody else did.
#[derive(Debug, Clone)]
struct SeenCall {
    at: Timestamp,
    spot: Spot,
    operation: String,
}

/// One item, as the witness follows it.
pub(super) struct ItemNotes {
    pub(super) item: TrackedItem,
    pub(super) item_journal: ItemJournal,
    /// What the application has left, once something follows it.
    applied: ItemJournal,
    /// Every call that was ever announced.
    announced: Vec<Call>,
    reviewed: Notebook,
    /// Whether anything has happened that may be the cause of a refusal or a failure.
    trouble: bool,
    /// Whether anything has happened that may keep the source, and the replacement, from the status it is to have.
    hindered: [bool; 2],
    /// The volumes of source and replacement, as long as they are there.
    volumes: [Option<String>; 2],
    /// What was moved by hand, where the plan moves its files.
    pub(super) moves: Option<Moves>,
    /// Whether somebody may have worked on the source while nobody was at work on the run.
    used: bool,
    /// Whether AWS has denied a stop of the source, so that what it has cannot be taken away.
    stop_denied: bool,
}

/// An item of either kind.
pub(super) enum TrackedItem {
    Replace(Box<Item>),
    Repair(Box<RepairItem>),
}

impl TrackedItem {
    fn of(item: AnyItem<'_>) -> TrackedItem {
        match item {
            AnyItem::Replace(item) => TrackedItem::Replace(Box::new(item.clone())),
            AnyItem::Repair(item) => TrackedItem::Repair(Box::new(item.clone())),
        }
    }

    pub(super) fn any(&self) -> AnyItem<'_> {
        match self {
            TrackedItem::Replace(item) => AnyItem::Replace(item),
            TrackedItem::Repair(item) => AnyItem::Repair(item),
        }
    }

    fn is(&self, of: impl FnOnce(&Item) -> bool) -> bool {
        self.any().replaced().is_some_and(of)
    }

    /// Whether it is repaired to a platform that nothing leads back from.
    fn has_new_platform(&self) -> bool {
        match self {
            TrackedItem::Replace(_) => false,
            TrackedItem::Repair(item) => item.request.platform_identifier.is_some(),
        }
    }
}

pub(super) struct Notes {
    pub(super) plan: Plan,
    pub(super) run: RunId,
    pub(super) purpose: Purpose,
    pub(super) journal_lines: JournalLines,
    pub(super) tracks: BTreeMap<ItemId, ItemNotes>,
    pub(super) spots: BTreeMap<Spot, (ItemId, Side)>,
    /// Where the configurations are that move the files of items.
    pub(super) config_spots: BTreeMap<Spot, ItemId>,
    bystanders: BTreeMap<Spot, Notebook>,
    /// Whether AWS failed to tell of a role or a key: what is not known keeps nobody.
    untold: bool,
    /// How many calls of the log were read.
    pub(super) heard: usize,
    deeds: Vec<SeenCall>,
    /// Deeds that the sandbox has not written down yet.
    fresh: Vec<SeenCall>,
    /// When the program last began to look at an instance, of looks that told it something.
    pub(super) looks: BTreeMap<Spot, Timestamp>,
    /// When it last began to look at one, whether it has read its tags since or not.
    pub(super) glimpses: BTreeMap<Spot, Timestamp>,
    pub(super) breaches: Vec<Breach>,
    pub(super) tally: Tally,
}

/// Every instance of a world.
pub(super) fn instances(world: &World) -> BTreeMap<Spot, &Notebook> {
    let sites = world.accounts.values().flat_map(|account| &account.sites);
    sites
        .flat_map(|(region, site)| {
            site.notebooks.iter().map(move |(name, one)| ((region.clone(), name.clone()), one))
        })
        .collect()
}

/// Where an item's source and replacement are.
pub(super) fn spots(item: AnyItem<'_>) -> [Spot; 2] {
    let at = |name: &str| (item.id().region.clone(), name.to_ascii_lowercase());
    // No instance is without a name: where nothing is made, nothing is there.
    [at(item.id().name.as_str()), at(item.replacement().map_or("", |name| name.as_str()))]
}

impl Notes {
    /// Notes on the run of a plan that was made in the one world and is carried out in the other.
    pub(super) fn new(
        (plan, run): (&Plan, &RunId),
        journal_lines: JournalLines,
        (then, now): (&World, &World),
    ) -> Notes {
        let world = now;
        let (then, now) = (instances(then), instances(now));
        let track = |item: &AnyItem<'_>| {
            let item = *item;
            let [source, replacement] = spots(item);
            let as_reviewed = then.get(&source) == now.get(&source);
            let volume = |spot: &Spot| now.get(spot).map(|one| one.volume.id.clone());
            let track = ItemNotes {
                item: TrackedItem::of(item),
                item_journal: ItemJournal::default(),
                applied: ItemJournal::default(),
                announced: Vec::new(),
                reviewed: then[&source].clone(),
                trouble: !as_reviewed
                    || now.contains_key(&replacement)
                    || now.get(&source).is_some_and(|one| !is_usable(world, &source, one)),
                hindered: [false; 2],
                volumes: [volume(&source), volume(&replacement)],
                moves: None,
                used: false,
                stop_denied: false,
            };
            (item.id().clone(), track)
        };
        let named = |item: &AnyItem<'_>| {
            let [source, replacement] = spots(*item);
            let id = item.id();
            [(source, (id.clone(), Side::Source)), (replacement, (id.clone(), Side::Replacement))]
        };
        let sources: Vec<Spot> = plan.all_items().into_iter().map(|item| spots(item)[0].clone()).collect();
        let others = now.iter().filter(|(spot, _)| !sources.contains(spot));
        Notes {
            tracks: plan.all_items().iter().map(track).collect(),
            spots: plan.all_items().iter().flat_map(named).collect(),
            config_spots: plan.items.iter().flat_map(|item| config_spots(run, item)).collect(),
            // Whoever has the name of a replacement before there is one is a bystander too.
            bystanders: others.map(|(spot, one)| (spot.clone(), (*one).clone())).collect(),
            plan: plan.clone(),
            run: run.clone(),
            purpose: Purpose::Apply,
            journal_lines,
            untold: false,
            heard: 0,
            deeds: Vec::new(),
            fresh: Vec::new(),
            looks: BTreeMap::new(),
            glimpses: BTreeMap::new(),
            breaches: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// What was moved by hand before the run.
    pub(super) fn moved(&mut self, id: &ItemId, moves: Moves) {
        let Some(track) = self.tracks.get_mut(id) else { return };
        track.trouble |= moves != Moves::ALL;
        track.moves = Some(moves);
    }

    /// Somebody has done something to an item's replacement, or in its stead, while nobody was at work.
    pub(super) fn disturb(&mut self, id: &ItemId, done: Mischief, world: &World) {
        let Some(track) = self.tracks.get_mut(id) else { return };
        if done == Mischief::Unmove {
            track.moves = Some(Moves::NONE);
            track.trouble = true;
            return;
        }
        track.hindered[0] |= done == Mischief::Lock;
        track.used |= done == Mischief::Use;
        let [_, spot] = spots(track.item.any());
        let now = instances(world).get(&spot).map(|one| (*one).clone());
        (track.trouble, track.hindered[1]) = (true, true);
        let volume = now.as_ref().map(|one| one.volume.id.clone());
        if track.volumes[1] != volume || self.bystanders.contains_key(&spot) {
            track.volumes[1] = volume;
            self.bystanders.extend(now.map(|one| (spot, one)));
        }
    }

    pub(super) fn breach(&mut self, item: Option<&ItemId>, broken: Broken) {
        let after = (self.journal_lines.lines(), self.heard);
        let breach = |(law, what)| Breach { law, item: item.cloned(), after, what };
        self.breaches.extend(broken.into_iter().map(breach));
    }

    /// Takes in all that has happened: first what AWS was asked, then what became of the world, then what was written.
    pub(super) fn catch_up(&mut self, world: &World, calls: &[LoggedCall]) {
        self.hear(calls);
        self.overhear(world);
        self.watch(world);
        self.read(world);
    }

    /// What is in the world has to be there, and what is not must not.
    fn watch(&mut self, world: &World) {
        let now = instances(world);
        let mut broken = Broken::new();
        for (spot, one) in &self.bystanders {
            let same = now.get(spot).is_some_and(|now| *now == one);
            hold(&mut broken, Law::OnlyThePlan, same, || format!("{spot:?} is {:?}", now.get(spot)));
        }
        for spot in now.keys() {
            let known = self.bystanders.contains_key(spot) || self.spots.contains_key(spot);
            hold(&mut broken, Law::OnlyThePlan, known, || format!("{spot:?} has appeared"));
        }
        self.breach(None, broken);
        let ids: Vec<ItemId> = self.tracks.keys().cloned().collect();
        for id in ids {
            let broken = self.follow(&id, &now);
            self.breach(Some(&id), broken);
        }
    }

    fn follow(&mut self, id: &ItemId, now: &BTreeMap<Spot, &Notebook>) -> Broken {
        let mut broken = Broken::new();
        let track = &self.tracks[id];
        let spots = spots(track.item.any());
        let volumes = spots.each_ref().map(|spot| now.get(spot).map(|one| one.volume.id.clone()));
        let announced = |call| track.announced.contains(&call);
        let ours = [announced(Call::DeleteSource), announced(Call::DeleteReplacement)];
        for (at, spot) in spots.iter().enumerate() {
            let lost = track.volumes[at].is_some() && track.volumes[at] != volumes[at];
            let said = !lost || ours[at] || self.deleted_by_others(spot);
            hold(&mut broken, Law::NothingLost, said, || format!("{spot:?} has vanished"));
        }
        let appeared = volumes[1].is_some() && volumes[1] != track.volumes[1];
        let said = !appeared || announced(Call::CreateReplacement);
        hold(&mut broken, Law::IntentFirst, said, || "a replacement has appeared".to_owned());
        if let Some(track) = self.tracks.get_mut(id) {
            track.volumes = volumes;
        }
        broken
    }

    /// Something else is done with the plan from now on, with a journal of its own.
    pub(super) fn turn_to(&mut self, purpose: Purpose, journal_lines: JournalLines) {
        for track in self.tracks.values_mut() {
            let before = std::mem::take(&mut track.item_journal);
            if self.purpose == Purpose::Apply {
                track.applied = before;
            }
        }
        (self.purpose, self.journal_lines) = (purpose, journal_lines);
    }

    /// The items that have something done for them now.
    pub(super) fn concerned(&self) -> Vec<ItemId> {
        let concerned = |track: &ItemNotes| match self.purpose {
            Purpose::Apply => true,
            Purpose::Rollback => track.applied.prior.is_some(),
            Purpose::Cleanup => {
                let outcome = &track.applied.outcome;
                track.item.is(|item| item.cleanup)
                    && matches!(outcome, Some(Outcome::Done { source_deleted: false, .. }))
            }
        };
        let concerned = |item: &AnyItem<'_>| self.tracks.get(item.id()).is_some_and(concerned);
        self.plan.all_items().into_iter().filter(concerned).map(|item| item.id().clone()).collect()
    }

    /// One item as it is now.
    pub(super) fn scene<T>(&self, id: &ItemId, world: &World, look: impl FnOnce(&Scene<'_>) -> T) -> T {
        let track = &self.tracks[id];
        let now = instances(world);
        let [source, replacement] = spots(track.item.any());
        look(&Scene {
            purpose: self.purpose,
            item: track.item.any(),
            identity: (&self.run, &self.plan.digest),
            known: &track.item_journal,
            applied: &track.applied,
            ever: &track.announced,
            reviewed: &track.reviewed,
            usable: self.untold || now.get(&source).is_none_or(|one| is_usable(world, &source, one)),
            source: now.get(&source).copied(),
            replacement: now.get(&replacement).copied(),
            meddled: [self.meddled(&source), self.meddled(&replacement)],
            // What nobody could tell keeps nobody from a stop, and then from no start either.
            hindered: [
                track.hindered[0]
                    || (self.untold && now.get(&source).is_some_and(|one| !is_usable(world, &source, one))),
                track.hindered[1],
            ],
            moves: track.moves,
            configs: configs(world),
            trouble: track.trouble,
            used: track.used,
            stop_denied: track.stop_denied,
        })
    }
}

fn config_spots(run: &RunId, item: &Item) -> impl Iterator<Item = (Spot, ItemId)> {
    let at = |kind| (item.id.region.clone(), config_name(run, &item.id, kind).to_ascii_lowercase());
    let spots = [TransferKind::Export, TransferKind::Import].map(|kind| (at(kind), item.id.clone()));
    spots.into_iter().filter(|_| item.moved_by_run().is_some())
}

fn configs(world: &World) -> Vec<&str> {
    let sites = world.accounts.values().flat_map(|account| account.sites.values());
    sites.flat_map(|site| site.lifecycle_configs.keys()).map(String::as_str).collect()
}

/// Whether an instance could be launched with the role and the key that it has.
fn is_usable(world: &World, (region, _): &Spot, one: &Notebook) -> bool {
    let name = one.settings.role_arn.rsplit('/').next().unwrap_or_default();
    world.accounts.values().any(|account| {
        let role = account.roles.get(name).is_some_and(|role| role.for_sagemaker);
        let keys = account.sites.get(region).map(|site| &site.kms_keys);
        let key = one.settings.kms_key_id.as_ref().is_none_or(|arn| {
            keys.is_some_and(|keys| {
                keys.values().any(|key| key.arn == *arn && key.state == KeyState::Enabled)
            })
        });
        role && key
    })
}
