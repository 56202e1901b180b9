//! Which instances a target or an exemption is for.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use globset::{Glob, GlobMatcher};

use crate::ids::{InstanceName, Region};

/// Selects instances by region, name and tag. All that is given must match; what is not given matches all.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    /// One of these; any when empty.
    regions: Vec<Region>,
    /// One of these; any when empty.
    names: Vec<NamePattern>,
    /// All of these, with exactly these values.
    tags: BTreeMap<String, String>,
}

/// A pattern for names, such as `fraud-*`.
#[derive(Clone)]
pub struct NamePattern(GlobMatcher);

/// Text that is not a pattern that a name could match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// There is nothing in it.
    #[error("a name pattern cannot be empty")]
    Empty,
    /// It is far longer than any name.
    #[error("a name pattern can have at most {} characters", NamePattern::MAX_LENGTH)]
    TooLong,
    /// No name has this character, so that nothing would ever match.
    #[error("`{0}` cannot be in the name of a notebook instance, so that the pattern would never match")]
    NeverMatches(char),
    /// The brackets, braces or ranges make no sense.
    #[error("not a name pattern: {0}")]
    Malformed(String),
}

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
    /// A selector for instances in one of the regions, with a name that matches one of the patterns, and with
    /// all of the tags. An empty part selects everything.
    pub fn new(regions: Vec<Region>, names: Vec<NamePattern>, tags: BTreeMap<String, String>) -> Self {
        Self { regions, names, tags }
    }

    /// Whether the selector matches.
    ///
    /// Tags that could not be read make no difference where region or name already say no.
    pub fn matches(&self, subject: Subject<'_>) -> Match {
        let named = self.names.is_empty() || self.names.iter().any(|pattern| pattern.matches(subject.name));
        if !named || !self.covers(subject.region) {
            return Match::No;
        }
        if !self.uses_tags() {
            return Match::Yes;
        }
        match subject.tags {
            None => Match::Unknown,
            Some(tags) if self.tags.iter().all(|(key, value)| tags.get(key) == Some(value)) => Match::Yes,
            Some(_) => Match::No,
        }
    }

    /// Whether instances of the region can match at all.
    pub fn covers(&self, region: &Region) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }

    /// Whether tags must be known to tell what matches.
    pub fn uses_tags(&self) -> bool {
        !self.tags.is_empty()
    }
}

impl NamePattern {
    /// The longest pattern: room for some alternatives, and no work for hostile ones.
    pub const MAX_LENGTH: usize = 200;

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        self.0.glob().glob()
    }

    /// Whether the name matches. Capital letters count, as they do for SageMaker.
    pub fn matches(&self, name: &InstanceName) -> bool {
        self.0.is_match(name.as_str())
    }
}

impl fmt::Debug for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamePattern").field(&self.as_str()).finish()
    }
}

impl FromStr for NamePattern {
    type Err = InvalidPattern;
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let possible = |c: char| c.is_ascii_alphanumeric() || "-*?[]{},!".contains(c);
        if text.is_empty() {
            return Err(InvalidPattern::Empty);
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(InvalidPattern::TooLong);
        }
        if let Some(c) = text.chars().find(|c| !possible(*c)) {
            return Err(InvalidPattern::NeverMatches(c));
        }
        let glob = Glob::new(text).map_err(|error| InvalidPattern::Malformed(error.kind().to_string()))?;
        Ok(Self(glob.compile_matcher()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn matches(
        selector: &Selector,
        region: &str,
        name: &str,
        tags: Option<&BTreeMap<String, String>>,
    ) -> Match {
        let (region, name) = (region.parse().unwrap(), name.parse().unwrap());
        selector.matches(Subject { region: &region, name: &name, tags })
    }

    fn fraud_in_virginia() -> Selector {
        let names = vec!["fraud-*".parse().unwrap(), "v[12]".parse().unwrap()];
        Selector::new(vec!["us-east-1".parse().unwrap()], names, tags(&[("Environment", "dev")]))
    }

    #[test]
    fn everything_that_is_given_must_match() {
        let selector = fraud_in_virginia();
        let (dev, prod) = (tags(&[("Environment", "dev"), ("Team", "x")]), tags(&[("Environment", "prod")]));
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&dev)), Match::Yes);
        assert_eq!(matches(&selector, "us-east-1", "v2", Some(&dev)), Match::Yes);
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&prod)), Match::No);
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&tags(&[]))), Match::No);
        assert_eq!(matches(&selector, "us-east-1", "Fraud-etl", Some(&dev)), Match::No);
        assert_eq!(matches(&selector, "eu-west-1", "fraud-etl", Some(&dev)), Match::No);
    }

    #[test]
    fn unreadable_tags_leave_it_open_only_where_region_and_name_match() {
        let selector = fraud_in_virginia();
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", None), Match::Unknown);
        assert_eq!(matches(&selector, "us-east-1", "other", None), Match::No);
        assert_eq!(matches(&selector, "eu-west-1", "fraud-etl", None), Match::No);
        assert!(selector.uses_tags());
    }

    #[test]
    fn an_empty_selector_selects_everything_even_without_tags() {
        let selector = Selector::default();
        assert_eq!(matches(&selector, "us-east-1", "any", None), Match::Yes);
        assert!(!selector.uses_tags());
    }

    #[test]
    fn a_selector_covers_the_regions_it_names() {
        let (virginia, ireland) = ("us-east-1".parse().unwrap(), "eu-west-1".parse().unwrap());
        assert!(fraud_in_virginia().covers(&virginia));
        assert!(!fraud_in_virginia().covers(&ireland));
        assert!(Selector::default().covers(&ireland));
    }

    #[test]
    fn patterns_that_no_name_can_match_are_refused() {
        for bad in ["", "fraud_*", "a.b", "a/b", "[a", "{a", "ä*", &"a".repeat(201)] {
            assert!(bad.parse::<NamePattern>().is_err(), "{bad:?}");
        }
        for good in ["*", "fraud-*", "v[12]", "{a,b}-?", "[!a]*"] {
            assert_eq!(good.parse::<NamePattern>().unwrap().as_str(), good);
        }
    }
}
