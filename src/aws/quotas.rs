//! Service Quotas: how many notebook instances there may be, in all and of each type.

use std::collections::BTreeMap;

use aws_sdk_servicequotas::operation::RequestId;
use aws_sdk_servicequotas::types::ServiceQuota;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::{Regional, Session};
use crate::execute::TOTAL_QUOTA;
use crate::ids::Region;
use crate::inventory::Quotas;

/// The largest page (botocore 1.44.5, `MaxResults`).
const PAGE: i32 = 100;
/// How the name of a quota on one instance type ends: `ml.t3.medium for notebook instance usage` (Service Quotas).
const OF_TYPE: &str = " for notebook instance usage";

/// The quota on all notebook instances of a region, as it is applied to the account; `None` where the answer has no value.
pub(super) async fn total(session: &Session, region: &Region) -> Result<Option<u32>, ApiError> {
    const OPERATION: &str = "GetServiceQuota";
    let here = session.regional(region);
    let request = here.quotas.get_service_quota().service_code("sagemaker").quota_code(TOTAL_QUOTA);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let value = output.quota().and_then(|quota| quota.value());
    value.map(whole).transpose().map_err(|why| answer.unreadable(why))
}

/// The quotas on all notebook instances of a region and on those of each type, over all pages.
///
/// SageMaker has far over a thousand quotas, and the API selects none by name: some fifteen calls. Where they may not be
/// listed, the total alone is asked for.
pub(super) async fn all(session: &Session, region: &Region) -> Result<Quotas, ApiError> {
    let here = session.regional(region);
    match all_pages(|token| page(&here, token)).await {
        Ok(entries) => Ok(entries.into_iter().flatten().fold(Quotas::default(), with)),
        Err(error) => match total(session, region).await {
            Ok(total) => Ok(Quotas { total, by_type: BTreeMap::new() }),
            Err(_) => Err(error),
        },
    }
}

/// One quota that counts notebook instances: all of them, or those of a type.
type Entry = (Option<String>, u32);

fn with(mut quotas: Quotas, (kind, value): Entry) -> Quotas {
    match kind {
        None => quotas.total = Some(value),
        Some(kind) => _ = quotas.by_type.insert(kind, value),
    }
    quotas
}

async fn page(here: &Regional, token: Option<String>) -> Result<Page<'_, Option<Entry>>, ApiError> {
    const OPERATION: &str = "ListServiceQuotas";
    let request = here.quotas.list_service_quotas().service_code("sagemaker").max_results(PAGE);
    let request = request.set_next_token(token);
    let output = here.gate.read(OPERATION, || request.clone().send()).await?;
    let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
    let entries = output.quotas().iter().map(entry).collect::<Result<_, _>>();
    let entries = entries.map_err(|why| answer.unreadable(why))?;
    Ok(Page { entries, next: output.next_token, answer })
}

fn entry(quota: &ServiceQuota) -> Result<Option<Entry>, Unreadable> {
    let of_type = quota.quota_name().and_then(|name| name.strip_suffix(OF_TYPE));
    let kind = match of_type {
        Some(kind) => Some(kind.to_owned()),
        None if quota.quota_code() == Some(TOTAL_QUOTA) => None,
        None => return Ok(None),
    };
    let value = quota.value().map(whole).transpose()?;
    Ok(value.map(|value| (kind, value)))
}

/// A count, which comes as a floating-point number.
fn whole(value: f64) -> Result<u32, Unreadable> {
    if !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return Err(Unreadable(format!("Value: not a count: {value}")));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is within the bounds of the type"
    )]
    Ok(value.floor() as u32)
}

#[cfg(test)]
mod tests {
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply, here};
    use crate::execute::Cloud;
    use crate::inventory::{CompanionSource, Quotas};

    #[tokio::test]
    async fn the_quota_is_the_applied_value_of_all_notebook_instances() {
        let quota = Reply::json(200, r#"{"Quota":{"QuotaCode":"L-04CE2E67","Value":8.0}}"#);
        let server = Loopback::serving([quota, Reply::json(200, r#"{"Quota":{}}"#)]).await;
        let session = server.session();
        assert_eq!(session.quota(&here()).await, Ok(Some(8)));
        assert_eq!(session.quota(&here()).await, Ok(None));
        let asked = &server.requests()[0];
        assert_eq!(asked.target, "ServiceQuotasV20190624.GetServiceQuota");
        assert_eq!(asked.body, r#"{"ServiceCode":"sagemaker","QuotaCode":"L-04CE2E67"}"#);
    }

    #[tokio::test]
    async fn quotas_are_listed_over_all_pages_and_those_on_notebook_instances_are_kept() {
        let first = r#"{"NextToken":"1","Quotas":[
            {"QuotaCode":"L-04CE2E67","QuotaName":"Total number of notebook instances","Value":8.0},
            {"QuotaCode":"L-1","QuotaName":"ml.t3.medium for notebook instance usage","Value":4.0},
            {"QuotaCode":"L-2","QuotaName":"ml.t3.medium for endpoint usage","Value":2.0}]}"#;
        let last = r#"{"Quotas":[{"QuotaCode":"L-3","QuotaName":"ml.p3.2xlarge for notebook instance usage","Value":0.0},
            {"QuotaCode":"L-4","QuotaName":"ml.m5.large for notebook instance usage"}]}"#;
        let server = Loopback::serving([Reply::json(200, first), Reply::json(200, last)]).await;
        let found = server.session().quotas(&here()).await.unwrap();
        let by_type = [("ml.p3.2xlarge".to_owned(), 0), ("ml.t3.medium".to_owned(), 4)].into();
        assert_eq!(found, Quotas { total: Some(8), by_type });
        let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
        assert_eq!(bodies[1], r#"{"ServiceCode":"sagemaker","NextToken":"1","MaxResults":100}"#);
    }

    #[tokio::test]
    async fn where_quotas_may_not_be_listed_the_total_is_asked_for_alone() {
        let denied = || Reply::error("AccessDeniedException", "no");
        let total = Reply::json(200, r#"{"Quota":{"Value":8.0}}"#);
        let server = Loopback::serving([denied(), total, denied(), denied()]).await;
        let session = server.session();
        assert_eq!(session.quotas(&here()).await.unwrap().total, Some(8));
        assert_eq!(session.quotas(&here()).await.unwrap_err().operation, "ListServiceQuotas");
    }

    #[tokio::test]
    async fn a_value_that_is_no_count_and_a_denial_are_errors() {
        let odd = Reply::json(200, r#"{"Quota":{"Value":-1}}"#);
        let server = Loopback::serving([odd, Reply::error("AccessDeniedException", "no")]).await;
        let session = server.session();
        assert_eq!(session.quota(&here()).await.unwrap_err().kind, ApiErrorKind::Unreadable);
        assert_eq!(session.quota(&here()).await.unwrap_err().kind, ApiErrorKind::AccessDenied);
    }
}
