//! Pure: where something stands in a file.

use std::fmt;
use std::ops::{Deref, Range};

/// A stretch of the file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    start: usize,
    end: usize,
}

impl Place {
    /// The start of the file: the place of what concerns the file as a whole.
    pub const START: Place = Place { start: 0, end: 0 };

    /// The offset in bytes of its first character.
    pub fn start(self) -> usize {
        self.start
    }

    /// The offset in bytes of the first character after it.
    pub fn end(self) -> usize {
        self.end
    }

    /// Whether it holds the other one; its end counts as part of it.
    pub(super) fn holds(self, other: Place) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the other one starts in it.
    pub(super) fn holds_start(self, other: Place) -> bool {
        self.start <= other.start && other.start <= self.end
    }
}

impl From<Range<usize>> for Place {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end.max(range.start) }
    }
}

/// A value with its place in the file; the place of its table where the file does not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Placed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
