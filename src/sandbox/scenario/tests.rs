//! Laws and stories of scenarios.
