//! A plan tried out: the scenario that its trials begin with, and what they have shown together.
//!
//! Pure. Whoever rehearses has the sandbox; `report` says what was shown.

mod scenario_text;
mod trials;

pub use scenario_text::scenario_text;
pub use trials::{Conditions, Failing, Rehearsal, Room, Spread, Trial, Trouble, needed};
