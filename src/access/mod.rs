//! The least that AWS must allow: which permissions each call needs, and the IAM policies that grant these and no others.
//!
//! Pure. One table (`table.rs`) says what each operation that the program sends needs; everything else follows from it.

mod actor;
mod document;
mod execution;
mod grants;
mod scope;
mod table;
#[cfg(test)]
mod tests;

pub use actor::Actor;
pub use document::{Document, Statement};
pub use execution::{ExecutionRole, Storage, execution_role};
pub use grants::policies;
pub use scope::Scope;
pub use table::{Operation, Purpose, RequiredPermission, Weight, needs, operation, operations};
