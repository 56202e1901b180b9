//! What a witness has seen so far, and what it makes of what it sees next.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::rehearsal::tests::proof::item_journal::ItemJournal;
use crate::cli::rehearsal::tests::proof::journal_lines::JournalLines;
use crate::cli::rehearsal::tests::proof::law::{Breach, Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::scene::Scene;
use crate::cli::rehearsal::tests::proof::story_world::Mischief;
use crate::cli::rehearsal::tests::proof::tally::Tally;
use crate::cli::rehearsal::tests::proof::writing::may_write;
use crate::execute::Side;
use crate::ids::{ItemId, Region, RunId};
use crate::journal::{Call, Entry, Outcome, Purpose};
use crate::plan::{AnyItem, Item, Plan, RepairItem};
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

    /// Somebody has done something to an item's replacement, or in its stead, while nobody was at work.
    pub(super) fn disturb(&mut self, id: &ItemId, done: Mischief, world: &World) {
        let Some(track) = self.tracks.get_mut(id) else { return };
        track.hindered[0] |= done == Mischief::Lock;
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

    fn hear(&mut self, calls: &[LoggedCall]) {
        for call in calls {
            self.heard += 1;
            self.tally.call(call);
            let named = call.region.as_ref().zip(call.resource.as_ref());
            let spot = named.map(|(region, name)| (region.parse().unwrap(), name.to_ascii_lowercase()));
            if call.by == "outsider" {
                let spot: Spot = spot.unwrap();
                self.deeds.push(SeenCall {
                    at: call.at,
                    spot: spot.clone(),
                    operation: call.operation.clone(),
                });
                self.bystanders.remove(&spot);
                continue;
            }
            let reads = ["Describe", "List", "Get"].iter().any(|verb| call.operation.starts_with(verb));
            // Keys, roles and networks are looked at, too.
            let of_instance = call.operation.contains("NotebookInstance") || call.operation == "ListTags";
            let ours = match spot.as_ref().filter(|_| of_instance) {
                Some(spot) => self.spots.contains_key(spot),
                None => reads,
            };
            let mut broken = Broken::new();
            hold(&mut broken, Law::OnlyThePlan, ours, || {
                format!("{} of {:?}", call.operation, call.resource)
            });
            self.breach(None, broken);
            if call.fault.is_some() || call.code.as_deref().is_some_and(|code| code.contains("Throttl")) {
                self.suffer(call, spot.as_ref());
            }
        }
    }

    /// Notes what a fault may be the cause of.
    fn suffer(&mut self, call: &LoggedCall, spot: Option<&Spot>) {
        self.untold |= ["GetRole", "DescribeKey"].contains(&call.operation.as_str());
        let concerned = spot.and_then(|spot| self.spots.get(spot));
        for (id, track) in &mut self.tracks {
            track.trouble |= concerned.is_none_or(|(one, _)| one == id);
        }
        let Some((id, side)) = concerned else { return };
        let stuck = call.fault.as_deref() == Some("stuck");
        let starts = ["StartNotebookInstance", "UpdateNotebookInstance"].contains(&call.operation.as_str());
        if (stuck || starts)
            && let Some(track) = self.tracks.get_mut(id)
        {
            track.hindered[place(*side)] = true;
        }
    }

    /// Notes what outsiders have done that the log does not have yet.
    fn overhear(&mut self, world: &World) {
        let sites = world.accounts.values().flat_map(|account| &account.sites);
        let deed = |(region, site): (&Region, _)| {
            let region = region.clone();
            let deeds: &Vec<_> = site;
            deeds.iter().map(move |deed| seen_call_of(&region, deed)).collect::<Vec<_>>()
        };
        self.fresh = sites.map(|(region, site)| (region, &site.deeds)).flat_map(deed).collect();
        for deed in &self.fresh {
            self.bystanders.remove(&deed.spot);
        }
        for deed in self.deeds.iter().chain(&self.fresh) {
            if let Some((id, side)) = self.spots.get(&deed.spot)
                && let Some(track) = self.tracks.get_mut(id)
            {
                track.trouble = true;
                track.hindered[place(*side)] = true;
            }
        }
    }

    /// Whether somebody else has done something to an instance since the program last looked at it.
    fn meddled(&self, spot: &Spot) -> bool {
        let mut deeds = self.deeds.iter().chain(&self.fresh).filter(|deed| deed.spot == *spot);
        deeds.any(|deed| self.looks.get(spot).is_none_or(|look| deed.at >= *look))
    }

    fn deleted_by_others(&self, spot: &Spot) -> bool {
        let mut deeds = self.deeds.iter().chain(&self.fresh).filter(|deed| deed.spot == *spot);
        deeds.any(|deed| deed.operation == "DeleteNotebookInstance")
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

    /// Reads the new lines of the journal, and holds them against the world.
    fn read(&mut self, world: &World) {
        let entries = match self.journal_lines.news() {
            Ok(entries) => entries,
            Err(why) => return self.breach(None, vec![(Law::JournalHolds, why)]),
        };
        for entry in entries {
            self.tally.line();
            if let Entry::RunResumed { .. } = entry {
                self.look_anew();
            }
            let Some(id) = entry.item().cloned() else { continue };
            let Some(track) = self.tracks.get_mut(&id) else {
                self.breach(Some(&id), vec![(Law::OnlyThePlan, format!("{entry:?}"))]);
                continue;
            };
            let mut broken = track.item_journal.read(&entry);
            if let Entry::Intent { call, .. } = &entry {
                track.announced.push(*call);
            }
            broken.extend(self.scene(&id, world, |scene| may_write(scene, &entry)));
            broken.extend(self.judge_end(&id, &entry));
            self.breach(Some(&id), broken);
        }
    }

    /// What follows an application tries again what it has refused or failed at, once it is gone on with.
    fn look_anew(&mut self) {
        let again = |outcome: &Outcome| matches!(outcome, Outcome::Refused { .. } | Outcome::Failed { .. });
        for track in self.tracks.values_mut().filter(|_| self.purpose != Purpose::Apply) {
            if track.item_journal.outcome.as_ref().is_some_and(again) {
                track.item_journal = ItemJournal::default();
            }
        }
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

    /// An item that failed or was refused had a cause.
    fn judge_end(&mut self, id: &ItemId, entry: &Entry) -> Broken {
        let mut broken = Broken::new();
        let Entry::ItemEnded { outcome, .. } = entry else { return broken };
        self.tally.outcome(outcome);
        let track = &self.tracks[id];
        let cause = match (outcome, self.purpose) {
            // What was deleted as planned cannot be gone back to.
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Rollback) => {
                track.announced.contains(&Call::DeleteSource) || track.item.has_new_platform()
            }
            // What nobody saw at rest may have been used.
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Cleanup) => {
                track.applied.at_rest.is_none()
            }
            (Outcome::Failed { .. } | Outcome::Refused { .. }, Purpose::Apply) => false,
            (Outcome::Done { source_deleted: false, .. }, Purpose::Apply)
                if track.item.is(|item| item.delete_source) =>
            {
                track.item_journal.at_rest.is_none()
            }
            (
                Outcome::Done { .. }
                | Outcome::Repaired { .. }
                | Outcome::AlreadyDone { .. }
                | Outcome::RolledBack { .. },
                _,
            ) => true,
        };
        hold(&mut broken, Law::NotWithoutCause, track.trouble || cause, || format!("{outcome:?}"));
        broken
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
            hindered: track.hindered,
        })
    }
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

fn place(side: Side) -> usize {
    match side {
        Side::Source => 0,
        Side::Replacement => 1,
    }
}

fn seen_call_of(region: &Region, deed: &crate::sandbox::Deed) -> SeenCall {
    let spot = (region.clone(), deed.name.to_ascii_lowercase());
    SeenCall { at: deed.at, spot, operation: deed.operation.to_owned() }
}
