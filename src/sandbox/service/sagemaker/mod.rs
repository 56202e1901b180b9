//! SageMaker, as far as notebook instances go (JSON 1.1).
//!
//! What AWS says in words is quoted with its source; where no source says what AWS does, the stricter of two
//! likely answers is given, and the comment says `[INF]`.

mod asked;
mod checks;
mod create;
mod describe;
mod fate;
mod instance_types;
mod keys;
mod launch;
mod lifecycle;
mod lifecycle_list;
mod list;
mod names;
mod page;
mod quota;
mod shapes;
mod tags;
mod transitions;
mod update;
mod validate;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::Call;
use crate::sandbox::trouble;

use self::names::Place;

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let output = match call.request.operation.as_str() {
        "CreateNotebookInstance" => create::create(call),
        "DescribeNotebookInstance" => describe::describe(call),
        "ListNotebookInstances" => list::list(call),
        "StartNotebookInstance" => transitions::start(call),
        "StopNotebookInstance" => transitions::stop(call),
        "DeleteNotebookInstance" => transitions::delete(call),
        "UpdateNotebookInstance" => update::update(call),
        "CreatePresignedNotebookInstanceUrl" => describe::presigned_url(call),
        "AddTags" => tags::add(call),
        "DeleteTags" => tags::delete(call),
        "ListTags" => tags::list(call),
        "CreateNotebookInstanceLifecycleConfig" => lifecycle::create(call),
        "DescribeNotebookInstanceLifecycleConfig" => lifecycle::describe(call),
        "UpdateNotebookInstanceLifecycleConfig" => lifecycle::update(call),
        "DeleteNotebookInstanceLifecycleConfig" => lifecycle::delete(call),
        "ListNotebookInstanceLifecycleConfigs" => lifecycle_list::list(call),
        other => Err(trouble::unknown_operation(call.request.service, other)),
    }?;
    Ok(Reply::Json(output))
}

/// The answer of an operation that has nothing to say.
fn nothing() -> Value {
    json!({})
}

impl Call<'_> {
    /// Where the call is made.
    fn place(&self) -> Place<'_> {
        Place { account: &self.caller.account, region: &self.region }
    }
}
