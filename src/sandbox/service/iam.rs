//! IAM: what GetRole says of a role, and GetAccountAuthorizationDetails of everybody.
//!
//! Texts of errors are general knowledge of AWS and not checked, but for their codes [B].

mod details;
mod told;

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{self, Node, group, text};

use told::role_members;

/// The namespace of every answer [B].
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// The longest name of a role [B].
const LONGEST: usize = 64;

/// Every operation.
pub(super) const OPERATIONS: [Operation<Node>; 2] =
    [("GetRole", get_role), ("GetAccountAuthorizationDetails", details::answer)];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let result = dispatch(call, &OPERATIONS)?;
    let metadata = group("ResponseMetadata", vec![text("RequestId", call.request_id)]);
    let name = format!("{}Response", call.request.operation);
    Ok(Reply::Xml(xml::document(&name, NAMESPACE, &[result, metadata])))
}

fn get_role(call: &mut Call<'_>) -> Result<Node, AwsError> {
    let name = Query::of(call.request).get("RoleName").unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || name.len() > LONGEST || !name.chars().all(allowed) {
        let message = "The specified value for roleName is invalid. It must contain only alphanumeric characters \
                       and/or the following: +=,.@_-";
        return Err(AwsError::new(400, "ValidationError", message));
    }
    let account = call.world.accounts.get(&call.caller.account);
    let role = account.and_then(|account| account.roles.get(name)).ok_or_else(|| {
        AwsError::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."))
    })?;
    let mut members = role_members(call, name, role);
    members.push(text("MaxSessionDuration", 3600));
    Ok(group("GetRoleResult", vec![group("Role", members)]))
}

#[cfg(test)]
mod tests {
    use crate::sandbox::testing::{Ask, HOME, world};
    use crate::sandbox::world::Role;

    fn ask() -> Ask {
        let mut world = world();
        let account = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap();
        for (path, for_sagemaker) in [("service-role/Nb", true), ("Closed", false)] {
            let role = Role { path_and_name: path.to_owned(), for_sagemaker, external_id: None };
            account.roles.insert(path.rsplit('/').next().unwrap().to_owned(), role);
        }
        Ask::of(world)
    }

    #[test]
    fn a_role_is_found_by_its_name_and_says_who_may_assume_it() {
        let mut ask = ask();
        let answer = ask.form("GetRole", &[("RoleName", "Nb")]).unwrap();
        assert!(answer.contains("<Path>/service-role/</Path>"), "{answer}");
        assert!(answer.contains("<Arn>arn:aws:iam::111111111111:role/service-role/Nb</Arn>"), "{answer}");
        assert!(answer.contains("%22Service%22%3A%22sagemaker.amazonaws.com%22"), "{answer}");
        let answer = ask.form("GetRole", &[("RoleName", "Closed")]).unwrap();
        assert!(!answer.contains("sagemaker") && answer.contains("<Path>/</Path>"), "{answer}");
    }

    #[test]
    fn a_role_that_is_not_there_is_no_such_entity_and_a_path_is_no_name() {
        let mut ask = ask();
        let long = "x".repeat(65);
        for (name, code) in [
            ("nb", "NoSuchEntity"),
            ("service-role/Nb", "ValidationError"),
            ("", "ValidationError"),
            (&long, "ValidationError"),
        ] {
            assert_eq!(ask.form("GetRole", &[("RoleName", name)]).unwrap_err().code, code, "{name}");
        }
    }
}
