//! The planner, the checker, drift and the plan file: stories and laws.

mod files;
mod laws;
mod planner;
