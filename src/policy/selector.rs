//! Which instances a target or an exemption is for.

use std::collections::BTreeMap;

use crate::ids::{InstanceName, Region};

/// Selects instances by region, name and tag. All that is given must match; what is not given matches all.
#[derive(Debug, Clone, Default)]
pub struct Selector {}

/// What a selector looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The region.
    pub region: &'a Region,
    /// The name.
    pub name: &'a InstanceName,
    /// The tags; `None` when they could not be read.
    pub tags: Option<&'a BTreeMap<String, String>>,
}

/// Whether a selector matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on tags that could not be read.
    Unknown,
}

impl Selector {
    /// Whether the selector matches.
    pub fn matches(&self, _subject: Subject<'_>) -> Match {
        Match::No
    }

    /// Whether instances of the region can match at all.
    pub fn covers(&self, _region: &Region) -> bool {
        true
    }
}
