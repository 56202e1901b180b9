//! Carries out a plan: observes, decides the next step, does it, and observes again.
//!
//! Level-triggered: every decision rests on what AWS reports now. No choice is left at run time: this module
//! never names the policy or the rules.

mod cleanup;
mod cloud;
mod course;
mod deletion;
mod descent;
mod driver;
mod event;
mod finish;
mod gate;
mod jitter;
mod ours;
mod places;
mod poller;
mod restore;
mod rollback;
mod run;
mod send;
mod step;
mod stop;
#[cfg(test)]
mod tests;
mod verify;
mod waits;

pub use cloud::{Accepted, Cloud, Listing, TOTAL_QUOTA};
pub use event::{
    Event, EventKind, FORMAT_VERSION as EVENT_FORMAT_VERSION, Fared, ItemReport, Phase, RunReport, Watcher,
};
pub use run::{Setting, concerns, run};
pub use step::{End, GivenUp, Identity, Observed, Party, Seen, Sight, Step, next};
pub use stop::Stop;
pub use verify::{Verification, verify};
