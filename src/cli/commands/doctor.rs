//! `remediate doctor`: says what is missing before it hurts. Changes nothing.

use std::path::Path;

use crate::access::Actor;
use crate::cli::args::{DataFormat, DoctorArgs};
use crate::cli::connect::{Opened, first_region, open};
use crate::cli::doctor::Examination;
use crate::cli::error::CommandError;
use crate::cli::policy_file;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::ids::Region;
use crate::plan::Plan;
use crate::plan::file::load;
use crate::policy::{Policy, Regions, built_in};
use crate::report::{terminal, to_json, view};

/// Examines, and says what was found.
pub(crate) async fn run(args: DoctorArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let policy = policy(&args, printer)?;
    let plan = args.plan.as_deref().map(load).transpose()?;
    let planned = plan.as_ref().and_then(|plan| plan.regions.first().cloned());
    let first = first_region(&args.scope, &policy).or(planned);
    let Opened { session, endpoint, .. } =
        open(&args.connection, policy.limits.requests_per_second, first).await?;
    let default = session.default_region();
    let regions = regions(&args, (&policy, plan.as_ref()), default, session.home());
    let actors = args.role.map_or_else(|| vec![Actor::Reader, Actor::Operator], |role| vec![role.actor()]);
    let examination =
        Examination { session: &session, endpoint, regions, actors, policy: &policy, plan: plan.as_ref() };
    let report = examination.make().await;
    match args.format {
        DataFormat::Text => printer.data(&terminal(&view::doctor(&report), printer.out_style())),
        DataFormat::Json => printer.data(&to_json(&report)),
    }
    Ok(report.exit())
}

/// The policy that is named, or lies here; none is needed.
fn policy(args: &DoctorArgs, printer: &Printer) -> Result<Policy, CommandError> {
    if args.scope.policy.is_none() && !Path::new(policy_file::DEFAULT).exists() {
        return Ok(built_in());
    }
    policy_file::required(&args.scope, printer)
}

/// The regions to look at: the command line's, else the plan's, else the policy's, else the profile's. For all of them the
/// first stands: permissions are the same in each, unless a policy says otherwise.
fn regions(
    args: &DoctorArgs,
    (policy, plan): (&Policy, Option<&Plan>),
    default: Option<Region>,
    home: &Region,
) -> Vec<Region> {
    let mut regions = match (&policy.scope.regions, plan) {
        _ if !args.scope.region.is_empty() => args.scope.region.clone(),
        (_, Some(plan)) => plan.regions.clone(),
        (Regions::Listed(regions), None) if !regions.is_empty() => regions.clone(),
        (Regions::Listed(_), None) => default.into_iter().collect(),
        (Regions::All, None) => vec![default.unwrap_or_else(|| home.clone())],
    };
    regions.sort();
    regions.dedup();
    regions
}
