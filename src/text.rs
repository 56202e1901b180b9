//! Wording helpers.
