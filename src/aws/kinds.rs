//! The table: what an error answer of AWS means, by its code, its text and its HTTP status.

use crate::api_error::ApiErrorKind;

/// Codes for credentials that are missing, wrong or expired (botocore 1.44.5; the common errors of the AWS
/// query and JSON protocols; EC2's client error codes).
const CREDENTIALS: [&str; 16] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignature",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthenticated",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes for too many requests (botocore 1.44.5, `_retry.json` and its standard retry mode).
const THROTTLED: [&str; 6] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
];

/// Codes for what the caller may not do. `OptInRequired` is a region or service that is not switched on.
const DENIED: [&str; 5] = [
    "NotAuthorized",
    "NotAuthorizedException",
    "OptInRequired",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

/// What an answer with an error means. `code` and `message` may be empty.
///
/// Codes come before the status, because EC2 throttles with 503 and moto denies with XML; texts come where
/// SageMaker puts everything under `ValidationException`.
pub(super) fn kind(status: u16, code: &str, message: &str) -> ApiErrorKind {
    by_code(code, message).or_else(|| by_text(status, message)).unwrap_or_else(|| by_status(status))
}

/// What it means that credentials could not be had, by the code of the service that gives them out. Signing in again helps
/// against all but one answer: that of STS to somebody who may not have the role.
pub(super) fn without_credentials(code: &str) -> ApiErrorKind {
    if code.starts_with("AccessDenied") {
        ApiErrorKind::RoleRefused
    } else if code.contains("Expired") {
        ApiErrorKind::CredentialsExpired
    } else {
        ApiErrorKind::Credentials
    }
}

fn by_code(code: &str, message: &str) -> Option<ApiErrorKind> {
    if CREDENTIALS.contains(&code) {
        let expired = code.contains("Expired");
        Some(if expired { ApiErrorKind::CredentialsExpired } else { ApiErrorKind::Credentials })
    } else if THROTTLED.contains(&code)
        || ["Throttling", "Throttled", "TooManyRequests"].iter().any(|start| code.starts_with(start))
        || (!code.is_empty() && message.starts_with("Rate exceeded"))
    {
        Some(ApiErrorKind::Throttled)
    } else if DENIED.contains(&code) || code.starts_with("AccessDenied") {
        Some(ApiErrorKind::AccessDenied)
    } else if code == "ResourceLimitExceeded" || code == "ServiceQuotaExceededException" {
        // AWS has one code for all quotas (its text is in aws-cloudformation/rain#468).
        let of_all = message.contains("Total number of notebook instances");
        Some(if of_all { ApiErrorKind::TotalQuotaExceeded } else { ApiErrorKind::QuotaExceeded })
    } else if code == "ResourceNotFound" {
        Some(ApiErrorKind::NotFound)
    } else if code == "RequestTimeout" || code == "RequestTimeoutException" {
        // The service gave up waiting for the request: transient, though a 4xx.
        Some(ApiErrorKind::Unavailable)
    } else {
        None
    }
}

/// SageMaker's texts: seen in moto 5.2.5, terraform-provider-aws (`notebook_instance.go`) and
/// amazon-sagemaker-examples#1798; its model names none of them.
fn by_text(status: u16, message: &str) -> Option<ApiErrorKind> {
    if !(400..500).contains(&status) {
        None
    } else if message.starts_with("Status (") || message.contains("Unable to transition to (") {
        Some(ApiErrorKind::WrongStatus)
    } else if message.starts_with("Cannot create a duplicate Notebook Instance")
        || is_of_config("create", "already exists", message)
    {
        Some(ApiErrorKind::AlreadyExists)
    } else if is_record_not_found(message) || is_of_config("delete", "does not exist", message) {
        Some(ApiErrorKind::NotFound)
    } else if is_denial(message) {
        Some(ApiErrorKind::AccessDenied)
    } else {
        None
    }
}

/// Whether the message says that of a lifecycle configuration itself (moto 5.2.5). That an instance could not be made or started
/// for want of one begins otherwise, and is another error.
fn is_of_config(verb: &str, what: &str, message: &str) -> bool {
    let start = format!("Unable to {verb} Notebook Instance Lifecycle Config ");
    message.starts_with(&start) && message.contains(&format!("Lifecycle Config {what}"))
}

/// AWS's own words: also why a launch failed comes as text (IAM user guide, "Troubleshoot access denied error messages").
pub(super) fn is_denial(text: &str) -> bool {
    text.contains("not authorized to perform")
}

/// Whether the message says `RecordNotFound` as a word of its own. An instance may bear that name too, and
/// then stands quoted or in an ARN; taking that for "does not exist" would take it for deleted.
fn is_record_not_found(message: &str) -> bool {
    message
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ':' | ';'))
        .any(|word| word == "RecordNotFound")
}

fn by_status(status: u16) -> ApiErrorKind {
    match status {
        401 => ApiErrorKind::Credentials,
        403 => ApiErrorKind::AccessDenied,
        408 => ApiErrorKind::Unavailable,
        429 => ApiErrorKind::Throttled,
        400..=499 => ApiErrorKind::Invalid,
        500..=599 => ApiErrorKind::Unavailable,
        // A redirect or worse: nothing that AWS's protocols know.
        _ => ApiErrorKind::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::ApiErrorKind as Kind;

    #[test]
    fn every_row_of_the_table_says_what_the_failure_means() {
        let arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/RecordNotFound";
        let wrong =
            format!("Status (Stopping) not in ([InService]). Unable to transition to (Stopping) ({arn})");
        let taken = format!("Cannot create a duplicate Notebook Instance ({arn})");
        let quoted =
            "1 validation error detected: Value 'RecordNotFound' at 'x' failed to satisfy constraint";
        let total_quota = "The account-level service limit 'Total number of notebook instances' is 8";
        let rows = [
            (400, "ValidationException", "RecordNotFound", Kind::NotFound),
            (400, "ResourceNotFound", "no such ARN", Kind::NotFound),
            (400, "ValidationException", taken.as_str(), Kind::AlreadyExists),
            (400, "ValidationException", wrong.as_str(), Kind::WrongStatus),
            (400, "ValidationException", quoted, Kind::Invalid),
            (400, "ValidationException", "Platform identifier (x) is not supported", Kind::Invalid),
            (400, "InvalidToken", "Invalid Token: Resource not found!", Kind::Invalid),
            (400, "ResourceLimitExceeded", "The account-level service limit ...", Kind::QuotaExceeded),
            (400, "ResourceLimitExceeded", total_quota, Kind::TotalQuotaExceeded),
            (400, "AccessDeniedException", "", Kind::AccessDenied),
            (403, "UnauthorizedOperation", "You are not authorized", Kind::AccessDenied),
            (
                400,
                "ValidationException",
                "User is not authorized to perform: iam:PassRole",
                Kind::AccessDenied,
            ),
            (403, "", "", Kind::AccessDenied),
            (400, "ExpiredTokenException", "The security token is expired", Kind::CredentialsExpired),
            (403, "InvalidClientTokenId", "", Kind::Credentials),
            (400, "UnrecognizedClientException", "", Kind::Credentials),
            (403, "SignatureDoesNotMatch", "", Kind::Credentials),
            (401, "AuthFailure", "", Kind::Credentials),
            (400, "RequestExpired", "", Kind::CredentialsExpired),
            (400, "ThrottlingException", "Rate exceeded", Kind::Throttled),
            (503, "RequestLimitExceeded", "Request limit exceeded.", Kind::Throttled),
            (400, "TooManyRequestsException", "", Kind::Throttled),
            (400, "ValidationException", "Rate exceeded", Kind::Throttled),
            (429, "", "", Kind::Throttled),
            (500, "InternalFailure", "RecordNotFound", Kind::Unavailable),
            (503, "ServiceUnavailable", "", Kind::Unavailable),
            (404, "", "", Kind::Invalid),
            (302, "", "", Kind::Unreadable),
        ];
        for (status, code, message, expected) in rows {
            assert_eq!(kind(status, code, message), expected, "{status} {code} {message}");
        }
    }
}
