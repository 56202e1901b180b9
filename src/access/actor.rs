//! Pure: who needs permissions of the program's own.

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
