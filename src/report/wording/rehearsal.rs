//! What a rehearsal has shown, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ids::Region;
use crate::rehearse::{Failing, Rehearsal, Spread, Trouble};
use crate::text::{commas, counted, duration};

use super::reason::reason;
use super::{phase, run_end};

/// What a rehearsal cannot show, whatever it shows.
pub const ASSUMPTIONS: &str = "How long AWS takes to change a status is an estimate: AWS publishes no figures. Apart \
    from the faults named here, all was taken to be in order: capacity, permissions, execution roles, KMS keys, \
    lifecycle scripts, and quotas by instance type. Figures in AWS's messages are the simulation's. Sources and free addresses were those of the plan, and nobody \
    else changed anything.";

/// What a rehearsal has shown, a label and a text each.
pub fn rehearsal(rehearsal: &Rehearsal) -> Vec<(&'static str, String)> {
    let Rehearsal { trials, completed, first_seed, faults, duration, all_calls, calls, spare, rooms, .. } =
        rehearsal;
    let mut rows = vec![("takes", rehearsed_duration(*duration, (*completed, *trials)))];
    rows.extend(rooms.iter().map(|(region, room)| ("needs", needed(region, room.needed, *spare))));
    if spare.is_none() {
        rows.push((
            "room",
            "whether the quota (L-04CE2E67) has room for them, `--spare COUNT` tells".to_owned(),
        ));
    }
    let listed: Vec<String> = calls.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
    let median = if *trials == 1 { "" } else { " in the median" };
    rows.push(("calls", format!("{all_calls}{median}: {}", commas(&listed))));
    rows.extend(ended_early(rehearsal).iter().map(|(end, count)| {
        ("ended early", format!("{} {end}", counted(*count as usize, "trial", "trials")))
    }));
    let made = if faults.is_empty() { "none made".to_owned() } else { commas(faults) };
    rows.push(("faults", made));
    let last = first_seed.wrapping_add(u64::from(trials.saturating_sub(1)));
    rows.push(("seeds", format!("{first_seed} to {last}: what is left to chance, a number a trial")));
    rows
}

/// Why an item did not come out well, each reason once.
pub fn troubles(failing: &Failing) -> BTreeSet<String> {
    failing.troubles.iter().map(trouble).collect()
}

fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(why) => format!("refused: {}", reason(why)),
        Trouble::Failed(why) => reason(why),
        Trouble::Unfinished { phase: at, why } => {
            let why = why.as_ref().map_or_else(|| "the run ended".to_owned(), reason);
            format!("not finished while {}: {why}", phase(*at))
        }
    }
}

/// Why trials ended before they came to the last item, and how many did.
pub fn ended_early(rehearsal: &Rehearsal) -> BTreeMap<String, u32> {
    let mut ends = BTreeMap::new();
    for end in &rehearsal.ended_early {
        *ends.entry(run_end(end)).or_insert(0) += 1;
    }
    ends
}

fn needed(region: &Region, needed: u32, spare: Option<u32>) -> String {
    let extra = format!("{} in {region}", counted(needed as usize, "extra instance", "extra instances"));
    match spare {
        None => extra,
        Some(spare) if spare >= needed => format!("{extra}: room for {spare}"),
        Some(spare) => format!("{extra}: room for {spare}, {} too few", needed - spare),
    }
}

fn rehearsed_duration(spread: Option<Spread>, (completed, trials): (u32, u32)) -> String {
    let Some(Spread { median_seconds, p90_seconds, longest_seconds }) = spread else {
        return "not known: no trial came to the last item".to_owned();
    };
    let [median, p90, longest] =
        [median_seconds, p90_seconds, longest_seconds].map(|seconds| duration(Duration::from_secs(seconds)));
    if trials == 1 {
        return median;
    }
    let of = if completed < trials {
        format!(", of {completed} that came to the last item")
    } else {
        String::new()
    };
    format!("{median} in the median, {p90} at most in nine of ten trials, {longest} at the longest{of}")
}
