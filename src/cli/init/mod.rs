//! `remediate policy init`: reads an account, and writes a policy that fits it.

mod ask;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::civil::Date;

use crate::api_error::ApiError;
use crate::cli::args::PolicyInitArgs;
use crate::cli::connect::{Connected, connect};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::cli::{denied, outcome, reading};
use crate::exit::ExitStatus;
use crate::files::write_private;
use crate::ids::Region;
use crate::inventory::{Description, Gap, Inventory};
use crate::network::{RegionNetworks, Siting, read_region};
use crate::policy::parse;
use crate::policy_init::{
    Draft, RegionDraft, Unread, broken, essential, neighbours, policy_text, rest, target,
};
use crate::report::wording;
use crate::text::{counted, shell_word};

/// Calls per second and region while looking around: the default of policies.
const REQUESTS_PER_SECOND: u32 = 5;

/// Looks, asks, and writes.
pub(crate) async fn run(args: PolicyInitArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    refuse_to_overwrite(&args.out)?;
    let connected = connect(&args.connection, REQUESTS_PER_SECOND, &args.region).await?;
    let regions = regions(&connected, &args).await?;
    let inventory = reading::inventory(&connected, regions, &|_: &Description| false, printer).await;
    let mut draft = Draft::of(&inventory);
    let mut unread = Unread::of(&inventory);
    let asks = !args.best && ask::can_ask();
    for region in &inventory.regions {
        let broken = broken(&inventory, region);
        if broken == 0 {
            continue;
        }
        let networks = match look(&connected, region).await {
            Ok(networks) => networks,
            Err(error) => {
                unread.choice(region, error);
                continue;
            }
        };
        rest(&networks, region).into_iter().for_each(|error| unread.network(region, error));
        let (account, neighbours) = (&inventory.account, &neighbours(&inventory, region));
        let siting = Siting { networks: &networks, region, account, neighbours };
        let best = RegionDraft::best(region, broken, siting.candidates());
        draft.targets.push(if asks { ask::choose(best, siting, printer)? } else { best });
    }
    refuse_to_guess(&unread, &inventory)?;
    draft.unread = said(&unread);
    write((&args.out, draft.today), &policy_text(&draft), printer)?;
    draft.targets.iter().filter_map(target::caution).for_each(|caution| printer.note(&caution));
    draft.unread.iter().for_each(|one| printer.note(&format!("could not be read: {one}")));
    next(&args.out, printer);
    let gaps = unread.gaps();
    denied::after_reading(&gaps, printer);
    Ok(outcome::of_reading(&gaps, false, false))
}

/// What could not be read, in words.
fn said(unread: &Unread) -> Vec<String> {
    let of_networks =
        |gap: &Gap| format!("the networks of {}: {}", gap.region, wording::api_error(&gap.error));
    unread.instances.iter().map(wording::gap).chain(unread.networks.iter().map(of_networks)).collect()
}

/// Nothing is written where too little could be read.
fn refuse_to_guess(unread: &Unread, inventory: &Inventory) -> Result<(), CommandError> {
    if unread.is_enough(inventory) {
        return Ok(());
    }
    let gaps = unread.gaps();
    let status = if unread.is_shut() { ExitStatus::Access } else { outcome::of_reading(&gaps, false, false) };
    let message = "no policy was written: nothing that one is made of could be read";
    let mut error = CommandError::new(status, message);
    error.causes = said(unread);
    error.hints = gaps.first().map(|gap| CommandError::access(&gap.error).hints).unwrap_or_default();
    Err(error)
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

/// What there is to choose from in a region.
async fn look(connected: &Connected, region: &Region) -> Result<RegionNetworks, ApiError> {
    let networks = read_region(&connected.session, region).await?;
    match essential(&networks, region) {
        Some(error) => Err(error),
        None => Ok(networks),
    }
}

/// What is written must be a policy: whatever the account's names hold.
fn write((out, today): (&Path, Date), text: &str, printer: &Printer) -> Result<(), CommandError> {
    let shown = out.display().to_string();
    let policy = parse(&shown, text, today).map_err(|problems| {
        printer.diagnostics(&problems);
        CommandError::bug("the policy that was made is not valid; nothing was written")
    })?;
    write_private(out, text.as_bytes())?;
    printer.note(&format!("policy saved to {shown}: {}", counted(policy.targets.len(), "target", "targets")));
    Ok(())
}

fn next(out: &Path, printer: &Printer) {
    let file = shell_word(&out.display().to_string());
    printer.note(&format!("read it, edit it as needed, then: remediate plan --policy {file}"));
}
