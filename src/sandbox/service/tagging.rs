//! tagging: to be written.

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::Call;
use crate::sandbox::trouble;

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    match call.request.operation.as_str() {
        other => Err(trouble::unknown_operation(call.request.service, other)),
    }
}
