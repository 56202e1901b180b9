//! What SageMaker does in the caller's name when an instance is created, started or deleted.

use crate::sandbox::world::notebook::Notebook;

use super::asked::{Asked, Demand, everything};
use super::condition::Facts;

/// What an instance has that others guard.
pub(super) struct Launch<'a> {
    role: Option<&'a str>,
    subnet: Option<&'a str>,
    groups: Vec<&'a str>,
    key: Option<&'a str>,
}

/// The settings of a new instance that have a condition key, with the service's defaults (IAM service authorization
/// reference, "Condition keys for Amazon SageMaker").
pub(super) fn settings(asked: &Asked<'_>) -> Facts {
    let mut facts = Facts::new();
    let text = |name: &str| asked.text(name).map(str::to_owned);
    let mut set = |key: &str, values: Vec<String>| {
        if !values.is_empty() {
            facts.insert(format!("sagemaker:{key}"), values);
        }
    };
    let or_enabled = |name: &str| vec![text(name).unwrap_or_else(|| "Enabled".to_owned())];
    set("directinternetaccess", or_enabled("DirectInternetAccess"));
    set("rootaccess", or_enabled("RootAccess"));
    set("instancetypes", text("InstanceType").into_iter().collect());
    set("volumekmskey", text("KmsKeyId").into_iter().collect());
    set("vpcsubnets", text("SubnetId").into_iter().collect());
    set("vpcsecuritygroupids", groups(asked).into_iter().map(str::to_owned).collect());
    facts
}

fn groups<'a>(asked: &Asked<'a>) -> Vec<&'a str> {
    let list = asked.members().and_then(|members| members.get("SecurityGroupIds")?.as_array());
    list.into_iter().flatten().filter_map(|group| group.as_str()).collect()
}

/// What a network interface is made of and in.
pub(super) fn interface_resources(asked: &Asked<'_>, subnet: &str, groups: &[&str]) -> Vec<String> {
    let mut resources = vec![asked.arn("ec2", "network-interface/*")];
    let owner =
        |subnet: &str| asked.site.and_then(|site| site.network.subnets.get(subnet)).map(|one| &*one.owner);
    let of = |kind: &str, id: &str, owner: Option<&str>| {
        let arn = asked.arn("ec2", &format!("{kind}/{id}"));
        owner.map_or(arn.clone(), |owner| arn.replace(asked.account, owner))
    };
    resources.push(of("subnet", subnet, owner(subnet)));
    resources.extend(groups.iter().map(|group| of("security-group", group, None)));
    resources
}

impl<'a> Launch<'a> {
    /// Of the instance that is to be created.
    pub(super) fn asked_for(asked: &Asked<'a>) -> Option<Launch<'a>> {
        let (role, subnet, key) = (asked.text("RoleArn"), asked.text("SubnetId"), asked.text("KmsKeyId"));
        Some(Launch { role, subnet, groups: groups(asked), key })
    }

    /// Of an instance that there is.
    pub(super) fn of(notebook: &'a Notebook) -> Option<Launch<'a>> {
        let settings = &notebook.settings;
        Some(Launch {
            role: Some(&settings.role_arn),
            subnet: settings.subnet_id.as_deref(),
            groups: settings.security_group_ids.iter().map(String::as_str).collect(),
            key: settings.kms_key_id.as_deref(),
        })
    }

    /// What an operation on it needs besides its own action.
    pub(super) fn demands(&self, asked: &Asked<'_>, operation: &str) -> Vec<Demand> {
        let mut all: Vec<Demand> = Vec::new();
        let launches = match operation {
            "CreateNotebookInstance" | "StartNotebookInstance" => true,
            "DeleteNotebookInstance" => false,
            _ => return all,
        };
        if launches {
            all.extend(self.role.map(|role| asked.pass_role(role)));
        }
        if let Some(key) = self.key {
            all.push(asked.on_key("kms:DescribeKey", key));
            all.extend(launches.then(|| grant(asked, key)));
        }
        if let Some(subnet) = self.subnet {
            all.extend(self.interface(asked, operation, subnet));
        }
        all
    }

    /// What the network interface of an instance needs. Missing for a launch it shows when the launch fails; that it
    /// shows at once for a deletion is [INF].
    fn interface(&self, asked: &Asked<'_>, operation: &str, subnet: &str) -> Vec<Demand> {
        let interface = || vec![asked.arn("ec2", "network-interface/*")];
        let reads: &[&str] = match operation {
            "CreateNotebookInstance" => {
                &["NetworkInterfaces", "Subnets", "SecurityGroups", "Vpcs", "DhcpOptions"]
            }
            "StartNotebookInstance" => &["NetworkInterfaces", "Subnets", "SecurityGroups", "Vpcs"],
            _ => {
                let removal = ["ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"];
                return removal.iter().map(|action| asked.demand(action, interface())).collect();
            }
        };
        let made = interface_resources(asked, subnet, &self.groups);
        let mut all = vec![asked.demand("ec2:CreateNetworkInterface", made)];
        if operation == "CreateNotebookInstance" {
            all.push(asked.demand("ec2:CreateNetworkInterfacePermission", interface()));
        }
        all.extend(reads.iter().map(|what| asked.demand(&format!("ec2:Describe{what}"), everything())));
        all.into_iter().map(|demand| Demand { later: true, ..demand }).collect()
    }
}

/// That the volume's key may be used for as long as the instance is there.
fn grant(asked: &Asked<'_>, key: &str) -> Demand {
    let mut demand = asked.on_key("kms:CreateGrant", key);
    let via = format!("sagemaker.{}.{}", asked.region, crate::sandbox::names::dns_suffix(asked.region));
    demand.facts.insert("kms:viaservice".to_owned(), vec![via]);
    demand.facts.insert("kms:grantisforawsresource".to_owned(), vec!["true".to_owned()]);
    demand
}
