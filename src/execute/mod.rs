//! Carries out a plan: observes, decides the next step, does it, and observes again.

mod cloud;
mod event;

pub use cloud::Cloud;
pub use event::{
    Event, EventKind, FORMAT_VERSION as EVENT_FORMAT_VERSION, Fared, ItemReport, Phase, RunReport, Watcher,
};
