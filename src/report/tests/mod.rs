//! Whole outputs, as an operator and a change board see them.

mod audit;
mod diff;
mod doctor;
mod document;
mod export;
mod fixture;
mod laws;
mod markdown;
mod network;
mod plan;
mod summary;
