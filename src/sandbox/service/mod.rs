//! The services, one folder or file each: what a call answers, and what it changes.

mod call;
mod ec2;
mod iam;
mod kms;
mod members;
mod organizations;
mod page;
mod query;
mod quotas;
mod sagemaker;
mod sts;
mod xml;

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::request::Service;
use crate::sandbox::{s3, trouble};

use call::Operation;
pub(crate) use call::{Call, Caller};

/// The operations of a service.
pub(crate) fn operations(service: Service) -> Vec<&'static str> {
    fn names<T>(operations: &[Operation<T>]) -> Vec<&'static str> {
        operations.iter().map(|(name, _)| *name).collect()
    }
    match service {
        Service::SageMaker => names(&sagemaker::OPERATIONS),
        Service::Ec2 => ec2::operations(),
        Service::Sts => names(&sts::OPERATIONS),
        Service::Iam => names(&iam::OPERATIONS),
        Service::Quotas => names(&quotas::OPERATIONS),
        Service::Kms => names(&kms::OPERATIONS),
        Service::Organizations => names(&organizations::OPERATIONS),
        Service::S3 => s3::OPERATIONS.to_vec(),
        Service::Other | Service::OtherJson => Vec::new(),
    }
}

/// Every operation that the sandbox serves.
pub(crate) fn all_operations() -> Vec<&'static str> {
    Service::NAMES.iter().flat_map(|(_, service)| operations(*service)).collect()
}

/// Makes a call. Only this changes the world, apart from time.
pub(crate) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    match call.request.service {
        Service::SageMaker => sagemaker::answer(call),
        Service::Ec2 => ec2::answer(call),
        Service::Sts => sts::answer(call),
        Service::Iam => iam::answer(call),
        Service::Quotas => quotas::answer(call),
        Service::Kms => kms::answer(call),
        Service::Organizations => organizations::answer(call),
        service @ (Service::S3 | Service::Other | Service::OtherJson) => {
            Err(trouble::unknown_operation(service, &call.request.operation))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, world};

    #[test]
    fn every_operation_is_answered_and_is_there_once() {
        let mut all = all_operations();
        for operation in all.iter().filter(|one| !s3::OPERATIONS.contains(one)) {
            let mut ask = Ask::of(world());
            let json = ["", "servicequotas", "kms", "organizations"];
            let unknown = |error: AwsError| {
                ["InvalidAction", "UnknownOperationException"].contains(&error.code.as_str())
            };
            let in_json = json
                .iter()
                .any(|service| !ask.json(service, operation, serde_json::json!({})).is_err_and(unknown));
            assert!(in_json || !ask.form(operation, &[]).is_err_and(unknown), "{operation}");
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
