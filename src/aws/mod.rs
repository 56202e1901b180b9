//! AWS itself, behind the ports: the only place that names the AWS SDK.
//!
//! [`Session`] implements [`crate::inventory::InstanceSource`],
//! [`crate::inventory::CompanionSource`], [`crate::network::NetworkSource`],
//! [`crate::transfer::TransferStore`] and [`crate::execute::Cloud`]. Every call goes through one gate per region
//! (`retry.rs`), which keeps the rate,
//! repeats reads and sends mutations once; every failure goes through one table (`error.rs` and `kinds.rs`).

mod account_policies;
mod answer;
mod companions;
mod ec2;
mod error;
mod iam;
mod kinds;
#[cfg(test)]
mod loopback;
mod misspelt_region;
mod moved;
mod pages;
mod probe;
mod quotas;
mod rate;
mod retry;
mod s3;
mod sagemaker;
mod session;
mod settings;
mod sts;
mod wording;
mod xml;

pub use moved::look_for;
pub use probe::{Greeting, Probe};
pub use session::{Options, Session};
pub use settings::{Setting, SettingsError};
pub use sts::Identity;
