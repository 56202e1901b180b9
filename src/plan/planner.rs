//! Pure: policy, inventory, network facts and the time make a plan. Same input, same bytes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ids::{AccountId, Digest, InstanceName, ItemId, Region};
use crate::inventory::{Description, Instance, Inventory, Status};
use crate::network::{Check, NetworkFacts, Subnet, Wanted};
use crate::plan::digest::{self, DigestError};
use crate::plan::place::Places;
use crate::plan::replaced::Replacements;
use crate::plan::request::{self, Wanted as WantedReplacement};
use crate::plan::{
    FORMAT_VERSION, Item, Limits, MAX_TAGS, OnFailure, Plan, Source, Target, Totals, Withheld,
    WithheldReason, provenance, steps, warnings,
};
use crate::policy::{self, DeleteSource, Match, Mode, Policy, RuleId, Subject};
use crate::rules::{Judgement, Verdict, judge};

/// Platforms whose instances, once stopped, may never start again: since 2025-06-30 AWS neither creates
/// nor restarts them (AWS Health notice on JupyterLab 1 and 3; `al1` earlier).
const ONE_WAY_PLATFORMS: [&str; 3] = ["notebook-al1-v1", "notebook-al2-v1", "notebook-al2-v2"];

/// What the planner decides on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What is wanted.
    pub policy: &'a Policy,
    /// What exists, with all tags.
    pub inventory: &'a Inventory,
    /// What is known of the networks.
    pub facts: &'a NetworkFacts,
    /// The present moment.
    pub now: Timestamp,
}

/// The subnets and security groups that have to be read before planning: those of the targets that cover a
/// region with at least one instance to replace.
pub fn wanted_facts(policy: &Policy, inventory: &Inventory) -> BTreeMap<Region, Wanted> {
    let regions: BTreeSet<&Region> = inventory
        .instances
        .iter()
        .filter(|one| starts(&judge(policy, one.description.as_ref())))
        .map(|one| &one.id.region)
        .collect();
    let mut wanted: BTreeMap<Region, Wanted> = BTreeMap::new();
    for region in regions {
        for target in policy.targets.iter().filter(|target| target.matches.covers(region)) {
            let (subnets, groups) = wanted.entry(region.clone()).or_default();
            subnets.extend(target.subnets.iter().cloned());
            groups.extend(target.security_groups.iter().cloned());
        }
    }
    wanted
}

/// Makes the plan. It changes nothing and reads nothing but its arguments.
///
/// # Errors
/// When the plan cannot be written as canonical JSON: a bug, or numbers beyond what JSON holds.
pub fn make(inputs: Inputs<'_>) -> Result<Plan, DigestError> {
    let mut planner = Planner::new(inputs);
    let mut totals = Totals { seen: 0, compliant: 0, items: 0, withheld: 0, unreadable: 0 };
    let (mut items, mut withheld) = (Vec::new(), Vec::new());
    for instance in &inputs.inventory.instances {
        totals.seen += 1;
        match planner.decide(instance) {
            Decision::Compliant => totals.compliant += 1,
            Decision::Unreadable => totals.unreadable += 1,
            Decision::Replace(item) => items.push(*item),
            Decision::Withhold(one) => withheld.push(one),
        }
    }
    totals.items = count(items.len());
    totals.withheld = count(withheld.len());
    let Inputs { policy, inventory, facts: _, now } = inputs;
    digest::seal(Plan {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        created: now,
        expires: now.checked_add(policy.expires_after).unwrap_or(Timestamp::MAX),
        policy_digest: policy.digest.clone(),
        account: inventory.account.clone(),
        regions: inventory.regions.clone(),
        limits: limits(&policy.limits),
        totals,
        items,
        withheld,
        gaps: inventory.gaps.clone(),
        exemptions: Vec::new(),
        quotas: Vec::new(),
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
        Self { inputs, taken, places: Places::new(inputs), replacements: Replacements::of(inputs.inventory) }
    }

    fn decide(&mut self, instance: &'a Instance) -> Decision {
        let Some(description) = &instance.description else { return Decision::Unreadable };
        let judgements = judge(self.inputs.policy, Some(description));
        let remediated = || judgements.iter().filter(|one| one.mode == Mode::Remediate);
        let decided = if starts(&judgements) {
            self.replace(instance, description, &judgements).map(Box::new)
        } else if remediated().any(|one| one.verdict.is_fail()) {
            Err(WithheldReason::InPlace)
        } else if let Some(why) = remediated().find_map(|one| match &one.verdict {
            Verdict::Unknown { why } => Some(why),
            Verdict::Pass | Verdict::Fail { .. } => None,
        }) {
            Err(WithheldReason::Unknown { why: why.clone() })
        } else {
            return Decision::Compliant;
        };
        match decided {
            Ok(item) => Decision::Replace(item),
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
        let (source, target) = self.workable(instance, description)?;
        let (subnet, checks) = self.places.find(&instance.id.region, target)?;
        let name = self.name(&instance.id, target)?;
        let wanted = WantedReplacement {
            name: name.clone(),
            subnet: &subnet.id,
            security_groups: &target.security_groups,
            settings: &target.settings,
        };
        let request = request::build(&source, wanted)?;
        self.taken.insert((&instance.id.region, folded(&name)));
        self.places.take(&instance.id.region, &subnet.id);
        let delete_source = target.settings.delete_source == DeleteSource::AfterVerify;
        Ok(Item {
            id: instance.id.clone(),
            findings: failed(judgements),
            changes: request::changes(&source, &request),
            steps: steps::of(&source.description.notebook_instance_status, delete_source),
            warnings: warnings::of(&source, &request, delete_source),
            hazards: Vec::new(),
            target: planned_target(target, subnet, checks),
            source,
            request,
            delete_source,
            cleanup: target.settings.delete_source == DeleteSource::Cleanup,
            on_failure: Some(on_failure(target.settings.on_failure)),
        })
    }

    /// The source with its tags, and the policy's target for it, where it can be worked from at all.
    fn workable(
        &self,
        instance: &Instance,
        description: &Description,
    ) -> Result<(Source, &'a policy::Target), WithheldReason> {
        self.refuse_exempt(instance)?;
        refuse_other_arn(&self.inputs.inventory.account, &instance.id, description)?;
        self.replacements.refuse(&instance.id.region, description)?;
        let tags = instance.tags.clone().ok_or(WithheldReason::TagsUnreadable)?;
        let subject = subject(instance);
        let mut targets = self.inputs.policy.targets.iter();
        let target = targets.find(|target| target.matches.matches(subject) == Match::Yes);
        let target = target.ok_or(WithheldReason::NoTarget)?;
        refuse_status(description, &target.settings)?;
        let carried = request::carried_tags(&tags).len();
        if carried + provenance::KEYS.len() > MAX_TAGS {
            return Err(WithheldReason::TooManyTags { tags: count(carried) });
        }
        Ok((Source { description: description.clone(), tags }, target))
    }

    /// An exemption that rests on tags that could not be read does not hold.
    fn refuse_exempt(&self, instance: &Instance) -> Result<(), WithheldReason> {
        let today = self.inputs.now.to_zoned(TimeZone::UTC).date();
        let holds = self.inputs.policy.exemptions.iter().find(|exemption| {
            today <= exemption.expires && exemption.matches.matches(subject(instance)) == Match::Yes
        });
        match holds {
            None => Ok(()),
            Some(exemption) => Err(WithheldReason::Exempt {
                reason: exemption.reason.clone(),
                expires: exemption.expires,
                ticket: exemption.ticket.clone(),
            }),
        }
    }

    /// The first form of the replacement's name that nobody has, in whatever case: SageMaker lower-cases the
    /// names in some of its ARNs.
    fn name(&self, source: &ItemId, target: &policy::Target) -> Result<InstanceName, WithheldReason> {
        let template = &target.settings.replacement_name;
        let forms = (1..=1000).map_while(|attempt| template.render(&source.name, attempt));
        let mut free = forms.filter(|name| !self.taken.contains(&(&source.region, folded(name))));
        free.next().ok_or(WithheldReason::NoName)
    }
}

fn subject(instance: &Instance) -> Subject<'_> {
    Subject { region: &instance.id.region, name: &instance.id.name, tags: instance.tags.as_ref() }
}

/// An answer about something else than what was asked for is no ground to act on.
fn refuse_other_arn(account: &AccountId, id: &ItemId, found: &Description) -> Result<(), WithheldReason> {
    let arn = found.notebook_instance_arn.as_str().to_ascii_lowercase();
    let expected = format!(":sagemaker:{}:{account}:notebook-instance/{}", id.region, id.name);
    if arn.ends_with(&expected.to_ascii_lowercase()) && found.notebook_instance_name == id.name {
        Ok(())
    } else {
        Err(WithheldReason::Unknown { why: format!("AWS described `{arn}` when asked for it") })
    }
}

/// Only instances at rest can be worked from, and only those that can be brought back.
fn refuse_status(source: &Description, settings: &policy::Settings) -> Result<(), WithheldReason> {
    let status = &source.notebook_instance_status;
    let running = match status {
        Status::InService => true,
        Status::Stopped => false,
        Status::Pending
        | Status::Stopping
        | Status::Failed
        | Status::Deleting
        | Status::Updating
        | Status::PendingMaintenance
        | Status::InMaintenance
        | Status::Other(_) => return Err(WithheldReason::Status { status: status.clone() }),
    };
    match &source.platform_identifier {
        Some(platform)
            if ONE_WAY_PLATFORMS.contains(&platform.as_str()) && (running || settings.platform.is_none()) =>
        {
            Err(WithheldReason::OneWayPlatform { platform: platform.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

fn folded(name: &InstanceName) -> String {
    name.as_str().to_ascii_lowercase()
}

fn planned_target(target: &policy::Target, subnet: &Subnet, checks: Vec<Check>) -> Target {
    Target {
        name: target.name.clone(),
        vpc: subnet.vpc.clone(),
        subnet: subnet.id.clone(),
        availability_zone: subnet.availability_zone.clone(),
        free_addresses: subnet.free_addresses,
        security_groups: target.security_groups.clone(),
        checks,
    }
}
