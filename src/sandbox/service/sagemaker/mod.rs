//! SageMaker, as far as notebook instances go (JSON 1.1).
//!
//! What AWS says in words is quoted with its source; where no source says what AWS does, the stricter of two
//! likely answers is given, and the comment says `[INF]`.

mod asked;
mod checks;
mod create;
mod describe;
mod injected_fault;
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

use serde_json::Value;

use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::service::call::{Call, Operation, dispatch};

/// Every operation.
pub(super) const OPERATIONS: [Operation<Value>; 16] = [
    ("CreateNotebookInstance", create::create),
    ("DescribeNotebookInstance", describe::describe),
    ("ListNotebookInstances", list::list),
    ("StartNotebookInstance", transitions::start),
    ("StopNotebookInstance", transitions::stop),
    ("DeleteNotebookInstance", transitions::delete),
    ("UpdateNotebookInstance", update::update),
    ("CreatePresignedNotebookInstanceUrl", describe::presigned_url),
    ("AddTags", tags::add),
    ("DeleteTags", tags::delete),
    ("ListTags", tags::list),
    ("CreateNotebookInstanceLifecycleConfig", lifecycle::create),
    ("DescribeNotebookInstanceLifecycleConfig", lifecycle::describe),
    ("UpdateNotebookInstanceLifecycleConfig", lifecycle::update),
    ("DeleteNotebookInstanceLifecycleConfig", lifecycle::delete),
    ("ListNotebookInstanceLifecycleConfigs", lifecycle_list::list),
];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    dispatch(call, &OPERATIONS).map(Reply::Json)
}
