//! What others do to instances meanwhile.

use jiff::Timestamp;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

/// What someone did who is not the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) at: Timestamp,
    pub(crate) operation: &'static str,
    pub(crate) name: String,
}

/// What an outsider does to an instance as soon as its status allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum OutsiderAct {
    /// Starts it.
    Start,
    /// Stops it.
    Stop,
    /// Sets a tag of its own.
    Retag,
    /// Deletes it.
    Delete,
}

impl OutsiderAct {
    /// The act's name in scenarios and flags.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
