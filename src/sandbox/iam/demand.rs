//! The permissions that a call needs: its own action, and those that the service uses in the caller's name.
//!
//! Which resources an action is judged on is from cfn-lint 1.58.0 (`Policies.json`: AWS's service authorization data);
//! which other actions SageMaker needs is from its developer guide ("Amazon SageMaker API permissions").

use crate::ids::Region;
use crate::sandbox::names::partition;
use crate::sandbox::request::{Input, Request, Service};
use crate::sandbox::service::{self, Caller};
use crate::sandbox::world::World;

use super::asked::{Asked, Demand, everything};
use super::launch::{self, Launch};

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
        Service::SageMaker => sagemaker(&asked, operation),
        Service::Ec2 => ec2(&asked, operation),
        Service::Sts if operation == "GetCallerIdentity" => Vec::new(),
        Service::Sts => vec![asked.demand("sts:AssumeRole", vec![asked.parameter("RoleArn").to_owned()])],
        Service::Iam if operation == "GetAccountAuthorizationDetails" => {
            vec![asked.demand(&format!("iam:{operation}"), everything())]
        }
        // Judged on the role, by its whole ARN.
        Service::Iam => {
            let account = world.accounts.get(&caller.account);
            let role = account.and_then(|account| account.roles.get(asked.parameter("RoleName")));
            let path = role
                .map_or_else(|| asked.parameter("RoleName").to_owned(), |role| role.path_and_name.clone());
            let arn = format!("arn:{}:iam::{}:role/{path}", partition(asked.region), asked.account);
            vec![asked.demand(&format!("iam:{operation}"), vec![arn])]
        }
        Service::Quotas => vec![asked.demand(&format!("servicequotas:{operation}"), vec![asked.quota()])],
        Service::Kms => {
            let key = asked.text("KeyId").unwrap_or_default();
            vec![asked.on_key(&format!("kms:{operation}"), key)]
        }
        Service::Organizations => vec![asked.demand(&format!("organizations:{operation}"), everything())],
        Service::S3 | Service::Other | Service::OtherJson => Vec::new(),
    }
}

fn sagemaker(asked: &Asked<'_>, operation: &str) -> Vec<Demand> {
    let resource = asked.sagemaker_resource();
    let mut own = asked.demand(&format!("sagemaker:{operation}"), vec![resource.clone()]);
    own.facts.extend(asked.tags_of(&resource));
    let sent = asked.sent_tags();
    own.facts.extend(sent.clone());
    let launch = match operation {
        "CreateNotebookInstance" => {
            own.facts.extend(launch::settings(asked));
            Launch::asked_for(asked)
        }
        _ => asked.text("NotebookInstanceName").and_then(|name| Launch::of(asked.site?.notebook(name)?)),
    };
    let mut all = vec![own];
    if operation.starts_with("Create") && !sent.is_empty() {
        let mut tagging = asked.demand("sagemaker:AddTags", vec![resource]);
        tagging.facts.extend(sent);
        tagging.facts.insert("sagemaker:taggingaction".to_owned(), vec![operation.to_owned()]);
        all.push(tagging);
    }
    if operation == "UpdateNotebookInstance"
        && let Some(role) = asked.text("RoleArn")
    {
        all.push(asked.pass_role(role));
    }
    all.extend(launch.into_iter().flat_map(|launch| launch.demands(asked, operation)));
    all
}

fn ec2(asked: &Asked<'_>, operation: &str) -> Vec<Demand> {
    let action = format!("ec2:{operation}");
    let on = match operation {
        "DescribeVpcAttribute" => vec![asked.arn("ec2", &format!("vpc/{}", asked.parameter("VpcId")))],
        "CreateNetworkInterface" => {
            let Input::Form(parameters) = &asked.request.input else { return Vec::new() };
            let groups = parameters.iter().filter(|(name, _)| name.starts_with("SecurityGroupId."));
            let groups: Vec<&str> = groups.map(|(_, value)| value.as_str()).collect();
            launch::interface_resources(asked, asked.parameter("SubnetId"), &groups)
        }
        _ => everything(),
    };
    vec![asked.demand(&action, on)]
}
