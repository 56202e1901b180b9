//! `doctor`: asks what there is to be found out. What the answers mean, [`crate::doctor`] says.

#[cfg(test)]
mod tests;

use futures_util::future::join_all;

use crate::access::Actor;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::{Greeting, Identity, Probe, Session, Setting};
use crate::doctor::{
    ACTS, DoctorReport, DoctorSetting, NO_KEY, NO_SUBNET, Tried, WantedPermission, connection_checks,
    instance_to_read, interfaces_to_try, key_to_read, no_region, permission_checks, role_to_read,
    untried_permissions, wanted_permissions,
};
use crate::ids::{Arn, InstanceName, Region};
use crate::plan::Plan;
use crate::policy::Policy;

/// What an examination is made of.
pub(crate) struct Examination<'a> {
    pub(crate) session: &'a Session,
    /// The endpoint in AWS's stead, if any.
    pub(crate) endpoint: Option<String>,
    pub(crate) regions: Vec<Region>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) policy: &'a Policy,
    pub(crate) plan: Option<&'a Plan>,
}

impl Examination<'_> {
    /// Makes it: about twenty calls a region, none of which changes anything.
    pub(crate) async fn make(&self) -> DoctorReport {
        let Greeting { identity, times } = self.session.greeting().await;
        let caller = identity.as_ref().map(|Identity { account, arn }| (account, arn.as_str()));
        let mut checks = connection_checks(self.endpoint.as_deref(), caller, self.policy, times);
        if self.regions.is_empty() {
            checks.push(no_region());
        }
        let wanted = wanted_permissions(&self.actors);
        match &identity {
            Ok(identity) => {
                let tried =
                    join_all(self.regions.iter().map(|region| self.try_in(region, identity, &wanted)));
                let found: Vec<(&Region, Vec<Tried>)> = self.regions.iter().zip(tried.await).collect();
                checks.extend(permission_checks(&wanted, &found));
            }
            Err(_) => checks.extend(untried_permissions(&wanted)),
        }
        let account = identity.ok().map(|identity| identity.account);
        DoctorReport::new(account, self.regions.clone(), checks).under(self.settings())
    }

    fn settings(&self) -> Vec<DoctorSetting> {
        let settings = self.session.settings().into_iter();
        settings.map(|Setting { name, value, source }| DoctorSetting { name, value, source }).collect()
    }

    /// Tries each of them in one region.
    async fn try_in(&self, region: &Region, identity: &Identity, wanted: &[WantedPermission]) -> Vec<Tried> {
        let listed = self.session.sample(region).await;
        let (there, caller) = (listed.as_ref().ok().cloned().flatten(), (&identity.account, &*identity.arn));
        let one = instance_to_read(self.plan, region, there, caller);
        let spot = Spot { examination: self, region, identity, one };
        let listed = &listed;
        let tried = wanted.iter().map(|wanted| async {
            match wanted.action {
                "sagemaker:ListNotebookInstances" => listed.as_ref().map(drop).map_err(Clone::clone).into(),
                // IAM is in one place for all regions: that it answers says nothing of this one.
                "iam:GetRole" | "iam:GetAccountAuthorizationDetails" => match listed {
                    Err(error) if error.kind.is_credentials() || error.kind == ApiErrorKind::NoAnswer => {
                        Err(error.clone()).into()
                    }
                    Ok(_) | Err(_) => spot.tried(wanted.action).await,
                },
                action => spot.tried(action).await,
            }
        });
        join_all(tried).await
    }
}

/// A region, and what is tried on in it.
struct Spot<'a> {
    examination: &'a Examination<'a>,
    region: &'a Region,
    identity: &'a Identity,
    one: (Option<InstanceName>, Arn),
}

impl Spot<'_> {
    async fn tried(&self, action: &'static str) -> Tried {
        let (service, operation) = action.split_once(':').unwrap_or((action, ""));
        match action {
            "sagemaker:DescribeNotebookInstance" => self.probe(Probe::Describe(self.one.0.clone())).await,
            "sagemaker:ListTags" => self.probe(Probe::Tags(self.one.1.clone())).await,
            "sagemaker:DescribeNotebookInstanceLifecycleConfig" => self.probe(Probe::LifecycleConfig).await,
            "servicequotas:GetServiceQuota" => self.probe(Probe::Quota).await,
            "servicequotas:ListServiceQuotas" => self.probe(Probe::Quotas).await,
            "kms:DescribeKey" => match key_to_read(self.examination.plan, self.region) {
                Some(key) => self.probe(Probe::Key(key)).await,
                None => Tried::Not(NO_KEY),
            },
            "iam:GetAccountAuthorizationDetails" => self.probe(Probe::Policies).await,
            "iam:GetRole" => {
                let Identity { account, arn } = self.identity;
                let role = role_to_read(self.examination.plan, self.region, (account, arn));
                self.probe(Probe::Role(role)).await
            }
            "ec2:CreateNetworkInterface" => self.interface().await,
            _ if service == "ec2" && operation.starts_with("Describe") => {
                self.probe(Probe::Ec2(operation)).await
            }
            _ => Tried::Not(ACTS),
        }
    }

    async fn probe(&self, probe: Probe) -> Tried {
        self.examination.session.probe(self.region, &probe).await.into()
    }

    /// In the first of the known subnets that is in this region.
    async fn interface(&self) -> Tried {
        let Examination { session, plan, policy, .. } = self.examination;
        for (subnet, groups) in interfaces_to_try(*plan, policy, self.region) {
            let answer = session.probe(self.region, &Probe::Interface(subnet, groups)).await;
            let elsewhere =
                |error: &ApiError| error.code.as_deref().is_some_and(|code| code.contains("NotFound"));
            if !answer.as_ref().is_err_and(elsewhere) {
                return answer.into();
            }
        }
        Tried::Not(NO_SUBNET)
    }
}
