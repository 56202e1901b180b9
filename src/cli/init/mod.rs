//! `remediate policy init`: reads an account, and writes a policy that fits it.

mod ask;
mod draft;
mod text;

use std::path::Path;

use jiff::civil::Date;

use crate::api_error::ApiError;
use crate::cli::args::PolicyInitArgs;
use crate::cli::connect::{Connected, connect};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::{denied, outcome, reading};
use crate::exit::ExitStatus;
use crate::ids::Region;
use crate::inventory::{Description, Gap, Inventory};
use crate::network::{NetworkFacts, candidates, read_region};
use crate::plan::file::write_private;
use crate::policy::parse;
use crate::text::{counted, shell_word};

use draft::{Draft, RegionDraft, broken, neighbours};

/// Calls per second and region while looking around: the default of policies.
const REQUESTS_PER_SECOND: u32 = 5;

/// Looks, asks, and writes.
pub(crate) async fn run(args: PolicyInitArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    refuse_to_overwrite(&args.out)?;
    let connected = connect(&args.connection, REQUESTS_PER_SECOND, args.region.first().cloned()).await?;
    let regions = regions(&connected, &args).await?;
    let inventory = reading::inventory(&connected, regions, &|_: &Description| false, printer).await;
    let mut draft = Draft::of(&inventory);
    let mut gaps = inventory.gaps.clone();
    let asks = !args.best && ask::can_ask();
    for region in &inventory.regions {
        match look(&connected, &inventory, region).await {
            None => {}
            Some(Ok(found)) => draft.targets.push(if asks { ask::choose(found, printer)? } else { found }),
            Some(Err(error)) => gaps.push(Gap { region: region.clone(), instance: None, error }),
        }
    }
    write((&args.out, draft.today), &text::policy(&draft), printer)?;
    for gap in &gaps {
        printer.note(&format!("could not be read: {}", crate::report::wording::gap(gap)));
    }
    denied::after_reading(&gaps, printer);
    Ok(outcome::of_reading(&gaps, false, false))
}

fn refuse_to_overwrite(out: &Path) -> Result<(), CommandError> {
    if !out.exists() {
        return Ok(());
    }
    let message = format!("`{}` exists, and is not overwritten", out.display());
    Err(CommandError::new(ExitStatus::Usage, message).hint("name another file with --out"))
}

/// The regions asked for, else all that are switched on, else that of the profile.
async fn regions(connected: &Connected, args: &PolicyInitArgs) -> Result<Vec<Region>, CommandError> {
    if !args.region.is_empty() {
        let mut regions = args.region.clone();
        regions.sort();
        regions.dedup();
        return Ok(regions);
    }
    match connected.session.enabled_regions(connected.session.home()).await {
        Ok(regions) => Ok(regions),
        Err(error) => match connected.session.default_region() {
            Some(region) => Ok(vec![region]),
            None => {
                Err(CommandError::access(&error).hint("or name the regions: --region us-east-1,eu-west-1"))
            }
        },
    }
}

/// What there is to choose from in a region; nothing where no instance has to be replaced.
async fn look(
    connected: &Connected,
    inventory: &Inventory,
    region: &Region,
) -> Option<Result<RegionDraft, ApiError>> {
    let broken = broken(inventory, region);
    if broken == 0 {
        return None;
    }
    let (facts, names) = match read_region(&connected.session, region).await {
        Ok(read) => read,
        Err(error) => return Some(Err(error)),
    };
    if let Some(error) = unread(&facts, region) {
        return Some(Err(error));
    }
    let site = (region, &inventory.account);
    let candidates = candidates(&facts, site, &names, &neighbours(inventory, region));
    Some(Ok(RegionDraft::best(region, broken, candidates)))
}

/// Why a choice between the networks of a region would be a guess: without these not even a subnet can be told usable.
fn unread(facts: &NetworkFacts, region: &Region) -> Option<ApiError> {
    let survey = facts.surveys.get(region)?;
    let zones = facts.zones.get(region).and_then(|zones| zones.as_ref().err());
    let (subnets, groups) = (survey.subnets.as_ref().err(), survey.groups.as_ref().err());
    subnets.or(groups).or(zones).cloned()
}

/// What is written must be a policy: whatever the account's names hold.
fn write((out, today): (&Path, Date), text: &str, printer: &Printer) -> Result<(), CommandError> {
    let shown = out.display().to_string();
    let policy = parse(&shown, text, today).map_err(|problems| {
        printer.diagnostics(&problems);
        CommandError::bug("the policy that was made is not valid; nothing was written")
    })?;
    write_private(out, text.as_bytes()).map_err(|error| {
        CommandError::from_error(ExitStatus::Usage, &error).hint("name a file that can be written with --out")
    })?;
    printer.note(&format!("policy saved to {shown}: {}", counted(policy.targets.len(), "target", "targets")));
    let file = shell_word(&shown);
    printer.note(&format!("read it, change what you know better, then: remediate plan --policy {file}"));
    Ok(())
}
