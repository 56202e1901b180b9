//! Pure: the plan: what a run will do, decided, checked, digested and saved before anything is changed.
//!
//! The planner is pure and leaves no choice open; the checker is written without its code and passes every
//! plan before it is saved and before it is applied.

mod already_replaced;
pub mod check;
mod check_item;
mod check_naming;
mod check_network;
mod check_repair;
mod check_told;
mod check_transfer;
pub mod diff;
pub mod digest;
mod drift;
mod duplicate_members;
pub mod exempt;
pub mod file;
mod fitness;
mod hazards;
mod inputs;
mod kms_keys;
mod limits;
pub mod members;
mod model;
mod naming;
mod outdated;
mod owner;
mod place;
pub mod planner;
pub mod provenance;
mod quotas;
mod repair;
mod replacement_name;
mod request;
mod roles;
mod steps;
mod subject;
#[cfg(test)]
mod tests;
mod transfer;
mod usable;
mod warnings;

pub use crate::policy::HazardKind;
pub use already_replaced::{EarlierProgress, KnownRuns};
pub use drift::{Drift, drift};
pub use inputs::Inputs;
pub use limits::{LimitExceeded, exceeded_limits};
pub use model::{
    AnyItem, Change, CreateRequest, FORMAT_VERSION, Hazard, Item, Limits, NamingStatement, OnFailure, Order,
    Owner, Plan, PlannedExemption, PlannedStep, PlannedTransfer, PoliciesUnread, QuotaNeed, RepairItem,
    Source, StatementEffect, StepKind, Tag, Target, Totals, TransferKind, TransferWay, Unmovable,
    UpdateRequest, Withheld, WithheldReason,
};
pub use outdated::{Outdated, not_started, outdated, repair_outdated};
pub use subject::subject;
pub use usable::{OtherDigest, Unusable, same_account, same_digest, usable};
