//! The least that AWS must allow: which permissions each call needs, and the IAM policies that grant these and no others.
//!
//! Pure. One table (`table.rs`) says what each operation that the program sends needs; everything else follows from it.

mod document;
mod execution;
mod grants;
mod scope;
mod table;
#[cfg(test)]
mod tests;

pub use document::{Document, LONGEST_POLICY, MOST_POLICIES, Statement};
pub use execution::{ExecutionRole, Storage, execution_role};
pub use grants::policies;
pub use scope::Scope;
pub use table::{Need, Operation, Purpose, Weight, needs, operation, operations};

/// Who needs permissions of the program's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// Whoever runs `audit` and `plan`. Changes nothing.
    Reader,
    /// Whoever runs `apply`, `resume`, `rollback` and `cleanup`.
    Operator,
}

impl Actor {
    /// The value of `--role`.
    pub fn as_str(self) -> &'static str {
        match self {
            Actor::Reader => "reader",
            Actor::Operator => "operator",
        }
    }
}
