//! Text for people at a terminal: laid out for a width, and the same words without colour.

mod audit;
mod item;
mod page;
mod plan;
mod summary;
mod table;

pub use audit::audit;
pub use plan::plan;
pub use summary::run_summary;
