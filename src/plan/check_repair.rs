//! Pure: the checker's rules on one repair in place: what is changed is a repair, and is what is written down.

use crate::inventory::{Description, Rest};
use crate::plan::{HazardKind, Plan, RepairItem, StepKind, warnings};
use crate::rules::RuleId;

/// Every problem of one repair.
pub(super) fn repair_problems(plan: &Plan, item: &RepairItem) -> Vec<String> {
    let mut problems = Vec::new();
    let mut report = |broken: bool, what: &str| {
        if broken {
            problems.push(what.to_owned());
        }
    };
    let source = &item.source.description;
    let arn = source.notebook_instance_arn.as_str().to_ascii_lowercase();
    let here = format!(":sagemaker:{}:{}:notebook-instance/{}", item.id.region, plan.account, item.id.name);
    report(!arn.ends_with(&here.to_ascii_lowercase()), "its ARN is of something else");
    report(source.notebook_instance_name != item.id.name, "its source has another name");
    report(item.request.notebook_instance_name != item.id.name, "its request is for another instance");
    request(item, &mut report);
    changes(item, &mut report);
    steps(item, &mut report);
    let due = warnings::of_repair(&item.request, source);
    report(item.warnings != due, "its warnings are not those of its request");
    let told = item.hazards.iter().any(|hazard| hazard.kind == HazardKind::PlatformChanges);
    report(told != item.request.platform_identifier.is_some(), "it does not tell that its platform changes");
    problems
}

type Report<'a> = dyn FnMut(bool, &str) + 'a;

/// Each member that is asked for repairs a finding, or is the platform that the instance needs to start again.
fn request(item: &RepairItem, report: &mut Report<'_>) {
    let request = &item.request;
    let claims = |rule| item.findings.contains(&rule);
    let root = request.root_access.as_deref();
    let imds = imds(request.instance_metadata_service_configuration.as_ref());
    report(root.is_none() && request.platform_identifier.is_none() && imds.is_none(), "it repairs nothing");
    report(root.is_some_and(|value| value != "Disabled"), "it would allow root access");
    report(
        imds.as_deref().is_some_and(|version| version != "2"),
        "it would allow version 1 of the metadata service",
    );
    report(
        root.is_some() && !claims(RuleId::RootAccess),
        "it changes root access, which no finding asks for",
    );
    report(
        imds.is_some() && !claims(RuleId::ImdsV2),
        "it changes the metadata service, which no finding asks for",
    );
    report(
        claims(RuleId::DirectInternetAccess) && item.findings.len() == 1,
        "its finding needs a new instance",
    );
}

/// The list of changes is exactly what differs.
fn changes(item: &RepairItem, report: &mut Report<'_>) {
    let (source, request) = (&item.source.description, &item.request);
    let rows = [
        ("RootAccess", source.root_access.clone(), request.root_access.clone()),
        ("PlatformIdentifier", source.platform_identifier.clone(), request.platform_identifier.clone()),
        (
            "MinimumInstanceMetadataServiceVersion",
            imds(source.instance_metadata_service_configuration.as_ref()),
            imds(request.instance_metadata_service_configuration.as_ref()),
        ),
    ];
    let wanted: Vec<_> =
        rows.into_iter().filter(|(_, before, after)| after.is_some() && before != after).collect();
    let asked = [&request.root_access, &request.platform_identifier].into_iter().flatten().count()
        + usize::from(request.instance_metadata_service_configuration.is_some());
    report(asked != wanted.len(), "it asks for what the instance has already");
    let listed =
        item.changes.iter().map(|one| (one.attribute.as_str(), one.before.clone(), one.after.clone()));
    report(!listed.eq(wanted), "its list of changes is not what is changed");
}

fn steps(item: &RepairItem, report: &mut Report<'_>) {
    let wanted: &[StepKind] = match rest(&item.source.description) {
        Some(true) => {
            &[StepKind::StopSource, StepKind::UpdateSource, StepKind::StartSource, StepKind::VerifySource]
        }
        Some(false) => &[StepKind::UpdateSource, StepKind::VerifySource],
        None => return report(true, "its source is not at rest"),
    };
    report(
        !item.steps.iter().map(|step| step.step).eq(wanted.iter().copied()),
        "its steps are not those of its source",
    );
}

/// Whether it runs; nothing where it is not at rest.
fn rest(source: &Description) -> Option<bool> {
    match source.rest() {
        Rest::Running => Some(true),
        Rest::Stopped => Some(false),
        Rest::Busy | Rest::Failed | Rest::Deleting => None,
    }
}

fn imds(settings: Option<&crate::inventory::MetadataService>) -> Option<String> {
    settings.map(|settings| settings.minimum_instance_metadata_service_version.clone())
}
