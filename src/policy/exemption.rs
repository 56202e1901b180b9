//! Pure: `[[exempt]]`: what is left alone for a while.

use jiff::civil::Date;

use crate::diagnostic::{Literal, day, keys, table, text};

use super::Selector;

/// What to write where it is not said which instances are exempt.
const WHICH: &str = "say which instances: match = { names = [\"legacy-*\"] }";

keys! {
    /// Instances that are left alone until a date, and still reported.
    pub struct Exemption {
        /// Which instances. Each part that is given must match.
        pub matches as "match": Selector = table(&[])
            .not_empty(", so that every instance would be exempt", Some(WHICH))
            .required_with(WHICH)
            .example(Literal::toml("{ names = [\"legacy-*\"] }"));
        /// Why.
        pub reason: String = text("a sentence").required().example("decommissioned in March");
        /// The last day (UTC), without quotes. An exemption that has ended is no mistake.
        pub expires: Date = day()
            .required_with("an exemption ends: expires = 2027-03-31")
            .example(Literal::toml("2027-03-31"));
        /// The ticket that granted it.
        pub ticket: Option<String> = text("a ticket").maybe().example("SEC-123");
    }
}
