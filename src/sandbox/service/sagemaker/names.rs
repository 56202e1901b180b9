//! How SageMaker names things: ARNs and URLs.

use crate::ids::{AccountId, Region};
use crate::sandbox::names::partition;
use crate::sandbox::service::Call;

/// An account in a region, which every ARN names.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArnScope<'a> {
    pub(super) account: &'a AccountId,
    pub(super) region: &'a Region,
}

impl<'a> ArnScope<'a> {
    /// Where a call is made.
    pub(super) fn of(call: &'a Call<'_>) -> ArnScope<'a> {
        ArnScope { account: &call.caller.account, region: &call.region }
    }

    /// The ARN of an instance, with the name in lower case: the service's messages have
    /// `notebook-instance/aking-service-mapping` for `AKing-Service-Mapping` (amazon-sagemaker-examples#1798 [I]).
    pub(super) fn notebook_arn(self, name: &str) -> String {
        self.arn("notebook-instance", name)
    }

    /// The ARN of a lifecycle configuration: the same way [INF].
    pub(super) fn lifecycle_arn(self, name: &str) -> String {
        self.arn("notebook-instance-lifecycle-config", name)
    }

    /// The ARN of a code repository: the same way [INF].
    pub(super) fn repository_arn(self, name: &str) -> String {
        self.arn("code-repository", name)
    }

    /// Whether an ARN of SageMaker is of this account and region.
    pub(super) fn has(self, arn: &str) -> bool {
        let mut parts = arn.split(':').skip(3);
        parts.next() == Some(self.region.as_str()) && parts.next() == Some(self.account.as_str())
    }

    /// Where an instance is reached.
    pub(super) fn url(self, name: &str) -> String {
        let domain =
            if self.region.as_str().starts_with("cn-") { "sagemaker.com.cn" } else { "sagemaker.aws" };
        format!("{}.notebook.{}.{domain}", name.to_ascii_lowercase(), self.region)
    }

    fn arn(self, kind: &str, name: &str) -> String {
        let ArnScope { account, region } = self;
        let name = name.to_ascii_lowercase();
        format!("arn:{}:sagemaker:{region}:{account}:{kind}/{name}", partition(region.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_the_name_in_lower_case_and_the_partition_of_the_region() {
        let (account, region) = ("123456789012".parse().unwrap(), "cn-north-1".parse().unwrap());
        let place = ArnScope { account: &account, region: &region };
        let arn = place.notebook_arn("King");
        assert_eq!(arn, "arn:aws-cn:sagemaker:cn-north-1:123456789012:notebook-instance/king");
        assert!(place.has(&arn) && !place.has("arn:aws-cn:sagemaker:cn-north-1:210987654321:x/y"));
    }
}
