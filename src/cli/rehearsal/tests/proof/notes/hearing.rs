//! What a witness makes of the calls: of the program's, and of what somebody else did.

use crate::cli::rehearsal::tests::proof::law::{Broken, Law, hold};
use crate::cli::rehearsal::tests::proof::notes::{Notes, SeenCall, Spot};
use crate::execute::Side;
use crate::ids::Region;
use crate::sandbox::{LoggedCall, World};

impl Notes {
    pub(super) fn hear(&mut self, calls: &[LoggedCall]) {
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
            let reads =
                ["Describe", "List", "Get", "Head"].iter().any(|verb| call.operation.starts_with(verb));
            // Keys, roles and networks are looked at, too.
            let of_instance = call.operation.contains("NotebookInstance") || call.operation == "ListTags";
            let ours = match spot.as_ref().filter(|_| of_instance) {
                Some(spot) => self.spots.contains_key(spot) || self.config_spots.contains_key(spot),
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
        let config = spot.and_then(|spot| self.config_spots.get(spot));
        if let Some(track) = config.and_then(|id| self.tracks.get_mut(id)) {
            track.trouble = true;
            return;
        }
        let concerned = spot.and_then(|spot| self.spots.get(spot));
        for (id, track) in &mut self.tracks {
            track.trouble |= concerned.is_none_or(|(one, _)| one == id);
        }
        let Some((id, side)) = concerned else { return };
        let stuck = call.fault.as_deref() == Some("stuck");
        let denied = call.fault.as_deref() == Some("access-denied");
        if denied && *side == Side::Source && call.operation == "StopNotebookInstance" {
            self.tracks.entry(id.clone()).and_modify(|track| track.stop_denied = true);
        }
        let starts = ["StartNotebookInstance", "UpdateNotebookInstance"].contains(&call.operation.as_str());
        if (stuck || starts)
            && let Some(track) = self.tracks.get_mut(id)
        {
            track.hindered[place(*side)] = true;
        }
    }

    /// Notes what outsiders have done that the log does not have yet.
    pub(super) fn overhear(&mut self, world: &World) {
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
    pub(super) fn meddled(&self, spot: &Spot) -> bool {
        let mut deeds = self.deeds.iter().chain(&self.fresh).filter(|deed| deed.spot == *spot);
        deeds.any(|deed| self.looks.get(spot).is_none_or(|look| deed.at >= *look))
    }

    pub(super) fn deleted_by_others(&self, spot: &Spot) -> bool {
        let mut deeds = self.deeds.iter().chain(&self.fresh).filter(|deed| deed.spot == *spot);
        deeds.any(|deed| deed.operation == "DeleteNotebookInstance")
    }
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
