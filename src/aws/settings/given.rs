//! What is said in the environment and in the profile, and where.

use std::collections::BTreeMap;

use super::error::SettingsError;
use super::said::Said;

/// The profile that is used where none is named.
const DEFAULT: &str = "default";
/// The keys of a profile that are read here; the SDK reads the others.
const KEYS: [&str; 6] = [
    "ca_bundle",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "region",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// The environment, and the profile that is in use.
pub(super) struct Given {
    variables: BTreeMap<String, String>,
    /// The name of the profile, and where it is from.
    pub(super) profile: Said,
    keys: BTreeMap<String, String>,
}

impl Given {
    /// Reads the environment and the configuration files, for the profile that is named, or `AWS_PROFILE`, or `default`.
    pub(super) async fn read(profile: Option<&str>) -> Result<Given, SettingsError> {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        let mut given = Given { variables, profile: Said::new(DEFAULT, DEFAULT), keys: BTreeMap::new() };
        given.profile = match profile {
            Some(name) => Said::new(name, "--profile"),
            None => given.not_empty("AWS_PROFILE").unwrap_or(given.profile),
        };
        let (fs, env, files) = (Default::default(), Default::default(), Default::default());
        let named = Some(given.profile.value.clone().into());
        let files = aws_config::profile::load(&fs, &env, &files, named).await;
        let files = files.map_err(|error| SettingsError::Configuration(error.into()))?;
        let Said { value: name, source: said_by } = &given.profile;
        if name != DEFAULT && files.get_profile(name).is_none() {
            return Err(SettingsError::Profile { name: name.clone(), said_by: said_by.clone() });
        }
        let values = KEYS.into_iter().filter_map(|key| Some((key.to_owned(), files.get(key)?.to_owned())));
        given.keys = values.collect();
        Ok(given)
    }

    /// Of a test.
    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)], keys: &[(&str, &str)]) -> Given {
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Given { variables: map(variables), profile: Said::new(DEFAULT, DEFAULT), keys: map(keys) }
    }

    /// The first of these variables that is set, be it empty.
    pub(super) fn variable(&self, names: &[&str]) -> Option<Said> {
        names.iter().find_map(|name| Some(Said::new(self.variables.get(*name)?, *name)))
    }

    /// A variable. An empty one names nothing.
    pub(super) fn not_empty(&self, name: &str) -> Option<Said> {
        self.variable(&[name]).filter(|said| !said.value.is_empty())
    }

    /// The variables whose names begin so.
    pub(super) fn variables(&self, start: &'static str) -> impl Iterator<Item = Said> {
        let named = self.variables.iter().filter(move |(name, _)| name.starts_with(start));
        named.map(|(name, value)| Said::new(value, name))
    }

    /// A key of the profile.
    pub(super) fn key(&self, key: &str) -> Option<Said> {
        let value = self.keys.get(key)?;
        Some(Said::new(value, format!("{key} of profile `{}`", self.profile.value)))
    }

    /// A setting: the environment wins over the profile.
    pub(super) fn setting(&self, variable: &str, key: &str) -> Option<Said> {
        self.variable(&[variable]).or_else(|| self.key(key))
    }
}
