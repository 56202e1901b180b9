//! One file a command.

pub(super) mod apply;
pub(super) mod audit;
pub(super) mod data;
pub(super) mod data_look;
mod data_sought;
pub(super) mod doctor;
pub(super) mod follow_up;
pub(super) mod iam_policy;
pub(super) mod plan;
pub(super) mod policy;
pub(super) mod rehearse;
pub(super) mod resume;
pub(super) mod running;
pub(super) mod sandbox;
pub(super) mod show;
pub(super) mod status;
