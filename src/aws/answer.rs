//! Reads the members of an answer. What is missing or ill-formed makes the answer unreadable: never a default.

use std::fmt::Display;
use std::str::FromStr;

use aws_smithy_types::DateTime;
use jiff::{Timestamp, Unit};

use crate::api_error::ApiError;
use crate::aws::error::Site;

/// Why an answer that came cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

/// One answer that came, and the call it came to.
#[derive(Debug, Clone)]
pub(super) struct Answer<'a> {
    site: Site<'a>,
    request_id: Option<String>,
}

impl<'a> Answer<'a> {
    /// The answer to the call at `site`.
    pub(super) fn new(site: Site<'a>, request_id: Option<&str>) -> Self {
        Self { site, request_id: request_id.map(str::to_owned) }
    }

    /// The error of this answer being no good.
    pub(super) fn unreadable(&self, Unreadable(why): Unreadable) -> ApiError {
        self.site.unreadable(&why, self.request_id.as_deref())
    }
}

/// A member that AWS's model requires.
pub(super) fn required<T>(member: &str, value: Option<T>) -> Result<T, Unreadable> {
    value.ok_or_else(|| Unreadable(format!("the answer has no {member}")))
}

/// A member that must be of a certain form.
pub(super) fn parsed<T>(member: &str, text: &str) -> Result<T, Unreadable>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error| Unreadable(format!("{member}: {error}")))
}

/// A member that must be there and be of a certain form.
pub(super) fn parsed_required<T>(member: &str, text: Option<&str>) -> Result<T, Unreadable>
where
    T: FromStr<Err: Display>,
{
    parsed(member, required(member, text)?)
}

/// A moment, to the microsecond.
///
/// It comes as a floating-point number of seconds, which around now says no more than that; the digits below
/// are the parser's, and two versions of it need not agree on them.
pub(super) fn timestamp(member: &str, moment: Option<&DateTime>) -> Result<Option<Timestamp>, Unreadable> {
    let Some(moment) = moment else { return Ok(None) };
    // Below a thousand million, so it fits.
    let nanoseconds = i32::try_from(moment.subsec_nanos()).unwrap_or_default();
    Timestamp::new(moment.secs(), nanoseconds)
        .and_then(|moment| moment.round(Unit::Microsecond))
        .map(Some)
        .map_err(|error| Unreadable(format!("{member}: {error}")))
}

/// A text, or nothing where AWS sent the empty text in its stead.
pub(super) fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
