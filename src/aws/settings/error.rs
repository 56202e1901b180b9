//! Why a setting cannot be followed.

use std::error::Error;

/// A setting that cannot be followed. Going on without it would send requests another way than was asked for.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The configuration files.
    #[error("the AWS configuration files cannot be read")]
    Configuration(#[source] Box<dyn Error + Send + Sync>),
    /// A proxy. Its URL may have a password, so it is not quoted.
    #[error("{variable} is not a proxy: {why}")]
    Proxy {
        /// The variable.
        variable: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The CA bundle.
    #[error("the CA bundle {path} ({said_by}) {why}")]
    Bundle {
        /// Where it is.
        path: String,
        /// Who says so.
        said_by: String,
        /// What is wrong with it.
        why: String,
    },
    /// A switch.
    #[error("{said_by} is neither true nor false, but {value:?}")]
    Switch {
        /// Where it is set.
        said_by: String,
        /// Its value.
        value: String,
    },
}
