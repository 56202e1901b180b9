//! Organizations: the accounts, as the management account sees them.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::names::partition;
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::members::Members;
use crate::sandbox::service::page::{self, PageRequest};
use crate::sandbox::world::{Account, Organization, World};

/// The largest page, and the usual one [B].
const MOST: i64 = 20;

/// Every operation.
pub(super) const OPERATIONS: [Operation<Reply>; 2] =
    [("ListAccounts", |call| list_accounts(call)), ("DescribeOrganization", |call| describe(call))];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    dispatch(call, &OPERATIONS)
}

/// The organization. Every account of the world is in it.
fn organization(world: &World) -> Result<&Organization, AwsError> {
    let message = "Your account is not a member of an organization.";
    world
        .organization
        .as_ref()
        .ok_or_else(|| AwsError::new(400, "AWSOrganizationsNotInUseException", message))
}

fn list_accounts(call: &Call<'_>) -> Result<Reply, AwsError> {
    let organization = organization(call.world)?;
    if call.caller.account != organization.management {
        let message = "You don't have permissions to access this resource.";
        return Err(AwsError::new(400, "AccessDeniedException", message));
    }
    let partition = partition(call.region.as_str());
    let members = Members::of(call.request);
    let invalid = |message: &str| AwsError::new(400, "InvalidInputException", message);
    let most = members.number("MaxResults")?.unwrap_or(MOST);
    let most = usize::try_from(most).ok().filter(|_| (1..=MOST).contains(&most));
    let most =
        most.ok_or_else(|| invalid("You specified an invalid value for MaxResults: it must be 1 to 20."))?;
    let wanted = PageRequest { operation: "ListAccounts", most, token: members.text("NextToken")? };
    let accounts = call.world.accounts.values().collect();
    let page = page::cut(accounts, |one: &&Account| one.id.as_str().to_owned(), wanted);
    let page = page.map_err(|_| invalid("You specified an invalid value for NextToken."))?;
    let accounts: Vec<Value> =
        page.entries.into_iter().map(|account| one(partition, organization, account)).collect();
    let mut output = json!({ "Accounts": accounts });
    if let Some(token) = page.next {
        output["NextToken"] = token.into();
    }
    Ok(Reply::Json(output))
}

fn one(partition: &str, organization: &Organization, account: &Account) -> Value {
    let joined = if account.id == organization.management { "INVITED" } else { "CREATED" };
    json!({
        "Id": account.id,
        "Arn": account_arn(partition, organization, account.id.as_str()),
        "Email": account.email,
        "Name": account.name,
        // `State` took the place of `Status`, which AWS said would be gone by 2026-09-09 [B].
        "State": "ACTIVE",
        "Status": "ACTIVE",
        "JoinedMethod": joined,
        "JoinedTimestamp": seconds(organization.since),
    })
}

fn describe(call: &Call<'_>) -> Result<Reply, AwsError> {
    let organization = organization(call.world)?;
    let partition = partition(call.region.as_str());
    let (id, management) = (&organization.id, &organization.management);
    let email = call.world.accounts.get(management).map(|account| account.email.as_str());
    Ok(Reply::Json(json!({ "Organization": {
        "Id": id,
        "Arn": format!("arn:{partition}:organizations::{management}:organization/{id}"),
        "FeatureSet": "ALL",
        "MasterAccountArn": account_arn(partition, organization, management.as_str()),
        "MasterAccountId": management,
        "MasterAccountEmail": email,
        "AvailablePolicyTypes": [],
    }})))
}

fn account_arn(partition: &str, organization: &Organization, account: &str) -> String {
    let Organization { id, management, since: _ } = organization;
    format!("arn:{partition}:organizations::{management}:account/{id}/{account}")
}

/// A time in JSON 1.1: seconds, with a fraction.
fn seconds(time: Timestamp) -> f64 {
    time.as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, world};

    fn list(ask: &mut Ask, input: Value) -> Result<Value, AwsError> {
        ask.json("organizations", "ListAccounts", input)
    }

    fn organized() -> Ask {
        let mut ask = Ask::of(world());
        let management = ask.world.home.clone();
        let since = ask.now;
        ask.world.organization = Some(Organization { id: "o-exampleorg1".to_owned(), management, since });
        ask
    }

    #[test]
    fn the_management_account_lists_all_accounts_in_pages() {
        let mut ask = organized();
        let first = list(&mut ask, json!({ "MaxResults": 1 })).unwrap();
        assert_eq!(first["Accounts"][0]["Id"], "111111111111");
        assert_eq!(
            (&first["Accounts"][0]["State"], &first["Accounts"][0]["Status"]),
            (&json!("ACTIVE"), &json!("ACTIVE"))
        );
        let second = list(&mut ask, json!({ "MaxResults": 1, "NextToken": first["NextToken"] })).unwrap();
        assert_eq!(
            (&second["Accounts"][0]["Id"], &second["NextToken"]),
            (&json!("222222222222"), &Value::Null)
        );
    }

    #[test]
    fn others_may_not_list_and_without_an_organization_nobody_can() {
        let mut ask = organized();
        ask.account = "222222222222".parse().unwrap();
        assert_eq!(list(&mut ask, json!({})).unwrap_err().code, "AccessDeniedException");
        ask.world.organization = None;
        assert_eq!(list(&mut ask, json!({})).unwrap_err().code, "AWSOrganizationsNotInUseException");
    }

    #[test]
    fn pages_and_tokens_are_checked() {
        let mut ask = organized();
        for input in
            [json!({ "MaxResults": 21 }), json!({ "MaxResults": 0 }), json!({ "NextToken": "garbage" })]
        {
            assert_eq!(list(&mut ask, input).unwrap_err().code, "InvalidInputException");
        }
        for input in [json!({ "MaxResults": "1" }), json!({ "NextToken": {} })] {
            assert_eq!(list(&mut ask, input).unwrap_err().code, "SerializationException");
        }
    }
}
