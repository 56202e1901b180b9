//! Pure: what the IAM policies of an account say of notebook instances by their names. All else is not kept: an account may
//! have thousands of policies.

use serde_json::{Map, Value};

use crate::inventory::ArnPattern;

/// What every ARN of a notebook instance is like.
const INSTANCES: &str = "arn:*:sagemaker:*:*:notebook-instance/*";
/// What every action of SageMaker is like.
const ACTIONS: &str = "sagemaker:*";
/// The version of the policy language that has variables.
const WITH_VARIABLES: &str = "2012-10-17";

/// What the policies of an account say of notebook instances.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPolicies {
    /// Policies with such statements.
    pub policies: Vec<InstancePolicy>,
    /// Policies whose documents could not be understood.
    pub unread: Vec<PolicyName>,
}

/// A policy that says something of notebook instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstancePolicy {
    /// Which.
    pub name: PolicyName,
    /// Its statements that may name an instance.
    pub statements: Vec<InstanceStatement>,
}

/// Which policy it is, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyName {
    /// Its name.
    pub name: String,
    /// Its ARN; absent for one that is part of who has it.
    pub arn: Option<String>,
    /// Who has it, as `role/PATH/NAME`: the first few.
    pub attached: Vec<String>,
    /// How many have it.
    pub attached_count: u32,
}

/// A statement that may name an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceStatement {
    /// Its members, as they are.
    pub members: Map<String, Value>,
    /// Whether it denies; else it allows.
    pub denies: bool,
    /// The actions that it is about, or with `NotAction` is not about.
    pub actions: Vec<String>,
    /// Whether these are `NotAction`.
    pub is_not_action: bool,
    /// What it is about, or with `NotResource` is not about.
    pub resources: Vec<ArnPattern>,
    /// Whether these are `NotResource`.
    pub is_not_resource: bool,
}

impl Eq for InstanceStatement {}

/// A document that is no identity policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPolicy;

/// The statements of a policy's document that may name an instance.
///
/// # Errors
/// When anything of it is not of the form of an identity policy: then nothing is known of it.
pub fn instance_statements(document: &str) -> Result<Vec<InstanceStatement>, NoPolicy> {
    let policy: Value = serde_json::from_str(document).map_err(|_| NoPolicy)?;
    let members = policy.as_object().ok_or(NoPolicy)?;
    let knows_variables = members.get("Version").and_then(Value::as_str) == Some(WITH_VARIABLES);
    let statements = listed(members.get("Statement").ok_or(NoPolicy)?);
    let read = statements.into_iter().map(|one| statement(one.as_object().ok_or(NoPolicy)?, knows_variables));
    let all = read.collect::<Result<Vec<_>, NoPolicy>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// A statement, where it may name an instance.
fn statement(
    members: &Map<String, Value>,
    knows_variables: bool,
) -> Result<Option<InstanceStatement>, NoPolicy> {
    let denies = match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => false,
        Some("Deny") => true,
        Some(_) | None => return Err(NoPolicy),
    };
    let (actions, is_not_action) = either(members, "Action", "NotAction")?;
    let (resources, is_not_resource) = either(members, "Resource", "NotResource")?;
    let resources: Vec<_> = resources.iter().map(|one| ArnPattern::read(one, knows_variables)).collect();
    let instances = ArnPattern::read(INSTANCES, false);
    let may_name = resources.iter().any(|one| !one.is_everything() && one.meets(&instances));
    let statement = InstanceStatement {
        members: members.clone(),
        denies,
        actions,
        is_not_action,
        resources,
        is_not_resource,
    };
    Ok((may_name && statement.is_about_sagemaker()).then_some(statement))
}

impl InstanceStatement {
    fn is_about_sagemaker(&self) -> bool {
        let mut patterns = self.actions.iter().map(|one| ArnPattern::read(one, false));
        if self.is_not_action {
            // What is left out but for all of SageMaker is about some of it.
            let all =
                |one: &ArnPattern| one.is_open_ended() && one.matches("sagemaker:") != super::Matches::No;
            !patterns.any(|one| all(&one))
        } else {
            let sagemaker = ArnPattern::read(ACTIONS, false);
            patterns.any(|one| one.meets(&sagemaker))
        }
    }
}

/// The texts of one of two members, of which a statement has one; and whether it is the second.
fn either(members: &Map<String, Value>, this: &str, not: &str) -> Result<(Vec<String>, bool), NoPolicy> {
    match (members.get(this), members.get(not)) {
        (Some(value), None) => Ok((texts(value)?, false)),
        (None, Some(value)) => Ok((texts(value)?, true)),
        (Some(_), Some(_)) | (None, None) => Err(NoPolicy),
    }
}

fn texts(value: &Value) -> Result<Vec<String>, NoPolicy> {
    listed(value).into_iter().map(|one| one.as_str().map(str::to_owned).ok_or(NoPolicy)).collect()
}

/// IAM takes one of a thing in the place of a list of them.
fn listed(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |all| all.iter().collect())
}
