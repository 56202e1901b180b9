//! What an audit found, for other programs: one record a rule and instance, also those that pass, and one a gap.

mod asff;
mod csv;
mod ocsf;
mod record;

pub use asff::asff;
pub use csv::csv;
pub use ocsf::ocsf;
