//! The permissions that a call needs: its own action, and those that the service uses in the caller's name.
//!
//! Which resources an action is judged on is from cfn-lint 1.58.0 (`Policies.json`: AWS's service authorization data);
//! which other actions SageMaker needs is from its developer guide ("Amazon SageMaker API permissions").

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::ids::Region;
use crate::sandbox::names::partition;
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::service::{self, Caller};
use crate::sandbox::world::{Site, World};

use super::Facts;
use super::launch::{self, Launch};

/// An action that must be allowed on each of these resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) action: String,
    pub(super) resources: Vec<String>,
    pub(super) facts: Facts,
    /// Found missing only after the call was accepted: the network interfaces of instances are made in the caller's
    /// name, but not while the caller waits (aws/aws-sdk-go#4071 [I]).
    pub(super) later: bool,
}

/// What is asked, where, and what there is.
pub(super) struct Asked<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) site: Option<&'a Site>,
    pub(super) request: &'a Request,
}

/// Everything that a call needs, its own action first. Nothing for GetCallerIdentity, which every caller may ask for
/// (STS API reference), and for what is no operation of the sandbox.
pub(super) fn demands(world: &World, caller: &Caller, request: &Request, region: &Region) -> Vec<Demand> {
    let site = world.accounts.get(&caller.account).and_then(|account| account.sites.get(region));
    let (account, region) = (caller.account.as_str(), region.as_str());
    let asked = Asked { account, region, site, request };
    let operation = request.operation.as_str();
    if !service::operations(request.service).contains(&operation) {
        return Vec::new();
    }
    match request.service {
        Service::SageMaker => asked.sagemaker(operation),
        Service::Ec2 => asked.ec2(operation),
        Service::Sts if operation == "GetCallerIdentity" => Vec::new(),
        Service::Sts => vec![asked.demand("sts:AssumeRole", vec![asked.parameter("RoleArn").to_owned()])],
        Service::Tagging => vec![asked.demand(&format!("tag:{operation}"), everything())],
        Service::Quotas => vec![asked.demand(&format!("servicequotas:{operation}"), vec![asked.quota()])],
        Service::Kms => {
            let key = asked.text("KeyId").unwrap_or_default();
            vec![asked.on_key(&format!("kms:{operation}"), key)]
        }
        Service::Organizations => vec![asked.demand(&format!("organizations:{operation}"), everything())],
        Service::S3 | Service::Other | Service::OtherJson => Vec::new(),
    }
}

/// The resource of actions that are not judged on any.
pub(super) fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

impl<'a> Asked<'a> {
    /// A demand with what is true of every call.
    pub(super) fn demand(&self, action: &str, resources: Vec<String>) -> Demand {
        let facts = [("aws:requestedregion".to_owned(), vec![self.region.to_owned()])].into();
        Demand { action: action.to_owned(), resources, facts, later: false }
    }

    pub(super) fn members(&self) -> Option<&'a Map<String, Value>> {
        match &self.request.input {
            Input::Json(members) => Some(members),
            Input::Form(_) | Input::Malformed => None,
        }
    }

    /// A member of a JSON input.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.members()?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A parameter of a form.
    fn parameter(&self, name: &str) -> &'a str {
        let Input::Form(parameters) = &self.request.input else { return "" };
        parameters.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", partition(self.region), self.region, self.account)
    }

    /// One quota, or all.
    fn quota(&self) -> String {
        let code = self.text("QuotaCode").filter(|_| self.request.operation == "GetServiceQuota");
        code.map_or_else(|| "*".to_owned(), |code| self.arn("servicequotas", &format!("sagemaker/{code}")))
    }

    /// The instance or the lifecycle configuration that a call of SageMaker is on: in lower case, as the service itself
    /// writes it (amazon-sagemaker-examples#1798 [I]).
    fn sagemaker_resource(&self) -> String {
        let named = |member: &str, kind: &str| {
            let name = self.text(member)?.to_ascii_lowercase();
            Some(self.arn("sagemaker", &format!("{kind}/{name}")))
        };
        let lists = self.request.operation.starts_with("ListNotebook");
        named("NotebookInstanceName", "notebook-instance")
            .or_else(|| named("NotebookInstanceLifecycleConfigName", "notebook-instance-lifecycle-config"))
            .or_else(|| self.text("ResourceArn").map(str::to_owned))
            .filter(|_| !lists)
            .unwrap_or_else(|| "*".to_owned())
    }

    fn sagemaker(&self, operation: &str) -> Vec<Demand> {
        let resource = self.sagemaker_resource();
        let mut own = self.demand(&format!("sagemaker:{operation}"), vec![resource.clone()]);
        own.facts.extend(self.tags_of(&resource));
        let sent = self.sent_tags();
        own.facts.extend(sent.clone());
        let launch = match operation {
            "CreateNotebookInstance" => {
                own.facts.extend(launch::settings(self));
                Launch::asked_for(self)
            }
            _ => self.text("NotebookInstanceName").and_then(|name| Launch::of(self.site?.notebook(name)?)),
        };
        let mut all = vec![own];
        if operation.starts_with("Create") && !sent.is_empty() {
            let mut tagging = self.demand("sagemaker:AddTags", vec![resource]);
            tagging.facts.extend(sent);
            tagging.facts.insert("sagemaker:taggingaction".to_owned(), vec![operation.to_owned()]);
            all.push(tagging);
        }
        if operation == "UpdateNotebookInstance"
            && let Some(role) = self.text("RoleArn")
        {
            all.push(self.pass_role(role));
        }
        all.extend(launch.into_iter().flat_map(|launch| launch.demands(self, operation)));
        all
    }

    /// That SageMaker may be given a role.
    pub(super) fn pass_role(&self, role: &str) -> Demand {
        let mut demand = self.demand("iam:PassRole", vec![role.to_owned()]);
        demand.facts.insert("iam:passedtoservice".to_owned(), vec!["sagemaker.amazonaws.com".to_owned()]);
        demand
    }

    /// An action on a key, by whatever name it is called.
    pub(super) fn on_key(&self, action: &str, called: &str) -> Demand {
        let name =
            called.rsplit_once(':').filter(|_| called.starts_with("arn:")).map_or(called, |(_, name)| name);
        let id = name.strip_prefix("key/").unwrap_or(name);
        let mut keys = self.site.into_iter().flat_map(|site| site.kms_keys.values());
        let key = keys.find(|key| key.id == id || key.alias.as_deref() == Some(id));
        let own_arn = || self.arn("kms", &format!("key/{id}"));
        let is_own = called.split(':').nth(4).is_none_or(|account| account == self.account);
        let (arn, alias) = match key {
            Some(key) if is_own => (key.arn.clone(), key.alias.clone()),
            Some(_) | None if called.starts_with("arn:") => (called.to_owned(), None),
            Some(_) | None => (own_arn(), None),
        };
        let mut demand = self.demand(action, vec![arn]);
        if let Some(alias) = alias {
            demand.facts.insert("kms:resourcealiases".to_owned(), vec![alias]);
        }
        demand
    }

    fn ec2(&self, operation: &str) -> Vec<Demand> {
        let action = format!("ec2:{operation}");
        let on = match operation {
            "DescribeVpcAttribute" | "GetSecurityGroupsForVpc" => {
                vec![self.arn("ec2", &format!("vpc/{}", self.parameter("VpcId")))]
            }
            "CreateNetworkInterface" => {
                let Input::Form(parameters) = &self.request.input else { return Vec::new() };
                let groups = parameters.iter().filter(|(name, _)| name.starts_with("SecurityGroupId."));
                let groups: Vec<&str> = groups.map(|(_, value)| value.as_str()).collect();
                launch::interface_resources(self, self.parameter("SubnetId"), &groups)
            }
            _ => everything(),
        };
        vec![self.demand(&action, on)]
    }

    /// The tags that a resource has.
    fn tags_of(&self, arn: &str) -> Facts {
        let Some(site) = self.site else { return Facts::new() };
        let is = |one: &str| one.eq_ignore_ascii_case(arn);
        let notebooks = site.notebooks.values().map(|one| (&one.arn, &one.tags));
        let configs = site.lifecycle_configs.values().map(|one| (&one.arn, &one.tags));
        let tags: Option<&BTreeMap<String, String>> =
            notebooks.chain(configs).find(|(one, _)| is(one)).map(|(_, tags)| tags);
        let mut facts = Facts::new();
        for (key, value) in tags.into_iter().flatten() {
            for prefix in ["aws:resourcetag/", "sagemaker:resourcetag/"] {
                facts.insert(format!("{prefix}{}", key.to_lowercase()), vec![value.clone()]);
            }
        }
        facts
    }

    /// The tags that a call sets, or the keys of those that it takes away.
    fn sent_tags(&self) -> Facts {
        let list = |name: &str| {
            self.members().and_then(|members| members.get(name)?.as_array()).into_iter().flatten()
        };
        let mut facts = Facts::new();
        let mut keys: Vec<String> = list("TagKeys").filter_map(Value::as_str).map(str::to_owned).collect();
        for tag in list("Tags") {
            let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) else { continue };
            keys.push(key.to_owned());
            facts.insert(format!("aws:requesttag/{}", key.to_lowercase()), vec![value.to_owned()]);
        }
        if !keys.is_empty() {
            facts.insert("aws:tagkeys".to_owned(), keys);
        }
        facts
    }
}
