//! The planner, the checker, drift and the plan file: stories and laws.

mod automation;
mod drift;
mod files;
mod hazards;
mod keeps;
mod keys;
mod laws;
mod moved_by_run;
mod naming;
mod needs;
mod place;
mod planner;
mod repairs;
mod replaced;
mod scripts;
mod transfer;
