//! Pure: what is set, and who says so.

/// A value, and where it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) value: String,
    pub(super) source: String,
}

impl Said {
    pub(super) fn new(value: impl Into<String>, source: impl Into<String>) -> Said {
        Said { value: value.into(), source: source.into() }
    }
}

/// A setting: what it is, and who says so. Nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name: `https-proxy`.
    pub name: String,
    /// Its value; `None` where it is not in force.
    pub value: Option<String>,
    /// Where that is said: a variable, a key of the profile, an option.
    pub source: Option<String>,
}

impl Setting {
    pub(super) fn new(name: &str, said: Option<Said>) -> Setting {
        let (value, source) = said.map(|Said { value, source }| (value, source)).unzip();
        Setting { name: name.to_owned(), value, source }
    }
}
