//! Pure: what policies are limited to: everything, or what one plan touches.

use std::collections::BTreeSet;

use super::storage::Storage;
use crate::facts::partitions;
use crate::ids::{AccountId, Region};
use crate::plan::{Item, Plan, RepairItem};

/// What a policy is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `aws`, or `*` where it is not known.
    pub(super) partition: String,
    /// The account, or `*`.
    pub(super) account: String,
    /// None: all.
    pub(super) regions: BTreeSet<Region>,
    pub(super) touched: Option<Touched>,
    /// Where transfers leave what they move, by bucket and prefix. None: nothing is moved.
    pub(super) transfers: BTreeSet<(String, String)>,
    /// ARNs of the keys that it is encrypted with.
    pub(super) transfer_keys: BTreeSet<String>,
}

/// ARNs of what a plan touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Touched {
    /// The plan's digest, as its replacements are tagged with it.
    pub(super) plans: BTreeSet<String>,
    pub(super) sources: BTreeSet<String>,
    pub(super) replacements: BTreeSet<String>,
    /// The sources that are updated in place: to repair them, or since they would not start otherwise.
    pub(super) updated: BTreeSet<String>,
    /// The sources whose files the run moves, and their replacements: it gives them configurations for that.
    pub(super) moved: BTreeSet<String>,
    /// The sources that are deleted, at once or by a cleanup.
    pub(super) leaving: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    pub(super) networks: BTreeSet<String>,
    /// By id, as AWS has them in conditions.
    pub(super) subnets: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
    pub(super) keys: BTreeSet<String>,
    /// Names of keys, which stand for no ARN: `alias/...`.
    pub(super) aliases: BTreeSet<String>,
}

impl Scope {
    /// Any instance, in any account and region.
    pub fn everything() -> Scope {
        let any = || "*".to_owned();
        Scope {
            partition: any(),
            account: any(),
            regions: BTreeSet::new(),
            touched: None,
            transfers: BTreeSet::new(),
            transfer_keys: BTreeSet::new(),
        }
    }

    /// What a plan touches, in its account and regions.
    pub fn of_plan(plan: &Plan) -> Scope {
        let reported = plan.all_items().first().and_then(|item| {
            item.source().description.notebook_instance_arn.as_str().split(':').nth(1).map(str::to_owned)
        });
        let regions: BTreeSet<Region> = plan.regions.iter().cloned().collect();
        let partition = reported.unwrap_or_else(|| {
            partitions::of_region(regions.first().map_or("", |region| region.as_str())).to_owned()
        });
        let mut scope =
            Scope { partition, account: plan.account.to_string(), regions, ..Scope::everything() };
        let mut touched = Touched { plans: [plan.digest.to_string()].into(), ..Touched::default() };
        for item in &plan.items {
            scope.touch(&mut touched, item, &plan.account);
        }
        for item in &plan.repairs {
            scope.touch_in_place(&mut touched, item);
        }
        scope.touched = Some(touched);
        for item in &plan.items {
            let Some(transfer) = &item.transfer else { continue };
            let (bucket, prefix) = (transfer.bucket.to_string(), transfer.prefix.clone());
            let key = transfer.kms_key.as_ref().and_then(|key| scope.key(item.id.region.as_str(), key));
            scope = scope.with_transfers(&Storage { bucket, prefix }, key.as_deref());
        }
        scope
    }

    /// The account, and these of its regions: for whoever reads, who looks at every instance there.
    #[must_use]
    pub fn as_a_whole(&self) -> Scope {
        Scope { touched: None, ..self.clone() }
    }

    /// The same, and what transfers leave below that prefix, encrypted with that key, if it is not the bucket's own.
    #[must_use]
    pub fn with_transfers(mut self, storage: &Storage, kms_key: Option<&str>) -> Scope {
        self.transfers.insert((storage.bucket.clone(), storage.prefix.clone()));
        self.transfer_keys.extend(kms_key.filter(|key| key.starts_with("arn:")).map(str::to_owned));
        self
    }

    /// Whether there is nothing in it to touch.
    pub fn is_empty(&self) -> bool {
        self.touched.as_ref().is_some_and(|touched| touched.sources.is_empty())
    }

    /// ARNs of a kind of resource, in each of the regions.
    pub(super) fn arns(&self, service: &str, resource: &str) -> BTreeSet<String> {
        let in_region = |region: &str| self.arn(service, region, resource);
        if self.regions.is_empty() {
            return [in_region("*")].into();
        }
        self.regions.iter().map(|region| in_region(region.as_str())).collect()
    }

    fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{}:{resource}", self.partition, self.account)
    }

    /// What is stopped, updated and started again, with its own role, network and key.
    fn touch_in_place(&self, touched: &mut Touched, item: &RepairItem) {
        let region = item.id.region.as_str();
        let source = &item.source.description;
        let instance = self.instances(region, item.id.name.as_str());
        touched.updated.extend(instance.clone());
        touched.sources.extend(instance);
        touched.roles.extend(source.role_arn.clone());
        touched
            .networks
            .extend(source.subnet_id.iter().map(|id| self.shared(region, &format!("subnet/{id}"))));
        let groups = source.security_groups.iter();
        touched.networks.extend(groups.map(|id| self.shared(region, &format!("security-group/{id}"))));
        self.touch_keys(touched, region, source.kms_key_id.iter());
    }

    fn touch_keys<'a>(&self, touched: &mut Touched, region: &str, keys: impl Iterator<Item = &'a String>) {
        for key in keys {
            match key.rsplit_once(":alias/").map(|(_, name)| name).or_else(|| key.strip_prefix("alias/")) {
                Some(name) => touched.aliases.insert(format!("alias/{name}")),
                None if key.starts_with("arn:") => touched.keys.insert(key.clone()),
                None => touched.keys.insert(self.arn("kms", region, &format!("key/{key}"))),
            };
        }
    }

    /// The ARN of a key; `None` where it is named by an alias, which stands for whichever key KMS knows.
    fn key(&self, region: &str, key: &str) -> Option<String> {
        match key {
            _ if key.starts_with("alias/") || key.contains(":alias/") => None,
            _ if key.starts_with("arn:") => Some(key.to_owned()),
            _ => Some(self.arn("kms", region, &format!("key/{key}"))),
        }
    }

    fn touch(&self, touched: &mut Touched, item: &Item, account: &AccountId) {
        let region = item.id.region.as_str();
        let source = &item.source.description;
        let sources = self.instances(region, item.id.name.as_str());
        if item.delete_source || item.cleanup {
            touched.leaving.extend(sources.clone());
        }
        let replacements = self.instances(region, item.request.notebook_instance_name.as_str());
        if item.moved_by_run().is_some() {
            touched.moved.extend(sources.iter().chain(&replacements).cloned());
        }
        touched.sources.extend(sources);
        touched.replacements.extend(replacements);
        touched.roles.extend(source.role_arn.iter().chain([&item.request.role_arn]).cloned());
        touched.subnets.insert(item.request.subnet_id.to_string());
        touched.groups.extend(item.request.security_group_ids.iter().map(ToString::to_string));
        let subnets = source.subnet_id.iter().chain([&item.request.subnet_id]);
        touched.networks.extend(subnets.map(|id| self.shared(region, &format!("subnet/{id}"))));
        let groups = source.security_groups.iter().chain(&item.request.security_group_ids);
        touched.networks.extend(groups.map(|id| self.shared(region, &format!("security-group/{id}"))));
        if item.upgrade_source.is_some() {
            touched.updated.extend(self.instances(region, item.id.name.as_str()));
        }
        self.touch_keys(touched, region, source.kms_key_id.iter().chain(&item.request.kms_key_id));
        debug_assert_eq!(self.account, account.as_str(), "a plan is of one account");
    }

    /// An instance. SageMaker writes its name in lower case in ARNs (amazon-sagemaker-examples#1798), and IAM tells cases
    /// apart: a name with capitals is given in both forms.
    fn instances(&self, region: &str, name: &str) -> BTreeSet<String> {
        let arn = |name: &str| self.arn("sagemaker", region, &format!("notebook-instance/{name}"));
        [arn(name), arn(&name.to_ascii_lowercase())].into()
    }

    /// A part of a network, which may be another account's and shared with this one. Its id is like no other.
    fn shared(&self, region: &str, resource: &str) -> String {
        format!("arn:{}:ec2:{region}:*:{resource}", self.partition)
    }
}
