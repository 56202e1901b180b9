//! Pure: patterns for names, tags, types and roles: `fraud-*`.

use std::fmt;
use std::str::FromStr;

use globset::{Glob, GlobMatcher};

use crate::diagnostic::Spelling;
use crate::ids::InstanceName;

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

/// A pattern for texts other than names: an instance type, a role, the value of a tag.
#[derive(Clone)]
pub struct Pattern(GlobMatcher);

impl NamePattern {
    /// The longest pattern: room for some alternatives, and no work for hostile ones.
    pub const MAX_LENGTH: usize = 200;

    /// How one is written.
    pub(super) const SPELLING: Spelling =
        Spelling::like("a pattern", r"^[A-Za-z0-9*?,!{}\[\]-]+$").characters(1, Self::MAX_LENGTH);

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

impl Pattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        self.0.glob().glob()
    }

    /// Whether the text matches. Capital letters count.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.as_str()).finish()
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(InvalidPattern::TooLong);
        }
        let glob = Glob::new(text).map_err(|error| InvalidPattern::Malformed(error.kind().to_string()))?;
        Ok(Self(glob.compile_matcher()))
    }
}

impl Pattern {
    /// The longest pattern: longer than the value of any tag.
    pub const MAX_LENGTH: usize = 300;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_no_name_can_match_are_refused() {
        for bad in ["", "fraud_*", "a.b", "a/b", "[a", "{a", "ä*", &"a".repeat(201)] {
            assert!(bad.parse::<NamePattern>().is_err(), "{bad:?}");
        }
        for good in ["*", "fraud-*", "v[12]", "{a,b}-?", "[!a]*"] {
            assert_eq!(good.parse::<NamePattern>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn other_texts_are_matched_whole_and_with_their_capital_letters() {
        let matches = |pattern: &str, text: &str| pattern.parse::<Pattern>().unwrap().matches(text);
        assert!(matches("ml.g*", "ml.g5.xlarge") && !matches("ml.g*", "ml.t3.medium"));
        assert!(matches("*", "") && matches("", "") && !matches("", "x"));
        assert!(matches("Dev", "Dev") && !matches("dev", "Dev") && !matches("Dev", "Devs"));
        assert!(matches("team/*", "team/a/b"));
        for bad in ["[a", "{a", &"a".repeat(301)] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad:?}");
        }
    }
}
