//! The network that the program lives in, as the AWS CLI is told of it: proxies, certificates, FIPS and dual-stack
//! endpoints. Read once, and the same for every client, those that fetch credentials included.

mod bundle;
mod bypass;
mod client;
mod error;
mod given;
mod network;
mod proxy;
mod said;
#[cfg(test)]
mod tests;

pub(super) use client::ThroughProxy;
pub use error::SettingsError;
pub(super) use network::Network;
#[cfg(test)]
pub(super) use network::usual_http_client;
pub use said::Setting;
