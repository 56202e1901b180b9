//! One file a command.

pub(super) mod apply;
pub(super) mod audit;
pub(super) mod plan;
pub(super) mod policy;
pub(super) mod resume;
mod running;
pub(super) mod show;
