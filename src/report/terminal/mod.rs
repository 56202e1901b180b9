//! Text for people at a terminal: laid out for a width, and the same words without colour.

mod audit;
mod diff;
mod doctor;
mod item;
mod overview;
mod page;
mod plan;
mod rehearsal;
mod status;
mod summary;
mod table;

pub use audit::audit;
pub use diff::plan_diff;
pub use doctor::doctor;
pub use overview::{audit_overview, plan_overview};
pub use plan::plan;
pub use rehearsal::rehearsal;
pub use status::run_status;
pub use summary::{run_overview, run_summary};
