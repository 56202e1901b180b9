//! Why a setting cannot be followed.

use std::error::Error;

use crate::ids::InvalidId;

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
    /// A region. Another one is never looked at in its stead.
    #[error("{said_by} is wrong: {why}")]
    Region {
        /// Where it is set.
        said_by: String,
        /// What is wrong with it.
        why: InvalidId,
    },
    /// A profile that is in no file. Whoever named it does not mean the credentials of another.
    #[error("there is no profile `{name}`, which {said_by} names")]
    Profile {
        /// The profile.
        name: String,
        /// Where it is named.
        said_by: String,
    },
    /// A switch.
    #[error("{said_by} is neither true nor false, but `{value}`")]
    Switch {
        /// Where it is set.
        said_by: String,
        /// Its value.
        value: String,
    },
}
