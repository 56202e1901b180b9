//! What is missing before it hurts: what there is to be found out, what it is tried on, and what the answers mean.
//!
//! Pure. Whoever examines asks AWS; `report` shows what was found.

mod connection;
mod permissions;
mod report;
mod sample;
#[cfg(test)]
mod tests;

pub(crate) use connection::{CHECK_THE_WAY, SIGN_IN, TRUST_CALLER, connection_checks, no_region};
pub(crate) use permissions::{
    ACTS, NO_KEY, NO_SUBNET, Tried, WantedPermission, permission_checks, untried_permissions,
    wanted_permissions,
};
pub use report::{CheckState, DoctorCheck, DoctorReport, DoctorSetting, DoctorTotals, Subject};
pub(crate) use sample::{instance_to_read, interfaces_to_try, key_to_read, role_to_read};
