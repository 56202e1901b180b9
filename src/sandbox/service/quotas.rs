//! Service Quotas: SageMaker's, as they are applied in an account and region.

use serde_json::{Value, json};

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::names::partition;
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::members::Members;
use crate::sandbox::service::page::{self, PageRequest};
use crate::sandbox::world::Quota;

/// The largest page, and the usual one [B].
const MOST: i64 = 100;

/// Every operation.
pub(super) const OPERATIONS: [Operation<Reply>; 2] = [("GetServiceQuota", get), ("ListServiceQuotas", list)];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    dispatch(call, &OPERATIONS)
}

fn get(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let members = Members::of(call.request);
    know_service(&members)?;
    let code = members.text("QuotaCode")?.ok_or_else(|| illegal("Missing required parameter: QuotaCode"))?;
    let (account, region) = (call.caller.account.clone(), call.region.clone());
    let (site, _) = call.site()?;
    let quota = site.quotas.get(code).ok_or_else(no_such_resource)?;
    Ok(Reply::Json(json!({ "Quota": one(quota, account.as_str(), region.as_str()) })))
}

fn list(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let members = Members::of(call.request);
    know_service(&members)?;
    let most = members.number("MaxResults")?.unwrap_or(MOST);
    let most = usize::try_from(most).ok().filter(|_| (1..=MOST).contains(&most));
    let most = most.ok_or_else(|| illegal("MaxResults must be between 1 and 100"))?;
    let (account, region) = (call.caller.account.clone(), call.region.clone());
    let (site, _) = call.site()?;
    let wanted_code = members.text("QuotaCode")?;
    let all = site.quotas.values().filter(|quota| wanted_code.is_none_or(|code| quota.code == code));
    let wanted = PageRequest { operation: "ListServiceQuotas", most, token: members.text("NextToken")? };
    let page = page::cut(all.collect(), |quota: &&Quota| quota.code.clone(), wanted);
    let bad_token = |_| AwsError::new(400, "InvalidPaginationTokenException", "Invalid NextToken");
    let page = page.map_err(bad_token)?;
    let quotas: Vec<Value> =
        page.entries.into_iter().map(|quota| one(quota, account.as_str(), region.as_str())).collect();
    let mut output = json!({ "Quotas": quotas });
    if let Some(token) = page.next {
        output["NextToken"] = token.into();
    }
    Ok(Reply::Json(output))
}

fn one(quota: &Quota, account: &str, region: &str) -> Value {
    json!({
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": format!(
            "arn:{}:servicequotas:{region}:{account}:sagemaker/{}",
            partition(region),
            quota.code
        ),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": f64::from(quota.value),
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
        "QuotaAppliedAtLevel": "ACCOUNT",
    })
}

fn know_service(members: &Members<'_>) -> Result<(), AwsError> {
    match members.text("ServiceCode")? {
        Some("sagemaker") => Ok(()),
        Some(_) => Err(no_such_resource()),
        None => Err(illegal("Missing required parameter: ServiceCode")),
    }
}

fn no_such_resource() -> AwsError {
    AwsError::new(
        400,
        "NoSuchResourceException",
        "The request failed because the specified resource does not exist.",
    )
}

fn illegal(message: &str) -> AwsError {
    AwsError::new(400, "IllegalArgumentException", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, world};

    fn ask() -> Ask {
        let mut ask = Ask::of(world());
        for (code, value) in [("L-04CE2E67", 8), ("L-AAAA0001", 2), ("L-AAAA0002", 0)] {
            let quota = Quota { code: code.to_owned(), name: format!("quota {code}"), value };
            ask.site().quotas.insert(code.to_owned(), quota);
        }
        ask
    }

    #[test]
    fn a_quota_is_found_by_its_code_or_does_not_exist() {
        let mut ask = ask();
        let call = |code: &str| json!({ "ServiceCode": "sagemaker", "QuotaCode": code });
        let found = ask.json("servicequotas", "GetServiceQuota", call("L-04CE2E67")).unwrap();
        assert_eq!(found["Quota"]["Value"], 8.0);
        let error = ask.json("servicequotas", "GetServiceQuota", call("L-0")).unwrap_err();
        assert_eq!(error.code, "NoSuchResourceException");
    }

    #[test]
    fn quotas_are_listed_in_pages_and_tokens_are_checked() {
        let mut ask = ask();
        let mut list = |more: Value| {
            let mut input = json!({ "ServiceCode": "sagemaker" });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ask.json("servicequotas", "ListServiceQuotas", input)
        };
        let first = list(json!({ "MaxResults": 2 })).unwrap();
        let second = list(json!({ "MaxResults": 2, "NextToken": first["NextToken"] })).unwrap();
        assert_eq!(second["Quotas"][0]["QuotaCode"], "L-AAAA0002");
        assert_eq!(second["NextToken"], Value::Null);
        let garbage = list(json!({ "NextToken": "garbage" })).unwrap_err();
        assert_eq!(garbage.code, "InvalidPaginationTokenException");
        assert_eq!(list(json!({ "MaxResults": 101 })).unwrap_err().code, "IllegalArgumentException");
        for wrong in [json!({ "MaxResults": "2" }), json!({ "NextToken": 1 }), json!({ "QuotaCode": [] })] {
            assert_eq!(list(wrong.clone()).unwrap_err().code, "SerializationException", "{wrong}");
        }
    }
}
