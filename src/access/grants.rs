//! Pure: the table and a scope to policies.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Condition, Document, Statement, split};
use super::grant::Grant;
use super::scope::{Scope, Touched};
use super::{Actor, Purpose, needs, transfer_needs, transfers};
use crate::plan::provenance;

/// Whom roles are passed to.
const SAGEMAKER: &str = "sagemaker.amazonaws.com";

/// The least policies for somebody: one, unless it would be larger than IAM takes.
///
/// Whoever reads looks at every instance of the account: of a plan, only its account and regions count then.
pub fn policies(actor: Actor, scope: &Scope) -> Vec<Document> {
    let whole = scope.as_a_whole();
    let scope = match actor {
        Actor::Reader => &whole,
        Actor::Operator => scope,
    };
    let mut actions: BTreeMap<Purpose, BTreeSet<&str>> = BTreeMap::new();
    for need in needs(actor).into_iter().map(|(need, _)| need).chain(transfer_needs(actor)) {
        actions.entry(need.purpose).or_default().insert(need.action);
    }
    let statements = actions.into_iter().flat_map(|(purpose, actions)| {
        grants(purpose, scope).into_iter().map(move |Grant { suffix, resources, condition }| Statement {
            sid: format!("{}{suffix}", purpose.sid()),
            effect: "Allow",
            action: actions.iter().map(|action| (*action).to_owned()).collect(),
            resource: resources.into_iter().collect(),
            condition,
        })
    });
    split(statements.filter(|statement| !statement.resource.is_empty()).collect())
}

fn grant(resources: BTreeSet<String>, condition: Condition) -> Vec<Grant> {
    vec![Grant { suffix: String::new(), resources, condition }]
}

fn grants(purpose: Purpose, scope: &Scope) -> Vec<Grant> {
    let instances = |of: fn(&Touched) -> Vec<&BTreeSet<String>>| match &scope.touched {
        Some(touched) => of(touched).into_iter().flatten().cloned().collect(),
        None => scope.arns("sagemaker", "notebook-instance/*"),
    };
    match purpose {
        Purpose::ListInstances | Purpose::ReadNetwork | Purpose::ReadQuotas | Purpose::FindNetwork => {
            grant(["*".to_owned()].into(), in_regions(scope))
        }
        // Asked of whichever region is at hand, or of IAM, which is in one place for all.
        Purpose::ListRegions | Purpose::ReadPolicies => grant(["*".to_owned()].into(), Condition::new()),
        Purpose::ReadInstances | Purpose::StopAndStart => {
            grant(instances(|touched| vec![&touched.sources, &touched.replacements]), Condition::new())
        }
        Purpose::ReadLifecycleScripts => {
            grant(scope.arns("sagemaker", "notebook-instance-lifecycle-config/*"), Condition::new())
        }
        Purpose::CreateReplacements => grant(instances(|touched| vec![&touched.replacements]), in_vpc(scope)),
        // Only in the create itself (Service Authorization Reference, `sagemaker:TaggingAction`).
        Purpose::TagReplacements => grant(
            instances(|touched| vec![&touched.replacements]),
            one("StringEquals", "sagemaker:TaggingAction", ["CreateNotebookInstance".to_owned()].into()),
        ),
        // Of a plan, only what was made by it. Without one, sources are deleted by the same statement.
        Purpose::DeleteReplacements => {
            grant(instances(|touched| vec![&touched.replacements]), made_by_plan(scope))
        }
        Purpose::UpdateSources => grant(instances(|touched| vec![&touched.updated]), Condition::new()),
        // Without a plan, sources are not told from replacements: the statement before has them.
        Purpose::DeleteSources => match &scope.touched {
            Some(touched) => grant(touched.leaving.clone(), Condition::new()),
            None => Vec::new(),
        },
        Purpose::ReadExecutionRoles => grant(roles(scope), Condition::new()),
        Purpose::PassExecutionRoles => {
            grant(roles(scope), one("StringEquals", "iam:PassedToService", [SAGEMAKER.to_owned()].into()))
        }
        Purpose::MakeNetworkInterfaces => grant(network(scope), Condition::new()),
        Purpose::ManageNetworkInterfaces => grant(scope.arns("ec2", "network-interface/*"), Condition::new()),
        Purpose::ReadVolumeKeys => keys(scope, &Condition::new()),
        Purpose::GrantVolumeKeys => keys(scope, &by_sagemaker(scope)),
        // Without a plan, the statement of `UpdateSources` has them.
        Purpose::AttachTransferConfigs => match &scope.touched {
            Some(touched) => grant(touched.moved.clone(), Condition::new()),
            None => Vec::new(),
        },
        Purpose::MakeTransferConfigs => grant(transfers::configs(scope), Condition::new()),
        Purpose::ListTransfers => transfers::list(scope),
        Purpose::ReadTransfers => grant(transfers::objects(scope), Condition::new()),
        Purpose::DecryptTransfers => grant(scope.transfer_keys.clone(), Condition::new()),
    }
}

/// What a network interface is, and what it is made of.
fn network(scope: &Scope) -> BTreeSet<String> {
    let mut resources = scope.arns("ec2", "network-interface/*");
    match &scope.touched {
        Some(touched) => resources.extend(touched.networks.clone()),
        None => {
            ["subnet/*", "security-group/*"].iter().for_each(|kind| resources.extend(scope.arns("ec2", kind)))
        }
    }
    resources
}

/// The execution roles.
fn roles(scope: &Scope) -> BTreeSet<String> {
    let any = || [format!("arn:{}:iam::{}:role/*", scope.partition, scope.account)].into();
    scope.touched.as_ref().map_or_else(any, |touched| touched.roles.clone())
}

/// The keys, and those that are known by an alias alone: which key that is, KMS knows.
fn keys(scope: &Scope, condition: &Condition) -> Vec<Grant> {
    // A volume's key may be another account's.
    let shared = Scope { account: "*".to_owned(), ..scope.as_a_whole() };
    let Some(touched) = &scope.touched else { return grant(shared.arns("kms", "key/*"), condition.clone()) };
    let mut grants = grant(touched.keys.clone(), condition.clone());
    if !touched.aliases.is_empty() {
        let mut condition = condition.clone();
        condition.extend(one("ForAnyValue:StringEquals", "kms:ResourceAliases", touched.aliases.clone()));
        grants.push(Grant { suffix: "ByAlias".to_owned(), resources: scope.arns("kms", "key/*"), condition });
    }
    grants
}

/// Calls to the regions of the scope: for actions that are not judged on any resource.
fn in_regions(scope: &Scope) -> Condition {
    let regions: BTreeSet<String> = scope.regions.iter().map(ToString::to_string).collect();
    if regions.is_empty() { Condition::new() } else { one("StringEquals", "aws:RequestedRegion", regions) }
}

/// Without direct internet access, and in the subnets and groups of the plan.
fn in_vpc(scope: &Scope) -> Condition {
    let mut condition = one("StringEquals", "sagemaker:DirectInternetAccess", ["Disabled".to_owned()].into());
    if let Some(touched) = &scope.touched {
        let lists = [
            ("sagemaker:VpcSecurityGroupIds".to_owned(), touched.groups.iter().cloned().collect()),
            ("sagemaker:VpcSubnets".to_owned(), touched.subnets.iter().cloned().collect()),
        ];
        condition.insert("ForAllValues:StringEquals".to_owned(), lists.into());
    }
    condition
}

/// With the tag that every replacement of the plan has.
fn made_by_plan(scope: &Scope) -> Condition {
    let Some(touched) = &scope.touched else { return Condition::new() };
    let key = format!("aws:ResourceTag/{}", provenance::PLAN);
    one("StringEquals", &key, touched.plans.clone())
}

/// For SageMaker alone, and for as long as an instance is there (KMS developer guide, `kms:GrantIsForAWSResource`).
fn by_sagemaker(scope: &Scope) -> Condition {
    let suffixes: &[&str] = match scope.partition.as_str() {
        "aws-cn" => &["amazonaws.com.cn", "amazonaws.com"],
        "*" => &["amazonaws.com", "amazonaws.com.cn"],
        _ => &["amazonaws.com"],
    };
    let regions: Vec<&str> = if scope.regions.is_empty() {
        vec!["*"]
    } else {
        scope.regions.iter().map(crate::ids::Region::as_str).collect()
    };
    let hosts = regions
        .iter()
        .flat_map(|region| suffixes.iter().map(move |suffix| format!("sagemaker.{region}.{suffix}")));
    let operator = if scope.regions.is_empty() { "StringLike" } else { "StringEquals" };
    let mut condition = one("Bool", "kms:GrantIsForAWSResource", ["true".to_owned()].into());
    condition.extend(one(operator, "kms:ViaService", hosts.collect()));
    condition
}

fn one(operator: &str, key: &str, values: BTreeSet<String>) -> Condition {
    [(operator.to_owned(), [(key.to_owned(), values.into_iter().collect())].into())].into()
}
