//! The plan: what a run will do, decided, checked, digested and saved before anything is changed.

mod model;
pub mod provenance;

pub use model::{
    Change, CreateRequest, FORMAT_VERSION, Item, Limits, Plan, PlannedStep, Source, StepKind, Tag, Target,
    Totals, Withheld, WithheldReason,
};
