//! How time passes in a rehearsal, as typed.

use std::str::FromStr;

use crate::clock::{InvalidSpeed, Speed};

/// How time passes in a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// So many times faster than life, for people to watch.
    Times(Speed),
    /// From one thing that happens to the next: as fast as this machine can, and the same each time.
    Max,
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Pace::Max);
        }
        text.parse().map(Pace::Times).map_err(|error: InvalidSpeed| format!("{error}, or max"))
    }
}
