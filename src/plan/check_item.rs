//! Pure: the checker's rules on one item: the request against the source, change by change.

use std::collections::BTreeMap;

use crate::inventory::Rest;
use crate::plan::check_naming::named_by;
use crate::plan::check_network::network_passed;
use crate::plan::check_told::told;
use crate::plan::check_transfer::transfer;
use crate::plan::{Item, Order, Plan, StepKind, kms_keys};
use crate::rules::RuleId;

/// Every problem of one item.
pub(super) fn item_problems(plan: &Plan, item: &Item) -> Vec<String> {
    let mut problems = Vec::new();
    let mut report = |broken: bool, what: String| {
        if broken {
            problems.push(what);
        }
    };
    identity(plan, item, &mut report);
    security(plan, item, &mut report);
    carried_over(item, &mut report);
    tags(item, &mut report);
    steps(item, &mut report);
    afterwards(plan, item, &mut report);
    transfer(plan, item, &mut report);
    told(plan, item, &mut report);
    named_by(plan, item, &mut report);
    problems
}

type Report<'a> = dyn FnMut(bool, String) + 'a;

fn identity(plan: &Plan, item: &Item, report: &mut Report<'_>) {
    let source = &item.source.description;
    let arn = source.notebook_instance_arn.as_str().to_ascii_lowercase();
    let here = format!(":sagemaker:{}:{}:notebook-instance/{}", item.id.region, plan.account, item.id.name);
    report(!arn.ends_with(&here.to_ascii_lowercase()), format!("its ARN `{arn}` is of something else"));
    report(source.notebook_instance_name != item.id.name, "its source has another name".into());
    report(item.findings.is_empty(), "it has no finding".into());
    let direct = source.direct_internet_access.as_deref();
    let claims = |rule| item.findings.contains(&rule);
    // Since format 3 a source may have to leave a subnet that the policy does not approve.
    let elsewhere = source.subnet_id.as_ref().is_some_and(|subnet| *subnet != item.target.subnet);
    let moves = plan.format_version >= 3 && elsewhere && claims(RuleId::InVpc);
    let exposed = source.subnet_id.is_none() || direct.is_some_and(|value| value != "Disabled");
    // A key is fixed when an instance is created, too.
    let encrypts = claims(RuleId::KmsKey) && source.kms_key_id.is_none() && item.request.kms_key_id.is_some();
    report(!exposed && !moves && !encrypts, "its source is in a VPC without direct internet access".into());
    report(
        claims(RuleId::InVpc) && source.subnet_id.is_some() && !moves,
        "it claims that its source is in no VPC, but it has a subnet".into(),
    );
    report(
        claims(RuleId::DirectInternetAccess) && direct.is_none_or(|value| value == "Disabled"),
        "it claims direct internet access that its source does not have".into(),
    );
}

fn security(plan: &Plan, item: &Item, report: &mut Report<'_>) {
    let request = &item.request;
    let groups = request.security_group_ids.len();
    report(
        request.direct_internet_access != "Disabled",
        "its replacement would have direct internet access".into(),
    );
    report(!(1..=5).contains(&groups), format!("its replacement would have {groups} security groups"));
    report(request.subnet_id != item.target.subnet, "its request is not for its target's subnet".into());
    report(
        request.security_group_ids != item.target.security_groups,
        "its request is not for its target's security groups".into(),
    );
    report(!network_passed(plan, item), "not every network check passed".into());
}

/// Each member is the source's, or is a change that is written down exactly.
fn carried_over(item: &Item, report: &mut Report<'_>) {
    for (member, before, after) in fixed(item) {
        report(before != after, format!("{member} is not carried over"));
    }
    changes(item, &may_change(item), report);
}

type Row<'a> = (&'a str, Option<String>, Option<String>);

fn list(items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| items.join(", "))
}

/// The members that no policy changes.
fn fixed(item: &Item) -> [Row<'static>; 7] {
    let (source, request) = (&item.source.description, &item.request);
    let size = |size: Option<i32>| size.map(|gib| gib.to_string());
    [
        ("InstanceType", source.instance_type.clone(), Some(request.instance_type.clone())),
        ("RoleArn", source.role_arn.clone(), Some(request.role_arn.clone())),
        (
            "IpAddressType",
            or_default(&source.ip_address_type, &request.ip_address_type, "ipv4"),
            request.ip_address_type.clone(),
        ),
        ("VolumeSizeInGB", size(source.volume_size_in_gb), size(request.volume_size_in_gb)),
        (
            "LifecycleConfigName",
            source.notebook_instance_lifecycle_config_name.clone(),
            request.lifecycle_config_name.clone(),
        ),
        (
            "DefaultCodeRepository",
            source.default_code_repository.clone(),
            request.default_code_repository.clone(),
        ),
        (
            "AdditionalCodeRepositories",
            list(&source.additional_code_repositories),
            list(&request.additional_code_repositories),
        ),
    ]
}

/// The members that a policy can change.
fn may_change(item: &Item) -> [Row<'static>; 10] {
    let (source, request) = (&item.source.description, &item.request);
    let imds = |settings: &Option<crate::inventory::MetadataService>| {
        settings.as_ref().map(|s| s.minimum_instance_metadata_service_version.clone())
    };
    let sorted = |ids: &[crate::ids::SecurityGroupId]| {
        let mut ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        ids.sort_unstable();
        (!ids.is_empty()).then(|| ids.join(", "))
    };
    [
        (
            "NotebookInstanceName",
            Some(source.notebook_instance_name.to_string()),
            Some(request.notebook_instance_name.to_string()),
        ),
        ("SubnetId", source.subnet_id.as_ref().map(|id| id.to_string()), Some(request.subnet_id.to_string())),
        ("SecurityGroups", sorted(&source.security_groups), sorted(&request.security_group_ids)),
        (
            "DirectInternetAccess",
            source.direct_internet_access.clone(),
            Some(request.direct_internet_access.clone()),
        ),
        ("KmsKeyId", source.kms_key_id.clone(), request.kms_key_id.clone()),
        (
            "RootAccess",
            or_default(&source.root_access, &request.root_access, "Enabled"),
            request.root_access.clone(),
        ),
        ("PlatformIdentifier", source.platform_identifier.clone(), request.platform_identifier.clone()),
        (
            "MinimumInstanceMetadataServiceVersion",
            or_default(
                &imds(&source.instance_metadata_service_configuration),
                &imds(&request.instance_metadata_service_configuration),
                "1",
            ),
            imds(&request.instance_metadata_service_configuration),
        ),
        ("AcceleratorTypes", list(&sorted_texts(&source.accelerator_types)), None),
        ("Tags", dropped_tags(item), None),
    ]
}

/// What the source has of a member: where AWS does not report it, and its documented default is asked for, that is no change.
fn or_default(source: &Option<String>, asked: &Option<String>, default: &str) -> Option<String> {
    let defaulted = source.is_none() && asked.as_deref() == Some(default);
    if defaulted { asked.clone() } else { source.clone() }
}

fn sorted_texts(texts: &[String]) -> Vec<String> {
    let mut texts = texts.to_vec();
    texts.sort();
    texts
}

/// The list of changes is exactly what differs.
fn changes(item: &Item, rows: &[Row<'_>], report: &mut Report<'_>) {
    let mut written: BTreeMap<&str, (&Option<String>, &Option<String>)> = BTreeMap::new();
    for change in &item.changes {
        let twice = written.insert(&change.attribute, (&change.before, &change.after)).is_some();
        report(twice, format!("the change of {} is listed twice", change.attribute));
    }
    for (member, before, after) in rows {
        let listed = written.remove(member);
        let wanted = (before != after).then_some((before, after));
        report(listed != wanted, format!("its list of changes is not what happens to {member}"));
    }
    for member in written.keys() {
        report(true, format!("it lists a change of {member}, which nothing changes"));
    }
}

/// What may become of the source and of a failed replacement. Format 1 does not speak of it.
fn afterwards(plan: &Plan, item: &Item, report: &mut Report<'_>) {
    let first = plan.format_version < 2;
    let kept = item.ignore_tags.is_empty() && item.dropped_tags.is_empty() && !item.on_create;
    report(plan.format_version < 5 && !kept, "its format neither ignores nor drops tags, nor waits".into());
    report(plan.format_version < 5 && !item.order.is_stop_first(), "its format has no order".into());
    let deleted = item.delete_source || item.cleanup;
    report(deleted && item.order == Order::CreateOnly, "its source is left running, and deleted".into());
    report(item.cleanup && item.delete_source, "its source is deleted, and again by cleanup".into());
    report(first && item.cleanup, "its format has no cleanup".into());
    let hazards = plan.format_version < 3 && !item.hazards.is_empty();
    let dropped = item.source.description.kms_key_id.is_some() && item.request.kms_key_id.is_none();
    report(dropped, "its volume's key is dropped".into());
    let key = item.source.description.kms_key_id != item.request.kms_key_id;
    report(plan.format_version < 3 && key, "KmsKeyId is not carried over".into());
    let alias = item.request.kms_key_id.as_deref().is_some_and(kms_keys::is_alias);
    report(plan.format_version >= 4 && alias, "its KMS key is named by an alias".into());
    report(hazards, "its format has no hazards".into());
    report(item.on_failure.is_some() == first, "its on_failure does not go with its format".into());
}

/// What no replacement is given, and what the policy keeps from this one.
fn is_dropped(item: &Item, key: &str) -> bool {
    let ours = ["remediate:run", "remediate:source", "remediate:plan"];
    let dropped = item.dropped_tags.iter().any(|dropped| dropped == key);
    dropped || key.to_ascii_lowercase().starts_with("aws:") || ours.contains(&key)
}

fn dropped_tags(item: &Item) -> Option<String> {
    let dropped: Vec<String> = item
        .source
        .tags
        .iter()
        .filter(|(key, _)| is_dropped(item, key))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    (!dropped.is_empty()).then(|| dropped.join(", "))
}

fn tags(item: &Item, report: &mut Report<'_>) {
    let wanted: BTreeMap<&str, &str> = item
        .source
        .tags
        .iter()
        .filter(|(key, _)| !is_dropped(item, key))
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let sent: BTreeMap<&str, &str> =
        item.request.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect();
    report(sent.len() != item.request.tags.len(), "a tag is sent twice".into());
    report(wanted != sent, "its tags are not those of the source".into());
    let strange = item.dropped_tags.iter().any(|key| !item.source.tags.contains_key(key));
    report(strange, "it drops a tag that its source does not have".into());
    report(sent.len() > 47, "its tags leave no room for the provenance tags".into());
}

fn steps(item: &Item, report: &mut Report<'_>) {
    use StepKind::{CreateReplacement, DeleteSource, StopReplacement, StopSource, VerifyReplacement};
    let mut wanted = match (item.source.description.rest(), item.order) {
        (Rest::Running, Order::StopFirst) => vec![StopSource, CreateReplacement, VerifyReplacement],
        (Rest::Running, Order::CreateFirst) => vec![CreateReplacement, VerifyReplacement, StopSource],
        (Rest::Running, Order::CreateOnly) => vec![CreateReplacement, VerifyReplacement],
        (Rest::Stopped, Order::StopFirst) => vec![CreateReplacement, VerifyReplacement, StopReplacement],
        (Rest::Stopped, Order::CreateFirst | Order::CreateOnly) => {
            report(true, "its source is stopped already".into());
            return;
        }
        (Rest::Busy | Rest::Failed | Rest::Deleting, _) => {
            report(true, "its source is not at rest".into());
            return;
        }
    };
    if let Some(transfer) = item.moved_by_run() {
        wanted = steps_of_moving(item, transfer.own_on_create);
    }
    if item.delete_source {
        wanted.push(DeleteSource);
    }
    let found: Vec<StepKind> = item.steps.iter().map(|step| step.step).collect();
    report(found != wanted, "its steps are not those of its source and settings".into());
}

/// The steps of an item whose files the run moves. `own`: its replacement is created with its own lifecycle configuration.
fn steps_of_moving(item: &Item, own: bool) -> Vec<StepKind> {
    use StepKind::{
        CreateReplacement, ExportFiles, ImportFiles, StartExport, StartImport, StartReplacement, StopExport,
        StopImport, StopSource, VerifyReplacement,
    };
    let running = item.source.description.rest() == Rest::Running;
    let stopped: &[StepKind] = if running { &[StopSource] } else { &[] };
    let started: &[StepKind] = if running { &[StartReplacement] } else { &[] };
    let again: &[StepKind] = if own { &[StartImport] } else { &[] };
    let export = [StartExport, ExportFiles, StopExport];
    let import = [ImportFiles, StopImport];
    let rest = [started, &[VerifyReplacement]].concat();
    if item.order == Order::CreateFirst {
        let created = [CreateReplacement, VerifyReplacement];
        return [&created, stopped, &export, &[StartImport], &import, &rest].concat();
    }
    [stopped, &export, &[CreateReplacement], again, &import, &rest].concat()
}
