//! Pure: lifecycle scripts that need what the replacement does not have, or that could not be read.
//!
//! What is found is shown to people and saved in plans. Scripts hold secrets in more forms than anybody can list, so that
//! of a line only that is shown which cannot be one: known commands, plain options, packages, services, the hosts of URLs,
//! and plain parts of paths. The scripts themselves go nowhere.

mod argument;
mod code;
mod evidence;
mod fetch;
mod fetched;
mod hosts;
mod need;
mod quoted;
mod remote;
mod services;
mod shell;
mod source;
mod stops;
#[cfg(test)]
mod tests;
mod volume;
mod walk;
mod word;
mod wrapper;

use crate::api_error::Reading;
use crate::facts::platforms;
use crate::inventory::{Description, Scripts};
use crate::network::CheckVerdict;
use crate::plan::{CreateRequest, Hazard, HazardKind};

use super::replacing::{Replacing, hazard};
use evidence::Evidence;
use need::{Need, Wants};

/// The hazards of scripts, and whether one of them needs for certain what the target does not reach for certain.
pub(super) fn find(replacing: &Replacing<'_>) -> (Vec<Hazard>, bool) {
    let Replacing { region, source, request, companions, .. } = *replacing;
    let Some(name) = &request.lifecycle_config_name else { return (Vec::new(), false) };
    let unread = |kind, why: String| (vec![hazard(kind, [why])], false);
    let scripts = match companions.scripts.get(&(region.clone(), name.clone())) {
        Some(Reading::Found(scripts)) => scripts,
        Some(Reading::Missing) => return unread(HazardKind::ScriptMissing, name.clone()),
        Some(Reading::Unreadable(error)) => {
            return unread(HazardKind::ScriptUnknown, format!("{name}: {error}"));
        }
        None => return unread(HazardKind::ScriptUnknown, format!("{name} was not read")),
    };
    let found = read(scripts, |need| verdict(replacing, need));
    let of = |kind, lines: Vec<String>| {
        (!lines.is_empty()).then(|| hazard(kind, std::iter::once(name.clone()).chain(lines)))
    };
    let yum = if loses_yum(&source.description, request) { found.yum } else { Vec::new() };
    let kinds = [
        of(HazardKind::ScriptNeedsInternet, found.needs),
        of(HazardKind::ScriptUsesVolume, found.volume),
        of(HazardKind::ScriptUsesYum, yum),
        of(HazardKind::ScriptStopsInstance, found.stops),
    ];
    (kinds.into_iter().flatten().collect(), found.fails)
}

/// What was found in the scripts of one lifecycle configuration: lines such as ``OnStart line 3: `pip install x` ``.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Findings {
    /// Commands that need what the target does not reach, or may not.
    needs: Vec<String>,
    /// Commands that use files of the volume.
    volume: Vec<String>,
    /// Commands of `yum`, and of `amazon-linux-extras`, which went with it.
    yum: Vec<String>,
    /// Commands that stop the instance when nobody uses it.
    stops: Vec<String>,
    /// Whether one of the needs is certain, and certainly not reached.
    fails: bool,
}

/// Reads both scripts, in the order they are run in: what the first puts on the volume, the second finds there.
fn read(scripts: &Scripts, verdict: impl Fn(&Need) -> CheckVerdict) -> Findings {
    let Scripts { on_create, on_start } = scripts;
    let (mut made, mut found) = (volume::Made::default(), Findings::default());
    let mut needs = Evidence::default();
    let (mut volume, mut yum, mut stops) = (Evidence::default(), Evidence::default(), Evidence::default());
    for (hook, script) in [("OnCreate", on_create), ("OnStart", on_start)] {
        let Some(text) = script else { continue };
        let read = walk::walk(text, &mut made);
        for need in read.needs {
            let verdict = verdict(&need);
            // What the internet is asked for may still be held up on its way: who filters what is not known.
            if verdict == CheckVerdict::Yes && matches!(need.wants, Wants::Service { .. }) {
                continue;
            }
            found.fails |= verdict == CheckVerdict::No;
            needs.need(hook, &need, verdict);
        }
        read.volume.into_iter().for_each(|(line, shown)| volume.line(hook, line, shown));
        read.yum.into_iter().for_each(|(line, shown)| yum.line(hook, line, shown.to_owned()));
        stops::find(text).into_iter().for_each(|(line, shown)| stops.line(hook, line, shown.to_owned()));
    }
    (found.needs, found.volume) = (needs.shown(), volume.shown());
    (found.yum, found.stops) = (yum.shown(), stops.shown());
    found
}

/// Whether the target reaches what is needed. What is not needed for certain is not missed for certain.
fn verdict(replacing: &Replacing<'_>, need: &Need) -> CheckVerdict {
    let internet = replacing.internet();
    let verdict = match &need.wants {
        Wants::Internet => internet,
        Wants::Repositories => match (internet, replacing.reaches("s3")) {
            (CheckVerdict::No, CheckVerdict::Yes | CheckVerdict::Unknown) => CheckVerdict::Unknown,
            _ => internet,
        },
        // An endpoint is for its own region.
        Wants::Service { region: Some(region), .. } if region != replacing.region.as_str() => internet,
        Wants::Service { name, .. } => replacing.reaches(name),
    };
    if verdict == CheckVerdict::No && !need.sure { CheckVerdict::Unknown } else { verdict }
}

/// Whether the source has `yum`, and its replacement's platform something else in its place.
fn loses_yum(source: &Description, request: &CreateRequest) -> bool {
    let manager = |name: &Option<String>| {
        name.as_deref().and_then(platforms::known).map(|platform| platform.package_manager)
    };
    let (before, after) = (manager(&source.platform_identifier), manager(&request.platform_identifier));
    before == Some("yum") && after.is_some_and(|after| after != "yum")
}
