//! The least that AWS must allow: which permissions each call needs, and the IAM policies that grant these and no others.
//!
//! Pure. One table (`table.rs`) says what each operation that the program sends needs; everything else follows from it.

mod actor;
mod document;
mod execution;
mod grant;
mod grants;
mod scope;
mod storage;
mod table;
#[cfg(test)]
mod tests;
mod transfers;

pub use actor::Actor;
pub use document::{Document, Statement};
pub use execution::{ExecutionRole, execution_role};
pub use grants::policies;
pub use scope::Scope;
pub use storage::Storage;
pub use table::{
    Operation, Purpose, RequiredPermission, Weight, needs, operation, operations, transfer_needs,
};
