//! Service Quotas: how many notebook instances there may be.

use aws_sdk_servicequotas::operation::RequestId;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable};
use crate::aws::session::Session;
use crate::execute::TOTAL_QUOTA;
use crate::ids::Region;

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
    async fn a_value_that_is_no_count_and_a_denial_are_errors() {
        let odd = Reply::json(200, r#"{"Quota":{"Value":-1}}"#);
        let server = Loopback::serving([odd, Reply::error("AccessDeniedException", "no")]).await;
        let session = server.session();
        assert_eq!(session.quota(&here()).await.unwrap_err().kind, ApiErrorKind::Unreadable);
        assert_eq!(session.quota(&here()).await.unwrap_err().kind, ApiErrorKind::AccessDenied);
    }
}
