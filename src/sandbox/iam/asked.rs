//! What is asked of whom: a call, where it is made, and the permissions that are made of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::sandbox::names::partition;
use crate::sandbox::request::{Input, Request};
use crate::sandbox::world::Site;

use super::condition::Facts;

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
    pub(super) fn parameter(&self, name: &str) -> &'a str {
        let Input::Form(parameters) = &self.request.input else { return "" };
        parameters.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", partition(self.region), self.region, self.account)
    }

    /// One quota, or all.
    pub(super) fn quota(&self) -> String {
        let code = self.text("QuotaCode").filter(|_| self.request.operation == "GetServiceQuota");
        code.map_or_else(|| "*".to_owned(), |code| self.arn("servicequotas", &format!("sagemaker/{code}")))
    }

    /// The instance or the lifecycle configuration that a call of SageMaker is on: in lower case, as the service itself
    /// writes it (amazon-sagemaker-examples#1798 [I]).
    pub(super) fn sagemaker_resource(&self) -> String {
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

    /// The tags that a resource has.
    pub(super) fn tags_of(&self, arn: &str) -> Facts {
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
    pub(super) fn sent_tags(&self) -> Facts {
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
