//! Errors, as s3s has them.

use hyper::StatusCode;
use s3s::{S3Error, S3ErrorCode};

use crate::sandbox::answer::AwsError;

/// An error as s3s has it.
pub(super) fn failed(error: AwsError) -> S3Error {
    let AwsError { status, code, message } = error;
    let code = S3ErrorCode::from_bytes(code.as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut failure = S3Error::with_message(code, message);
    if let Ok(status) = StatusCode::from_u16(status) {
        failure.set_status_code(status);
    }
    failure
}
