//! Pure: policy, inventory, network facts and the time make a plan. Same input, same bytes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::api_error::Reading;
use crate::clock::day;
use crate::ids::{AccountId, Digest, Region, SecurityGroupId, SubnetId};
use crate::inventory::{Companions, Description, Instance, Inventory, Rest, WantedCompanions};
use crate::network::{Asked, Check, NetworkIds, Subnet, ec2_type};
use crate::plan::already_replaced::Replacements;
use crate::plan::digest::{self, DigestError};
use crate::plan::fitness::{Fit, fit};
use crate::plan::hazards::{Replacing, source_restart};
use crate::plan::inputs::Inputs;
use crate::plan::place::Places;
use crate::plan::replacement_name::{folded, replacement_name};
use crate::plan::request::{self, WantedReplacement};
use crate::plan::{
    CreateRequest, FORMAT_VERSION, Item, Limits, OnFailure, Order, Plan, PlannedTransfer, RepairItem, Target,
    Totals, TransferWay, Withheld, WithheldReason, exempt, hazards, kms_keys, naming, quotas, repair, roles,
    steps, transfer, warnings,
};
use crate::policy::{self, DeleteSource, Policy};
use crate::rules::{Judgement, Verdict};
use crate::rules::{Mode, RuleId};

/// The subnets and security groups that have to be read before planning: those of the targets that cover a
/// region with at least one instance to replace.
pub fn wanted_facts(policy: &Policy, inventory: &Inventory) -> BTreeMap<Region, NetworkIds> {
    let today = day(inventory.taken_at);
    let mut wanted: BTreeMap<Region, NetworkIds> = BTreeMap::new();
    for one in &inventory.instances {
        let region = &one.id.region;
        let judged = one.description.as_ref().filter(|found| starts(&policy.judge(Some(found), today)));
        let Some(found) = judged else { continue };
        let kind = found.instance_type.as_deref().and_then(ec2_type);
        for target in policy.targets.iter().filter(|target| target.matches.covers(region)) {
            let Some(destination) = target.destination(found, &policy.standards) else { continue };
            let NetworkIds { subnets, groups, types } = wanted.entry(region.clone()).or_default();
            subnets.extend(destination.subnets);
            groups.extend(destination.groups);
            types.extend(kind.map(str::to_owned));
        }
    }
    wanted
}

/// The lifecycle configurations, keys and roles that have to be read before planning, and the regions whose quotas count:
/// those of instances to replace. Of those to repair only their own keys and roles count.
pub fn wanted_companions(policy: &Policy, inventory: &Inventory) -> BTreeMap<Region, WantedCompanions> {
    let mut wanted: BTreeMap<Region, WantedCompanions> = BTreeMap::new();
    let today = day(inventory.taken_at);
    for one in &inventory.instances {
        let Some(found) = &one.description else { continue };
        let judgements = policy.judge(Some(found), today);
        if repair::is_needed(&judgements) {
            let wanted = wanted.entry(one.id.region.clone()).or_default();
            wanted.keys.extend(found.kms_key_id.clone());
            wanted.roles.extend(roles::of(found, &inventory.account));
        }
        if !starts(&judgements) {
            continue;
        }
        let WantedCompanions { scripts, keys, roles } = wanted.entry(one.id.region.clone()).or_default();
        scripts.extend(found.notebook_instance_lifecycle_config_name.clone());
        keys.extend(found.kms_key_id.clone());
        roles.extend(roles::of(found, &inventory.account));
        let targets = policy.targets.iter().filter(|target| target.matches.covers(&one.id.region));
        keys.extend(targets.filter_map(|target| target.settings.kms_key.clone()));
    }
    wanted
}

/// A plan that lacks what the policies of the account say of its items, and its digest: they are read once it is known that
/// there are any.
pub struct DraftPlan(Plan);

impl DraftPlan {
    /// A region that something is re-created in; `None` where nothing gets another ARN.
    pub fn replaces_in(&self) -> Option<&Region> {
        self.0.items.first().map(|item| &item.id.region)
    }

    /// The plan.
    ///
    /// # Errors
    /// When it cannot be written as canonical JSON: a bug, or numbers beyond what JSON holds.
    pub fn sealed(self, companions: &Companions) -> Result<Plan, DigestError> {
        let mut plan = self.0;
        for item in &mut plan.items {
            (item.named_by, item.more_named_by) = naming::of(item, companions);
        }
        plan.policies_unread = naming::unread(companions);
        digest::seal(plan)
    }
}

/// Makes the plan. It changes nothing and reads nothing but its arguments.
///
/// # Errors
/// When the plan cannot be written as canonical JSON: a bug, or numbers beyond what JSON holds.
pub fn make(inputs: Inputs<'_>) -> Result<Plan, DigestError> {
    draft(inputs).sealed(inputs.companions)
}

/// Makes all of the plan that needs no policies of the account.
pub fn draft(inputs: Inputs<'_>) -> DraftPlan {
    let mut planner = Planner::new(inputs);
    let mut totals = Totals { seen: 0, compliant: 0, items: 0, repairs: 0, withheld: 0, unreadable: 0 };
    let (mut items, mut repairs, mut withheld) = (Vec::new(), Vec::new(), Vec::new());
    for instance in &inputs.inventory.instances {
        totals.seen += 1;
        match planner.decide(instance) {
            Decision::Compliant => totals.compliant += 1,
            Decision::Unreadable => totals.unreadable += 1,
            Decision::Replace(item) => items.push(*item),
            Decision::Repair(item) => repairs.push(*item),
            Decision::Withhold(one) => withheld.push(one),
        }
    }
    totals.items = count(items.len());
    totals.repairs = count(repairs.len());
    totals.withheld = count(withheld.len());
    let Inputs { policy, inventory, facts: _, companions, runs: _, now } = inputs;
    let quotas = quotas::needs(&items, inventory, companions, policy.limits.concurrency);
    DraftPlan(Plan {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        created: now,
        expires: now.checked_add(policy.plan.expires_after).unwrap_or(Timestamp::MAX),
        policy_digest: policy.digest.clone(),
        account: inventory.account.clone(),
        regions: inventory.regions.clone(),
        limits: limits(&policy.limits),
        require_digest: Some(policy.plan.require_digest),
        totals,
        items,
        repairs,
        withheld,
        gaps: inventory.gaps.clone(),
        exemptions: exempt::of_inventory(policy, inventory, inputs.today()),
        quotas,
        policies_unread: None,
        digest: unsealed(),
    })
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn unsealed() -> Digest {
    Digest::of("")
}

fn limits(from: &policy::Limits) -> Limits {
    Limits {
        max_instances: from.max_instances,
        max_percent: from.max_percent,
        canary: from.canary,
        max_failures: from.max_failures,
        concurrency: from.concurrency,
        requests_per_second: from.requests_per_second,
        poll_interval_ms: u64::try_from(from.poll_interval.as_millis()).unwrap_or(u64::MAX),
    }
}

fn on_failure(chosen: policy::OnFailure) -> OnFailure {
    match chosen {
        policy::OnFailure::Restore => OnFailure::Restore,
        policy::OnFailure::Leave => OnFailure::Leave,
    }
}

fn failed(judgements: &[Judgement]) -> Vec<RuleId> {
    judgements.iter().filter(|one| one.verdict.is_fail()).map(|one| one.rule).collect()
}

fn starts(judgements: &[Judgement]) -> bool {
    judgements
        .iter()
        .any(|one| one.mode == Mode::Remediate && one.rule.starts_replacement() && one.verdict.is_fail())
}

enum Decision {
    Compliant,
    Unreadable,
    Replace(Box<Item>),
    Repair(Box<RepairItem>),
    Withhold(Withheld),
}

struct Planner<'a> {
    inputs: Inputs<'a>,
    /// Names that exist or are planned, by region.
    taken: BTreeSet<(&'a Region, String)>,
    places: Places<'a>,
    replacements: Replacements<'a>,
}

impl<'a> Planner<'a> {
    fn new(inputs: Inputs<'a>) -> Self {
        let existing = inputs.inventory.instances.iter();
        let taken = existing.map(|one| (&one.id.region, folded(&one.id.name))).collect();
        let replacements = Replacements::of(inputs.inventory, inputs.runs);
        Self { inputs, replacements, taken, places: Places::new(inputs) }
    }

    fn decide(&mut self, instance: &'a Instance) -> Decision {
        let Some(description) = &instance.description else { return Decision::Unreadable };
        let judgements = self.inputs.policy.judge(Some(description), self.inputs.today());
        let remediated = || judgements.iter().filter(|one| one.mode == Mode::Remediate);
        let decided = if starts(&judgements) {
            self.replace(instance, description, &judgements).map(|item| Decision::Replace(Box::new(item)))
        } else if repair::is_needed(&judgements) {
            repair::plan(self.inputs, &self.replacements, (instance, description), &judgements)
                .map(|item| Decision::Repair(Box::new(item)))
        } else if let Some(why) = remediated().find_map(|one| match &one.verdict {
            Verdict::Unknown { why } => Some(why),
            Verdict::Pass | Verdict::Fail { .. } => None,
        }) {
            Err(WithheldReason::Unknown { why: why.clone() })
        } else {
            return Decision::Compliant;
        };
        match decided {
            Ok(item) => item,
            Err(reason) => {
                let findings = failed(&judgements);
                Decision::Withhold(Withheld { id: instance.id.clone(), findings, reason })
            }
        }
    }

    fn replace(
        &mut self,
        instance: &'a Instance,
        description: &Description,
        judgements: &[Judgement],
    ) -> Result<Item, WithheldReason> {
        let Fit { source, target, destination, order, owner } =
            fit(self.inputs, &self.replacements, instance, description)?;
        let transfer = transfer::of(target, (self.inputs.inventory, instance), (description, order))?;
        let moved_by_run = transfer.as_ref().is_some_and(|transfer| transfer.by == TransferWay::Run);
        let needs_ipv6 = description.ip_address_type.as_deref() == Some("dualstack");
        let (subnet, checks) = self.places.find(&instance.id.region, (target, &destination), needs_ipv6)?;
        let name = replacement_name(&instance.id, &target.settings.replacement_name, &self.taken)?;
        let Inputs { policy, companions, inventory, facts, .. } = self.inputs;
        let (region, today) = (&instance.id.region, self.inputs.today());
        let wanted = WantedReplacement {
            name: name.clone(),
            subnet: &subnet.id,
            security_groups: &destination.groups,
            settings: &target.settings,
            kms_key: kms_keys::of_replacement(region, description, &target.settings, companions),
            today,
        };
        let request = request::build(&source, wanted)?;
        let upgrade_source = source_restart::upgrade_of(description, &target.settings, moved_by_run);
        let replacing = Replacing {
            region,
            source: &source,
            request: &request,
            companions,
            owner: owner.as_ref(),
            upgrade: upgrade_source.as_deref(),
            moved_by_run,
            standards: &policy.standards,
            today,
            checks: &checks,
            place: asked((region, &inventory.account), (&subnet.id, &destination), target),
            facts,
        };
        let hazards = hazards::judge(&replacing, policy)?;
        let order = source_restart::order_by_doubt(order, (description, &target.settings), &hazards);
        self.taken.insert((&instance.id.region, folded(&name)));
        self.places.take(&instance.id.region, &subnet.id);
        // What runs cannot be deleted.
        let deleted = |how| order != Order::CreateOnly && target.settings.delete_source == how;
        let delete_source = deleted(DeleteSource::AfterVerify);
        // What is stopped again before the end.
        let restarts = moved_by_run || description.rest() != Rest::Running;
        let on_create = restarts && runs_on_create((region, &request), companions);
        let transfer = transfer.map(|it| PlannedTransfer { own_on_create: moved_by_run && on_create, ..it });
        let (before, after) = ((order, upgrade_source.as_deref()), (delete_source, transfer.as_ref()));
        let dropped_tags = request::dropped_tags(&source.tags, &target.settings);
        Ok(Item {
            id: instance.id.clone(),
            findings: failed(judgements),
            changes: request::changes(&source, &request),
            steps: steps::of(&source.description, before.0, after, on_create),
            on_create,
            ignore_tags: policy.plan.ignored_tags(),
            dropped_tags,
            warnings: warnings::of(&source, &request, before, (after.0, after.1, &checks)),
            hazards,
            named_by: Vec::new(),
            more_named_by: 0,
            target: planned_target(target, subnet, (destination.groups, checks)),
            source,
            request,
            order,
            upgrade_source,
            transfer,
            delete_source,
            cleanup: deleted(DeleteSource::Cleanup),
            on_failure: Some(on_failure(target.settings.on_failure)),
        })
    }
}

/// What is asked of the place of a replacement.
fn asked<'a>(
    (region, account): (&'a Region, &'a AccountId),
    (subnet, destination): (&'a SubnetId, &'a policy::Destination),
    target: &'a policy::Target,
) -> Asked<'a> {
    Asked { region, account, subnet, groups: &destination.groups, required: &target.settings.require }
}

/// Whether a replacement runs an OnCreate script, as far as that is not known to be none.
fn runs_on_create((region, request): (&Region, &CreateRequest), companions: &Companions) -> bool {
    let Some(config) = &request.lifecycle_config_name else { return false };
    match companions.scripts.get(&(region.clone(), config.clone())) {
        Some(Reading::Found(scripts)) => scripts.on_create.is_some(),
        // Nothing is created with it.
        Some(Reading::Missing) => false,
        Some(Reading::Unreadable(_)) | None => true,
    }
}

fn planned_target(
    target: &policy::Target,
    subnet: &Subnet,
    (security_groups, checks): (Vec<SecurityGroupId>, Vec<Check>),
) -> Target {
    Target {
        name: target.name.clone(),
        vpc: subnet.vpc.clone(),
        subnet: subnet.id.clone(),
        availability_zone: subnet.availability_zone.clone(),
        free_addresses: subnet.free_addresses,
        security_groups,
        checks,
    }
}
