//! Pure: what AWS is known to be, with dates and sources.
//!
//! A fact that changes is a row of a table here, asked with a day; nowhere else does the program name one. The sandbox
//! keeps tables of its own: sharing these would share their mistakes.

pub mod acting_tags;
pub mod answers;
pub mod instance_types;
pub mod limits;
pub mod partitions;
pub mod platforms;
pub mod regions;
