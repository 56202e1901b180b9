//! Pure: the repair of an instance in place: what is changed on it, and whether it would start again after that.

use jiff::civil::Date;

use crate::facts::platforms;
use crate::inventory::{Description, Instance, MetadataService, Rest};
use crate::plan::already_replaced::Replacements;
use crate::plan::fitness::{FitInPlace, fit_in_place};
use crate::plan::hazards::{self, Repairing};
use crate::plan::inputs::Inputs;
use crate::plan::kms_keys::{self, Known};
use crate::plan::members::MEMBERS;
use crate::plan::{
    Change, Hazard, HazardKind, RepairItem, UpdateRequest, WithheldReason, roles, steps, warnings,
};
use crate::policy::{Imds, RootAccess, Settings};
use crate::rules::{Judgement, Mode, RuleId};

/// Whether the findings of an instance are repaired in place: one is to be repaired, and none needs a new instance.
pub(super) fn is_needed(judgements: &[Judgement]) -> bool {
    let mut repaired = judgements.iter().filter(|one| is_to_repair(one));
    repaired.next().is_some()
        && !judgements.iter().any(|one| is_to_repair(one) && one.rule.starts_replacement())
}

fn is_to_repair(judgement: &Judgement) -> bool {
    judgement.mode == Mode::Remediate && judgement.verdict.is_fail()
}

/// The item that repairs an instance.
///
/// # Errors
/// Why it is not repaired.
pub(super) fn plan(
    inputs: Inputs<'_>,
    replacements: &Replacements<'_>,
    (instance, description): (&Instance, &Description),
    judgements: &[Judgement],
) -> Result<RepairItem, WithheldReason> {
    let Inputs { policy, companions, .. } = inputs;
    let today = inputs.today();
    let FitInPlace { source, settings, owner } = fit_in_place(inputs, replacements, instance, description)?;
    let to_repair: Vec<RuleId> =
        judgements.iter().filter(|one| is_to_repair(one)).map(|one| one.rule).collect();
    let request = request(&to_repair, settings, description, today)?;
    let key =
        description.kms_key_id.as_ref().map(|key| kms_keys::known(companions, &instance.id.region, key));
    if let Some(Known::Unusable(found)) = key {
        return Err(withheld_for(HazardKind::KeyUnusable, found));
    }
    let role = description.role_arn.as_deref().and_then(|role| roles::known(companions, role));
    if let Some(Known::Unusable(found)) = role {
        return Err(withheld_for(HazardKind::RoleUnusable, found));
    }
    let after = request.applied_to(description);
    let left = policy.judge(Some(&after), today);
    let left: Vec<RuleId> = left.iter().filter(|one| is_to_repair(one)).map(|one| one.rule).collect();
    if !left.is_empty() {
        return Err(WithheldReason::NotRepaired { rules: left });
    }
    let unread = match key {
        Some(Known::Unread(why)) => Some(why),
        Some(Known::Usable | Known::Unusable(_)) | None => None,
    };
    let repairing =
        Repairing { source: &source, request: &request, owner: owner.as_ref(), key: unread, today };
    let hazards = hazards::judge_repair(&repairing, policy)?;
    let running = description.rest() == Rest::Running;
    Ok(RepairItem {
        id: instance.id.clone(),
        findings: judgements.iter().filter(|one| one.verdict.is_fail()).map(|one| one.rule).collect(),
        changes: changes(description, &after),
        steps: steps::of_repair(running),
        warnings: warnings::of_repair(&request, description),
        ignore_tags: policy.plan.ignored_tags(),
        hazards,
        source,
        request,
    })
}

/// What repairs these findings.
fn request(
    to_repair: &[RuleId],
    settings: &Settings,
    found: &Description,
    today: Date,
) -> Result<UpdateRequest, WithheldReason> {
    let version = "2".to_owned();
    let root = to_repair.contains(&RuleId::RootAccess) && settings.root_access == RootAccess::Disabled;
    let imds = to_repair.contains(&RuleId::ImdsV2) && settings.imds == Imds::V2;
    Ok(UpdateRequest {
        root_access: root.then(|| "Disabled".to_owned()),
        platform_identifier: platform(to_repair, settings, found, today)?,
        instance_metadata_service_configuration: imds
            .then_some(MetadataService { minimum_instance_metadata_service_version: version }),
        ..UpdateRequest::of(&found.notebook_instance_name)
    })
}

/// The platform that it is given: the policy's, where that is found wanting; or the one without which it would not start again.
fn platform(
    to_repair: &[RuleId],
    settings: &Settings,
    found: &Description,
    today: Date,
) -> Result<Option<String>, WithheldReason> {
    let now = found.platform_identifier.as_deref();
    let ended = now.filter(|it| !platforms::is_started(it, today));
    let chosen = to_repair.contains(&RuleId::Platform).then(|| settings.platform.of(now, today)).flatten();
    let chosen = chosen.filter(|to| now != Some(*to)).map(str::to_owned);
    let to = match (ended, chosen) {
        (None, chosen) => chosen,
        (Some(_), None) if found.rest() != Rest::Running => None,
        (Some(platform), chosen) => {
            refuse_without_successor(platform)?;
            let consent =
                settings.upgrade_source.clone().filter(|to| chosen.as_ref().is_none_or(|it| it == to));
            let platform = platform.to_owned();
            Some(consent.ok_or(WithheldReason::NeedsUpgrade { platform })?)
        }
    };
    to.map(|to| runs(to, found, today)).transpose()
}

/// AWS documents the way from AL2 to AL2023 alone: an older platform is to be left by a new instance.
fn refuse_without_successor(platform: &str) -> Result<(), WithheldReason> {
    match platforms::known(platform).and_then(|one| one.upgraded_to) {
        Some(_) => Ok(()),
        None => Err(WithheldReason::PlatformNotUpgradable { platform: platform.to_owned() }),
    }
}

/// A platform that AWS creates, and that runs on the instance's type.
fn runs(platform: String, found: &Description, today: Date) -> Result<String, WithheldReason> {
    let kind = found.instance_type.as_deref().unwrap_or_default();
    if !platforms::is_created(&platform, today) {
        return Err(withheld_for(HazardKind::PlatformNotCreatable, platform));
    }
    if platforms::known(&platform).is_some_and(|one| !one.runs_on(kind)) {
        return Err(withheld_for(
            HazardKind::TypeNotOnPlatform,
            format!("{platform} does not run on {kind}"),
        ));
    }
    Ok(platform)
}

fn withheld_for(kind: HazardKind, evidence: String) -> WithheldReason {
    WithheldReason::Hazards { hazards: vec![Hazard { kind, evidence: vec![evidence] }] }
}

/// What differs of an instance before and after.
fn changes(before: &Description, after: &Description) -> Vec<Change> {
    let rows = MEMBERS.iter().map(|member| (member.name, (member.found)(before), (member.found)(after)));
    let changed = rows.filter(|(_, before, after)| before != after);
    changed
        .map(|(name, before, after)| Change {
            attribute: name.to_owned(),
            before: before.line(),
            after: after.line(),
        })
        .collect()
}
