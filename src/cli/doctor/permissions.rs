//! The permissions: what is tried for each of them, and what the answers of all regions say together.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::access::{Actor, Weight, needs};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::{Identity, Probe};
use crate::ids::{Arn, InstanceName, Region};
use crate::report::doctor::{CheckState, DoctorCheck};

use super::Examination;

/// A permission, who needs it, and whether a job can be done without it.
struct Wanted {
    action: &'static str,
    actors: Vec<Actor>,
    needed: bool,
}

/// What came of trying a permission in one region.
enum Tried {
    Allowed,
    Denied(ApiError),
    Unknown(ApiError),
    /// Nothing was tried, for this reason.
    Not(&'static str),
}

const ACTS: &str = "cannot be tried without acting";
const NO_SUBNET: &str = "no subnet is known to try it in: name targets in a policy, or pass --plan";
const NO_KEY: &str = "no key is known to try it on: pass --plan";

/// Every permission that any of the actors needs, by its name.
fn wanted(actors: &[Actor]) -> Vec<Wanted> {
    let mut all: BTreeMap<&'static str, Wanted> = BTreeMap::new();
    for actor in actors {
        for (need, weight) in needs(*actor) {
            let new = || Wanted { action: need.action, actors: Vec::new(), needed: false };
            let wanted = all.entry(need.action).or_insert_with(new);
            wanted.needed |= weight == Weight::Needed;
            if !wanted.actors.contains(actor) {
                wanted.actors.push(*actor);
            }
        }
    }
    all.into_values().collect()
}

/// Tries them all, in every region.
pub(super) async fn checks(examination: &Examination<'_>, identity: &Identity) -> Vec<DoctorCheck> {
    let wanted = wanted(&examination.actors);
    let regions =
        examination.regions.iter().map(|region| of_region(examination, (identity, region), &wanted));
    let mut found: Vec<(&Region, Vec<Tried>)> =
        examination.regions.iter().zip(join_all(regions).await).collect();
    let mut checks: Vec<DoctorCheck> = found.iter().map(|(region, tried)| reached(region, tried)).collect();
    // What is not there says nothing about permissions.
    found.retain(|(_, tried)| tried.iter().any(is_answer));
    for (at, wanted) in wanted.iter().enumerate() {
        let of: Vec<(&Region, &Tried)> =
            found.iter().filter_map(|(region, tried)| Some((*region, tried.get(at)?))).collect();
        checks.push(judged(wanted, &of));
    }
    checks
}

/// The permissions of somebody who is not known.
pub(super) fn untried(examination: &Examination<'_>) -> Vec<DoctorCheck> {
    let unknown = |wanted: &Wanted| {
        let mut check =
            DoctorCheck::permission(wanted.action, &wanted.actors, (CheckState::Unknown, wanted.needed));
        check.detail = "not tried: nobody is known to be calling".to_owned();
        check
    };
    wanted(&examination.actors).iter().map(unknown).collect()
}

async fn of_region(
    examination: &Examination<'_>,
    (identity, region): (&Identity, &Region),
    wanted: &[Wanted],
) -> Vec<Tried> {
    let sample = examination.session.sample(region).await;
    let at =
        Spot { examination, region, one: instance(examination, (identity, region), sample.as_ref().ok()) };
    let listed = &sample;
    let tried = wanted.iter().map(|wanted| async {
        match wanted.action {
            "sagemaker:ListNotebookInstances" => of_answer(listed.as_ref().map(drop).map_err(Clone::clone)),
            action => at.tried(action).await,
        }
    });
    join_all(tried).await
}

/// The instance that reads are tried on: one of the plan, else one that there is.
fn instance(
    examination: &Examination<'_>,
    (identity, region): (&Identity, &Region),
    listed: Option<&Option<(InstanceName, Arn)>>,
) -> (Option<InstanceName>, Arn) {
    let items = examination.plan.into_iter().flat_map(|plan| &plan.items);
    let planned = items
        .filter(|item| item.id.region == *region)
        .map(|item| (item.id.name.clone(), item.source.description.notebook_instance_arn.clone()));
    let found = planned.take(1).next().or_else(|| listed.cloned().flatten());
    match found {
        Some((name, arn)) => (Some(name), arn),
        None => (None, nobody(identity, region)),
    }
}

/// An instance that is not there.
fn nobody(identity: &Identity, region: &Region) -> Arn {
    let partition = identity.arn.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("aws");
    let arn = format!(
        "arn:{partition}:sagemaker:{region}:{}:notebook-instance/remediate-doctor-0",
        identity.account
    );
    arn.parse().expect("made of a partition, a region and an account")
}

/// A region, and what is tried on in it.
struct Spot<'a> {
    examination: &'a Examination<'a>,
    region: &'a Region,
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
            "kms:DescribeKey" => match self.examination.key(self.region) {
                Some(key) => self.probe(Probe::Key(key)).await,
                None => Tried::Not(NO_KEY),
            },
            "ec2:CreateNetworkInterface" => self.interface().await,
            _ if service == "ec2" && operation.starts_with("Describe") => {
                self.probe(Probe::Ec2(operation)).await
            }
            _ => Tried::Not(ACTS),
        }
    }

    async fn probe(&self, probe: Probe) -> Tried {
        of_answer(self.examination.session.probe(self.region, &probe).await)
    }

    /// In the first of the known subnets that is in this region.
    async fn interface(&self) -> Tried {
        for (subnet, groups) in self.examination.places(self.region) {
            let answer = self.examination.session.probe(self.region, &Probe::Interface(subnet, groups)).await;
            let elsewhere =
                |error: &ApiError| error.code.as_deref().is_some_and(|code| code.contains("NotFound"));
            if !answer.as_ref().is_err_and(elsewhere) {
                return of_answer(answer);
            }
        }
        Tried::Not(NO_SUBNET)
    }
}

fn of_answer(answer: Result<(), ApiError>) -> Tried {
    match answer {
        Ok(()) => Tried::Allowed,
        Err(error) if error.kind == ApiErrorKind::AccessDenied => Tried::Denied(error),
        Err(error) => Tried::Unknown(error),
    }
}

/// Whether somebody answered who knows the caller.
fn is_answer(tried: &Tried) -> bool {
    match tried {
        Tried::Allowed | Tried::Denied(_) => true,
        Tried::Unknown(error) => error.kind != ApiErrorKind::NoAnswer && !error.kind.is_credentials(),
        Tried::Not(_) => false,
    }
}

/// Whether a region can be reached, and is enabled.
fn reached(region: &Region, tried: &[Tried]) -> DoctorCheck {
    let name = format!("region {region}");
    if tried.iter().any(is_answer) {
        return DoctorCheck::connection(&name, CheckState::Ok, "reachable and enabled");
    }
    let why = tried.iter().find_map(|tried| match tried {
        Tried::Unknown(error) => Some(error.to_string()),
        Tried::Allowed | Tried::Denied(_) | Tried::Not(_) => None,
    });
    DoctorCheck::connection(&name, CheckState::Missing, why.unwrap_or_default())
        .advice("check its name, and that it is enabled in the account")
}

/// What all regions say of one permission: the worst counts.
fn judged(wanted: &Wanted, found: &[(&Region, &Tried)]) -> DoctorCheck {
    let in_regions = |is: &dyn Fn(&Tried) -> bool| -> Vec<String> {
        found.iter().filter(|(_, tried)| is(tried)).map(|(region, _)| region.to_string()).collect()
    };
    let denied = in_regions(&|tried| matches!(tried, Tried::Denied(_)));
    let unknown = in_regions(&|tried| matches!(tried, Tried::Unknown(_)));
    let allowed = in_regions(&|tried| matches!(tried, Tried::Allowed));
    let error = found.iter().find_map(|(_, tried)| match tried {
        Tried::Denied(error) => Some((0, error)),
        Tried::Allowed | Tried::Unknown(_) | Tried::Not(_) => None,
    });
    let doubt = found.iter().find_map(|(_, tried)| match tried {
        Tried::Unknown(error) => Some(error.to_string()),
        Tried::Allowed | Tried::Denied(_) | Tried::Not(_) => None,
    });
    let check = |state: CheckState, detail: String| {
        let check = DoctorCheck::permission(wanted.action, &wanted.actors, (state, wanted.needed));
        DoctorCheck { detail, ..check }
    };
    let role = wanted.actors.last().map_or("reader", |actor| actor.as_str());
    let policy = format!("remediate iam-policy --role {role}");
    if let Some((_, error)) = error {
        let detail = format!("denied in {}: {}", denied.join(", "), error.message);
        return check(CheckState::Missing, detail).advice(policy);
    }
    match doubt {
        Some(why) => check(CheckState::Unknown, format!("in {}: {why}", unknown.join(", "))),
        None if !allowed.is_empty() => check(CheckState::Ok, String::new()),
        None => {
            let why = found.iter().find_map(|(_, tried)| match tried {
                Tried::Not(why) => Some(*why),
                Tried::Allowed | Tried::Denied(_) | Tried::Unknown(_) => None,
            });
            match why {
                Some(why) if why == ACTS => check(CheckState::NotProbed, why.to_owned()).advice(policy),
                Some(why) => check(CheckState::NotProbed, why.to_owned()),
                None => check(CheckState::Unknown, "no region could be asked".to_owned()),
            }
        }
    }
}
