//! Carries out a plan: observes, decides the next step, does it, and observes again.
//!
//! Level-triggered: every decision rests on what AWS reports now. No choice is left at run time: this module
//! never names the policy or the rules.

mod apply;
mod attempts;
mod cleanup;
mod cloud;
mod conduct;
mod deletion;
mod dependency;
mod driver;
mod event;
mod exporting;
mod finish;
mod gate;
mod halting;
mod importing;
mod jitter;
mod leftovers;
mod moving;
mod observed;
mod ours;
mod phases;
mod poller;
mod quota_room;
mod region;
mod region_refusals;
mod repair;
mod repair_back;
mod restore;
mod rollback;
mod run;
mod schedule;
mod shared;
mod situation;
mod source_stopping;
mod standings;
mod step;
mod stop;
#[cfg(test)]
mod tests;
mod transfer_config;
mod update;
mod verify;
mod waits;
mod way_up;

pub use apply::next;
pub use cloud::{Accepted, Attachment, Cloud, ConfigRequest, Listing, TOTAL_QUOTA};
pub use conduct::concerns;
pub use dependency::{Dependency, Standing};
pub use event::{
    Event, EventKind, FORMAT_VERSION as EVENT_FORMAT_VERSION, ItemReport, ItemResult, Phase, RunReport,
    Watcher,
};
pub use moving::{MoveStanding, MovedFiles};
pub use observed::{Identity, Observed, Seen, Side, Sight};
pub use run::{Setting, run};
pub use step::{End, GivenUp, Step};
pub use stop::Stop;
pub use transfer_config::config_name;
pub use verify::{Verification, verify};
