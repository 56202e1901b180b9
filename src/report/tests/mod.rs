//! Whole outputs, as an operator and a change board see them.

mod audit;
mod doctor;
mod fixture;
mod laws;
mod markdown;
mod plan;
mod summary;
