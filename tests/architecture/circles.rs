//! No file of `src` uses another that uses it, by however many steps: each can be read, and changed, by knowing only what
//! is below it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::uses::{Uses, lost, uses};

#[test]
fn no_file_uses_another_that_uses_it() {
    let uses = uses(&crate::texts());
    assert!(uses.len() > 100, "only {} files were found", uses.len());
    let knots = knots(&uses);
    let told: Vec<String> = knots.iter().map(|knot| tell(&uses, knot)).collect();
    assert!(told.is_empty(), "files that use one another:\n\n{}", told.join("\n"));
}

#[test]
fn every_path_of_the_crate_leads_to_a_file() {
    let lost = lost(&crate::texts());
    assert!(lost.is_empty(), "uses that would be overlooked:\n{}", lost.join("\n"));
}

/// The files that can be reached from one another, a set for each knot of them.
pub(crate) fn knots(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|file| (file, reached(uses, file).into_keys().collect())).collect();
    let mut knots = BTreeSet::new();
    for (file, there) in &reached {
        let back = there.iter().filter(|other| reached.get(**other).is_some_and(|from| from.contains(file)));
        knots.insert(back.map(|other| (*other).clone()).collect::<BTreeSet<_>>());
    }
    knots.remove(&BTreeSet::new());
    knots.into_iter().collect()
}

/// Every file that a file uses, directly or through others, each with the one that is before it on the shortest way.
fn reached<'a>(uses: &'a Uses, start: &'a String) -> BTreeMap<&'a String, &'a String> {
    let mut before = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for next in uses.get(file).into_iter().flat_map(BTreeMap::keys) {
            if !before.contains_key(next) {
                before.insert(next, file);
                open.push_back(next);
            }
        }
    }
    before
}

/// The shortest circle in a knot, from the first file of it to that file again.
pub(crate) fn shortest<'a>(uses: &'a Uses, knot: &'a BTreeSet<String>) -> Vec<&'a String> {
    let around = knot.iter().map(|start| {
        let before = reached(uses, start);
        let mut way = vec![start];
        let mut file = start;
        while let Some(previous) = before.get(file) {
            way.push(previous);
            file = previous;
            if file == start {
                break;
            }
        }
        way.reverse();
        way
    });
    around.min_by_key(Vec::len).unwrap_or_default()
}

/// A knot by its shortest circle, with the names that make each step.
pub(crate) fn tell(uses: &Uses, knot: &BTreeSet<String>) -> String {
    let circle = shortest(uses, knot);
    let steps = circle.windows(2).map(|step| {
        let names: Vec<&str> = uses[step[0]][step[1]].iter().map(String::as_str).collect();
        format!("  {} uses {} ({})\n", step[0], step[1], names.join(", "))
    });
    let whole: Vec<&str> = knot.iter().map(String::as_str).collect();
    format!("{} files are in this: {}\n{}", knot.len(), whole.join(" "), steps.collect::<String>())
}
