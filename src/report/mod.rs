//! Renders data, decides nothing.
