//! Pure: the tags by which an instance says itself that it is left alone until a day.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::inventory::Tags;

/// The last day (UTC) on which its instance is left alone: `2027-03-31`.
pub const UNTIL: &str = "remediate:exempt-until";
/// Why; not required, as a tag is not the place for long texts.
pub const REASON: &str = "remediate:exempt-reason";

/// What an instance's own tags say of an exemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByTag {
    /// Nothing, or one whose day is over.
    None,
    /// It is exempt.
    Until {
        /// The last day on which it is.
        expires: Date,
        /// Why, where it says so.
        reason: Option<String>,
    },
    /// The tag is there, but no day can be read from it: somebody meant to exempt the instance.
    Unclear {
        /// Its value.
        value: String,
    },
}

/// The day on which exemptions are judged: that of UTC, wherever the operator is.
pub fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// What the tags of an instance say of an exemption on that day.
pub fn by_tag(tags: &Tags, today: Date) -> ByTag {
    let Some(value) = tags.get(UNTIL) else { return ByTag::None };
    match value.trim().parse::<Date>() {
        Ok(expires) if today <= expires => {
            let reason = tags.get(REASON).filter(|reason| !reason.trim().is_empty()).cloned();
            ByTag::Until { expires, reason }
        }
        Ok(_) => ByTag::None,
        Err(_) => ByTag::Unclear { value: value.clone() },
    }
}
