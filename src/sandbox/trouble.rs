//! The errors that every service has, each in its own words.
//!
//! Codes are those that botocore 1.44.5 classifies and models, and the "Common Errors" of the API references. Messages
//! are general knowledge of AWS and not checked, but for "Rate exceeded" [I]: programs must not depend on them.

use crate::sandbox::answer::AwsError;
use crate::sandbox::request::Service;

/// Too many calls.
pub(crate) fn throttled(service: Service) -> AwsError {
    match service {
        Service::Ec2 => AwsError::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        Service::Sts | Service::Iam => AwsError::new(400, "Throttling", "Rate exceeded"),
        Service::Quotas | Service::Organizations => {
            AwsError::new(400, "TooManyRequestsException", "Rate exceeded")
        }
        Service::S3 => AwsError::new(503, "SlowDown", "Please reduce your request rate."),
        Service::SageMaker | Service::Kms | Service::Other | Service::OtherJson => {
            AwsError::new(400, "ThrottlingException", "Rate exceeded")
        }
    }
}

/// The service broke.
pub(crate) fn internal_error(service: Service) -> AwsError {
    match service {
        Service::Ec2 => AwsError::new(500, "InternalError", "An internal error has occurred"),
        Service::S3 => {
            AwsError::new(500, "InternalError", "We encountered an internal error. Please try again.")
        }
        Service::SageMaker
        | Service::Sts
        | Service::Iam
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::Other
        | Service::OtherJson => AwsError::new(500, "InternalFailure", "An internal error occurred."),
    }
}

/// Two writes under conditions came at once, and S3 does not say which of them won (S3 user guide, "Conditional writes").
pub(crate) fn conflict() -> AwsError {
    let message =
        "The conditional request cannot succeed due to a conflicting operation against this resource.";
    AwsError::new(409, "ConditionalRequestConflict", message)
}

/// The service is not there.
pub(crate) fn unavailable(service: Service) -> AwsError {
    match service {
        Service::Ec2 => {
            AwsError::new(503, "Unavailable", "The service is unavailable. Please try again shortly.")
        }
        Service::SageMaker
        | Service::Sts
        | Service::Iam
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::S3
        | Service::Other
        | Service::OtherJson => {
            AwsError::new(503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again.")
        }
    }
}

/// The caller, `arn`, may not make this call on that resource.
pub(crate) fn access_denied(service: Service, (arn, operation, resource): (&str, &str, &str)) -> AwsError {
    let action = format!("{}:{operation}", action_prefix(service));
    match service {
        Service::Ec2 => AwsError::new(
            403,
            "UnauthorizedOperation",
            format!(
                "You are not authorized to perform this operation. User: {arn} is not authorized to perform: \
                 {action} because no identity-based policy allows the {action} action"
            ),
        ),
        Service::Sts | Service::Iam | Service::S3 => AwsError::new(
            403,
            "AccessDenied",
            format!("User: {arn} is not authorized to perform: {action} on resource: {resource}"),
        ),
        Service::SageMaker
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::Other
        | Service::OtherJson => AwsError::new(
            400,
            "AccessDeniedException",
            format!(
                "User: {arn} is not authorized to perform: {action} on resource: {resource} because no \
                 identity-based policy allows the {action} action"
            ),
        ),
    }
}

/// What the policies of a caller do not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denial {
    /// The caller's ARN.
    pub(crate) caller: String,
    /// `service:Action`: that of the call, or of what the service does in the caller's name.
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) because: Because,
}

/// Why something is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// No policy of the caller allows it.
    NotAllowed,
    /// A policy of the caller says `Deny`.
    Denied,
    /// It is another account's, and no policy of the resource allows it.
    NotAllowedThere,
    /// A policy of the resource says `Deny`.
    DeniedThere,
}

/// The policies of the caller do not allow the call (the IAM user guide's "Troubleshoot access denied error messages" has
/// these texts).
pub(crate) fn denied(service: Service, denial: &Denial) -> AwsError {
    let Denial { caller, action, resource, because } = denial;
    let because = match because {
        Because::Denied => "with an explicit deny in an identity-based policy".to_owned(),
        Because::DeniedThere => "with an explicit deny in a resource-based policy".to_owned(),
        Because::NotAllowed => format!("because no identity-based policy allows the {action} action"),
        Because::NotAllowedThere => format!("because no resource-based policy allows the {action} action"),
    };
    let text =
        format!("User: {caller} is not authorized to perform: {action} on resource: {resource} {because}");
    match service {
        Service::Ec2 => {
            let text = format!("You are not authorized to perform this operation. {text}");
            AwsError::new(403, "UnauthorizedOperation", text)
        }
        Service::Sts | Service::Iam | Service::S3 => AwsError::new(403, "AccessDenied", text),
        Service::SageMaker
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::Other
        | Service::OtherJson => AwsError::new(400, "AccessDeniedException", text),
    }
}

/// The caller's session is over.
pub(crate) fn expired(service: Service) -> AwsError {
    const MESSAGE: &str = "The security token included in the request is expired";
    match service {
        Service::Ec2 => AwsError::new(400, "RequestExpired", "Request has expired."),
        Service::Sts | Service::Iam => AwsError::new(403, "ExpiredToken", MESSAGE),
        Service::S3 => AwsError::new(400, "ExpiredToken", "The provided token has expired."),
        Service::SageMaker
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::Other
        | Service::OtherJson => AwsError::new(400, "ExpiredTokenException", MESSAGE),
    }
}

/// Credentials of nobody, or of an account in which the region is not enabled: AWS does not tell these apart.
pub(crate) fn unknown_credentials(service: Service) -> AwsError {
    const MESSAGE: &str = "The security token included in the request is invalid.";
    match service {
        Service::Ec2 => {
            AwsError::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        }
        Service::Sts | Service::Iam => AwsError::new(403, "InvalidClientTokenId", MESSAGE),
        Service::S3 => AwsError::new(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Service::SageMaker
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::Other
        | Service::OtherJson => AwsError::new(400, "UnrecognizedClientException", MESSAGE),
    }
}

/// A body that is longer than any that a service reads.
pub(crate) fn too_long() -> AwsError {
    AwsError::new(413, "RequestEntityTooLarge", "Request body too large")
}

/// A request without a signature.
pub(crate) fn unsigned(service: Service) -> AwsError {
    const MESSAGE: &str = "Request is missing Authentication Token";
    if service == Service::S3 {
        AwsError::new(403, "AccessDenied", "Access Denied")
    } else if service.speaks_json() {
        AwsError::new(400, "MissingAuthenticationTokenException", MESSAGE)
    } else {
        AwsError::new(403, "MissingAuthenticationToken", MESSAGE)
    }
}

/// A body that the service cannot read.
pub(crate) fn malformed(service: Service) -> AwsError {
    if service.speaks_json() {
        // Without a message, as far as is known [INF].
        AwsError::new(400, "SerializationException", "")
    } else {
        AwsError::new(400, "MalformedQueryString", "The query string contains a syntax error")
    }
}

/// An operation that the service, or the sandbox, does not have.
pub(crate) fn unknown_operation(service: Service, operation: &str) -> AwsError {
    match service {
        Service::Ec2 => {
            let message = format!("The action {operation} is not valid for this web service.");
            AwsError::new(400, "InvalidAction", message)
        }
        Service::Sts => {
            let message = format!("Could not find operation {operation} for version 2011-06-15");
            AwsError::new(400, "InvalidAction", message)
        }
        Service::Iam | Service::Other => {
            AwsError::new(400, "InvalidAction", format!("Could not find operation {operation}"))
        }
        Service::SageMaker
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::S3
        | Service::OtherJson => {
            // AWS has no message here; this one tells what is not simulated from what there is not.
            let message = format!("the sandbox does not have {operation}");
            AwsError::new(400, "UnknownOperationException", message)
        }
    }
}

fn action_prefix(service: Service) -> &'static str {
    match service {
        Service::SageMaker
        | Service::Ec2
        | Service::Sts
        | Service::Iam
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::S3
        | Service::Other
        | Service::OtherJson => service.as_str(),
    }
}
